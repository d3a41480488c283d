"""What is to be seen to when somebody says `address T142 review`, or free words, or nothing but the task; pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.cards.pull_request import pull_request_name
from core.domain.event import JournalEntry
from core.domain.forge_event import ChecksReported, ReviewReported
from core.domain.pull_request import FollowUpCause

KINDS = ("checks_reported", "review_reported")
"""The events that are looked at."""
_ABOUT: dict[str, FollowUpCause] = {
    **dict.fromkeys(("review", "reviews", "comments", "feedback", "remarks"), "review"),
    **dict.fromkeys(("checks", "check", "ci"), "checks"),
}
SEEN_TO: dict[FollowUpCause, str] = {
    "checks": "the failed checks are seen to",
    "review": "the review is addressed",
    "words": "it does what you say",
}
"""How it is said once it has begun."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """More work on a task's branch: because of what, and what was said besides."""

    why: FollowUpCause
    text: str = ""


def wanted(text: str, told: Sequence[JournalEntry]) -> Wanted:
    """What `text`, such as `review`, `checks keep it small` or free words, asks for.

    `told` are the task's events of KINDS, oldest first: when nothing is said, the newest of them is meant.
    """
    first, *more = text.split(maxsplit=1) or [""]
    if not first:
        return Wanted(why=_nearest(told))
    about = _ABOUT.get(first.lower().strip(".,:!"))
    if about is None:
        return Wanted(why="words", text=text.strip())
    return Wanted(why=about, text=more[0].strip() if more else "")


def review_request(reference: str, words: str) -> str:
    """The request for a review of `reference` that should look at something in particular; '' when nothing was said."""
    return f"Review pull request {pull_request_name(reference)}. {words.strip()}" if words.strip() else ""


def _nearest(told: Sequence[JournalEntry]) -> FollowUpCause:
    kinds: list[FollowUpCause] = [
        "checks" if isinstance(each.event, ChecksReported) else "review"
        for each in told
        if isinstance(each.event, ReviewReported) or (isinstance(each.event, ChecksReported) and each.event.failed)
    ]
    return kinds[-1] if kinds else "review"
