"""Where tasks are talked about, in the database."""

from sqlalchemy import func
from sqlalchemy.ext.asyncio import AsyncConnection

from core.domain.conversation import Thread
from core.domain.identity import Place, TaskId
from core.store import chat_tables
from core.store.records import Records

_THREADS = chat_tables.threads


class Threads:
    """Threads, as one unit of work sees them."""

    def __init__(self, connection: AsyncConnection, *, locking: bool) -> None:
        self._records = Records(connection, _THREADS, Thread, kind="thread", hint="", locking=locking)

    async def of(self, task: TaskId) -> Thread | None:
        """The thread of `task`; None before it has one."""
        return await self._records.first(self._records.select().where(_THREADS.c.task == task))

    async def at(self, place: Place) -> Thread | None:
        """The thread that stands at `place`, the newest task's when several do; None when there is none."""
        query = self._records.select().where(_THREADS.c.place == place)
        # ids end in the number, so the longer one is the newer one
        return await self._records.first(query.order_by(func.length(_THREADS.c.task).desc(), _THREADS.c.task.desc()))

    async def set(self, thread: Thread) -> None:
        """Insert or replace the task's thread; ConflictError when there is no such task."""
        await self._records.put(self._records.row(thread))
