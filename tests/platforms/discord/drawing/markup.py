"""Discord's Markdown as HTML: what its text displays look like."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from html import escape

NAMES = {"1000000000000000001": "alice", "1000000000000000002": "bob"}
"""Who the ids in the pictures are."""

_FENCE = re.compile(r"```(?:[a-z0-9+#-]*\n)?(.*?)```", re.DOTALL)
_INLINE = re.compile(
    r"\\(?P<literal>[^0-9A-Za-z\s])"
    r"|(?P<ticks>`{1,2})(?P<code>.+?)(?<!`)(?P=ticks)(?!`)"
    r"|<@(?P<user>\d+)>"
    r"|<t:(?P<moment>\d+):[a-zA-Z]>"
    r"|(?P<url>https?://[^\s<]+[^<.,:;\"')\]\s])"
    r"|(?P<mark>\*\*|~~|\*)"
)
_TAGS = {"**": "b", "*": "i", "~~": "s"}


def markdown_html(text: str) -> str:
    """A text display."""
    parts = _FENCE.split(text)
    return "".join(f"<pre>{escape(part.rstrip())}</pre>" if at % 2 else _lines(part) for at, part in enumerate(parts))


def _lines(text: str) -> str:
    return "".join(_line(line) for line in text.strip("\n").split("\n")) if text.strip("\n") else ""


def _line(line: str) -> str:
    for mark, tag in (("### ", "h3"), ("## ", "h2"), ("# ", "h1"), ("-# ", "small"), ("> ", "blockquote")):
        if line.startswith(mark):
            return f"<{tag}>{inline_html(line.removeprefix(mark))}</{tag}>"
    bullet = re.match(r"( *)(- |\d+\. )(.*)", line)
    if bullet:
        sign = "•" if bullet[2] == "- " else bullet[2]
        return f'<p class="item" style="margin-left:{12 + 8 * len(bullet[1])}px">{sign} {inline_html(bullet[3])}</p>'
    return f"<p>{inline_html(line)}</p>" if line.strip() else '<p class="gap"></p>'


def inline_html(text: str) -> str:
    """Running text."""
    return "".join(_pieces(text))


def _pieces(text: str) -> Iterator[str]:
    end, open_marks = 0, list[str]()
    for found in _INLINE.finditer(text):
        yield escape(text[end : found.start()])
        end = found.end()
        if found["literal"]:
            yield escape(found["literal"])
        elif found["code"]:
            yield f"<code>{escape(found['code'].strip() or found['code'])}</code>"
        elif found["user"]:
            yield f'<span class="mention">@{NAMES.get(found["user"], found["user"])}</span>'
        elif found["moment"]:
            at = datetime.fromtimestamp(int(found["moment"]), UTC)
            yield f'<span class="moment">{at:%-d %B %Y %H:%M}</span>'
        elif found["url"]:
            yield f'<a href="#">{escape(found["url"])}</a>'
        else:
            yield _turned(found["mark"], open_marks)
    yield escape(text[end:])


def _turned(mark: str, open_marks: list[str]) -> str:
    if mark in open_marks:
        open_marks.remove(mark)
        return f"</{_TAGS[mark]}>"
    open_marks.append(mark)
    return f"<{_TAGS[mark]}>"
