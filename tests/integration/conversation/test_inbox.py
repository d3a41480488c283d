"""What comes in is kept, then acted on once and in order, whatever happens to the program in between."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from adapters.chat.inbound import CommandReceived, Inbound
from bot import inbox as inbox_module
from bot.heard import said_of
from bot.inbox import KEPT_FOR, Inbox
from core.domain.conversation import Hearing
from core.domain.identity import Person, PersonId, Place
from core.store.store import Store
from tests.conftest import OpenStore
from tests.support.clock import FakeClock
from tests.support.engine import copied_database

pytestmark = pytest.mark.slack

PATIENCE_S = 90


def said(event: str, *, by: str = "alice", channel: str = "C1", text: str = "fix it") -> CommandReceived:
    person = Person(id=PersonId(f"memory:S1/{by}"), name=by)
    place = Place(platform="memory", space="S1", channel=channel)
    return CommandReceived(event_id=event, person=person, place=place, text=text, trigger=f"trigger-{event}")


@pytest.fixture
async def store(tmp_path: Path, sqlite_template: Path, open_store: OpenStore) -> Store:
    return await open_store(copied_database(sqlite_template, tmp_path))


@pytest.fixture
async def impatient_store(tmp_path: Path, sqlite_template: Path, open_store: OpenStore) -> Store:
    """A store that gives up on somebody else's lock at once."""
    return await open_store(copied_database(sqlite_template, tmp_path), busy_timeout_s=0.05)


class Acts:
    """Writes down what it is called with, in order; waits where it is told to."""

    def __init__(self) -> None:
        self.done: list[Inbound] = []
        self.begun: list[str] = []
        self.gates: dict[str, asyncio.Event] = {}
        self.failing: set[str] = set()
        self.moved = asyncio.Event()

    async def __call__(self, inbound: Inbound) -> None:
        self.begun.append(inbound.event_id)
        self.moved.set()
        if inbound.event_id in self.gates:
            await self.gates[inbound.event_id].wait()
        if inbound.event_id in self.failing:
            raise RuntimeError("a defect")
        self.done.append(inbound)
        self.moved.set()

    def hold(self, event: str) -> asyncio.Event:
        return self.gates.setdefault(event, asyncio.Event())

    @property
    def names(self) -> list[str]:
        return [each.event_id for each in self.done]

    async def until(self, condition: Callable[[], bool]) -> None:
        async with asyncio.timeout(PATIENCE_S):
            while not condition():
                self.moved.clear()
                await self.moved.wait()


@pytest.fixture
def acts() -> Acts:
    return Acts()


@asynccontextmanager
async def running(inbox: Inbox) -> AsyncIterator[None]:
    run = asyncio.create_task(inbox.run())
    try:
        yield
    finally:
        run.cancel()
        await asyncio.gather(run, return_exceptions=True)


def an_inbox(store: Store, act: Callable[[Inbound], Awaitable[None]], clock: FakeClock) -> Inbox:
    return Inbox(store=store, act=act, platform="memory", clock=clock)


async def waiting(store: Store) -> list[str]:
    async with store.reading() as uow:
        return [each.event_id for each in await uow.hearings.waiting("memory", limit=100)]


async def settled(store: Store) -> None:
    """Until nothing waits; what was acted on is marked a moment later."""
    async with asyncio.timeout(PATIENCE_S):
        while await waiting(store):
            await asyncio.sleep(0)


async def test_it_is_kept_before_it_is_acted_on(store: Store, acts: Acts, clock: FakeClock) -> None:
    inbox = an_inbox(store, acts, clock)
    gate = acts.hold("e1")
    async with running(inbox):
        await inbox.hear(said("e1"))

        assert await waiting(store) == ["e1"]
        assert acts.names == []
        gate.set()
        await settled(store)

    assert acts.names == ["e1"]


async def test_a_second_delivery_is_taken_and_not_acted_on(store: Store, acts: Acts, clock: FakeClock) -> None:
    inbox = an_inbox(store, acts, clock)
    async with running(inbox):
        await asyncio.gather(*(inbox.hear(said("e1")) for _ in range(5)))
        await settled(store)
        await inbox.hear(said("e1"))
        await inbox.hear(said("e2"))
        await acts.until(lambda: "e2" in acts.names)

    assert acts.names == ["e1", "e2"]


