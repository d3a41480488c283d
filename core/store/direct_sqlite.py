"""An aiosqlite connection whose statements make one trip to its thread instead of four.

The driver's own cursor goes there to be made, to execute, to fetch and to be closed. Each trip wakes two threads, which
costs more than a typical statement itself.
"""

import sqlite3
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Self, cast

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

    def cursor(self) -> DirectCursor:  # type: ignore[override]  # pyright: ignore[reportIncompatibleMethodOverride]  # only SQLAlchemy asks
        """A cursor that is open while a statement runs and no longer."""
        return DirectCursor(self)

    def begun(self) -> Self:
        """Ready to be awaited; its thread ends with the program, whatever happens."""
        self._thread.daemon = True
        return self

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


async def direct_connection(path: Path) -> DirectConnection:
    """Open the file, in the connection's own thread."""
    connection = DirectConnection(lambda: sqlite3.connect(path, check_same_thread=False), iter_chunk_size=_ITER_CHUNK)
    await connection.begun()
    return connection
