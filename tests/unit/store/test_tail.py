"""The journal's newest part: one read serves all who follow, and nobody misses anything."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain.event import NoticeRaised
from core.store import codec
from core.store import tail as tail_module
from core.store.tail import KEPT, PAGE, Tail
from core.store.wakeups import Bell
from tests.support.waiting import eventually


@dataclass
class Row:
    """A row of the events table."""

    seq: int
    task: str = "T1"
    type: str = "notice_raised"
    at: datetime = datetime(2026, 1, 1, tzinfo=UTC)
    data: str = codec.encode_event(NoticeRaised(text="x"))


@dataclass
class Table:
    """Committed rows 1 to `newest`; a read sees those committed when it began, and ends when it is let go."""

    newest: int = 0
    reads: int = 0
    gates: list[asyncio.Event] = field(default_factory=list)
    held: bool = False

    async def rows(self, after: int) -> Sequence[Any]:
        self.reads += 1
        seen = self.newest
        if self.held:
            gate = asyncio.Event()
            self.gates.append(gate)
            await gate.wait()
        return [Row(seq=number) for number in range(after + 1, min(seen, after + PAGE) + 1)]


async def test_followers_at_the_end_share_one_read() -> None:
    bell, table = Bell(), Table()
    tail = Tail(table.rows, bell)
    tail.starts(0)
    table.newest = 3
    bell.ring()

    told = await asyncio.gather(*(tail.after(0) for _ in range(10)))

    assert table.reads == 1
    assert {(tuple(entry.seq for entry in entries), reached, more) for entries, reached, more in told} == {
        ((1, 2, 3), 3, False)
    }


async def test_what_was_committed_during_a_read_is_read_again_for_who_heard_the_ring() -> None:
    bell, table = Bell(), Table(held=True)
    tail = Tail(table.rows, bell)
    tail.starts(0)
    early = asyncio.create_task(tail.after(0))
    while not table.gates:
        await asyncio.sleep(0)
    table.newest = 1
    bell.ring()
    late = asyncio.create_task(tail.after(0))
    table.held = False
    await asyncio.sleep(0)
    table.gates[0].set()

    assert [entry.seq for entry in (await late)[0]] == [1]
    await early


async def test_the_end_of_one_follower_is_not_the_end_of_the_read() -> None:
    bell, table = Bell(), Table(held=True, newest=1)
    tail = Tail(table.rows, bell)
    tail.starts(0)
    leaving, staying = (asyncio.create_task(tail.after(0)) for _ in range(2))
    while not table.gates:
        await asyncio.sleep(0)
    leaving.cancel()
    await asyncio.gather(leaving, return_exceptions=True)
    table.gates[0].set()

    assert [entry.seq for entry in (await staying)[0]] == [1]


async def test_who_lags_far_behind_is_sent_to_read_alone() -> None:
    bell, table = Bell(), Table()
    tail = Tail(table.rows, bell)
    tail.starts(0)
    reached, more = 0, True
    table.newest = 3 * KEPT
    while more:
        _, reached, more = await tail.after(reached)

    assert reached == 3 * KEPT
    assert not tail.covers(0)
    assert tail.covers(reached - KEPT + 1)


@given(st.lists(st.integers(min_value=0, max_value=PAGE + 100), max_size=8))
def test_whatever_is_committed_between_the_looks_every_number_comes_once_and_in_order(commits: list[int]) -> None:
    async def follow() -> list[int]:
        bell, table = Bell(), Table()
        tail = Tail(table.rows, bell)
        tail.starts(0)
        seen: list[int] = []
        reached = 0
        for commit in commits:
            table.newest += commit
            bell.ring()
            more = True
            while more:
                entries, reached, more = await tail.after(reached)
                seen += [entry.seq for entry in entries]
        return seen

    assert asyncio.run(follow()) == list(range(1, sum(commits) + 1))


async def test_a_read_that_is_cut_off_is_begun_anew_by_the_next_one() -> None:
    bell, table = Bell(), Table(held=True)
    tail = Tail(table.rows, bell)
    tail.starts(0)
    table.newest = 2
    bell.ring()
    others = asyncio.all_tasks()
    follower = asyncio.create_task(tail.after(0))
    while not table.gates:
        await asyncio.sleep(0)
    (reading,) = asyncio.all_tasks() - others - {follower}
    reading.cancel()
    await asyncio.wait({follower, reading})
    assert follower.cancelled()

    table.held = False
    entries, reached, _ = await tail.after(0)

    assert [entry.seq for entry in entries] == [1, 2]
    assert (reached, table.reads) == (2, 2)


async def test_closing_waits_for_a_read_but_not_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    bell, table = Bell(), Table(held=True)
    tail = Tail(table.rows, bell)
    tail.starts(0)
    asking = asyncio.create_task(tail.after(0))
    await eventually(lambda: table.gates != [], what="the read")

    closing = asyncio.create_task(tail.close())
    for _ in range(5):
        await asyncio.sleep(0)
    assert not closing.done()
    closing.cancel()
    with monkeypatch.context() as patched:
        patched.setattr(tail_module, "_CLOSE_TIMEOUT_S", 0.01)
        async with asyncio.timeout(90):
            await tail.close()

    table.gates[0].set()
    assert (await asking)[1] == 0