async def test_each_persons_words_stay_in_order_while_others_go_on(store: Store, acts: Acts, clock: FakeClock) -> None:
    inbox = an_inbox(store, acts, clock)
    gate = acts.hold("a1")
    async with running(inbox):
        for event in ("a1", "a2", "a3"):
            await inbox.hear(said(event))
        await inbox.hear(said("b1", by="bob"))
        await inbox.hear(said("a4", channel="C2"))
        await acts.until(lambda: {"b1", "a4"} <= set(acts.names))

        assert "a2" not in acts.begun
        gate.set()
        await settled(store)

    assert [name for name in acts.names if name in {"a1", "a2", "a3"}] == ["a1", "a2", "a3"]


async def test_a_defect_in_one_message_does_not_silence_the_next(store: Store, acts: Acts, clock: FakeClock) -> None:
    inbox = an_inbox(store, acts, clock)
    acts.failing.add("e1")
    async with running(inbox):
        await inbox.hear(said("e1"))
        await inbox.hear(said("e2"))
        await settled(store)

    assert acts.names == ["e2"]


async def test_what_an_earlier_run_left_is_acted_on_without_its_trigger(
    store: Store, acts: Acts, clock: FakeClock
) -> None:
    ended = an_inbox(store, acts, clock)
    for event in ("e1", "e2", "e3"):
        await ended.hear(said(event))

    inbox = an_inbox(store, acts, clock)
    async with running(inbox):
        await inbox.hear(said("e4"))
        await settled(store)

    assert acts.names == ["e1", "e2", "e3", "e4"]
    assert [each.trigger for each in acts.done if isinstance(each, CommandReceived)] == ["", "", "", "trigger-e4"]


async def test_stopping_finishes_what_is_under_way_and_leaves_the_rest(
    store: Store, acts: Acts, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inbox_module, "FINISH_WITHIN_S", PATIENCE_S)
    inbox = an_inbox(store, acts, clock)
    gate = acts.hold("e1")
    run = asyncio.create_task(inbox.run())
    await inbox.hear(said("e1"))
    await inbox.hear(said("e2"))
    await acts.until(lambda: acts.begun == ["e1"])

    run.cancel()
    await asyncio.sleep(0)
    gate.set()
    await asyncio.gather(run, return_exceptions=True)

    assert acts.names == ["e1"]
    assert await waiting(store) == ["e2"]
    async with running(inbox):
        await settled(store)
    assert acts.names == ["e1", "e2"]


async def test_what_no_version_understands_is_put_aside(store: Store, acts: Acts, clock: FakeClock) -> None:
    async with store.transaction() as uow:
        for event, words in (("old", {"type": "carrier_pigeon"}), ("new", said_of(said("new")))):
            await uow.hearings.keep(Hearing(platform="memory", event_id=event, said=words, heard_at=clock()))
    async with running(an_inbox(store, acts, clock)):
        await settled(store)

    assert acts.names == ["new"]


async def test_a_locked_database_is_waited_for(impatient_store: Store, acts: Acts, clock: FakeClock) -> None:
    inbox = an_inbox(impatient_store, acts, clock)
    with sqlite3.connect(urlsplit(impatient_store.url).path, isolation_level=None) as other:
        other.execute("BEGIN IMMEDIATE")
        hearing = asyncio.create_task(inbox.hear(said("e1")))
        done, _ = await asyncio.wait({hearing}, timeout=0.2)
        other.execute("ROLLBACK")
    other.close()
    assert not done

    async with asyncio.timeout(PATIENCE_S):
        await hearing

    assert await waiting(impatient_store) == ["e1"]


async def test_what_was_handled_is_forgotten_after_a_week(store: Store, acts: Acts, clock: FakeClock) -> None:
    inbox = an_inbox(store, acts, clock)
    async with running(inbox):
        await inbox.hear(said("e1"))
        await settled(store)
    clock.advance(seconds=(KEPT_FOR + timedelta(seconds=1)).total_seconds())

    async with running(inbox):
        await inbox.hear(said("e2"))
        await settled(store)
        await inbox.hear(said("e1"))
        await acts.until(lambda: acts.names == ["e1", "e2", "e1"])


async def test_a_burst_is_kept_whole_and_each_of_it_acted_on_once(store: Store, acts: Acts, clock: FakeClock) -> None:
    inbox = an_inbox(store, acts, clock)
    async with running(inbox):
        burst = [said(f"e{number}", by=f"p{number % 7}") for number in range(60)]
        await asyncio.gather(*(inbox.hear(each) for each in [*burst, *burst]))
        await settled(store)

    assert sorted(acts.names) == sorted(each.event_id for each in burst)
    for person in range(7):
        own = [each.event_id for each in burst if each.person.name == f"p{person}"]
        assert [name for name in acts.names if name in own] == own
