"""The journal's writing side: events of one unit of work, numbered and stored just before it commits."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import func, insert, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from core.domain.errors import StoreError
from core.domain.event import Event, JournalEntry
from core.domain.identity import TaskId
from core.store import codec, counters
from core.store.reading import entries_in
from core.store.tables import events

CHANNEL = "orchestrator_journal"
"""Postgres notifies listeners of this channel at every commit that appended events."""


class Events:
    """Events, as one unit of work sees them.

    Appended events are kept until the end of the unit, so that the journal's lock is held only while committing.
    """

    def __init__(self, connection: AsyncConnection, *, now: datetime, writable: bool) -> None:
        self._connection = connection
        self._now = now
        self._writable = writable
        self._waiting: list[tuple[TaskId, Event]] = []
        self.appended = False

    async def append(self, task: TaskId, event: Event) -> None:
        """Add `event` to the journal when the unit of work commits; StoreError in a unit that only reads."""
        if not self._writable:
            raise StoreError("An event was appended while only reading.", hint="Open Store.transaction() for changes.")
        self._waiting.append((task, event))

    async def last_seq(self) -> int:
        """The number of the newest event committed before this unit of work's snapshot; 0 when there is none."""
        return (await self._connection.execute(select(func.coalesce(func.max(events.c.seq), 0)))).scalar_one()

    async def of(self, task: TaskId, *, types: Collection[str] | None = None) -> list[JournalEntry]:
        """The committed events of `task` in order, of these `types` only when given."""
        query = select(events).where(events.c.task == task).order_by(events.c.seq)
        if types is not None:
            query = query.where(events.c.type.in_(types))
        return entries_in((await self._connection.execute(query)).all())

    async def flush(self) -> None:
        """Number and store what was appended; the unit of work calls it as its last act before the commit.

        From here until the commit no other transaction can number its events: numbers follow commit order without
        gaps, and a reader that has seen a number never misses a smaller one.
        """
        if not self._waiting:
            return
        last = await counters.raised(self._connection, "journal", by=len(self._waiting))
        first = last - len(self._waiting) + 1
        rows = [
            {"seq": seq, "task": task, "at": self._now, "type": event.type, "data": codec.encode_event(event)}
            for seq, (task, event) in enumerate(self._waiting, start=first)
        ]
        await self._connection.execute(insert(events), rows)
        if self._connection.dialect.name == "postgresql":
            await self._connection.execute(text(f"SELECT pg_notify('{CHANNEL}', '')"))
        self._waiting.clear()
        self.appended = True
