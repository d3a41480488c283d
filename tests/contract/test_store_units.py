"""A unit of work is all or nothing, waits its turn, and reads without waiting, on both databases."""

import asyncio
import threading
from dataclasses import replace

import pytest
from sqlalchemy import text

from core.domain.errors import StoreError
from core.domain.event import NoticeRaised
from core.domain.identity import task_id
from core.store import Store
from tests.conftest import OpenStore
from tests.support.clock import FakeClock
from tests.support.values import NOON, a_step, a_task
from tests.support.waiting import eventually


async def test_all_of_it_is_undone_when_anything_raises(store: Store) -> None:
    with pytest.raises(ZeroDivisionError):
        async with store.transaction() as unit:
            await unit.tasks.add(a_task())
            await unit.steps.add_all([a_step()])
            await unit.events.append(task_id(1), NoticeRaised(text="x"))
            raise ZeroDivisionError
    async with store.reading() as unit:
        assert await unit.tasks.list() == []
    assert await store.journal.read() == []


async def test_all_of_it_is_undone_when_it_is_cancelled_and_the_store_works_on(store: Store) -> None:
    inside = asyncio.Event()

    async def begin_and_hang() -> None:
        async with store.transaction() as unit:
            await unit.tasks.add(a_task())
            inside.set()
            await asyncio.Event().wait()

    hanging = asyncio.create_task(begin_and_hang())
    await inside.wait()
    hanging.cancel()
    with pytest.raises(asyncio.CancelledError):
        await hanging
    async with store.transaction() as unit:
        assert await unit.tasks.list() == []
        await unit.tasks.add(a_task())


@pytest.mark.parametrize("with_events", [True, False])
async def test_cancelling_at_any_moment_never_leaves_half_a_unit_or_a_stuck_lock(
    store: Store, *, with_events: bool
) -> None:
    def cancel_at(moment: int, now: int) -> None:
        task = asyncio.current_task()
        assert task is not None
        if moment == now:
            # the next thing that is awaited, down to the commit itself, is interrupted
            task.cancel()

    async def write(number: int) -> None:
        cancel_at(number, 0)
        async with store.transaction() as unit:
            cancel_at(number, 1)
            await unit.tasks.add(a_task(number))
            cancel_at(number, 2)
            await unit.steps.add_all([a_step(task_id(number))])
            if with_events:
                await unit.events.append(task_id(number), NoticeRaised(text="x"))
                cancel_at(number, 3)
                await unit.events.flush()
            cancel_at(number, 4)

    for number in range(6):
        await asyncio.gather(asyncio.create_task(write(number)), return_exceptions=True)
    async with store.transaction() as unit:
        whole = {task.id for task in await unit.tasks.list()}
        for number in range(6):
            assert bool(await unit.steps.of(task_id(number))) == (task_id(number) in whole)
    assert {"T5"} <= whole <= {"T4", "T5"} | (set() if with_events else {"T3"})
    if with_events:
        assert {entry.task for entry in await store.journal.read()} == whole


async def test_a_unit_has_one_time(store: Store, clock: FakeClock) -> None:
    async with store.transaction() as unit:
        clock.advance(seconds=5)
        assert unit.now == NOON
    async with store.reading() as unit:
        assert (unit.now - NOON).total_seconds() == 5


async def test_what_is_read_in_a_writing_unit_cannot_change_under_it(store: Store, open_store: OpenStore) -> None:
    """Read, change, save, from two processes at once: no change is lost."""
    stores = [store, await open_store(store.url)]
    async with store.transaction() as unit:
        await unit.tasks.add(a_task(title=""))

    async def lengthen(each: Store) -> None:
        async with each.transaction() as unit:
            task = await unit.tasks.get(task_id(1))
            await asyncio.sleep(0)
            await unit.tasks.save(replace(task, title=task.title + "x"))

    await asyncio.gather(*(lengthen(stores[number % 2]) for number in range(12)))
    async with store.reading() as unit:
        assert (await unit.tasks.get(task_id(1))).title == "x" * 12


