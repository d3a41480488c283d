"""Other processes on the same database: heard within 0.3 s, harmless when killed, missed when the server goes away."""

import asyncio
import signal
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import psycopg
import pytest
from structlog.testing import capture_logs

from core.domain.event import JournalEntry, NoticeRaised
from core.store import Store
from tests.conftest import OpenStore
from tests.support.values import a_task
from tests.support.waiting import eventually, eventually_awaited

MOST_COMMITS = 50
WRITER = """
import asyncio, sys, time
from datetime import UTC, datetime
from core.domain.event import NoticeRaised
from core.store import Store

async def main() -> None:
    async with await Store.open(sys.argv[1], clock=lambda: datetime.now(UTC)) as store:
        print("ready", flush=True)
        for line in sys.stdin:
            async with store.transaction() as unit:
                await unit.events.append("T1", NoticeRaised(text=line.strip()))
                if line.startswith("hang"):
                    await unit.events.flush()
                    print("hanging", flush=True)
                    await asyncio.Event().wait()
            print(time.time(), flush=True)

asyncio.run(main())
"""


class Writer:
    """Another process that appends one event for each line it is told."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self.process = process

    async def tell(self, line: str) -> str:
        assert self.process.stdin is not None
        self.process.stdin.write(f"{line}\n".encode())
        return await self.hear()

    async def hear(self) -> str:
        assert self.process.stdout is not None
        async with asyncio.timeout(150):
            return (await self.process.stdout.readline()).decode().strip()


@asynccontextmanager
async def a_writer(url: str) -> AsyncIterator[Writer]:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", WRITER, url, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE
    )
    writer = Writer(process)
    try:
        assert await writer.hear() == "ready"
        yield writer
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()


@pytest.mark.slow
async def test_commits_of_another_process_are_seen_within_three_tenths_of_a_second(store: Store) -> None:
    arrivals: asyncio.Queue[tuple[JournalEntry, float]] = asyncio.Queue()

    async def follow() -> None:
        async for entry in store.journal.follow(after=0):
            arrivals.put_nowait((entry, time.time()))

    following = asyncio.create_task(follow())
    async with a_writer(store.url) as writer:
        await writer.tell("warm up")
        await asyncio.wait_for(arrivals.get(), 90)
        delays = [1.0]
        number = 0
        # Each commit comes right after the last arrival, so a slow watcher makes every one slow: the best one tells,
        # and the pauses of a busy machine do not count.
        while min(delays) >= 0.3 and number < MOST_COMMITS:
            number += 1
            committed = float(await writer.tell(f"event {number}"))
            entry, arrived = await asyncio.wait_for(arrivals.get(), 90)
            assert entry.event == NoticeRaised(text=f"event {number}")
            delays.append(arrived - committed)
    following.cancel()
    assert min(delays) < 0.3


@pytest.mark.slow
async def test_a_process_killed_inside_a_unit_leaves_nothing_and_holds_nothing(store: Store) -> None:
    async with a_writer(store.url) as writer:
        await writer.tell("whole")
        assert await writer.tell("hang") == "hanging"
        writer.process.send_signal(signal.SIGKILL)
        await writer.process.wait()
    async with store.transaction() as unit:
        await unit.tasks.add(a_task())
        await unit.events.append(a_task().id, NoticeRaised(text="next"))
    entries = await store.journal.read()
    assert [(entry.seq, entry.event) for entry in entries] == [
        (1, NoticeRaised(text="whole")),
        (2, NoticeRaised(text="next")),
    ]


@pytest.mark.slow
@pytest.mark.postgres
@pytest.mark.parametrize("database_url", ["postgres"], indirect=True)
async def test_a_follower_survives_the_loss_of_its_notifications(store: Store, open_store: OpenStore) -> None:
    other = await open_store(store.url)
    entries = store.journal.follow(after=0)
    # what a watcher asked for last: to listen, or later on whether the connection stands
    watchers = "FROM pg_stat_activity WHERE query LIKE 'LISTEN%' OR query = 'SELECT 1'"

    async def append(words: str) -> None:
        async with other.transaction() as unit:
            await unit.events.append(a_task().id, NoticeRaised(text=words))

    async def listeners() -> int:
        async with other.reading() as unit:
            return (await unit.connection.exec_driver_sql(f"SELECT count(*) {watchers}")).scalar_one()

    async def listening() -> bool:
        return await listeners() == 1

    async def next_text() -> str:
        event = (await asyncio.wait_for(anext(entries), 90)).event
        assert isinstance(event, NoticeRaised)
        return event.text

    await append("before")
    assert await next_text() == "before"
    # the follower waits again, for what its watcher hears
    await eventually_awaited(listening)
    with psycopg.connect(store.url, autocommit=True) as killer:
        killer.execute(f"SELECT pg_terminate_backend(pid) {watchers}".encode())
    await append("meanwhile")
    assert await next_text() == "meanwhile"
    await eventually_awaited(listening)
    await append("after")
    assert await next_text() == "after"
    await entries.aclose()


@pytest.mark.postgres
@pytest.mark.parametrize("database_url", ["postgres"], indirect=True)
async def test_a_follower_waits_for_a_database_that_went_away(store: Store, postgres_server: str) -> None:
    entries = store.journal.follow(after=0)
    async with store.transaction() as unit:
        await unit.events.append(a_task().id, NoticeRaised(text="before"))
    await anext(entries)
    with psycopg.connect(postgres_server, autocommit=True) as server:
        name = store.url.partition("?")[0].rpartition("/")[2]
        server.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false".encode())
        server.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [name])
        with capture_logs() as logs:
            waiting = asyncio.ensure_future(anext(entries))
            await eventually(lambda: any("cannot be read" in log["event"] for log in logs))
        assert not waiting.done()
        server.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true".encode())
    async with store.transaction() as unit:
        await unit.events.append(a_task().id, NoticeRaised(text="after"))
    assert (await asyncio.wait_for(waiting, 90)).event == NoticeRaised(text="after")
    await entries.aclose()
