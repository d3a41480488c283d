"""What is said under a task's card is kept, too, while nobody knows yet that the card stands."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from adapters.chat.inbound import Inbound, MessageReceived
from bot.inbox import Inbox
from core.domain.conversation import Delivery, Thread
from core.domain.identity import Person, PersonId, Place, task_id
from core.store.store import Store
from core.store.unit_of_work import UnitOfWork
from tests.conftest import OpenStore
from tests.integration.conversation.test_inbox import waiting
from tests.support.clock import FakeClock
from tests.support.engine import copied_database
from tests.support.values import a_task
from tests.support.waiting import eventually

pytestmark = pytest.mark.slack

CHANNEL = Place(platform="memory", space="S1", channel="C1")
THREAD = replace(CHANNEL, thread="m1")
OFTEN = (0.001,) * 100_000
"""Pauses enough for the slowest machine."""


class Looked:
    """A store that counts how often somebody looks into it."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.times = 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    @asynccontextmanager
    async def reading(self) -> AsyncGenerator[UnitOfWork]:
        self.times += 1
        async with self._store.reading() as unit:
            yield unit


@pytest.fixture
async def store(tmp_path: Path, sqlite_template: Path, open_store: OpenStore) -> Store:
    return await open_store(copied_database(sqlite_template, tmp_path))


def an_inbox(store: Any, clock: FakeClock, *pauses_s: float) -> Inbox:
    async def act(_: Inbound) -> None:
        raise AssertionError("nothing is acted on here")

    return Inbox(store=store, act=act, platform="memory", clock=clock, opening_pauses_s=pauses_s)


def words(event: str = "e1", *, place: Place = THREAD) -> MessageReceived:
    alice = Person(id=PersonId("memory:S1/alice"), name="alice")
    return MessageReceived(event_id=event, person=alice, place=place, text="use tabs", message=event)


async def post_a_card(store: Store, clock: FakeClock) -> None:
    """An attempt to post the card of T1 is under way."""
    async with store.transaction() as uow:
        await uow.tasks.add(a_task(1))
        card = Delivery(
            key="T1:card", platform="memory", task=task_id(1), place=CHANNEL, notice={}, made_at=clock(), unsure=True
        )
        await uow.deliveries.add(card)


async def test_words_under_a_card_that_is_not_written_down_yet_wait_for_that(store: Store, clock: FakeClock) -> None:
    await post_a_card(store, clock)
    looked = Looked(store)
    heard = asyncio.create_task(an_inbox(looked, clock, *OFTEN).hear(words()))
    await eventually(lambda: looked.times > 1, what="a second look")
    assert await waiting(store) == []
    async with store.transaction() as uow:
        await uow.threads.set(Thread(task=task_id(1), place=THREAD, message="m1"))
    await eventually(heard.done, what="that it is heard")

    await heard
    assert await waiting(store) == ["e1"]


async def test_where_the_card_is_never_found_what_people_say_to_each_other_is_not_kept(
    store: Store, clock: FakeClock
) -> None:
    await post_a_card(store, clock)
    await an_inbox(store, clock, 0.001).hear(words())

    assert await waiting(store) == []


@pytest.mark.parametrize("place", [CHANNEL, replace(THREAD, channel="C2")], ids=["no thread", "another channel"])
async def test_elsewhere_nobody_waits_for_a_card(store: Store, clock: FakeClock, place: Place) -> None:
    await post_a_card(store, clock)
    async with asyncio.timeout(600):
        await an_inbox(store, clock, 3600.0).hear(words(place=place))

    assert await waiting(store) == []
