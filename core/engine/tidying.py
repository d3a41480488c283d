"""After a merge nothing of the task is needed here: its worktree and branch go, as soon as nobody works on it."""

from dataclasses import replace

import structlog

from core.domain.errors import OrchestratorError, WorkspaceError
from core.domain.event import JournalEntry, TaskStateChanged
from core.domain.forge_event import PullRequestClosed, WorkspaceCleaned
from core.domain.identity import TaskId
from core.domain.task import FINAL_TASK_STATES, Task
from core.engine.parts import EngineParts

log = structlog.get_logger(__name__)


async def tidy_forever(parts: EngineParts) -> None:
    """Take away what was merged, now and whenever something more is, until cancelled."""
    after = await parts.store.journal.last_seq()
    await tidy(parts)
    async for entry in parts.store.journal.follow(after=after):
        if _may_leave_something(entry):
            await tidy(parts)


async def tidy(parts: EngineParts) -> list[TaskId]:
    """Take away what is merged; who was tidied. What cannot be taken away now is logged, and tried again later."""
    tidied: list[TaskId] = []
    try:
        async with parts.store.reading() as uow:
            merged = await uow.tasks.merged()
        for task in merged:
            if await _tidied(parts, task):
                tidied.append(task.id)
    except OrchestratorError as error:
        log.warning("not_tidied", reason=error.message)
    return tidied


async def _tidied(parts: EngineParts, task: Task) -> bool:
    try:
        branch = await _taken_away(parts, task)
    except OrchestratorError as error:
        log.warning("not_tidied", task=task.id, reason=error.message)
        return False
    async with parts.store.transaction() as uow:
        now = await uow.tasks.get(task.id)
        if now.is_cleaned or now.pull_request_state != "merged":
            return False
        await uow.tasks.save(replace(now, is_cleaned=True))
        await uow.events.append(now.id, WorkspaceCleaned(branch=branch))
        return True


async def _taken_away(parts: EngineParts, task: Task) -> str:
    """The branch that is gone, with its worktree; '' when the branch stays because a person has it checked out."""
    project = parts.project(task.project)
    try:
        await parts.workspaces.remove(project, task=task.id, branch=task.branch, keep_branch=False)
    except WorkspaceError:
        await parts.workspaces.remove(project, task=task.id, branch=task.branch)
        return ""
    return task.branch


def _may_leave_something(entry: JournalEntry) -> bool:
    event = entry.event
    ended = isinstance(event, TaskStateChanged) and event.target in FINAL_TASK_STATES
    return ended or (isinstance(event, PullRequestClosed) and event.merged)