async def test_a_reading_unit_sees_one_snapshot_and_waits_for_no_writer(store: Store) -> None:
    async with store.transaction() as unit:
        await unit.tasks.add(a_task(1))
    async with store.reading() as snapshot:
        assert len(await snapshot.tasks.list()) == 1
        async with store.transaction() as unit:
            await unit.tasks.add(a_task(2))
            async with store.reading() as other:
                assert len(await other.tasks.list()) == 1
        assert len(await snapshot.tasks.list()) == 1
    async with store.reading() as later:
        assert len(await later.tasks.list()) == 2


async def test_a_reading_unit_cannot_write(store: Store) -> None:
    with pytest.raises(StoreError, match="while only reading") as caught:
        async with store.reading() as unit:
            await unit.tasks.add(a_task())
    assert "transaction" in caught.value.hint
    async with store.transaction() as unit:
        await unit.tasks.add(a_task())


async def test_a_closed_store_says_so(store: Store) -> None:
    await store.close()
    await store.close()
    with pytest.raises(StoreError, match="is closed"):
        async with store.transaction():
            pass


async def test_closing_waits_for_a_unit_under_way(store: Store, open_store: OpenStore) -> None:
    inside, may_end = asyncio.Event(), asyncio.Event()

    async def write() -> None:
        async with store.transaction() as unit:
            inside.set()
            await may_end.wait()
            await unit.tasks.add(a_task())

    writing = asyncio.create_task(write())
    await inside.wait()
    closing = asyncio.create_task(store.close())
    await asyncio.sleep(0)
    assert not closing.done()
    may_end.set()
    await asyncio.gather(writing, closing)
    async with (await open_store(store.url)).reading() as unit:
        assert len(await unit.tasks.list()) == 1


async def test_closing_ends_before_a_cancellation_that_comes_meanwhile_is_heard(
    database_url: str, clock: FakeClock, caplog: pytest.LogCaptureFixture
) -> None:
    before = set(threading.enumerate())
    for turns in range(1, 12):
        store = await Store.open(database_url, clock=clock)
        await asyncio.gather(*(store.journal.last_seq() for _ in range(3)))
        closing = asyncio.create_task(store.close())
        for _ in range(turns):
            await asyncio.sleep(0)
        heard = closing.cancel()
        await asyncio.wait([closing])
        assert closing.cancelled() is heard
    await eventually(lambda: set(threading.enumerate()) <= before, what="the end of the store's threads")
    assert caplog.messages == []


async def test_closing_leaves_no_thread_behind(database_url: str, clock: FakeClock) -> None:
    before = set(threading.enumerate())
    async with await Store.open(database_url, clock=clock) as store:
        entries = store.journal.follow(after=0)
        async with store.transaction() as unit:
            await unit.events.append(task_id(1), NoticeRaised(text="x"))
        await anext(entries)
        await asyncio.gather(*(store.journal.last_seq() for _ in range(6)))
        await entries.aclose()
    await eventually(lambda: set(threading.enumerate()) <= before, what="the end of the store's threads")


async def test_closing_while_the_watcher_is_still_connecting_leaves_nothing(
    database_url: str, clock: FakeClock
) -> None:
    before = set(threading.enumerate())
    for turns in range(0, 60, 3):
        store = await Store.open(database_url, clock=clock)
        following = asyncio.create_task(anext(store.journal.follow(after=0), None))
        for _ in range(turns):
            await asyncio.sleep(0)
        await store.close()
        assert await asyncio.wait_for(following, 90) is None
    await eventually(lambda: set(threading.enumerate()) <= before, what="the end of the store's threads")


async def test_the_connection_can_be_lent_to_others_in_the_same_transaction(store: Store) -> None:
    with pytest.raises(ZeroDivisionError):
        async with store.transaction() as unit:
            await unit.tasks.add(a_task())
            count = text("SELECT count(*) FROM tasks")
            assert await unit.connection.run_sync(lambda sync: sync.execute(count).scalar_one()) == 1
            raise ZeroDivisionError
    async with store.reading() as unit:
        assert await unit.tasks.list() == []
