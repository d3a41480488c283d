"""How followers of the journal learn that there is something new: a bell in this process, a watcher for the others."""

import asyncio
from collections.abc import Callable, Generator
from contextlib import contextmanager, suppress
from typing import Protocol

import structlog
from sqlalchemy import URL

from core.store import postgres
from core.store.direct_sqlite import DirectConnection, DirectConnections
from core.store.events import CHANNEL

SQLITE_POLL_S = 0.15
POSTGRES_SAFETY_POLL_S = 2.0
_FIRST_RETRY_S = 0.2
_LAST_RETRY_S = 5.0


class Bell:
    """Wakes every follower that waits. Rings that nobody heard yet count as one, so a slow follower costs nothing."""

    def __init__(self) -> None:
        self._ears: set[asyncio.Event] = set()
        self._heard = asyncio.Event()
        self.rings = 0
        """How often it has rung."""

    def ring(self) -> None:
        """Wake all followers."""
        self.rings += 1
        for ear in self._ears:
            ear.set()

    async def wait_for_ears(self) -> None:
        """Wait until somebody follows; watchers rest here when nobody does."""
        await self._heard.wait()

    @contextmanager
    def listening(self) -> Generator[asyncio.Event, None, None]:
        """An event that is set by every ring from now on."""
        ear = asyncio.Event()
        self._ears.add(ear)
        self._heard.set()
        try:
            yield ear
        finally:
            self._ears.discard(ear)
            if not self._ears:
                self._heard.clear()


class Watcher(Protocol):
    """Rings the bell for commits of other processes."""

    async def watch(self, bell: Bell) -> None:
        """Watch until cancelled; may raise what the database raises when the connection is lost."""
        ...


class SqliteWatcher:
    """Asks SQLite several times a second whether any other connection changed the file."""

    def __init__(self, connections: DirectConnections) -> None:
        self._connections = connections

    async def watch(self, bell: Bell) -> None:
        """See `Watcher`."""
        connection = await self._connections.open()
        try:
            seen = (0, 0)
            while True:
                await bell.wait_for_ears()
                version = await _number(connection, "PRAGMA data_version")
                if version != seen[0]:
                    # the engine writes to the same file all the time: only a longer journal is worth waking for
                    now = (version, await _number(connection, "SELECT value FROM counters WHERE name = 'journal'"))
                    if now[1] != seen[1]:
                        bell.ring()
                    seen = now
                await asyncio.sleep(SQLITE_POLL_S)
        finally:
            await connection.close()


class PostgresWatcher:
    """Hears Postgres notifications; looks by itself now and then, should one get lost."""

    def __init__(self, url: URL) -> None:
        self._url = url

    async def watch(self, bell: Bell) -> None:
        """See `Watcher`."""
        connection = await postgres.connection(self._url, busy_timeout_s=POSTGRES_SAFETY_POLL_S)
        try:
            lost = asyncio.Event()
            connection.add_termination_listener(_then(lost.set))
            await connection.add_listener(CHANNEL, _then(bell.ring))
            while not lost.is_set():
                # also for what was committed before the listening began
                bell.ring()
                with suppress(TimeoutError):
                    async with asyncio.timeout(POSTGRES_SAFETY_POLL_S):
                        await lost.wait()
                await bell.wait_for_ears()
                await connection.execute("SELECT 1", timeout=POSTGRES_SAFETY_POLL_S)
        finally:
            # no farewell: it could wait for a server that is gone
            connection.terminate()


async def keep_watching(watcher: Watcher, bell: Bell) -> None:
    """Run `watcher` until cancelled, again and again with growing pauses when the database goes away."""
    retry_s = _FIRST_RETRY_S
    loop = asyncio.get_running_loop()
    while True:
        await bell.wait_for_ears()
        began = loop.time()
        try:
            await watcher.watch(bell)
        except Exception as error:  # noqa: BLE001  # drivers raise many kinds, and a dead watcher would make followers deaf
            structlog.get_logger(__name__).warning("journal watcher lost the database", error=type(error).__name__)
        retry_s = _FIRST_RETRY_S if loop.time() - began > _LAST_RETRY_S else min(retry_s * 2, _LAST_RETRY_S)
        await asyncio.sleep(retry_s)
        bell.ring()


async def _number(connection: DirectConnection, query: str) -> int:
    cursor = await connection.cursor().execute(query)
    rows = await cursor.fetchall()
    return int(rows[0][0]) if rows else 0


def _then(act: Callable[[], None]) -> Callable[..., None]:
    """`act` as a callback for asyncpg, whose arguments say nothing we need."""

    def called(*_: object) -> None:
        act()

    return called
