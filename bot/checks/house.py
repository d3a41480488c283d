"""Looks at the house: database, worker, repositories of the projects, held models, and questions left open."""

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path

from bot.access import channel_name
from bot.checks.finding import Finding, broken, fine, note, warning
from bot.cli.clean import shown_bytes
from bot.delivery.standing import delivery_standing
from bot.onlooker import Onlooker
from core.domain.errors import WorkspaceError
from core.domain.identity import ProjectName
from core.domain.task import FINAL_TASK_STATES, TaskState
from core.store.database import shown_database, sqlite_path

OPEN_FOR_LONG = timedelta(days=1)
_UNDELIVERED = "Mend what it names, then: orchestrator deliveries resend --all (or drop: to let it go)"
_OPEN = frozenset(TaskState) - FINAL_TASK_STATES


async def database(seen: Onlooker) -> Sequence[Finding]:
    """It answers; how large it is and what it holds."""
    counts = await seen.queries.counts()
    path = sqlite_path(seen.settings.database_url)
    size = f", {shown_bytes(await asyncio.to_thread(_size, path))}" if path is not None else ""
    held = f"{counts['tasks']:,} tasks, {counts['events']:,} events"
    return [fine("Database", f"{shown_database(seen.settings.database_url)}{size}: {held}, up to date")]


async def worker(seen: Onlooker) -> Sequence[Finding]:
    """Whether anybody does the work."""
    if await seen.worker_running():
        return [fine("Worker", "A worker runs.")]
    waiting = len(await seen.reader.tasks(states=_OPEN, limit=1000))
    if not waiting:
        return [note("Worker", "No worker is running, and there is nothing to do.")]
    todo = "Start one: orchestrator worker"
    return [
        warning(
            "Worker", f"No worker is running, and {waiting} open task{'' if waiting == 1 else 's'} wait.", todo=todo
        )
    ]


async def projects(seen: Onlooker) -> Sequence[Finding]:
    """Each project's repository can be used."""
    if not seen.settings.projects:
        return [note("Projects", "No project is bound.", todo="Bind one: orchestrator init")]
    found: list[Finding] = []
    for project in seen.settings.projects.values():
        about = f"Project {project.name}"
        try:
            await seen.workspaces.check(project)
        except WorkspaceError as error:
            found.append(broken(about, error.message, todo=error.hint))
            continue
        if project.verify:
            found.append(fine(about, f"Its repository can be used; verified with: {project.verify}"))
        else:
            todo = f'Set verify = "…" in [projects.{project.name}], such as the command that runs its tests.'
            found.append(note(about, "Its repository can be used; nothing verifies the work.", todo=todo))
    return found


async def models(seen: Onlooker, *, now: datetime) -> Sequence[Finding]:
    """Models that no agent may be started on now."""
    standings = (await seen.queries.room()).models.values()
    held = [(each, until) for each in standings if (until := each.held_until(now))]
    return [
        note("Models", f"{each.model} is held until {until:%H:%M} UTC: {each.reason}", todo="It passes by itself.")
        for each, until in held
    ]


async def approvals(seen: Onlooker, *, now: datetime) -> Sequence[Finding]:
    """Questions that have waited for more than a day."""
    old = [each for each in await seen.reader.pending_approvals() if now - each.created_at > OPEN_FOR_LONG]
    if not old:
        return [fine("Approvals", "None has waited for more than a day.")]
    named = ", ".join(f"{each.id} ({each.task})" for each in old[:5])
    more = f" and {len(old) - 5} more" if len(old) > 5 else ""
    return [warning("Approvals", f"Open for more than a day: {named}{more}.", todo="See them: orchestrator status")]


async def deliveries(seen: Onlooker) -> Sequence[Finding]:
    """Whether what had to be said in a chat arrived; nothing where nobody ever had to be told."""
    standing = await delivery_standing(seen.store, limit=3)
    if standing.dead:
        told = " ".join(f"To {each.to} at {each.at:%Y-%m-%d %H:%M} UTC: {each.why}" for each in standing.letters)
        return [warning("Deliveries", f"{standing.dead} never arrived. The newest: {told}", todo=_UNDELIVERED)]
    if standing.pending:
        return [note("Deliveries", f"{standing.pending} wait to be sent.", todo="orchestrator serve sends them.")]
    return []


async def audit(seen: Onlooker) -> Sequence[Finding]:
    """Whether the audit trail is whole; nothing where there is none yet."""
    async with seen.store.reading() as uow:
        broken_at = await uow.audit.first_broken()
        empty = not await uow.audit.entries(1)
    if broken_at is None:
        return [] if empty else [fine("Audit trail", "Every row is as it was written.")]
    text = f"Row {broken_at} is not as it was written, or rows are missing there."
    return [broken("Audit trail", text, todo="Compare the table audit with a backup.")]


async def bindings(seen: Onlooker) -> Sequence[tuple[str, ProjectName]]:
    """The channels that were bound in a chat, as settings write them, and their projects."""
    async with seen.store.reading() as uow:
        return [(channel_name(each.place), each.project) for each in await uow.bindings.all()]


def _size(path: Path) -> int:
    """Bytes of the file and of its log."""
    return sum(each.stat().st_size for each in (path, path.with_name(f"{path.name}-wal")) if each.exists())
