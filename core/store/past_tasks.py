"""What completed tasks of one kind took, step by step: read from the sums over the ledger, never from its rows."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Float, Text, extract, func, select, type_coerce
from sqlalchemy.ext.asyncio import AsyncConnection

from core.domain.cost import TokenUsage
from core.domain.estimate import Estimate
from core.domain.identity import ProjectName, StepName, TaskId
from core.domain.period import Period
from core.domain.task import Complexity, TaskState, TaskType
from core.store import tables
from core.store.columns import PICO_PER_USD
from core.store.spending_tables import spending

_TASKS, _RUNS = tables.tasks, tables.agent_runs
_COUNTED = ("input_tokens", "output_tokens", "cache_read_tokens", "cache_write_tokens")
_USD = 1 / float(PICO_PER_USD)


@dataclass(frozen=True, slots=True, kw_only=True)
class PastPart:
    """What one step of a past task spent on one model, over all its rounds."""

    step: StepName
    role: str
    model: str
    usage: TokenUsage
    cost_usd: float


@dataclass(frozen=True, slots=True, kw_only=True)
class PastKey:
    """Names what is known of a completed task: if it is asked for more, it ends again at another time."""

    task: TaskId
    finished_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class PastTask:
    """What one completed task took, its follow-ups included."""

    id: TaskId
    project: ProjectName
    complexity: Complexity
    finished_at: datetime
    duration_s: float
    """From its start to its end, without waiting for people."""
    parts: tuple[PastPart, ...]
    seconds: Mapping[StepName, float]
    """How long the agents of each step worked, one after the other."""
    workflow: str
    """Its workflow as it is stored, JSON."""

    @property
    def key(self) -> PastKey:
        """What it is known by."""
        return PastKey(task=self.id, finished_at=self.finished_at)


@dataclass(frozen=True, slots=True, kw_only=True)
class Forecast:
    """What a completed task was expected to take, and what it took."""

    task: TaskId
    type: TaskType
    estimate: Estimate
    cost_usd: float
    tokens: float
    duration_s: float


class PastTasks:
    """Looks back, in the snapshot of one connection."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def newest(
        self, kind: TaskType, *, projects: Collection[ProjectName] | None, limit: int = 100
    ) -> list[PastKey]:
        """Completed tasks of this type, the newest first; of `projects` unless None.

        Forks are left out: they take over what another task had paid for.
        """
        query = select(_TASKS.c.id, _TASKS.c.finished_at).where(_TASKS.c.type == kind, *_ended(projects))
        rows = await self._connection.execute(query.order_by(_TASKS.c.number.desc()).limit(limit))
        return [PastKey(task=row.id, finished_at=row.finished_at) for row in rows]

    async def read(self, tasks: Collection[TaskId]) -> list[PastTask]:
        """What these completed tasks took; what cost nothing has no parts."""
        query = select(
            _TASKS.c.id,
            _TASKS.c.project,
            _TASKS.c.complexity,
            _TASKS.c.started_at,
            _TASKS.c.finished_at,
            _TASKS.c.rested_s,
            type_coerce(_TASKS.c.workflow, Text).label("workflow"),
        ).where(_TASKS.c.id.in_(tasks))
        rows = (await self._connection.execute(query)).all()
        parts, seconds = await self._parts(tasks), await self._seconds(tasks)
        return [
            PastTask(
                id=row.id,
                project=row.project,
                complexity=row.complexity,
                finished_at=row.finished_at,
                duration_s=_worked_s(row.started_at, row.finished_at, row.rested_s),
                parts=tuple(parts.get(row.id, ())),
                seconds=seconds.get(row.id, {}),
                workflow=row.workflow,
            )
            for row in rows
        ]

    async def forecast(
        self, *, projects: Collection[ProjectName] | None, period: Period | None = None, limit: int = 1000
    ) -> list[Forecast]:
        """Completed tasks that had been estimated and ended in `period`, with what came of it, the newest first."""
        wanted = (_TASKS.c.id, _TASKS.c.type, _TASKS.c.estimate)
        times = (_TASKS.c.started_at, _TASKS.c.finished_at, _TASKS.c.rested_s)
        query = select(*wanted, *times).where(_TASKS.c.estimate.is_not(None), *_ended(projects))
        if period is not None:
            query = query.where(_TASKS.c.finished_at >= period.begin, _TASKS.c.finished_at < period.end)
        rows = (await self._connection.execute(query.order_by(_TASKS.c.number.desc()).limit(limit))).all()
        spent = await self._spent([row.id for row in rows])
        return [
            Forecast(
                task=row.id,
                type=row.type,
                estimate=row.estimate,
                cost_usd=spent[row.id][0],
                tokens=spent[row.id][1],
                duration_s=_worked_s(row.started_at, row.finished_at, row.rested_s),
            )
            for row in rows
            if row.id in spent
        ]

    async def _parts(self, tasks: Collection[str]) -> dict[str, list[PastPart]]:
        key = (spending.c.task, spending.c.step, spending.c.role, spending.c.model)
        sums = [_sum(spending.c[name]).label(name) for name in (*_COUNTED, "cost_usd")]
        query = select(*key, *sums).where(spending.c.task.in_(tasks)).group_by(*key)
        found: dict[str, list[PastPart]] = {}
        for row in await self._connection.execute(query):
            usage = TokenUsage(
                input_tokens=int(row.input_tokens),
                output_tokens=int(row.output_tokens),
                cache_read_tokens=int(row.cache_read_tokens),
                cache_write_tokens=int(row.cache_write_tokens),
            )
            part = PastPart(step=row.step, role=row.role, model=row.model, usage=usage, cost_usd=row.cost_usd * _USD)
            found.setdefault(row.task, []).append(part)
        return found

    async def _seconds(self, tasks: Collection[str]) -> dict[str, dict[StepName, float]]:
        worked = func.sum(_seconds_between(self._connection.dialect.name) - _RUNS.c.rested_s, type_=Float())
        query = (
            select(_RUNS.c.task, _RUNS.c.step, worked)
            .where(_RUNS.c.task.in_(tasks), _RUNS.c.started_at.is_not(None), _RUNS.c.finished_at.is_not(None))
            .group_by(_RUNS.c.task, _RUNS.c.step)
        )
        found: dict[str, dict[StepName, float]] = {}
        for task, step, worked_s in await self._connection.execute(query):
            found.setdefault(task, {})[step] = max(0.0, float(worked_s))
        return found

    async def _spent(self, tasks: Collection[str]) -> dict[str, tuple[float, float]]:
        tokens = sum((spending.c[name] for name in _COUNTED[1:]), spending.c[_COUNTED[0]])
        query = select(spending.c.task, _sum(spending.c.cost_usd), _sum(tokens)).group_by(spending.c.task)
        rows = await self._connection.execute(query.where(spending.c.task.in_(tasks)))
        return {task: (cost * _USD, float(count)) for task, cost, count in rows}


def _ended(projects: Collection[ProjectName] | None) -> list[ColumnElement[bool]]:
    conditions = [
        _TASKS.c.state == TaskState.COMPLETED,
        _TASKS.c.forked_from.is_(None),
        _TASKS.c.started_at.is_not(None),
        _TASKS.c.finished_at.is_not(None),
    ]
    return conditions if projects is None else [*conditions, _TASKS.c.project.in_(sorted(projects))]


def _sum(column: ColumnElement[Any]) -> ColumnElement[float]:
    # as a float: exact sums cost more than all the rest, and an estimate has no use for a pico dollar
    return func.sum(type_coerce(column, Float()), type_=Float())


def _seconds_between(dialect: str) -> ColumnElement[Any]:
    started, finished = _RUNS.c.started_at, _RUNS.c.finished_at
    if dialect == "postgresql":
        return extract("epoch", finished) - extract("epoch", started)
    return (func.julianday(finished) - func.julianday(started)) * 86_400.0


def _worked_s(started: datetime, finished: datetime, rested_s: float) -> float:
    return max(0.0, (finished - started).total_seconds() - rested_s)
