"""More work on an open pull request: another life of the task, on the same branch, by agents that know the work."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from core.domain.errors import ConflictError, InvalidInputError
from core.domain.event import TaskReopened
from core.domain.forge_news import ChecksEnded, ForgeNews, HeardNews, ReviewGiven
from core.domain.identity import PersonId, StepName
from core.domain.pull_request import FollowUp, FollowUpCause
from core.domain.role import Role
from core.domain.task import FINAL_TASK_STATES, Task
from core.engine.client import EngineClient
from core.engine.reopening import reopen
from core.store.unit_of_work import UnitOfWork

_REASONS: Mapping[FollowUpCause, str] = {
    "checks": "Mends what the checks of pull request {} found.",
    "review": "Settles the review of pull request {}.",
    "words": "Goes on with pull request {}.",
}


async def follow_up(
    uow: UnitOfWork,
    engine: EngineClient,
    task: Task,
    text: str,
    *,
    by: PersonId,
    why: FollowUpCause,
    news: str,
    key: str,
    roles: Mapping[str, Role],
) -> Task:
    """Begin the life that settles `why`; the task unchanged when the same was asked before (`key`, else `news`).

    Without `news` it is about all that is not settled yet. ConflictError when nothing can be followed up.
    """
    earlier = await _follow_ups(uow, task)
    if any((key and key == one.key) or (news and news == one.news) for one, _ in earlier):
        return task
    _check(task)
    known = [each for each in await uow.forge_news.of(task.id) if not _is_settled(each, earlier)]
    about = _about(task, known, why=why, news=news)
    if why == "words" and not text:
        raise InvalidInputError(
            f"What is to be done about pull request {task.pull_request}?", hint="Say it in a few words."
        )
    event = TaskReopened(
        life=task.life + 1, step=_first(task, roles), how="follow_up", by=by, why=why, news=news, key=key
    )
    asked = FollowUp(life=event.life, why=why, text=text, news=about)
    reason = _REASONS[why].format(task.pull_request)
    return await reopen(uow, engine, task, event, reason=reason, follow_up=asked)


def is_follow_up(task: Task) -> bool:
    """Whether the present life of `task` goes on with an open pull request."""
    return task.follow_up is not None and task.follow_up.life == task.life


async def news_to_settle(uow: UnitOfWork, task: Task) -> list[ForgeNews]:
    """What came from the forge that the present life of `task` is about."""
    if task.follow_up is None or not is_follow_up(task):
        return []
    return [(await uow.forge_news.get(key)).news for key in task.follow_up.news]


async def _follow_ups(uow: UnitOfWork, task: Task) -> list[tuple[TaskReopened, datetime]]:
    """What was followed up before, and when."""
    entries = await uow.events.of(task.id, types=("task_reopened",))
    events = [(entry.event, entry.at) for entry in entries if isinstance(entry.event, TaskReopened)]
    return [(event, at) for event, at in events if event.how == "follow_up"]


def _is_settled(heard: HeardNews, earlier: Sequence[tuple[TaskReopened, datetime]]) -> bool:
    """Whether a review was followed up, by itself or with all there were; checks are told by their commit."""
    if not isinstance(heard.news, ReviewGiven):
        return False
    return any(
        event.why == "review" and (event.news == heard.key or (not event.news and heard.at <= at))
        for event, at in earlier
    )


def _check(task: Task) -> None:
    if task.state not in FINAL_TASK_STATES:
        raise ConflictError(
            f"{task.id} is at work: it is {task.state.value}.", hint="Say it in its thread: the agents hear it there."
        )
    if not task.pull_request:
        raise ConflictError(
            f"{task.id} has no pull request to go on with.", hint=f"Try again: orchestrator retry {task.id}"
        )
    if task.pull_request_state in ("merged", "closed"):
        raise ConflictError(
            f"Pull request {task.pull_request} of {task.id} is {task.pull_request_state}.",
            hint="Ask for it as a new task.",
        )


def _about(task: Task, known: Sequence[HeardNews], *, why: FollowUpCause, news: str) -> tuple[str, ...]:
    """Keys of what is to be settled; ConflictError when there is nothing of the kind."""
    if news:
        if news not in {each.key for each in known}:
            raise ConflictError(f"Nothing of that kind came about {task.id}.", hint="Look at its pull request.")
        return (news,)
    match why:
        case "words":
            return ()
        case "checks":
            failed = [each.key for each in known if _is_red(each, commit=task.pull_request_commit)]
            found = failed[-1:]
        case "review":
            found = [each.key for each in known if _has_remarks(each)]
    if not found:
        what = "No check of it failed" if why == "checks" else "No review of it asks for anything"
        raise ConflictError(
            f"{what} so far: pull request {task.pull_request} of {task.id}.", hint="Say in words what is to be done."
        )
    return tuple(found)


def _is_red(heard: HeardNews, *, commit: str) -> bool:
    return isinstance(heard.news, ChecksEnded) and bool(heard.news.failed) and heard.news.commit == commit


def _has_remarks(heard: HeardNews) -> bool:
    given = heard.news
    return isinstance(given, ReviewGiven) and bool(given.text or given.remarks or given.verdict == "changes_requested")


def _first(task: Task, roles: Mapping[str, Role]) -> StepName:
    """The first step that may change something."""
    for name in task.workflow.order():
        role = roles.get(task.workflow.step(name).role)
        if role is not None and role.writes:
            return name
    raise ConflictError(f"No step of {task.id} changes anything.", hint="Ask for it as a new task.")
