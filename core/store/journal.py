"""The journal's reading side: every event in commit order, read in pages or followed as it grows."""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import suppress
from typing import Any

import structlog
from sqlalchemy import Row, func, select

from core.domain.errors import StoreError
from core.domain.event import JournalEntry
from core.domain.identity import TaskId
from core.store.database import Database
from core.store.reading import entries_in
from core.store.tables import events
from core.store.tail import PAGE, Tail
from core.store.wakeups import Bell, PostgresWatcher, SqliteWatcher, Watcher, keep_watching

_FIRST_RETRY_S = 0.1
_LAST_RETRY_S = 5.0


class Journal:
    """Reads events. Followers read the table at their own pace: a slow one holds up nobody and uses no memory."""

    def __init__(self, database: Database, bell: Bell) -> None:
        self._database = database
        self._bell = bell
        self._watching: asyncio.Task[None] | None = None
        self._closed = asyncio.Event()
        self._tail = Tail(lambda after: self._rows(after, None, PAGE), bell)

    async def last_seq(self) -> int:
        """The number of the newest event; 0 when there is none."""
        async with self._database.reading() as connection:
            return (await connection.execute(select(func.coalesce(func.max(events.c.seq), 0)))).scalar_one()

    async def read(self, *, after: int = 0, task: TaskId | None = None, limit: int = PAGE) -> list[JournalEntry]:
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

        Commits of this process are seen at once, those of others within 0.3 s. Survives a database that goes away and
        comes back. Ends only when the store is closed.
        """
        self._watch()
        with self._bell.listening() as rung:
            while not self._closed.is_set():
                # cleared before reading, so that a commit during the read rings again
                rung.clear()
                entries, after, more = await self._next_when_possible(after, task)
                for entry in entries:
                    yield entry
                if not more and not self._closed.is_set():
                    await rung.wait()

    async def close(self) -> None:
        """End all followers and stop watching for other processes."""
        self._closed.set()
        self._bell.ring()
        await self._tail.close()
        watching, self._watching = self._watching, None
        if watching is not None:
            watching.cancel()
            await asyncio.wait([watching])
            if not watching.cancelled():
                # it never returns, so this raises the mistake in our own code that ended it
                watching.result()

    def _watch(self) -> None:
        if self._watching is None and not self._closed.is_set():
            files = self._database.connections
            watcher: Watcher = PostgresWatcher(self._database.url) if files is None else SqliteWatcher(files)
            self._watching = asyncio.create_task(keep_watching(watcher, self._bell), name="journal watcher")

    async def _next_when_possible(self, after: int, task: TaskId | None) -> tuple[list[JournalEntry], int, bool]:
        """See `_next`; waits for the database when it cannot be read, and gives up only when the store is closed."""
        retry_s = _FIRST_RETRY_S
        while not self._closed.is_set():
            try:
                return await self._next(after, task)
            except StoreError as error:
                structlog.get_logger(__name__).warning("journal cannot be read, trying again", error=error.message)
            with suppress(TimeoutError):
                async with asyncio.timeout(retry_s):
                    await self._closed.wait()
            retry_s = min(retry_s * 2, _LAST_RETRY_S)
        return [], after, False

    async def _next(self, after: int, task: TaskId | None) -> tuple[list[JournalEntry], int, bool]:
        """The entries after `after`, the number they reach to, and whether there may be more already.

        Who is near the end shares one read with all others who are; who is far behind reads page by page.
        """
        if self._tail.covers(after):
            entries, reached, more = await self._tail.after(after)
            return [entry for entry in entries if task in {None, entry.task}], reached, more
        rows = await self._rows(after, task, PAGE)
        reached = rows[-1].seq if rows else after
        if task is None and len(rows) < PAGE:
            self._tail.starts(reached)
        return entries_in(rows), reached, len(rows) >= PAGE

    async def _rows(self, after: int, task: TaskId | None, limit: int) -> Sequence[Row[Any]]:
        query = select(events).where(events.c.seq > after).order_by(events.c.seq).limit(limit)
        if task is not None:
            query = query.where(events.c.task == task)
        async with self._database.reading() as connection:
            return (await connection.execute(query)).all()
