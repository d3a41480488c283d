"""One live process per executor: two with the same id would run every step twice, so the lease comes before launch.

On SQLite the lease is a lock on a file beside the database, which the system drops when the process dies. It is
`flock`, which belongs to one open file: the locks of `lockf` go as soon as the process closes the file anywhere. On
Postgres it is a session advisory lock per executor id; whoever can take a foreign one knows that its owner is dead.
"""

import asyncio
import fcntl
import os
import socket
from collections.abc import AsyncGenerator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Any, Protocol

import asyncpg

from core.domain.errors import LeaseHeldError, StoreError
from core.store import postgres
from core.store.database import parsed_url, shown_database, sqlite_path
from core.store.failures import opening_errors

_TRY_LOCK = "select pg_try_advisory_lock(hashtextextended('orchestrator-executor:' || $1::text, 0))"
_UNLOCK = "select pg_advisory_unlock(hashtextextended('orchestrator-executor:' || $1::text, 0))"
_SHARE_PRESENCE = "select pg_advisory_lock_shared(hashtextextended('orchestrator-worker', 0))"
_TRY_PRESENCE = "select pg_try_advisory_lock(hashtextextended('orchestrator-worker', 0))"
_MOST_SLOTS = 100
_TIMEOUT_S = 10.0
_CONFIRM_S = 3.0
"""For asking, and again for taking it anew: together less than others wait before they take over."""
_LOST = (StoreError, OSError, asyncpg.PostgresError, asyncpg.InterfaceError)
_GLANCES = 10
_GLANCE_S = 0.02
"""Somebody who only looks whether there is a worker holds the file's lock for a moment: that is waited for."""


class Lease(Protocol):
    """Held from before launch until after shutdown."""

    executor: str

    async def release(self) -> None: ...

    async def confirmed(self) -> bool:
        """Whether it is still held, or could be taken again at once after its connection broke; once False, let go."""
        ...

    def adopting(self, executor: str) -> AbstractAsyncContextManager[bool]:
        """Hold the lease of a dead `executor` too for a moment; yields False when its owner is alive."""
        ...


class FileLease:
    """SQLite: one process on this machine."""

    executor = "local"

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor

    @classmethod
    async def take(cls, database: Path) -> "FileLease":
        """Lock the file beside `database`, or raise LeaseHeldError."""
        path = _lock_path(database)
        path.parent.mkdir(parents=True, exist_ok=True)
        for _ in range(_GLANCES):
            descriptor = _locked(path)
            if descriptor is not None:
                os.ftruncate(descriptor, 0)
                os.pwrite(descriptor, str(os.getpid()).encode("ascii"), 0)
                return cls(descriptor)
            await asyncio.sleep(_GLANCE_S)
        holder = _read(path)
        who = f" (process {holder})" if holder else ""
        raise LeaseHeldError(
            f"Another process already does the work of this home{who}.",
            holder=holder,
            hint="Use it, or stop it first; commands without a worker of their own go through it.",
        )

    async def release(self) -> None:
        """Let another process be the worker."""
        os.close(self._descriptor)

    async def confirmed(self) -> bool:
        """The system keeps the lock as long as we live."""
        return True

    @asynccontextmanager
    async def adopting(self, executor: str) -> AsyncGenerator[bool]:
        """There is only this process: nobody else's work can be adopted."""
        yield False


class PostgresLease:
    """Postgres: the first free executor id of this machine, held by one connection."""

    def __init__(
        self,
        database_url: str,
        connection: Any,  # asyncpg is not fully typed
        executor: str,
    ) -> None:
        self._database_url = database_url
        self._connection = connection
        self._turn = asyncio.Lock()
        self.executor = executor

    @classmethod
    async def take(cls, database_url: str) -> "PostgresLease":
        """Hold the first free of `<host>-1`, `<host>-2`, …"""
        connection = await _connected(database_url)
        try:
            for slot in range(1, _MOST_SLOTS + 1):
                executor = f"{socket.gethostname()}-{slot}"
                if await connection.fetchval(_TRY_LOCK, executor):
                    await connection.execute(_SHARE_PRESENCE)
                    return cls(database_url, connection, executor)
        except _LOST as error:
            connection.terminate()
            raise StoreError(
                "The database went away while a worker's lease was taken.", hint="Try again in a moment."
            ) from error
        await connection.close()
        raise LeaseHeldError(f"All {_MOST_SLOTS} worker places of this machine are taken.", hint="Stop a worker first.")

    async def release(self) -> None:
        """Give the executor id back."""
        try:
            await self._connection.close(timeout=_TIMEOUT_S)
        except _LOST:  # the server gave it back when the connection broke
            self._connection.terminate()

    async def confirmed(self) -> bool:
        """Ask over the connection that holds it; when that is broken, take the same id again over a new one."""
        async with self._turn:
            for attempt in (self._still_held, self._taken_again):
                try:
                    async with asyncio.timeout(_CONFIRM_S):
                        await attempt()
                        return True
                except _LOST:
                    continue
            return False

    async def _still_held(self) -> None:
        await self._connection.fetchval("select 1")

    async def _taken_again(self) -> None:
        """Until the server has noticed that the broken connection is gone, the id still seems to be taken."""
        self._connection.terminate()
        self._connection = await _connected(self._database_url)
        while not await self._connection.fetchval(_TRY_LOCK, self.executor):  # noqa: ASYNC110 - the server tells nobody
            await asyncio.sleep(_GLANCE_S)
        await self._connection.execute(_SHARE_PRESENCE)

    @asynccontextmanager
    async def adopting(self, executor: str) -> AsyncGenerator[bool]:
        """Take `executor`'s lease while its work is adopted, so that only one process does it."""
        async with self._turn:
            free = executor != self.executor and await self._ask(_TRY_LOCK, executor)
            try:
                yield free
            finally:
                if free:
                    await self._ask(_UNLOCK, executor)

    async def _ask(self, query: str, executor: str) -> bool:
        try:
            return bool(await self._connection.fetchval(query, executor))
        except _LOST as error:
            raise StoreError(
                "The connection that holds this worker's lease is gone.", hint="Restart the worker."
            ) from error


async def take_lease(database_url: str) -> Lease:
    """The lease that fits the database."""
    path = sqlite_path(database_url)
    return await FileLease.take(path) if path is not None else await PostgresLease.take(database_url)


async def worker_running(database_url: str) -> bool:
    """Whether some process does the work of this database now; for telling people, not for deciding."""
    path = sqlite_path(database_url)
    if path is not None:
        if not _lock_path(path).exists():
            return False
        descriptor = _locked(_lock_path(path))
        if descriptor is not None:
            os.close(descriptor)
        return descriptor is None
    connection = await _connected(database_url)
    try:
        return not await connection.fetchval(_TRY_PRESENCE)
    finally:
        await connection.close(timeout=_TIMEOUT_S)


async def _connected(database_url: str) -> Any:  # asyncpg is not fully typed
    with opening_errors(shown_database(database_url)):
        return await postgres.connection(parsed_url(database_url), busy_timeout_s=_TIMEOUT_S)


def _lock_path(database: Path) -> Path:
    return database.with_name(f"{database.name}.worker.lock")


def _locked(path: Path) -> int | None:
    """A descriptor that holds the file's lock until it is closed; None when another one does."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        return None
    except BaseException:
        os.close(descriptor)
        raise
    return descriptor


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError):
        return ""
