"""What came from the forge about a pull request, as agents read it: bounded, and without a word of our own frame."""

from collections.abc import Sequence
from typing import assert_never

from core.domain.forge_news import (
    BranchPushed,
    ChecksEnded,
    Commented,
    FailedCheck,
    ForgeNews,
    IssueLabelled,
    PullRequestEnded,
    PullRequestReopened,
    Remark,
    ReviewGiven,
)

MOST_LOG = 12_000
"""Characters of one check's log; its end is where the failure stands."""
MOST_TEXT = 60_000
"""Characters of all of it."""


def news_text(news: Sequence[ForgeNews]) -> str:
    """Everything that is to be settled, as Markdown; '' when there is nothing."""
    text = "\n\n".join(part for part in map(_one, news) if part)
    return text if len(text) <= MOST_TEXT else f"{text[:MOST_TEXT]}\n[The rest was cut off.]"


def _one(news: ForgeNews) -> str:
    match news:
        case ChecksEnded():
            return "\n\n".join(map(_check, news.failed))
        case ReviewGiven():
            asks = " (asks for changes)" if news.verdict == "changes_requested" else ""
            head = f"Review by {news.by or 'somebody'}{asks}: {news.text.strip()}".rstrip()
            return "\n".join([head, *map(_remark, news.remarks)])
        case Commented():
            return f"Comment by {news.by or 'somebody'}: {news.text.strip()}"
        case PullRequestEnded() | PullRequestReopened() | BranchPushed() | IssueLabelled():
            return ""
        case _:
            assert_never(news)


def _check(check: FailedCheck) -> str:
    where = f" ({check.url})" if check.url else ""
    log = check.log.strip()
    if len(log) > MOST_LOG:
        log = f"[What came before was cut off.]\n{log[-MOST_LOG:]}"
    return f"The check {check.name} failed{where}.\n{log or 'The forge gives no log of it.'}"


def _remark(remark: Remark) -> str:
    line = f":{remark.line}" if remark.line else ""
    place = f"{remark.path}{line}: " if remark.path else ""
    by = f" ({remark.by})" if remark.by else ""
    return f"- {place}{remark.text.strip()}{by}"
