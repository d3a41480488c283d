"""Room for one more worktree: at most so many are kept, and those of ended tasks give way first."""

import asyncio

import structlog

from core.domain.errors import OrchestratorError
from core.domain.event import NoticeRaised
from core.domain.task import FINAL_TASK_STATES, Task
from core.engine.parts import EngineParts
from core.engine.retention import ended_task

LOOK_EVERY_S = 5.0

log = structlog.get_logger(__name__)


async def make_room(parts: EngineParts, task: Task) -> None:
    """Return when `task` may have a worktree; meanwhile it waits, and a notice says for what."""
    told = False
    while True:
        in_use = [other for other in await parts.workspaces.in_use() if other != task.id]
        excess = len(in_use) + 1 - parts.retention.worktrees_max
        for other in in_use:
            if excess <= 0:
                return
            excess -= await _given_way(parts, other)
        if excess <= 0:
            return
        if not told:
            told = True
            text = f"Waits for a free worktree: {len(in_use)} are in use, and retention.worktrees_max allows no more."
            async with parts.store.transaction() as uow:
                await uow.events.append(task.id, NoticeRaised(text=text))
        await asyncio.sleep(LOOK_EVERY_S)


async def _given_way(parts: EngineParts, task_id: str) -> bool:
    """Whether the worktree of another task is gone now, because that task has ended."""
    ended = await ended_task(parts, task_id)
    if ended is None:
        return False
    try:
        await parts.workspaces.remove(parts.project(ended.project), task=ended.id, branch=ended.branch)
    except OrchestratorError as error:
        log.warning("worktree_not_removed", task=ended.id, reason=error.message)
        return False
    return ended.state in FINAL_TASK_STATES
