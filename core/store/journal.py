"""The journal's reading side: every event in commit order, read in pages or followed as it grows."""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import suppress
from typing import Any

from sqlalchemy import Row, func, select

from core.domain.event import JournalEntry
from core.domain.identity import TaskId
from core.store.database import Database
from core.store.reading import entries_in
from core.store.tables import events
from core.store.wakeups import Bell, PostgresWatcher, SqliteWatcher, Watcher, keep_watching

_PAGE = 500


class Journal:
    """Reads events. Followers read the table at their own pace: a slow one holds up nobody and uses no memory."""

    def __init__(self, database: Database, bell: Bell) -> None:
        self._database = database
        self._bell = bell
        self._watching: asyncio.Task[None] | None = None
        self._closed = False

    async def last_seq(self) -> int:
        """The number of the newest event; 0 when there is none."""
        async with self._database.reading() as connection:
            return (await connection.execute(select(func.coalesce(func.max(events.c.seq), 0)))).scalar_one()

    async def read(self, *, after: int = 0, task: TaskId | None = None, limit: int = _PAGE) -> list[JournalEntry]:
        """Up to `limit` entries with a number greater than `after`, in order; fewer only at the journal's end.

        Events of a kind this version does not know are left out, with a warning in the log.
        """
        entries: list[JournalEntry] = []
        while len(entries) < limit:
            wanted = limit - len(entries)
            rows = await self._rows(after, task, wanted)
            entries += entries_in(rows)
            if len(rows) < wanted:
                break
            after = rows[-1].seq
        return entries

    async def follow(self, *, after: int, task: TaskId | None = None) -> AsyncGenerator[JournalEntry, None]:
        """Every entry with a number greater than `after`, then each new one as it is committed.

        Commits of this process are seen at once, those of others within 0.3 s. Ends only when the store is closed.
        """
        self._watch()
        with self._bell.listening() as rung:
            while not self._closed:
                # cleared before reading, so that a commit during the read rings again
                rung.clear()
                rows = await self._rows(after, task, _PAGE)
                for entry in entries_in(rows):
                    yield entry
                if rows:
                    after = rows[-1].seq
                if len(rows) < _PAGE and not self._closed:
                    await rung.wait()

    async def close(self) -> None:
        """End all followers and stop watching for other processes."""
        self._closed = True
        self._bell.ring()
        if self._watching is not None:
            self._watching.cancel()
            with suppress(asyncio.CancelledError):
                await self._watching
            self._watching = None

    def _watch(self) -> None:
        if self._watching is None and not self._closed:
            path = self._database.path
            watcher: Watcher = PostgresWatcher(self._database.url) if path is None else SqliteWatcher(path)
            self._watching = asyncio.create_task(keep_watching(watcher, self._bell), name="journal watcher")

    async def _rows(self, after: int, task: TaskId | None, limit: int) -> Sequence[Row[Any]]:
        query = select(events).where(events.c.seq > after).order_by(events.c.seq).limit(limit)
        if task is not None:
            query = query.where(events.c.task == task)
        async with self._database.reading() as connection:
            return (await connection.execute(query)).all()
