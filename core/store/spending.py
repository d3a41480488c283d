"""What was spent over many tasks: read-only, from the ledger."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from core.domain.identity import AgentRunId, ProjectName
from core.store import tables

_CALLS = tables.model_calls
_COST = func.sum(_CALLS.c.cost_usd, type_=_CALLS.c.cost_usd.type)


@dataclass(frozen=True, slots=True, kw_only=True)
class Spent:
    """What one agent run spent on one model within some time."""

    project: ProjectName
    agent_run: AgentRunId
    role: str
    model: str
    calls: int
    cost_usd: Decimal


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
