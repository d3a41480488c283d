"""One database, SQLite or Postgres by URL alone: connections for writing and for reading, and an orderly close."""

import asyncio
import os
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from pathlib import Path

from sqlalchemy import URL, Engine, make_url
from sqlalchemy.exc import ArgumentError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from core.domain.errors import ConfigurationError, StoreError, StoreFullError
from core.store import postgres, sqlite
from core.store.direct_sqlite import DirectConnections
from core.store.failures import opening_errors, store_errors

_URL_HINT = "Use sqlite:///path/to/file.sqlite3 or postgresql://user:password@host/database."
_CLOSE_TIMEOUT_S = 5.0
_THREADS_TIMEOUT_S = 2.0
"""For what was given up and still runs; only waiting for another process's lock takes longer."""


def parsed_url(url: str) -> URL:
    """`url` with its driver reduced to `sqlite` or `postgresql`; ConfigurationError for anything else."""
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError) as error:
        # the text may hold a password, so it is not repeated
        raise ConfigurationError("The database URL cannot be read.", source="database url", hint=_URL_HINT) from error
    backend = parsed.drivername.partition("+")[0]
    if backend == "sqlite":
        if parsed.database in (None, "", ":memory:"):
            raise ConfigurationError("The database URL names no file.", source="database url", hint=_URL_HINT)
        return parsed.set(drivername="sqlite")
    if backend in ("postgresql", "postgres"):
        return parsed.set(drivername="postgresql")
    raise ConfigurationError(
        f"{backend} is not a database this program can use.", source="database url", hint=_URL_HINT
    )


def sqlite_path(url: str) -> Path | None:
    """The file behind a SQLite URL; None on Postgres."""
    parsed = parsed_url(url)
    return Path(str(parsed.database)) if parsed.drivername == "sqlite" else None


def shown_database(url: str) -> str:
    """The database for people: the path of a file, or the URL without its password."""
    return str(sqlite_path(url) or parsed_url(url).render_as_string(hide_password=True))


def dbos_sync_engine(url: str, *, busy_timeout_s: float = 30.0) -> Engine:
    """The engine to give DBOS as `system_database_engine`, with `url` as its `system_database_url`."""
    path = sqlite_path(url)
    if path is None:
        return postgres.dbos_engine(parsed_url(url))
    return sqlite.dbos_engine(path, busy_timeout_s=busy_timeout_s)


class Database:
    """Lends connections; knows which of them are out, so that closing waits for them."""

    def __init__(self, url: str, *, busy_timeout_s: float) -> None:
        self.url = parsed_url(url)
        self.busy_timeout_s = busy_timeout_s
        self.path = sqlite_path(url)
        self.connections = None if self.path is None else DirectConnections(self.path)
        """All connections to a SQLite file; None on Postgres."""
        if self.connections is not None:
            self.where = str(self.path)
            self._writer = sqlite.writer_engine(self.connections, busy_timeout_s=busy_timeout_s)
            self._reader = sqlite.reader_engine(self.connections, busy_timeout_s=busy_timeout_s)
        else:
            self.where = self.url.render_as_string(hide_password=True)
            self._writer = postgres.writer_engine(self.url, busy_timeout_s=busy_timeout_s)
            self._reader = postgres.reader_engine(self._writer)
        self._lent = 0
        self._all_back = asyncio.Event()
        self._all_back.set()
        self._closed = False

    def prepare_folder(self) -> None:
        """Create the folder of a SQLite file, for its owner only; StoreFullError when it cannot be written to."""
        if self.path is None:
            return
        with opening_errors(self.where):
            self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        if self.path.exists() and not self.path.is_file():
            raise StoreError(
                f"{self.path} is not a file.", hint="Move it away, or name another file in the database URL."
            )
        targets = [self.path.parent, *([self.path] if self.path.exists() else [])]
        for target in targets:
            if not os.access(target, os.W_OK):
                raise StoreFullError(
                    f"{target} is read-only.",
                    hint="Make it writable for this user, or point ORCHESTRATOR_HOME at a folder that is.",
                )

    @asynccontextmanager
    async def writing(self) -> AsyncGenerator[AsyncConnection, None]:
        """A read-write transaction: committed at the end, rolled back when anything raises."""
        async with self._lending(self._writer) as connection:
            with store_errors(self.where):
                async with connection.begin():
                    yield connection

    @asynccontextmanager
    async def reading(self) -> AsyncGenerator[AsyncConnection, None]:
        """A read-only transaction on one snapshot; it takes no lock that a writer would wait for."""
        async with self._lending(self._reader) as connection:
            with store_errors(self.where, writing=False):
                async with connection.begin():
                    yield connection

    async def close(self) -> None:
        """Refuse new work, wait a little for what is under way, and close every connection."""
        self._closed = True
        # closing must not hang: whoever still holds a connection after that gets an error from it
        with suppress(TimeoutError):
            async with asyncio.timeout(_CLOSE_TIMEOUT_S):
                await self._all_back.wait()
        # nor must a server that no longer answers hold anybody up: SQLAlchemy logs what it then leaves open
        with suppress(TimeoutError):
            async with asyncio.timeout(_CLOSE_TIMEOUT_S):
                await self._writer.dispose()
                await self._reader.dispose()
        if self.connections is not None:
            await self.connections.close(within_s=_THREADS_TIMEOUT_S)

    @asynccontextmanager
    async def _lending(self, engine: AsyncEngine) -> AsyncGenerator[AsyncConnection, None]:
        if self._closed:
            raise StoreError(f"The store {self.where} is closed.", hint="Open it again.")
        self._lent += 1
        self._all_back.clear()
        try:
            async with AsyncExitStack() as stack:
                with opening_errors(self.where):
                    connection = await stack.enter_async_context(engine.connect())
                yield connection
        finally:
            self._lent -= 1
            if self._lent == 0:
                self._all_back.set()
