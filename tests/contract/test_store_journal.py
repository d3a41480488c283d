"""The journal shows every event once, in commit order, and wakes those who follow it."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from sqlalchemy import text
from structlog.testing import capture_logs

from core.domain.errors import StoreError
from core.domain.event import JournalEntry, NoticeRaised, TaskSubmitted
from core.domain.identity import PersonId, TaskId, task_id
from core.store import Store
from tests.conftest import OpenStore
from tests.support.clock import FakeClock
from tests.support.values import NOON
from tests.support.waiting import eventually, eventually_awaited

ONE, TWO = task_id(1), task_id(2)
MOST_COMMITS = 50
"""Tries until one commit is seen in time: a watcher that is slow by itself is slow every time."""


async def append(store: Store, *texts: str, task: TaskId = ONE) -> None:
    async with store.transaction() as unit:
        for each in texts:
            await unit.events.append(task, NoticeRaised(text=each))


def texts_of(entries: list[JournalEntry]) -> list[str]:
    return [entry.event.text for entry in entries if isinstance(entry.event, NoticeRaised)]


class Follower:
    """Follows in the background and keeps what it saw."""

    def __init__(self, entries: AsyncIterator[JournalEntry]) -> None:
        self.seen: list[JournalEntry] = []
        self._entries = entries
        self.done = asyncio.create_task(self._run())

    async def _run(self) -> None:
        async for entry in self._entries:
            self.seen.append(entry)

    async def has(self, number: int) -> None:
        await eventually(lambda: len(self.seen) >= number, what=f"seeing {number} entries")


async def delay_of(follower: Follower, writer: Store, *, task: TaskId = ONE) -> float:
    """Seconds from a commit until the follower has seen it."""
    before = len(follower.seen)
    await append(writer, "x", task=task)
    committed = asyncio.get_running_loop().time()
    await follower.has(before + 1)
    return asyncio.get_running_loop().time() - committed


async def test_entries_carry_number_task_time_and_event(store: Store, clock: FakeClock) -> None:
    submitted = TaskSubmitted(title="Fix it", by=PersonId("console:alice"))
    async with store.transaction() as unit:
        await unit.events.append(ONE, submitted)
        clock.advance(hours=1)
        await unit.events.append(TWO, NoticeRaised(text="x"))
    assert await store.journal.read() == [
        JournalEntry(seq=1, task=ONE, at=NOON, event=submitted),
        JournalEntry(seq=2, task=TWO, at=NOON, event=NoticeRaised(text="x")),
    ]
    assert await store.journal.last_seq() == 2


async def test_reading_goes_on_after_a_number_up_to_a_limit_and_for_one_task(store: Store) -> None:
    assert await store.journal.read() == []
    assert await store.journal.last_seq() == 0
    await append(store, "a", "b", "c")
    await append(store, "d", task=TWO)
    await append(store, "e")
    assert texts_of(await store.journal.read(after=1, limit=2)) == ["b", "c"]
    assert texts_of(await store.journal.read(after=2, task=ONE)) == ["c", "e"]
    assert texts_of(await store.journal.read(after=5)) == []


async def test_a_rolled_back_unit_leaves_no_event_and_no_gap(store: Store) -> None:
    with pytest.raises(ZeroDivisionError):
        async with store.transaction() as unit:
            await unit.events.append(ONE, NoticeRaised(text="never"))
            await unit.events.flush()
            raise ZeroDivisionError
    await append(store, "first")
    assert [(entry.seq, entry.event) for entry in await store.journal.read()] == [(1, NoticeRaised(text="first"))]


async def test_appending_while_only_reading_is_an_error(store: Store) -> None:
    async with store.reading() as unit:
        with pytest.raises(StoreError, match="only reading"):
            await unit.events.append(ONE, NoticeRaised(text="x"))


async def test_a_snapshot_knows_its_own_last_number_and_its_events_of_a_task(store: Store) -> None:
    await append(store, "a")
    await append(store, "b", task=TWO)
    async with store.reading() as unit:
        assert await unit.events.last_seq() == 2
        await append(store, "later")
        assert await unit.events.last_seq() == 2
        assert texts_of(await unit.events.of(ONE)) == ["a"]
        assert await unit.events.of(ONE, types=["task_submitted"]) == []
        assert texts_of(await unit.events.of(ONE, types=["notice_raised"])) == ["a"]


async def test_an_event_of_a_newer_program_is_skipped_aloud_and_does_not_end_the_page(store: Store) -> None:
    await append(store, "a", "new", "broken", "b")
    async with store.transaction() as unit:
        for seq, data in ((2, '{"type":"task_teleported"}'), (3, '{"type":"notice_raised"}')):
            await unit.connection.execute(
                text("UPDATE events SET data = :data WHERE seq = :seq"), {"data": data, "seq": seq}
            )
    with capture_logs() as logs:
        assert texts_of(await store.journal.read(limit=2)) == ["a", "b"]
    assert {(log["log_level"], log["seq"]) for log in logs} == {("warning", 2), ("warning", 3)}
    follower = Follower(store.journal.follow(after=0))
    await follower.has(2)
    assert texts_of(follower.seen) == ["a", "b"]


async def test_numbers_follow_the_order_of_commits_not_of_beginnings(store: Store, open_store: OpenStore) -> None:
    """The second transaction must not get a number while the first, with a smaller one, can still commit later."""
    other = await open_store(store.url)
    flushed, may_commit, second_is_flushing = asyncio.Event(), asyncio.Event(), asyncio.Event()

    async def first() -> None:
        async with store.transaction() as unit:
            await unit.events.append(ONE, NoticeRaised(text="first"))
            await unit.events.flush()
            flushed.set()
            await may_commit.wait()

    async def second() -> None:
        second_is_flushing.set()
        await append(other, "second")

    holding = asyncio.create_task(first())
    await flushed.wait()
    waiting = asyncio.create_task(second())
    await second_is_flushing.wait()
    if store.url.startswith("postgresql"):
        await eventually_awaited(lambda: somebody_waits_for_a_lock(store), what="waiting for the lock")
    # what a reader sees now must be a complete beginning of the journal
    assert await store.journal.read() == []
    assert not waiting.done()
    may_commit.set()
    await asyncio.gather(holding, waiting)
    assert texts_of(await store.journal.read()) == ["first", "second"]


async def somebody_waits_for_a_lock(store: Store) -> bool:
    async with store.reading() as unit:
        waiting = text(
            "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
        )
        return (await unit.connection.execute(waiting)).scalar_one() > 0


async def test_a_follower_of_many_writers_sees_every_number_once_and_in_order(
    store: Store, open_store: OpenStore
) -> None:
    stores = [store, await open_store(store.url)]
    writers, rounds = 6, 10
    follower = Follower(store.journal.follow(after=0))

    async def write(number: int) -> None:
        for turn in range(rounds):
            async with stores[number % 2].transaction() as unit:
                await unit.events.append(ONE, NoticeRaised(text=f"{number}.{turn}"))
                # let the others interleave
                await asyncio.sleep(0)
                await unit.events.append(TWO, NoticeRaised(text=f"{number}.{turn}+"))

    await asyncio.gather(*(write(number) for number in range(writers)))
    total = writers * rounds * 2
    await follower.has(total)
    assert [entry.seq for entry in follower.seen] == list(range(1, total + 1))
    assert len(set(texts_of(follower.seen))) == total


async def test_followers_catch_up_and_then_hear_each_commit_at_once(store: Store) -> None:
    await append(store, *(str(number) for number in range(3)))
    everything = Follower(store.journal.follow(after=0))
    only_two = Follower(store.journal.follow(after=3, task=TWO))
    await everything.has(3)
    delays = [await delay_of(everything, store, task=TWO if number % 2 else ONE) for number in range(3, 10)]
    while min(delays) >= 0.1 and len(delays) < MOST_COMMITS:  # only where the machine is busy
        delays.append(await delay_of(everything, store))
    # below the 0.15 s of the polling watcher, so it is the bell that wakes
    assert min(delays) < 0.1
    await only_two.has(4)
    assert [entry.seq for entry in only_two.seen] == [4, 6, 8, 10]


async def test_a_follower_hears_of_another_process_within_three_tenths_of_a_second(
    store: Store, open_store: OpenStore
) -> None:
    # a second store has a bell of its own, just like a second process
    other = await open_store(store.url)
    follower = Follower(store.journal.follow(after=0))
    await append(other, "warm up")
    await follower.has(1)
    # Each commit comes right after the last arrival, so a slow watcher makes every one slow: the best one tells,
    # and the pauses of a busy machine do not count.
    delays = [await delay_of(follower, other)]
    while min(delays) >= 0.3 and len(delays) < MOST_COMMITS:
        delays.append(await delay_of(follower, other))
    assert min(delays) < 0.3


async def test_a_slow_follower_holds_up_no_writer_and_misses_nothing(store: Store) -> None:
    entries = store.journal.follow(after=0)
    await append(store, "0")
    first = await anext(entries)
    # the follower is now busy with its first entry, and stays so
    for number in range(1, 30):
        await append(store, str(number))
    assert texts_of([first, *[await anext(entries) for _ in range(29)]]) == [str(number) for number in range(30)]
    await entries.aclose()


async def test_a_catching_up_follower_reads_in_pages(store: Store) -> None:
    await append(store, *(str(number) for number in range(1203)))
    follower = Follower(store.journal.follow(after=0))
    await follower.has(1203)
    assert [entry.seq for entry in follower.seen] == list(range(1, 1204))


async def test_closing_the_store_ends_every_follower_and_every_task(store: Store) -> None:
    before = asyncio.all_tasks()
    waiting = Follower(store.journal.follow(after=0))
    await append(store, "x")
    await waiting.has(1)
    await store.close()
    await asyncio.wait_for(waiting.done, 90)
    assert asyncio.all_tasks() <= before | {waiting.done}
    assert [entry async for entry in store.journal.follow(after=0)] == []
