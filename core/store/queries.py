"""Read-only queries over many tasks at once: what listings, exports and summaries are made from."""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from sqlalchemy import Executable, RowMapping, Select, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from core.domain.identity import AgentRunId, ProjectName, TaskId
from core.domain.task import AT_WORK, FINAL_TASK_STATES, AgentRun, AgentRunState, Priority, TaskState
from core.store import tables

_TASKS, _RUNS, _CALLS, _EVENTS = tables.tasks, tables.agent_runs, tables.model_calls, tables.events
_RUN_FIELDS = tuple(field.name for field in fields(AgentRun))
_OPEN_RUNS = (AgentRunState.QUEUED, AgentRunState.STARTING, AgentRunState.RUNNING, AgentRunState.WAITING)
_ORDINAL = func.length(_RUNS.c.id)
"""Ids end in the ordinal, so of one task's runs the shorter id is the older one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunOfTask:
    """An agent run with what a listing says of its task."""

    run: AgentRun
    project: ProjectName
    title: str
    task_state: TaskState
    priority: Priority


@dataclass(frozen=True, slots=True, kw_only=True)
class Seats:
    """How many agents are at work in one project on one model."""

    project: ProjectName
    model: str
    at_work: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskSpan:
    """The little of a task that figures over many are made from."""

    project: ProjectName
    state: TaskState
    created_at: datetime
    finished_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Happening:
    """An event as it is stored: `data` is what its JSON holds."""

    seq: int
    task: TaskId
    at: datetime
    type: str
    data: Mapping[str, Any]


class WideQueries:
    """Questions about many tasks, in the snapshot of one connection."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def runs(self, *, project: ProjectName | None, ended: bool, limit: int) -> list[RunOfTask]:
        """Agent runs of open tasks that have not ended, oldest first; with `ended` every run, the newest first."""
        query = _runs_of_tasks().limit(limit)
        if project is not None:
            query = query.where(_TASKS.c.project == project)
        if ended:
            query = query.order_by(_TASKS.c.number.desc(), _ORDINAL.desc(), _RUNS.c.id.desc())
        else:
            query = query.where(_RUNS.c.state.in_(_OPEN_RUNS), _TASKS.c.state.not_in(FINAL_TASK_STATES))
            query = query.order_by(_TASKS.c.number, _ORDINAL, _RUNS.c.id)
        return [_run_of_task(row) for row in await self._rows(query)]

    async def runs_of(self, tasks: Collection[TaskId]) -> list[RunOfTask]:
        """Every agent run of `tasks`, by task and oldest first."""
        query = _runs_of_tasks().where(_RUNS.c.task.in_(tasks)).order_by(_TASKS.c.number, _ORDINAL, _RUNS.c.id)
        return [_run_of_task(row) for row in await self._rows(query)]

    async def seats(self) -> list[Seats]:
        """Who holds a place among the agents at work."""
        query = (
            select(_TASKS.c.project, _RUNS.c.model, func.count().label("at_work"))
            .join(_TASKS, _TASKS.c.id == _RUNS.c.task)
            .where(_RUNS.c.state.in_(tuple(AT_WORK)))
            .group_by(_TASKS.c.project, _RUNS.c.model)
        )
        return [Seats(**row) for row in await self._rows(query)]

    async def task_page(self, *, after: int, project: ProjectName | None, limit: int) -> list[RowMapping]:
        """The next tasks by number, without their workflows and issues."""
        left_out = {"workflow", "issue_text", "issue_title", "place", "agent_run_count", "forge_wait", "follow_up"}
        wanted = [column for column in _TASKS.c if column.name not in left_out]
        query = select(*wanted).where(_TASKS.c.number > after).order_by(_TASKS.c.number).limit(limit)
        if project is not None:
            query = query.where(_TASKS.c.project == project)
        return list(await self._rows(query))

    async def workflow_names(self, tasks: Collection[TaskId]) -> dict[TaskId, str]:
        """The workflow each of `tasks` follows."""
        query = select(_TASKS.c.id, _TASKS.c.workflow).where(_TASKS.c.id.in_(tasks))
        return {TaskId(row["id"]): row["workflow"].name for row in await self._rows(query)}

    async def call_page(
        self,
        *,
        after: tuple[datetime, str] | None,
        project: ProjectName | None,
        since: datetime | None,
        until: datetime | None,
        limit: int,
    ) -> list[RowMapping]:
        """The next rows of the ledger by time; `after` is the time and the message of the last one that was read."""
        at, message = _CALLS.c.at, _CALLS.c.message_id
        query = select(_CALLS).order_by(at, message).limit(limit)
        if after is not None:
            query = query.where(at >= after[0], or_(at > after[0], message > after[1]))
        if project is not None:
            query = query.where(_CALLS.c.project == project)
        if since is not None:
            query = query.where(at >= since)
        if until is not None:
            query = query.where(at < until)
        return list(await self._rows(query))

    async def happenings(
        self,
        *,
        after: int = 0,
        types: Collection[str] | None = None,
        project: ProjectName | None = None,
        since: datetime | None = None,
        limit: int,
    ) -> list[Happening]:
        """Events with a number above `after`, in order."""
        query = select(_EVENTS).where(_EVENTS.c.seq > after).order_by(_EVENTS.c.seq).limit(limit)
        if types is not None:
            query = query.where(_EVENTS.c.type.in_(types))
        if since is not None:
            query = query.where(_EVENTS.c.at >= since)
        if project is not None:
            query = query.where(_EVENTS.c.task.in_(select(_TASKS.c.id).where(_TASKS.c.project == project)))
        return [_happening(row) for row in await self._rows(query)]

    async def last_of_runs(self, runs: Collection[AgentRunId], *, type: str) -> dict[AgentRunId, Happening]:  # noqa: A002  # the column's name
        """The newest event of `type` about each of `runs`; one without such an event is not in it."""
        tasks = {run.rpartition(".")[0] for run in runs}
        query = select(_EVENTS).where(_EVENTS.c.task.in_(tasks), _EVENTS.c.type == type).order_by(_EVENTS.c.seq)
        found = [_happening(row) for row in await self._rows(query)]
        return {run: each for each in found if (run := AgentRunId(str(each.data.get("agent_run")))) in runs}

    async def spans(self, *, since: datetime | None) -> list[TaskSpan]:
        """Every task that was begun or ended since then, by project."""
        query = select(_TASKS.c.project, _TASKS.c.state, _TASKS.c.created_at, _TASKS.c.finished_at)
        if since is not None:
            query = query.where(or_(_TASKS.c.created_at >= since, _TASKS.c.finished_at >= since))
        return [TaskSpan(**row) for row in await self._rows(query)]

    async def cost_by_project(self, *, since: datetime | None) -> dict[ProjectName, Any]:
        """Dollars spent in each project since then."""
        total = func.sum(_CALLS.c.cost_usd, type_=_CALLS.c.cost_usd.type).label("cost_usd")
        query = select(_CALLS.c.project, total).group_by(_CALLS.c.project)
        if since is not None:
            query = query.where(_CALLS.c.at >= since)
        return {ProjectName(row["project"]): row["cost_usd"] for row in await self._rows(query)}

    async def counts(self) -> dict[str, int]:
        """How many tasks, agent runs, model calls and events there are; the last two are upper bounds taken quickly."""
        tasks = (await self._connection.execute(select(func.count()).select_from(_TASKS))).scalar_one()
        runs = (await self._connection.execute(select(func.count()).select_from(_RUNS))).scalar_one()
        calls = (await self._connection.execute(select(func.count()).select_from(_CALLS))).scalar_one()
        events = (await self._connection.execute(select(func.coalesce(func.max(_EVENTS.c.seq), 0)))).scalar_one()
        return {"tasks": tasks, "runs": runs, "calls": calls, "events": events}

    async def newest_event_at(self) -> datetime | None:
        """When the last event happened; None for an empty journal."""
        query = select(_EVENTS.c.at).order_by(_EVENTS.c.seq.desc()).limit(1)
        return (await self._connection.execute(query)).scalar_one_or_none()

    async def forks_of(self, task: TaskId) -> list[TaskId]:
        """Tasks that began as copies of `task`, oldest first."""
        query = select(_TASKS.c.id).where(_TASKS.c.forked_from == task).order_by(_TASKS.c.number)
        return [TaskId(row["id"]) for row in await self._rows(query)]

    async def sessions_at_work(self) -> frozenset[str]:
        """The agent sessions that some process may be working on."""
        query = select(_RUNS.c.session).where(_RUNS.c.state.in_(tuple(AT_WORK)))
        return frozenset(row["session"] for row in await self._rows(query))

    async def known_sessions(self, sessions: Collection[str]) -> frozenset[str]:
        """Those of `sessions` that belong to agent runs of this database."""
        query = select(_RUNS.c.session).where(_RUNS.c.session.in_(sessions))
        return frozenset(row["session"] for row in await self._rows(query))

    async def _rows(self, query: Executable) -> Sequence[RowMapping]:
        return (await self._connection.execute(query)).mappings().all()


def _runs_of_tasks() -> Select[Any]:
    columns = [column for column in _RUNS.c if column.name in _RUN_FIELDS]
    of_task = (_TASKS.c.project, _TASKS.c.title, _TASKS.c.state.label("task_state"), _TASKS.c.priority)
    return select(*columns, *of_task).join(_TASKS, _TASKS.c.id == _RUNS.c.task)


def _run_of_task(row: RowMapping) -> RunOfTask:
    return RunOfTask(
        run=AgentRun(**{name: row[name] for name in _RUN_FIELDS}),
        project=row["project"],
        title=row["title"],
        task_state=row["task_state"],
        priority=row["priority"],
    )


def _happening(row: RowMapping) -> Happening:
    return Happening(seq=row["seq"], task=row["task"], at=row["at"], type=row["type"], data=json.loads(row["data"]))
