"""What of a task's pull request is told in its thread, and which of those cards look different after something: rules.

A card about failed checks or a review has a button as long as it makes sense to press it: until somebody did, newer
checks have run, or the pull request is closed.
"""

from bot.cards.forge import Told
from core.domain.event import Event, JournalEntry, TaskReopened, TaskStateChanged
from core.domain.forge_event import (
    BaseMoved,
    ChecksReported,
    PullRequestCameBack,
    PullRequestClosed,
    ReviewReported,
    WorkspaceCleaned,
)
from core.domain.identity import TaskId
from core.domain.task import FINAL_TASK_STATES
from core.store.unit_of_work import UnitOfWork

_KINDS = ("checks_reported", "review_reported", "pull_request_closed", "task_reopened")


def forge_key(task: TaskId, seq: int) -> str:
    """Names the card about the journal's entry `seq`."""
    return f"{task}:forge:{seq}"


def is_forge_news(event: Event) -> bool:
    """Whether it is told in the thread of the task; a base that moved only where files clash."""
    return isinstance(event, Told) and not (isinstance(event, BaseMoved) and not event.files)


def calls_requester(event: Event) -> bool:
    """Whether somebody should look now."""
    match event:
        case ChecksReported():
            return bool(event.failed)
        case ReviewReported():
            return event.verdict == "changes_requested"
        case PullRequestClosed():
            return not event.merged
        case _:
            return False


def changes_news(event: Event) -> bool:
    """Whether earlier cards about the pull request may look different after it."""
    match event:
        case ChecksReported() | PullRequestClosed() | PullRequestCameBack() | WorkspaceCleaned() | TaskReopened():
            return True
        case TaskStateChanged():
            return event.target in FINAL_TASK_STATES
        case _:
            return False


async def earlier_news(uow: UnitOfWork, entry: JournalEntry) -> tuple[int, ...]:
    """Numbers of the entries before `entry` whose cards it may change: what came since the work was last taken up."""
    if not changes_news(entry.event):
        return ()
    before = [each for each in await uow.events.of(entry.task, types=_KINDS) if each.seq < entry.seq]
    begun = max((each.seq for each in before if isinstance(each.event, TaskReopened)), default=0)
    checks = [each.seq for each in before if isinstance(each.event, ChecksReported) and each.event.failed]
    ended = [each.seq for each in before if isinstance(each.event, PullRequestClosed)]
    reviews = [each.seq for each in before if isinstance(each.event, ReviewReported) and each.seq > begun]
    return (*checks[-1:], *reviews, *ended[-1:])
