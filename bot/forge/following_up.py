"""What is to be seen to when somebody says `address review`: which news, and what if there is none; pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from core.domain.errors import ConflictError
from core.domain.event import JournalEntry, TaskReopened
from core.domain.forge_event import ChecksReported, ReviewReported
from core.domain.pull_request import FollowUpCause
from core.domain.task import Task

KINDS = ("checks_reported", "review_reported", "task_reopened")
"""The events that are looked at."""
_ABOUT: dict[str, FollowUpCause] = {
    **dict.fromkeys(("review", "reviews", "comments", "feedback", "remarks"), "review"),
    **dict.fromkeys(("checks", "check", "ci"), "checks"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """More work on a task's branch: why, what was said about it, and keys of the news that say the rest."""

    why: FollowUpCause
    text: str = ""
    news: tuple[str, ...] = ()


def wanted(task: Task, text: str, told: Sequence[JournalEntry]) -> Wanted:
    """What `text`, such as `review`, `checks keep it small` or free words, asks for; `told` are the task's KINDS.

    ConflictError when there is no review, or the checks did not fail.
    """
    first, *more = text.split(maxsplit=1) or [""]
    why = _ABOUT.get(first.lower().strip(".,:!"), "words" if first else _nearest(told))
    said = text.strip() if why == "words" else (more[0].strip() if more else "")
    match why:
        case "checks":
            return Wanted(why=why, text=said, news=_red(task, told))
        case "review":
            return Wanted(why=why, text=said, news=_reviews(task, told))
        case _:
            return Wanted(why="words", text=said)


def _nearest(told: Sequence[JournalEntry]) -> FollowUpCause:
    """What is meant when nothing is said: the newest of both."""
    kinds: list[FollowUpCause] = [
        "checks" if isinstance(each.event, ChecksReported) else "review"
        for each in told
        if isinstance(each.event, ReviewReported) or (isinstance(each.event, ChecksReported) and each.event.failed)
    ]
    return kinds[-1] if kinds else "review"


def _red(task: Task, told: Sequence[JournalEntry]) -> tuple[str, ...]:
    newest = next((each.event for each in reversed(told) if isinstance(each.event, ChecksReported)), None)
    if newest is None:
        raise ConflictError(
            f"No checks of {task.id}'s pull request have ended yet.", hint="It is told in its thread when they have."
        )
    if not newest.failed:
        raise ConflictError(f"The checks of {task.id}'s pull request are green.", hint="There is nothing to fix.")
    return (newest.news,) if newest.news else ()


def _reviews(task: Task, told: Sequence[JournalEntry]) -> tuple[str, ...]:
    """All reviews since the last one was taken up, oldest first; the newest of all when none is new."""
    reviews = [(each.seq, each.event) for each in told if isinstance(each.event, ReviewReported)]
    if not reviews:
        raise ConflictError(
            f"Nobody has reviewed {task.id}'s pull request yet.",
            hint=f"Say what you want instead: address {task.id} and your words.",
        )
    begun = max((each.seq for each in told if _took_reviews_up(each)), default=0)
    fresh = [event for seq, event in reviews if seq > begun] or [reviews[-1][1]]
    return tuple(event.news for event in fresh if event.news)


def _took_reviews_up(entry: JournalEntry) -> bool:
    return isinstance(entry.event, TaskReopened) and entry.event.why == "review"
