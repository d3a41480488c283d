"""Retention: worktrees of tasks that ended long ago are taken away; their branches stay."""

import asyncio
from datetime import timedelta

import structlog

from core.domain.errors import NotFoundError, OrchestratorError
from core.domain.identity import TaskId
from core.domain.task import FINAL_TASK_STATES, Task
from core.engine.parts import EngineParts

CLEAN_EVERY_S = 3600.0

log = structlog.get_logger(__name__)


async def clean_forever(parts: EngineParts) -> None:
    """Clean now and then every hour, until cancelled."""
    while True:
        await clean(parts)
        await asyncio.sleep(CLEAN_EVERY_S)


async def clean(parts: EngineParts) -> list[TaskId]:
    """Remove the worktrees that are due; what cannot be removed now is logged, and tried again next time."""
    async with parts.store.reading() as uow:
        older_than = uow.now - timedelta(days=parts.keep_worktrees_days)
    removed: list[TaskId] = []
    for task_id in await parts.workspaces.expired(older_than=older_than):
        try:
            task = await _ended(parts, task_id)
            if task is not None:
                await parts.workspaces.remove(parts.project(task.project), task=task.id, branch=task.branch)
                removed.append(task.id)
        except OrchestratorError as error:
            log.warning("worktree_not_removed", task=task_id, reason=error.message)
    return removed


async def _ended(parts: EngineParts, task_id: TaskId) -> Task | None:
    """The task when it has ended; None while it may still need its worktree, or when this database does not know it."""
    async with parts.store.reading() as uow:
        try:
            task = await uow.tasks.get(task_id)
        except NotFoundError:
            return None
    return task if task.state in FINAL_TASK_STATES else None
