"""An aiosqlite connection whose statements make one trip to its thread instead of four.

The driver's own cursor goes there to be made, to execute, to fetch and to be closed. Each trip wakes two threads, which
costs more than a typical statement itself.
"""

import asyncio
import sqlite3
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Self, cast
from weakref import WeakSet

import aiosqlite

_ITER_CHUNK = 64
"""Rows the driver reads at a time when it iterates, which we never do."""


class DirectCursor:
    """What SQLAlchemy's adapter asks of a cursor; all rows are fetched where the statement runs."""

    arraysize = 1

    def __init__(self, connection: "DirectConnection") -> None:
        self._connection = connection
        self._rows: Sequence[Any] = ()
        self.description: Any = None
        self.rowcount = -1
        self.lastrowid: int | None = None

    async def __aenter__(self) -> Self:
        return self

    async def execute(self, operation: str, parameters: Any = ()) -> Self:
        """Run one statement and keep its rows."""
        await self._connection.at_once(lambda cursor: cursor.execute(operation, parameters), self._keep)
        return self

    async def executemany(self, operation: str, parameters: Any) -> Self:
        """Run one statement for each of `parameters`."""
        await self._connection.at_once(lambda cursor: cursor.executemany(operation, parameters), self._keep)
        return self

    async def fetchall(self) -> Sequence[Any]:
        """The rows, once."""
        rows, self._rows = self._rows, ()
        return rows

    async def close(self) -> None:
        """Nothing is open."""

    def _keep(self, cursor: sqlite3.Cursor) -> None:
        self.description = cursor.description
        self._rows = cursor.fetchall() if cursor.description else ()
        # only now: of a statement with RETURNING it counts the rows that were read
        self.rowcount = cursor.rowcount
        self.lastrowid = cursor.lastrowid


class DirectConnection(aiosqlite.Connection):
    """A connection with such cursors."""

    def __init__(self, path: Path, *, stopping: set[asyncio.Future[Any]]) -> None:
        self._stopped: asyncio.Future[Any] | None = None
        self._stopping = stopping
        super().__init__(lambda: sqlite3.connect(path, check_same_thread=False), iter_chunk_size=_ITER_CHUNK)
        # it ends with the program, whatever happens
        self._thread.daemon = True

    def cursor(self) -> DirectCursor:  # type: ignore[override]  # pyright: ignore[reportIncompatibleMethodOverride]  # only SQLAlchemy asks
        """A cursor that is open while a statement runs and no longer."""
        return DirectCursor(self)

    def stop(self) -> asyncio.Future[Any] | None:
        """End the thread once it has done what it was given; may be said again.

        The driver would give each caller a future of its own, of which the thread answers only the first.
        """
        if self._stopped is None:
            self._stopped = cast("Any", super()).stop()
            if self._stopped is None:
                return None
            self._stopping.add(self._stopped)
            self._stopped.add_done_callback(self._stopping.discard)
        # one of the callers may be cancelled
        return asyncio.shield(self._stopped)

    async def at_once(self, run: Callable[[sqlite3.Cursor], object], keep: Callable[[sqlite3.Cursor], None]) -> None:
        """In the connection's thread: make a cursor, `run`, `keep` what came of it, and close it."""

        def trip() -> None:
            cursor = self._conn.cursor()
            try:
                run(cursor)
                keep(cursor)
            finally:
                cursor.close()

        await cast("Any", self)._execute(trip)


class DirectConnections:
    """Opens connections to one file, and sees to it that none outlives the store.

    Whoever is cancelled while opening a connection, or twice while using one, only tells its thread to stop. That
    thread still reports what it was doing, and fails loudly when the event loop is gone by then.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._open: WeakSet[DirectConnection] = WeakSet()
        self._stopping: set[asyncio.Future[Any]] = set()

    async def open(self) -> DirectConnection:
        """A connection, opened in its own thread; close it, or leave that to `close`."""
        connection = DirectConnection(self.path, stopping=self._stopping)
        self._open.add(connection)
        await connection
        return connection

    async def close(self, *, within_s: float) -> None:
        """Stop every connection that is left, and wait for their threads, but no longer than for `within_s` seconds."""
        for connection in set(self._open):
            connection.stop()
        if self._stopping:
            await asyncio.wait(self._stopping, timeout=within_s)
