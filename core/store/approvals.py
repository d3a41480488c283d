"""Approvals in the database."""

from sqlalchemy import func
from sqlalchemy.ext.asyncio import AsyncConnection

from core.domain.approval import Approval, ApprovalState
from core.domain.identity import AgentRunId, ApprovalId, ProjectName, TaskId
from core.store import counters, tables
from core.store.records import Records

_APPROVALS = tables.approvals
# ids end in the number, so the shorter one is the older one
_OLDEST_FIRST = (func.length(_APPROVALS.c.id), _APPROVALS.c.id)


class Approvals:
    """The approvals, as one unit of work sees them. Every list is oldest first."""

    def __init__(self, connection: AsyncConnection, *, locking: bool) -> None:
        self._connection = connection
        hint = "List the tasks that wait to see what can be decided."
        self._records = Records(connection, _APPROVALS, Approval, kind="approval", hint=hint, locking=locking)

    async def next_number(self) -> int:
        """A number no other approval has or will have; other transactions wait for theirs until this one ends."""
        return await counters.raised(self._connection, "approvals")

    async def add(self, approval: Approval) -> None:
        """Insert a new approval; ConflictError when its id or key is taken."""
        await self._records.add([approval])

    async def get(self, approval: ApprovalId) -> Approval:
        """The approval; NotFoundError when there is none."""
        return await self._records.get(approval)

    async def find_key(self, key: str) -> Approval | None:
        """The approval that was asked for under `key`, if there is one."""
        return await self._records.first(self._records.select().where(_APPROVALS.c.key == key))

    async def save(self, approval: Approval) -> None:
        """Replace the stored approval; NotFoundError when there is none."""
        await self._records.save(approval)

    async def of(self, task: TaskId) -> list[Approval]:
        """Every approval of `task`."""
        query = self._records.select().where(_APPROVALS.c.task == task)
        return await self._records.all(query.order_by(*_OLDEST_FIRST))

    async def of_run(self, run: AgentRunId) -> list[Approval]:
        """Every approval an agent run asked for."""
        query = self._records.select().where(_APPROVALS.c.agent_run == run)
        return await self._records.all(query.order_by(*_OLDEST_FIRST))

    async def pending(self, *, project: ProjectName | None = None) -> list[Approval]:
        """What waits for a decision."""
        query = self._records.select().where(_APPROVALS.c.state == ApprovalState.PENDING)
        if project is not None:
            query = query.join(tables.tasks, tables.tasks.c.id == _APPROVALS.c.task)
            query = query.where(tables.tasks.c.project == project)
        return await self._records.all(query.order_by(*_OLDEST_FIRST))
