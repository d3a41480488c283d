"""People, bindings of channels and places in the journal are stored alike on both databases."""

from dataclasses import replace
from datetime import timedelta

import pytest

from core.domain.conversation import Binding, KnownPerson
from core.domain.errors import StoreError
from core.domain.identity import PersonId, Place, ProjectName
from core.store import Store
from tests.support.clock import FakeClock
from tests.support.values import NOON

pytestmark = pytest.mark.slack

ALICE, BOB = PersonId("slack:T0123/U1"), PersonId("slack:T0123/U2")
CHANNEL = Place(platform="slack", space="T0123", channel="C0456")
BOUND = Binding(place=CHANNEL, project=ProjectName("shop"), by=ALICE, at=NOON)


async def test_a_person_is_known_by_the_name_last_seen(store: Store, clock: FakeClock) -> None:
    async with store.transaction() as unit:
        assert await unit.people.get(ALICE) is None
        await unit.people.see(ALICE, "alice")
    clock.advance(seconds=1)
    async with store.transaction() as unit:
        await unit.people.see(ALICE, "Alice Ada")
    async with store.reading() as unit:
        assert await unit.people.get(ALICE) == KnownPerson(
            id=ALICE, name="Alice Ada", seen_at=NOON + timedelta(seconds=1)
        )


async def test_a_person_is_in_the_groups_last_said(store: Store) -> None:
    async with store.transaction() as unit:
        await unit.people.see(ALICE, "alice", groups=("discord:1/role:2", "discord:1/role:3"))
        await unit.people.set_wishes(ALICE, {"direct": []})
        known = await unit.people.get(ALICE)
        assert known is not None
        assert known.groups == ("discord:1/role:2", "discord:1/role:3")
        await unit.people.see(ALICE, "")
        known = await unit.people.get(ALICE)
        assert known is not None
        assert known.groups == ()


async def test_a_sight_without_a_name_keeps_the_known_one(store: Store) -> None:
    async with store.transaction() as unit:
        await unit.people.see(ALICE, "alice")
        await unit.people.see(ALICE, "")
        await unit.people.see(BOB, "")
        assert await unit.people.names([ALICE, BOB, PersonId("slack:T0123/U9")]) == {ALICE: "alice"}
        assert await unit.people.names([]) == {}


async def test_wishes_stay_when_the_person_is_seen_again(store: Store, clock: FakeClock) -> None:
    wishes = {"direct": ["approval"], "quiet": {"begin": "22:00"}}
    async with store.transaction() as unit:
        await unit.people.see(ALICE, "alice")
        await unit.people.set_wishes(ALICE, wishes)
        await unit.people.set_wishes(BOB, {"direct": []})
    clock.advance(seconds=1)
    async with store.transaction() as unit:
        await unit.people.see(ALICE, "alice")
        await unit.people.see(BOB, "bob")
    async with store.reading() as unit:
        alice, bob = await unit.people.get(ALICE), await unit.people.get(BOB)
    assert alice == KnownPerson(id=ALICE, name="alice", wishes=wishes, seen_at=NOON + timedelta(seconds=1))
    assert bob == KnownPerson(id=BOB, name="bob", wishes={"direct": []}, seen_at=NOON + timedelta(seconds=1))


async def test_a_channel_is_bound_for_all_its_threads(store: Store) -> None:
    thread = replace(CHANNEL, thread="1.2")
    async with store.transaction() as unit:
        assert await unit.bindings.of(CHANNEL) is None
        await unit.bindings.set(replace(BOUND, place=thread))
    async with store.reading() as unit:
        assert await unit.bindings.of(thread) == BOUND
        assert await unit.bindings.of(CHANNEL) == BOUND
        assert await unit.bindings.of(replace(CHANNEL, space="T9")) is None


async def test_a_binding_is_replaced_and_taken_away(store: Store) -> None:
    other = replace(BOUND, place=replace(CHANNEL, channel="C0999"))
    async with store.transaction() as unit:
        await unit.bindings.set(other)
        await unit.bindings.set(BOUND)
        await unit.bindings.set(replace(BOUND, project=ProjectName("docs"), by=BOB))
        assert [binding.project for binding in await unit.bindings.all()] == ["docs", "shop"]
        assert await unit.bindings.remove(replace(CHANNEL, thread="1.2"))
        assert not await unit.bindings.remove(CHANNEL)
        assert await unit.bindings.all() == [other]


async def test_a_cursor_stands_where_it_was_put(store: Store) -> None:
    async with store.transaction() as unit:
        assert await unit.cursors.get("delivery") is None
        await unit.cursors.set("delivery", 7)
        await unit.cursors.set("other", 1)
        await unit.cursors.set("delivery", 9)
    async with store.reading() as unit:
        assert (await unit.cursors.get("delivery"), await unit.cursors.get("other")) == (9, 1)


async def test_a_cursor_cannot_be_moved_while_only_reading(store: Store) -> None:
    with pytest.raises(StoreError, match="while only reading"):
        async with store.reading() as unit:
            await unit.cursors.set("delivery", 7)
