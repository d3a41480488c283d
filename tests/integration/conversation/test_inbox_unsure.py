"""What the database kept without saying so is acted on all the same; looks at our page are not kept at all."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from adapters.chat.inbound import HomeOpened
from bot.heard import said_of
from bot.inbox import Inbox
from core.domain.conversation import Hearing
from core.domain.errors import StoreError
from core.domain.identity import Person, PersonId, Place
from core.store.store import Store
from core.store.unit_of_work import UnitOfWork
from tests.conftest import OpenStore
from tests.integration.conversation.test_inbox import Acts, running, said, settled, waiting
from tests.support.clock import FakeClock
from tests.support.engine import copied_database

pytestmark = pytest.mark.slack


class LossyStore:
    """A store that loses its connection after a commit, `times` times, or cannot be written at all for a while."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.times = 0
        self.refused = 0
        self.is_locked = False

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    @asynccontextmanager
    async def transaction(self) -> AsyncGenerator[UnitOfWork]:
        if self.is_locked:
            self.refused += 1
            raise StoreError("The database stayed locked.")
        async with self._store.transaction() as unit:
            yield unit
        if self.times > 0:
            self.times -= 1
            raise StoreError("The connection was lost.")


@pytest.fixture
async def store(tmp_path: Path, sqlite_template: Path, open_store: OpenStore) -> LossyStore:
    return LossyStore(await open_store(copied_database(sqlite_template, tmp_path)))


@pytest.fixture
def acts() -> Acts:
    return Acts()


def an_inbox(store: Any, acts: Acts, clock: FakeClock) -> Inbox:
    return Inbox(store=store, act=acts, platform="memory", clock=clock, look_every_s=0.01)


async def test_an_event_whose_commit_was_not_answered_is_acted_on_at_once_with_its_trigger(
    store: LossyStore, acts: Acts, clock: FakeClock
) -> None:
    inbox = Inbox(store=store, act=acts, platform="memory", clock=clock)  # pyright: ignore[reportArgumentType]
    async with running(inbox):
        await settled(store)  # pyright: ignore[reportArgumentType]
        store.times = 1
        await inbox.hear(said("e1"))
        await acts.until(lambda: acts.names == ["e1"])
    assert acts.done == [said("e1")]


async def test_an_event_that_comes_again_while_nobody_knows_of_it_is_acted_on(
    store: LossyStore, acts: Acts, clock: FakeClock
) -> None:
    inbox = Inbox(store=store, act=acts, platform="memory", clock=clock)  # pyright: ignore[reportArgumentType]
    async with running(inbox):
        await inbox.hear(said("e0"))
        await acts.until(lambda: acts.names == ["e0"])  # so it has begun, and looks into the database no more
        await left_in(store, "e1", clock)
        await inbox.hear(said("e1"))
        await inbox.hear(said("e1"))
        await settled(store)  # pyright: ignore[reportArgumentType]
    assert acts.done == [said("e0"), said("e1")]


async def test_what_lies_in_the_database_unnoticed_is_found_while_the_program_runs(
    store: LossyStore, acts: Acts, clock: FakeClock
) -> None:
    async with running(an_inbox(store, acts, clock)):
        await left_in(store, "e1", clock)
        await acts.until(lambda: acts.names == ["e1"])
        await settled(store)  # pyright: ignore[reportArgumentType]
    assert acts.names == ["e1"]


async def test_what_is_being_acted_on_is_not_taken_up_a_second_time(
    store: LossyStore, acts: Acts, clock: FakeClock
) -> None:
    inbox, gate = an_inbox(store, acts, clock), acts.hold("e1")
    async with running(inbox):
        await inbox.hear(said("e1"))
        await inbox.hear(said("e2"))
        await left_in(store, "e3", clock, by="bob")
        # found by a look, so the looks have been there while the first was under way
        await acts.until(lambda: acts.names == ["e3"])
        gate.set()
        await settled(store)  # pyright: ignore[reportArgumentType]
    assert acts.begun == ["e1", "e3", "e2"]


async def test_what_was_done_while_it_could_not_be_written_down_is_written_down_later_and_not_done_again(
    store: LossyStore, acts: Acts, clock: FakeClock
) -> None:
    inbox, gate = an_inbox(store, acts, clock), acts.hold("e1")
    inbox.pauses_s = ()
    async with running(inbox):
        await inbox.hear(said("e1"))
        await acts.until(lambda: acts.begun == ["e1"])
        store.is_locked = True
        gate.set()
        async with asyncio.timeout(90):
            while store.refused < 3:
                await asyncio.sleep(0)
        assert await waiting(store) == ["e1"]  # pyright: ignore[reportArgumentType]
        store.is_locked = False
        await settled(store)  # pyright: ignore[reportArgumentType]
    assert acts.begun == ["e1"]


async def test_looking_at_our_page_leaves_nothing_in_the_database(
    store: LossyStore, acts: Acts, clock: FakeClock
) -> None:
    inbox, gate = an_inbox(store, acts, clock), acts.hold("h0")
    async with running(inbox):
        for number in range(100):
            await inbox.hear(page(number))
        await acts.until(lambda: acts.begun == ["h0"])
        assert await waiting(store) == []  # pyright: ignore[reportArgumentType]
        gate.set()
        await acts.until(lambda: len(acts.names) == 2)
    # the one under way, and one after it that shows everything since
    assert acts.names == ["h0", "h1"]


class Finishing:
    """A store in which the event e1 is finished by somebody right after a look has found it waiting."""

    def __init__(self, store: LossyStore) -> None:
        self._store = store
        self.finished = asyncio.Event()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    @asynccontextmanager
    async def reading(self) -> AsyncGenerator[UnitOfWork]:
        async with self._store.reading() as unit:
            yield unit
            found = await unit.hearings.is_waiting("memory", "e1")
        if found:
            async with self._store.transaction() as other:
                await other.hearings.handled("memory", "e1")
            self.finished.set()


async def test_what_is_finished_while_it_is_looked_for_is_not_done_a_second_time(
    store: LossyStore, acts: Acts, clock: FakeClock
) -> None:
    finishing = Finishing(store)
    inbox = an_inbox(finishing, acts, clock)
    async with running(inbox):
        await inbox.hear(said("e0"))
        await acts.until(lambda: "e0" in acts.names)  # so it has begun, and all that comes is found by its looks
        await left_in(store, "e1", clock, by="bob")
        await finishing.finished.wait()
        await inbox.hear(said("e2"))
        await acts.until(lambda: "e2" in acts.names)
    assert acts.names == ["e0", "e2"]


async def left_in(store: LossyStore, event: str, clock: FakeClock, *, by: str = "alice") -> None:
    """Put an event into the database as a commit does whose answer never came."""
    async with store.transaction() as uow:
        inbound = said(event, by=by)
        await uow.hearings.keep(Hearing(platform="memory", event_id=event, said=said_of(inbound), heard_at=clock()))


def page(number: int) -> HomeOpened:
    return HomeOpened(
        event_id=f"h{number}",
        person=Person(id=PersonId("memory:S1/mallory"), name="mallory"),
        place=Place(platform="memory", space="S1"),
    )
