"""Small texts are remembered for as long as was said, in memory and in both databases alike."""

import pytest

from adapters.chat.keyvalue import KeyValueStore, MemoryValues
from bot.stored_values import StoredValues
from core.store import Store
from tests.support.clock import FakeClock

pytestmark = pytest.mark.slack


@pytest.fixture(params=["memory", "stored"])
def values(request: pytest.FixtureRequest, clock: FakeClock, store: Store) -> KeyValueStore:
    """Each implementation, on the same clock."""
    if request.param == "memory":
        return MemoryValues(clock=clock)
    return StoredValues(store, "telegram")


async def test_what_was_kept_is_there_and_the_last_value_counts(values: KeyValueStore) -> None:
    assert await values.get("thread/1") is None
    await values.set("thread/1", "7", for_s=60)
    await values.set("thread/1", "8 \x00 \ud800", for_s=60)
    assert await values.get("thread/1") == "8 \x00 \ud800"
    assert await values.get("thread/2") is None


async def test_it_is_forgotten_when_its_time_is_over(values: KeyValueStore, clock: FakeClock) -> None:
    await values.set("short", "1", for_s=60)
    await values.set("long", "2", for_s=61)
    clock.advance(seconds=60)
    assert (await values.get("short"), await values.get("long")) == (None, "2")
    await values.set("short", "3", for_s=1)
    assert await values.get("short") == "3"


async def test_it_can_be_taken_away(values: KeyValueStore) -> None:
    await values.set("form", "x", for_s=60)
    await values.remove("form")
    await values.remove("form")
    assert await values.get("form") is None


async def test_platforms_do_not_see_each_other(store: Store) -> None:
    telegram, discord = StoredValues(store, "telegram"), StoredValues(store, "discord")
    await telegram.set("form", "t", for_s=60)
    await discord.set("form", "d", for_s=60)
    await discord.remove("form")
    assert (await telegram.get("form"), await discord.get("form")) == ("t", None)


async def test_what_nobody_may_read_any_more_is_deleted(store: Store, clock: FakeClock) -> None:
    values = StoredValues(store, "telegram")
    await values.set("short", "1", for_s=60)
    await values.set("long", "2", for_s=3600)
    clock.advance(seconds=61)
    async with store.transaction() as unit:
        assert await unit.chat_values.forget() == 1
        assert await unit.chat_values.forget() == 0
    assert await values.get("long") == "2"
