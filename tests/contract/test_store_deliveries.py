"""What must arrive is kept once and handed out in order, on both databases."""

import asyncio
from dataclasses import fields, replace
from datetime import timedelta

import pytest

from core.domain.conversation import Delivery, DeliveryState
from core.domain.errors import NotFoundError
from core.domain.identity import PersonId, Place, TaskId, task_id
from core.store import Store, chat_tables
from tests.conftest import OpenStore
from tests.support.clock import FakeClock
from tests.support.values import NOON, T1

pytestmark = pytest.mark.slack

CHANNEL = Place(platform="slack", space="T0123", channel="C0456")
ALICE, BOB = PersonId("slack:T0123/U1"), PersonId("slack:T0123/U2")
T2 = task_id(2)


def a_delivery(key: str, task: TaskId | None = T1, **changes: object) -> Delivery:
    delivery = Delivery(key=key, platform="slack", task=task, notice={"type": "ended", "task": "T1"}, made_at=NOON)
    return replace(delivery, **changes)  # type: ignore[arg-type]


async def add(store: Store, *deliveries: Delivery) -> list[bool]:
    async with store.transaction() as unit:
        return [await unit.deliveries.add(delivery) for delivery in deliveries]


async def change(store: Store, key: str, **changes: object) -> None:
    async with store.transaction() as unit:
        known = await unit.deliveries.get(key)
        await unit.deliveries.save(replace(known, **changes))  # type: ignore[arg-type]


async def due(store: Store, *, platform: str = "slack", limit: int = 100) -> list[str]:
    async with store.reading() as unit:
        return [delivery.key for delivery in await unit.deliveries.due(platform, limit)]


async def test_a_delivery_comes_back_as_it_was_made_with_its_number(store: Store) -> None:
    full = a_delivery(
        "T1:ended:1",
        place=replace(CHANNEL, thread="1.2"),
        person=ALICE,
        state=DeliveryState.DEAD,
        attempts=3,
        unsure=True,
        not_before=NOON + timedelta(minutes=1),
        error="The channel is archived.",
        message="1.3",
        settled_at=NOON + timedelta(hours=1),
    )
    await add(store, a_delivery("first"), full)
    async with store.reading() as unit:
        found = await unit.deliveries.get("T1:ended:1")
        assert found == replace(full, number=found.number)
        assert found.number > (await unit.deliveries.get("first")).number
        with pytest.raises(NotFoundError):
            await unit.deliveries.get("never made")


async def test_a_second_delivery_with_the_same_key_is_not_kept(store: Store) -> None:
    assert await add(store, a_delivery("A17:card"), a_delivery("A17:card", attempts=9)) == [True, False]
    assert await add(store, a_delivery("A17:card")) == [False]
    async with store.reading() as unit:
        assert (await unit.deliveries.get("A17:card")).attempts == 0


async def test_of_many_processes_that_say_the_same_exactly_one_is_heard(store: Store, open_store: OpenStore) -> None:
    stores = [store, await open_store(store.url)]
    answers = await asyncio.gather(*(add(stores[number % 2], a_delivery("A17:card")) for number in range(8)))
    assert sorted(answers) == [[False]] * 7 + [[True]]


async def test_within_a_lane_one_waits_for_the_one_before(store: Store) -> None:
    await add(store, a_delivery("a"), a_delivery("b"), a_delivery("c", T2), a_delivery("d"))
    assert await due(store) == ["a", "c"]
    await change(store, "a", state=DeliveryState.SENT)
    assert await due(store) == ["b", "c"]
    await change(store, "b", state=DeliveryState.DEAD)
    assert await due(store) == ["c", "d"]
    assert await due(store, limit=1) == ["c"]


async def test_what_is_said_to_people_and_places_has_lanes_of_its_own(store: Store) -> None:
    await add(
        store,
        a_delivery("1", None, person=ALICE),
        a_delivery("2", None, person=ALICE),
        a_delivery("3", None, person=BOB),
        a_delivery("4", None, place=CHANNEL),
        a_delivery("5", None, place=CHANNEL),
        a_delivery("6", None, place=replace(CHANNEL, thread="1.2")),
        a_delivery("7", T1, person=ALICE),
    )
    assert await due(store) == ["1", "3", "4", "6", "7"]


async def test_one_that_failed_holds_its_lane_until_it_is_tried_again(store: Store, clock: FakeClock) -> None:
    await add(store, a_delivery("a"), a_delivery("b"), a_delivery("c", T2))
    await change(store, "a", attempts=1, not_before=NOON + timedelta(seconds=30))
    assert await due(store) == ["c"]
    clock.advance(seconds=30)
    assert await due(store) == ["a", "c"]


async def test_one_that_was_put_off_from_the_start_holds_up_nobody(store: Store, clock: FakeClock) -> None:
    """A direct message in quiet hours must not keep an approval out of the task's thread."""
    await add(store, a_delivery("morning", person=ALICE, not_before=NOON + timedelta(hours=8)), a_delivery("now"))
    assert await due(store) == ["now"]
    clock.advance(hours=8)
    assert await due(store) == ["morning"]


async def test_each_platform_has_its_own_outbox(store: Store) -> None:
    await add(store, a_delivery("a"), a_delivery("b", platform="telegram"))
    assert await due(store, platform="telegram") == ["b"]


async def test_what_was_given_up_is_listed_newest_first_and_everything_is_counted(store: Store) -> None:
    await add(store, *(a_delivery(key) for key in "abcd"))
    await change(store, "a", state=DeliveryState.SENT)
    await change(store, "b", state=DeliveryState.DEAD, error="archived")
    await change(store, "d", state=DeliveryState.DEAD, error="blocked")
    async with store.reading() as unit:
        assert [delivery.error for delivery in await unit.deliveries.dead(10)] == ["blocked", "archived"]
        assert len(await unit.deliveries.dead(1)) == 1
        assert await unit.deliveries.counts() == {
            DeliveryState.PENDING: 1,
            DeliveryState.SENT: 1,
            DeliveryState.DEAD: 2,
        }


async def test_counts_of_an_empty_outbox_are_zeros(store: Store) -> None:
    async with store.reading() as unit:
        assert set((await unit.deliveries.counts()).values()) == {0}


async def test_a_delivery_that_was_never_added_cannot_be_saved(store: Store) -> None:
    with pytest.raises(NotFoundError):
        async with store.transaction() as unit:
            await unit.deliveries.save(a_delivery("x"))


def test_the_table_has_a_column_for_each_field() -> None:
    columns = {column.name for column in chat_tables.deliveries.columns}
    assert columns - {field.name for field in fields(Delivery)} == {"lane"}


async def test_what_waits_for_one_person_is_found_also_while_it_is_put_off(store: Store) -> None:
    later = NOON + timedelta(days=1)
    mine = a_delivery("a", None, person=ALICE, not_before=later)
    others = [
        a_delivery("b", None, person=BOB),
        a_delivery("c", None, person=ALICE, platform="discord"),
        a_delivery("d", None, person=ALICE, state=DeliveryState.SENT),
    ]
    await add(store, mine, *others, a_delivery("e", None, person=ALICE))
    async with store.reading() as unit:
        assert [each.key for each in await unit.deliveries.pending_to(ALICE, "slack")] == ["a", "e"]
