"""What the agents of a task may do again without asking, in the database."""

from sqlalchemy.ext.asyncio import AsyncConnection

from core.domain.identity import TaskId
from core.domain.permission import TaskPermission
from core.store import tables
from core.store.records import Records

_PERMISSIONS = tables.task_permissions


class TaskPermissions:
    """Kept permissions, as one unit of work sees them."""

    def __init__(self, connection: AsyncConnection, *, locking: bool) -> None:
        self._records = Records(connection, _PERMISSIONS, TaskPermission, kind="permission", hint="", locking=locking)

    async def add(self, permission: TaskPermission) -> None:
        """Insert a new permission; ConflictError when its approval gave one already."""
        await self._records.add([permission])

    async def of(self, task: TaskId) -> list[TaskPermission]:
        """Everything that was permitted for the rest of `task`, oldest first."""
        query = self._records.select().where(_PERMISSIONS.c.task == task)
        return await self._records.all(query.order_by(_PERMISSIONS.c.at, _PERMISSIONS.c.approval))
