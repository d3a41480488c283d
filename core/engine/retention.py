"""Retention: what ended tasks left on disk is taken away after a while, by itself or by `clean`; branches stay."""

import asyncio
import shutil
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Literal

import structlog

from core.domain.errors import NotFoundError, OrchestratorError, StoreError
from core.domain.identity import TaskId
from core.domain.task import FINAL_TASK_STATES, Task
from core.engine.forgetting import forget
from core.engine.parts import EngineParts

CLEAN_EVERY_S = 3600.0

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """Something that may go: `bytes` on disk, used last at `used_at` (UTC)."""

    task: TaskId
    kind: Literal["worktree", "logs", "notes"]
    path: Path
    bytes: int
    used_at: datetime


async def clean_forever(parts: EngineParts) -> None:
    """Clean now and then every hour, until cancelled."""
    while True:
        await clean(parts)
        try:
            await forget(parts.store, said_for=timedelta(days=parts.retention.chats_days))
        except StoreError as error:
            log.warning("not_forgotten", reason=error.message)
        await asyncio.sleep(CLEAN_EVERY_S)


async def due(parts: EngineParts) -> list[Due]:
    """What is due now: worktrees, logs and notes of tasks that ended long enough ago, oldest first."""
    async with parts.store.reading() as uow:
        now = uow.now
    worktrees_before = now - timedelta(days=parts.retention.worktrees_days)
    logs_before = now - timedelta(days=parts.retention.logs_days)
    found: list[Due] = []
    for task in await parts.workspaces.expired(older_than=worktrees_before):
        path = parts.workspaces.folder / task
        found += await _due(parts, task, "worktree", path, before=worktrees_before)
    for folder in await asyncio.to_thread(_entries, parts.log_folder):
        found += await _due(parts, TaskId(folder.name), "logs", folder, before=logs_before)
    for file in await asyncio.to_thread(_entries, parts.notes_folder):
        found += await _due(parts, TaskId(file.stem), "notes", file, before=logs_before)
    return sorted(found, key=lambda each: each.used_at)


async def clean(parts: EngineParts) -> list[Due]:
    """Remove what is due, and say what went; what cannot be removed now is logged, and tried again next time."""
    removed: list[Due] = []
    for each in await due(parts):
        try:
            if await _remove(parts, each):
                removed.append(each)
        except (OrchestratorError, OSError) as error:
            reason = error.message if isinstance(error, OrchestratorError) else str(error.strerror)
            log.warning("not_removed", task=each.task, kind=each.kind, reason=reason)
    return removed


async def ended_task(parts: EngineParts, task_id: str) -> Task | None:
    """The task when it has ended; None while it may still need its worktree, or when this database does not know it."""
    async with parts.store.reading() as uow:
        try:
            task = await uow.tasks.get(TaskId(task_id))
        except NotFoundError:
            return None
    return task if task.state in FINAL_TASK_STATES else None


async def _due(
    parts: EngineParts, task_id: TaskId, kind: Literal["worktree", "logs", "notes"], path: Path, *, before: datetime
) -> list[Due]:
    task = await ended_task(parts, task_id)
    if task is None:
        return []
    size, used_at = await asyncio.to_thread(_measured, path)
    # a worktree's last use is on record, and known to be long ago; the age of the others is that of the task's end
    if kind != "worktree" and (task.finished_at is None or task.finished_at >= before):
        return []
    return [Due(task=task.id, kind=kind, path=path, bytes=size, used_at=used_at)]


async def _remove(parts: EngineParts, each: Due) -> bool:
    """Whether it was taken away; not so when its task began anew meanwhile."""
    task = await ended_task(parts, each.task)
    if task is None:
        return False
    if each.kind == "worktree":
        await parts.workspaces.remove(parts.project(task.project), task=task.id, branch=task.branch)
    elif each.path.is_dir():
        await asyncio.to_thread(shutil.rmtree, each.path)
    else:
        each.path.unlink(missing_ok=True)
    return True


def _entries(folder: Path) -> list[Path]:
    return sorted(folder.iterdir()) if folder.is_dir() else []


def _measured(path: Path) -> tuple[int, datetime]:
    """Bytes below `path` (links not followed) and its last change."""
    try:
        used_at = datetime.fromtimestamp(path.lstat().st_mtime, UTC)
    except OSError:
        return 0, datetime.fromtimestamp(0, UTC)
    files = [path] if path.is_file() else [each for each in path.rglob("*") if not each.is_symlink() and each.is_file()]
    size = 0
    for file in files:
        try:
            size += file.lstat().st_size
        except OSError:
            continue  # it went away meanwhile
    return size, used_at
