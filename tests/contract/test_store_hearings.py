"""What came in is kept once and handled in order, on both databases."""

import asyncio
from datetime import timedelta

import pytest

from core.domain.conversation import Hearing
from core.store import Store
from tests.conftest import OpenStore
from tests.support.clock import FakeClock
from tests.support.values import NOON

pytestmark = pytest.mark.slack


def a_hearing(event_id: str = "Ev1", *, platform: str = "slack", text: str = "fix issue #123") -> Hearing:
    return Hearing(platform=platform, event_id=event_id, said={"text": text, "place": {"space": "T1"}}, heard_at=NOON)


async def kept(store: Store, hearing: Hearing) -> bool:
    async with store.transaction() as unit:
        return await unit.hearings.keep(hearing)


async def waiting(store: Store, *, platform: str = "slack", limit: int = 100) -> list[Hearing]:
    async with store.reading() as unit:
        return await unit.hearings.waiting(platform, limit)


async def test_what_was_heard_comes_back_as_it_was_said(store: Store) -> None:
    said = a_hearing(text="NUL \x00, half a pair \ud800, and ünïcödé")
    assert await kept(store, said)
    assert await waiting(store) == [said]


async def test_a_repeated_delivery_is_not_kept_again(store: Store) -> None:
    assert await kept(store, a_hearing())
    assert not await kept(store, a_hearing(text="another"))
    assert [hearing.said["text"] for hearing in await waiting(store)] == ["fix issue #123"]


async def test_the_same_id_on_two_platforms_is_two_events(store: Store) -> None:
    assert await kept(store, a_hearing(platform="slack"))
    assert await kept(store, a_hearing(platform="telegram"))
    assert len(await waiting(store)) == 1


async def test_of_many_deliveries_at_once_exactly_one_is_kept(store: Store, open_store: OpenStore) -> None:
    stores = [store, await open_store(store.url)]
    answers = await asyncio.gather(*(kept(stores[number % 2], a_hearing()) for number in range(8)))
    assert sorted(answers) == [False] * 7 + [True]


async def test_what_waits_comes_in_the_order_it_was_heard(store: Store) -> None:
    for event in ("Ev9", "Ev10", "Ev1"):
        await kept(store, a_hearing(event))
    assert [hearing.event_id for hearing in await waiting(store)] == ["Ev9", "Ev10", "Ev1"]
    assert [hearing.event_id for hearing in await waiting(store, limit=2)] == ["Ev9", "Ev10"]


async def test_what_was_handled_waits_no_more_but_is_still_known(store: Store) -> None:
    await kept(store, a_hearing())
    async with store.transaction() as unit:
        await unit.hearings.handled("slack", "Ev1")
        await unit.hearings.handled("slack", "never heard")
    assert await waiting(store) == []
    assert not await kept(store, a_hearing())


async def test_old_ones_are_forgotten_once_handled(store: Store, clock: FakeClock) -> None:
    for event in ("handled early", "handled late", "waiting"):
        await kept(store, a_hearing(event))
    async with store.transaction() as unit:
        await unit.hearings.handled("slack", "handled early")
    clock.advance(hours=2)
    async with store.transaction() as unit:
        await unit.hearings.handled("slack", "handled late")
        await unit.hearings.handled("slack", "handled early")
    async with store.transaction() as unit:
        assert await unit.hearings.forget(NOON + timedelta(hours=1)) == 1
    assert await kept(store, a_hearing("handled early"))
    assert not await kept(store, a_hearing("handled late"))
    assert not await kept(store, a_hearing("waiting"))
