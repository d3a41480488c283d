"""The store: opens and migrates the database, hands out units of work, and wakes those who follow the journal."""

from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from types import TracebackType
from typing import Self

from core.store.database import Database
from core.store.journal import Journal
from core.store.migrate import migrate
from core.store.transcripts import Transcripts
from core.store.uninterrupted import uninterrupted
from core.store.unit_of_work import UnitOfWork
from core.store.wakeups import Bell


class Store:
    """One database, used from the event loop it was opened in."""

    def __init__(self, url: str, database: Database, *, clock: Callable[[], datetime]) -> None:
        self.url = url
        self._database = database
        self._clock = clock
        self._bell = Bell()
        self.journal = Journal(database, self._bell)
        self.transcripts = Transcripts(database, now=self._now)

    @classmethod
    async def open(cls, url: str, *, clock: Callable[[], datetime], busy_timeout_s: float = 30.0) -> "Store":
        """Open `url` (`sqlite:///path` or `postgresql://…`), bringing its tables up to date under a lock.

        `clock` returns aware times. `busy_timeout_s` bounds every wait for somebody else's lock. Raises
        ConfigurationError for an unusable URL or a database of a newer program, else a StoreError.
        """
        database = Database(url, busy_timeout_s=busy_timeout_s)
        try:
            database.prepare_folder()
            await migrate(database)
        except BaseException:
            await uninterrupted(database.close())
            raise
        return cls(url, database, clock=clock)

    async def close(self) -> None:
        """End followers, wait a little for work under way, close every connection. May be called again.

        Takes seconds at the most; who is cancelled meanwhile is cancelled at its end.
        """
        await uninterrupted(self._close())

    async def _close(self) -> None:
        try:
            await self.journal.close()
        finally:
            await self._database.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    @asynccontextmanager
    async def transaction(self) -> AsyncGenerator[UnitOfWork, None]:
        """A unit of work that writes: commits at the end, rolls back on any exception, then wakes followers.

        Keep it short, and never open a second one inside it: on SQLite that would wait for itself.
        Errors of the database come out as StoreError, a row that is already there as ConflictError.
        """
        unit: UnitOfWork | None = None
        try:
            async with self._database.writing() as connection:
                unit = UnitOfWork(connection, now=self._now(), writable=True)
                yield unit
                await unit.events.flush()
        finally:
            # also after an error: a commit that was interrupted may still have happened
            if unit is not None and unit.events.appended:
                self._bell.ring()

    @asynccontextmanager
    async def reading(self) -> AsyncGenerator[UnitOfWork, None]:
        """A unit of work that sees one snapshot, waits for no writer, and cannot change anything."""
        async with self._database.reading() as connection:
            yield UnitOfWork(connection, now=self._now(), writable=False)

    def _now(self) -> datetime:
        return self._clock().astimezone(UTC)
