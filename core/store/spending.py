"""What was spent over many tasks, and what like tasks cost before: read-only, from the ledger and the tasks."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from core.domain.identity import AgentRunId, ProjectName
from core.domain.task import Complexity, TaskState, TaskType
from core.store import tables

_CALLS, _TASKS = tables.model_calls, tables.tasks
_COST = func.sum(_CALLS.c.cost_usd, type_=_CALLS.c.cost_usd.type)
_TOKENS = func.sum(
    _CALLS.c.input_tokens + _CALLS.c.output_tokens + _CALLS.c.cache_read_tokens + _CALLS.c.cache_write_tokens
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Spent:
    """What one agent run spent on one model within some time."""

    project: ProjectName
    agent_run: AgentRunId
    role: str
    model: str
    calls: int
    cost_usd: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class PastTask:
    """What one task that was completed took. `duration_s` runs from its start to its end."""

    project: ProjectName
    complexity: Complexity
    cost_usd: Decimal
    tokens: int
    duration_s: float


class Spending:
    """Sums over the ledger, in the snapshot of one connection."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def since(
        self, begin: datetime, *, projects: Collection[ProjectName] | None, end: datetime | None = None
    ) -> list[Spent]:
        """What was spent from `begin` on, and before `end`, in `projects` only unless None; the dearest first."""
        run, role, model, project = _CALLS.c.agent_run, _CALLS.c.role, _CALLS.c.model, _CALLS.c.project
        query = (
            select(project, run, role, model, func.count().label("calls"), _COST.label("cost_usd"))
            .where(_CALLS.c.at >= begin)
            .group_by(project, run, role, model)
            .order_by(_COST.desc(), run)
        )
        if projects is not None:
            query = query.where(project.in_(projects))
        if end is not None:
            query = query.where(_CALLS.c.at < end)
        rows = (await self._connection.execute(query)).mappings()
        return [Spent(**row) for row in rows]

    async def past_tasks(
        self,
        kind: TaskType,
        *,
        projects: Collection[ProjectName] | None,
        limit: int,
    ) -> list[PastTask]:
        """Completed tasks of this type with a bill, the newest first."""
        newest = (
            select(_TASKS.c.id)
            .where(_TASKS.c.state == TaskState.COMPLETED, _TASKS.c.type == kind)
            .where(_TASKS.c.started_at.is_not(None), _TASKS.c.finished_at.is_not(None))
            .order_by(_TASKS.c.number.desc())
            .limit(limit)
        )
        if projects is not None:
            newest = newest.where(_TASKS.c.project.in_(projects))
        # narrowed first: only the calls of these tasks are summed, however long the ledger is
        query = (
            select(
                _TASKS.c.project,
                _TASKS.c.complexity,
                _TASKS.c.started_at,
                _TASKS.c.finished_at,
                _COST.label("cost"),
                _TOKENS.label("tokens"),
            )
            .join(_CALLS, _CALLS.c.task == _TASKS.c.id)
            .where(_TASKS.c.id.in_(newest))
            .group_by(_TASKS.c.id)
            .order_by(_TASKS.c.number.desc())
        )
        rows = await self._connection.execute(query)
        return [
            PastTask(
                project=row.project,
                complexity=row.complexity,
                cost_usd=row.cost,
                tokens=int(row.tokens),
                duration_s=(row.finished_at - row.started_at).total_seconds(),
            )
            for row in rows
        ]
