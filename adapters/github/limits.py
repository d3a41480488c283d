"""How much text goes in and out: GitHub's own limits for what we write, ours for what agents should read. Pure."""

from collections.abc import Sequence

MAX_TITLE = 256
MAX_BODY = 60_000
"""GitHub takes 65,536 characters; some are left for people who add to it."""
MAX_ISSUE_BODY = 60_000
MAX_COMMENT = 10_000
MAX_COMMENTS = 100
MAX_REMARK = 20_000
"""Of one comment on a line of ours."""
MAX_COMMENTS_TEXT = 120_000
"""Of all comments of an issue together."""
_FENCE = "```"


def bounded_title(title: str) -> str:
    """On one line, at most as long as GitHub takes it, never empty."""
    line = " ".join(title.split()) or "Work done"
    return line if len(line) <= MAX_TITLE else f"{line[: MAX_TITLE - 1].rstrip()}…"


def bounded_body(body: str, *, closing: str = "") -> str:
    """`body` with `closing` as its last paragraph, shortened before that; a code fence that was cut is closed."""
    end = f"\n\n{closing}" if closing else ""
    room = MAX_BODY - len(end)
    if len(body) <= room:
        return f"{body}{end}".lstrip("\n")
    note = "\n\n… (shortened: the rest is in the task's own record)"
    kept = body[: room - len(note) - len(_FENCE) - 1]
    opened = sum(line.lstrip().startswith(_FENCE) for line in kept.splitlines()) % 2
    return f"{kept}{f'{chr(10)}{_FENCE}' if opened else ''}{note}{end}"


def bounded_text(text: str, *, limit: int) -> str:
    """At most `limit` characters of `text`, and how many are missing."""
    if len(text) <= limit:
        return text
    return f"{text[:limit].rstrip()}\n… ({len(text) - limit:,} more characters)"


def bounded_comments(comments: Sequence[str], *, total: int) -> tuple[str, ...]:
    """The first ones, which explain, and the newest, which decide; `total` is how many the issue has.

    `comments` are the oldest and newest that were read, oldest first; what is left out is counted in a line.
    """
    shown = [bounded_text(each, limit=MAX_COMMENT) for each in comments]
    first = shown[: min(MAX_COMMENTS // 4, max(0, len(shown) - 1))]  # the newest is never among them
    last = shown[len(first) :][-(MAX_COMMENTS - len(first)) :]
    while sum(map(len, (*first, *last))) > MAX_COMMENTS_TEXT:
        # those in the middle go, and the newest alone always fits
        if len(last) > 1:
            last.pop(0)
        else:
            first.pop()
    missing = total - len(first) - len(last)
    gap = [f"… {missing} comments in between are left out …"] if missing > 0 else []
    return (*first, *gap, *last)
