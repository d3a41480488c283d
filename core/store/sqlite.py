"""SQLite engines: write-ahead log, patient with locks, and writers that queue instead of colliding."""

import sqlite3
import time
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from core.store.direct_sqlite import DirectConnections

_READERS = 4
_MORE_READERS = 12


def writer_engine(connections: DirectConnections, *, busy_timeout_s: float) -> AsyncEngine:
    """One connection, whose transactions begin with the write lock: this process's writers wait in line for it.

    Taking the lock at once means that what a transaction reads cannot change before it writes.
    """
    engine = _async_engine(connections, pool_size=1, max_overflow=0, pool_timeout=busy_timeout_s)
    _prepare(engine.sync_engine, begin="BEGIN IMMEDIATE", pragmas=_pragmas(busy_timeout_s))
    return engine


def reader_engine(connections: DirectConnections, *, busy_timeout_s: float) -> AsyncEngine:
    """Connections that can only read; each transaction sees one snapshot and holds nobody up."""
    engine = _async_engine(connections, pool_size=_READERS, max_overflow=_MORE_READERS, pool_timeout=busy_timeout_s)
    _prepare(engine.sync_engine, begin="BEGIN", pragmas=[*_pragmas(busy_timeout_s), "query_only=ON"])
    return engine


def dbos_engine(path: Path, *, busy_timeout_s: float) -> Engine:
    """The synchronous engine DBOS works with on the same file; it manages its transactions itself."""
    engine = create_engine(_url("sqlite", path), hide_parameters=True)

    @event.listens_for(engine, "connect")
    def prepare(connection: sqlite3.Connection, _record: object) -> None:  # pyright: ignore[reportUnusedFunction]
        # DBOS relies on the driver opening a transaction before each write
        connection.isolation_level = "IMMEDIATE"
        _run_pragmas(connection, _pragmas(busy_timeout_s))
        _add_unixepoch(connection)

    return engine


def _url(driver: str, path: Path) -> URL:
    return URL.create(driver, database=str(path))


def _async_engine(
    connections: DirectConnections, *, pool_size: int, max_overflow: int, pool_timeout: float
) -> AsyncEngine:
    return create_async_engine(
        _url("sqlite+aiosqlite", connections.path),
        async_creator=connections.open,
        pool_size=pool_size,
        max_overflow=max_overflow,
        pool_timeout=pool_timeout,
        # error messages end up in logs, and the values of statements do not belong there
        hide_parameters=True,
    )


def _pragmas(busy_timeout_s: float) -> list[str]:
    # the timeout first: switching to the write-ahead log may have to wait
    return [
        f"busy_timeout={round(busy_timeout_s * 1000)}",
        "journal_mode=WAL",
        "synchronous=NORMAL",
        "foreign_keys=ON",
    ]


def _prepare(engine: Engine, *, begin: str, pragmas: list[str]) -> None:
    @event.listens_for(engine, "connect")
    def on_connect(connection: Any, _record: object) -> None:  # pyright: ignore[reportUnusedFunction]
        # the driver must not begin transactions by itself: it would do so only before the first write
        connection.isolation_level = None
        _run_pragmas(connection, pragmas)
        _add_unixepoch(connection)

    @event.listens_for(engine, "begin")
    def on_begin(connection: Connection) -> None:  # pyright: ignore[reportUnusedFunction]
        connection.exec_driver_sql(begin)


def _run_pragmas(connection: Any, pragmas: list[str]) -> None:
    cursor = connection.cursor()
    try:
        for pragma in pragmas:
            cursor.execute(f"PRAGMA {pragma}")
    finally:
        cursor.close()


def _add_unixepoch(connection: Any) -> None:
    """Give SQLite before 3.42 the `unixepoch('subsec')` that DBOS uses, also on the connections it is lent."""
    if sqlite3.sqlite_version_info < (3, 42):
        connection.create_function("unixepoch", -1, _unixepoch)


def _unixepoch(*arguments: object) -> float | int:
    return time.time() if arguments else int(time.time())
