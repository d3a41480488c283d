"""What a button stands for survives, and is good for one use, on both databases."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from itertools import count

import pytest

from core.domain.conversation import ActionToken
from core.domain.identity import PersonId
from core.store import Store
from tests.conftest import OpenStore
from tests.support.clock import FakeClock
from tests.support.values import NOON

pytestmark = pytest.mark.slack

ALICE, BOB = PersonId("slack:T0123/U1"), PersonId("slack:T0123/U2")


@pytest.fixture
def make() -> Callable[[], str]:
    """Tokens t1, t2, …"""
    numbers = count(1)
    return lambda: f"t{next(numbers)}"


async def token_of(store: Store, command: str, make: Callable[[], str], *, subject: str = "A17") -> str:
    async with store.transaction() as unit:
        return (await unit.action_tokens.for_command(subject, command, make=make)).token


async def used(store: Store, token: str, by: PersonId) -> bool:
    async with store.transaction() as unit:
        return await unit.action_tokens.use(token, by)


async def test_a_button_keeps_its_token_while_it_is_unused(store: Store, make: Callable[[], str]) -> None:
    first = await token_of(store, "approve A17", make)
    assert await token_of(store, "approve A17", make) == first
    assert await token_of(store, "deny A17", make) != first
    assert await token_of(store, "approve A17", make, subject="T1:card") != first


async def test_a_token_tells_what_it_stands_for(store: Store, make: Callable[[], str]) -> None:
    # longer than a database indexes, with what no database can hold
    command = "answer A17 " + "x" * 20_000 + " \x00 \ud800"
    token = await token_of(store, command, make)
    async with store.reading() as unit:
        found = await unit.action_tokens.find(token)
        assert found == ActionToken(token="t1", subject="A17", command=command, made_at=NOON)
        assert await unit.action_tokens.find("made up") is None
    assert await token_of(store, command, make) == token


async def test_only_the_first_press_counts(store: Store, make: Callable[[], str], clock: FakeClock) -> None:
    token = await token_of(store, "approve A17", make)
    clock.advance(seconds=5)
    assert await used(store, token, ALICE)
    assert not await used(store, token, BOB)
    assert not await used(store, "made up", BOB)
    async with store.reading() as unit:
        found = await unit.action_tokens.find(token)
    made = ActionToken(token=token, subject="A17", command="approve A17", made_at=NOON)
    assert found == replace(made, used_at=NOON + timedelta(seconds=5), used_by=ALICE)


async def test_a_button_that_still_makes_sense_after_its_use_gets_another_token(
    store: Store, make: Callable[[], str]
) -> None:
    first = await token_of(store, "pause T1", make)
    await used(store, first, ALICE)
    second = await token_of(store, "pause T1", make)
    assert second != first
    assert await token_of(store, "pause T1", make) == second
    assert await used(store, second, ALICE)


async def test_of_many_presses_at_once_exactly_one_counts(
    store: Store, open_store: OpenStore, make: Callable[[], str]
) -> None:
    stores = [store, await open_store(store.url)]
    token = await token_of(store, "approve A17", make)
    answers = await asyncio.gather(*(used(stores[number % 2], token, ALICE) for number in range(8)))
    assert sorted(answers) == [False] * 7 + [True]


async def test_two_processes_that_draw_the_same_card_at_once_agree_on_its_buttons(
    store: Store, open_store: OpenStore, make: Callable[[], str]
) -> None:
    stores = [store, await open_store(store.url)]
    tokens = await asyncio.gather(*(token_of(stores[number % 2], "approve A17", make) for number in range(8)))
    assert len(set(tokens)) == 1
