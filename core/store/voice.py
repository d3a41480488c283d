"""The voice: of all processes that share a database one alone speaks on a platform, else things would be said twice.

On SQLite it is a lock on a file beside the database, on Postgres a session advisory lock; the system, or the server,
lets go of it when the process dies.
"""

import asyncio
import fcntl
import os
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import asyncpg

from core.domain.errors import StoreError
from core.store import postgres
from core.store.database import parsed_url, shown_database, sqlite_path
from core.store.failures import opening_errors

_TRY_LOCK = "select pg_try_advisory_lock(hashtextextended('orchestrator-voice:' || $1::text, 0))"
_TIMEOUT_S = 10.0
_ASKED_EVERY_S = 5.0
_LOST = (StoreError, OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError)


@asynccontextmanager
async def voice(database_url: str, platform: str) -> AsyncGenerator[asyncio.Event | None]:
    """Hold the voice of `platform` meanwhile: yields an event that is set when it is lost; None when another holds it.

    Raises StoreError when the database cannot be reached.
    """
    path = sqlite_path(database_url)
    held = _file_voice(path, platform) if path is not None else _postgres_voice(database_url, platform)
    async with held as lost:
        yield lost


@asynccontextmanager
async def _file_voice(database: Path, platform: str) -> AsyncGenerator[asyncio.Event | None]:
    path = database.with_name(f"{database.name}.{platform}.lock")
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield None
        else:
            # the system keeps it as long as we live
            yield asyncio.Event()
    finally:
        os.close(descriptor)


@asynccontextmanager
async def _postgres_voice(database_url: str, platform: str) -> AsyncGenerator[asyncio.Event | None]:
    with opening_errors(shown_database(database_url)):
        connection = await postgres.connection(parsed_url(database_url), busy_timeout_s=_TIMEOUT_S)
    watching: asyncio.Task[None] | None = None
    try:
        if not await connection.fetchval(_TRY_LOCK, platform):
            yield None
            return
        lost = asyncio.Event()
        connection.add_termination_listener(_then(lost.set))
        watching = asyncio.create_task(_watch(connection, lost), name="voice")
        yield lost
    finally:
        if watching is not None:
            watching.cancel()
            await asyncio.wait([watching])
        # no farewell: it could wait for a server that is gone
        connection.terminate()


async def _watch(connection: Any, lost: asyncio.Event) -> None:  # asyncpg is not fully typed
    """A broken connection may say nothing: the server, which then gives the voice to another, is asked now and then."""
    try:
        while not lost.is_set():
            await asyncio.sleep(_ASKED_EVERY_S)
            async with asyncio.timeout(_TIMEOUT_S):
                await connection.fetchval("select 1")
    except _LOST:
        lost.set()


def _then(act: Callable[[], None]) -> Callable[..., None]:
    """`act` as a callback whose arguments say nothing we need."""

    def called(*_: object) -> None:
        act()

    return called
