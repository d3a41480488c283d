"""Direct connections: a statement is made, run, read and closed at once, and no thread outlives those who opened it."""

import asyncio
import sqlite3
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from core.store import Store
from core.store.direct_sqlite import DirectConnection, DirectConnections
from tests.support.waiting import eventually


@pytest.fixture
def connections(tmp_path: Path) -> DirectConnections:
    return DirectConnections(tmp_path / "one.sqlite3")


@pytest.fixture
async def connection(connections: DirectConnections) -> AsyncIterator[DirectConnection]:
    connection = await connections.open()
    await connection.cursor().execute("CREATE TABLE words (word TEXT UNIQUE)")
    yield connection
    await connections.close(within_s=90)


@dataclass(slots=True)
class Held:
    """Something a connection's thread is kept in until it is let go."""

    entered: threading.Event = field(default_factory=threading.Event)
    let_go: threading.Event = field(default_factory=threading.Event)

    def wait(self, *_: object) -> None:
        self.entered.set()
        self.let_go.wait(300)


@contextmanager
def opening_held(monkeypatch: pytest.MonkeyPatch) -> Iterator[Held]:
    """Every connection to SQLite that is opened from now on takes until it is let go."""
    held = Held()
    connect = sqlite3.connect

    def slowly(*args: Any, **options: Any) -> sqlite3.Connection:
        held.wait()
        return connect(*args, **options)

    with monkeypatch.context() as patched:
        patched.setattr(sqlite3, "connect", slowly)
        yield held


@pytest.fixture
def threads() -> Callable[[], set[threading.Thread]]:
    """Those of the driver that were begun in this test and have not ended."""

    def alive() -> set[threading.Thread]:
        return {each for each in threading.enumerate() if "_connection_worker_thread" in each.name}

    before = alive()
    return lambda: alive() - before


async def test_all_rows_are_there_after_execute_and_are_handed_out_once(connection: DirectConnection) -> None:
    await connection.cursor().executemany("INSERT INTO words VALUES (?)", [("a",), ("b",)])
    cursor = await connection.cursor().execute("SELECT word FROM words ORDER BY word")

    assert [column[0] for column in cursor.description] == ["word"]
    assert await cursor.fetchall() == [("a",), ("b",)]
    assert await cursor.fetchall() == ()


async def test_what_a_statement_touched_is_counted_also_when_it_returns_rows(connection: DirectConnection) -> None:
    inserted = await connection.cursor().executemany("INSERT INTO words VALUES (?)", [("a",), ("b",), ("c",)])
    returned = await connection.cursor().execute("UPDATE words SET word = word || '!' RETURNING word")

    assert (inserted.rowcount, inserted.description) == (3, None)
    assert returned.rowcount == 3
    assert len(await returned.fetchall()) == 3


async def test_a_refused_statement_leaves_no_cursor_open_that_would_hold_a_lock(connection: DirectConnection) -> None:
    await connection.cursor().execute("INSERT INTO words VALUES ('a')")
    with pytest.raises(sqlite3.IntegrityError):
        await connection.cursor().execute("INSERT INTO words VALUES ('a')")

    await connection.rollback()
    await connection.cursor().execute("DROP TABLE words")


async def test_closing_waits_for_a_connection_whose_opening_was_cancelled(
    threads: Callable[[], set[threading.Thread]], connections: DirectConnections, monkeypatch: pytest.MonkeyPatch
) -> None:
    with opening_held(monkeypatch) as held:
        opening = asyncio.create_task(connections.open())
        await eventually(held.entered.is_set, what="the opening")
        opening.cancel()
        await asyncio.wait([opening])
        closing = asyncio.create_task(connections.close(within_s=300))
        # what closing has to do before it waits is done in these turns of the loop
        for _ in range(10):
            await asyncio.sleep(0)
        assert not closing.done()

        held.let_go.set()
        await closing

    assert opening.cancelled()
    await eventually(lambda: not threads(), what="the threads' end")


async def test_closing_stops_what_is_still_open_and_waits_for_its_statement(
    threads: Callable[[], set[threading.Thread]], connections: DirectConnections, connection: DirectConnection
) -> None:
    held = Held()
    running = asyncio.create_task(connection.at_once(held.wait, lambda _: None))
    await eventually(held.entered.is_set, what="the statement")
    closing = asyncio.create_task(connections.close(within_s=300))
    await asyncio.sleep(0)
    held.let_go.set()
    await closing
    await running

    await eventually(lambda: not threads(), what="the thread's end")
    with pytest.raises(ValueError, match="Connection closed"):
        await connection.cursor().execute("SELECT 1")


async def test_closing_does_not_wait_for_ever(connections: DirectConnections, connection: DirectConnection) -> None:
    held = Held()
    running = asyncio.create_task(connection.at_once(held.wait, lambda _: None))
    await eventually(held.entered.is_set, what="the statement")
    await connections.close(within_s=0.01)

    assert not running.done()
    held.let_go.set()
    await running


async def test_a_connection_may_be_stopped_more_than_once_and_closed_too(connection: DirectConnection) -> None:
    first, second = connection.stop(), connection.stop()
    assert first is not None
    assert second is not None
    first.cancel()
    async with asyncio.timeout(90):
        await second
        await connection.close()


async def test_a_store_that_is_closed_while_its_journal_begins_to_watch_leaves_no_thread(
    threads: Callable[[], set[threading.Thread]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ctrl-C may come just then, and the end of the event loop right after it."""
    store = await Store.open(f"sqlite:///{tmp_path / 'one.sqlite3'}", clock=lambda: datetime.now(UTC))
    with opening_held(monkeypatch) as held:
        following = asyncio.create_task(anext(store.journal.follow(after=0), None))
        await eventually(held.entered.is_set, what="the watching")
        closing = asyncio.create_task(store.close())
        await eventually(lambda: len(threads()) == 1, what="the end of all others")
        for _ in range(10):
            await asyncio.sleep(0)
        assert not closing.done()

        held.let_go.set()
        await closing

    assert await following is None
    await eventually(lambda: not threads(), what="the threads' end")
