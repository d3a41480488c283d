"""Messages of one person in one place keep their order; others do not wait for them."""

import asyncio

import pytest

from adapters.chat.turns import Turns

pytestmark = pytest.mark.slack


async def test_who_came_first_is_first_and_other_keys_do_not_wait():
    turns, done, slow = Turns(), [], asyncio.Event()

    async def take(key, what):
        async with turns.turn(key):
            if what == "slow":
                await slow.wait()
            done.append(what)

    taking = [asyncio.create_task(take(*each)) for each in [("a", "slow"), ("a", "quick"), ("b", "other")]]
    await asyncio.wait({taking[2]})
    assert done == ["other"]
    slow.set()
    await asyncio.gather(*taking)

    assert done == ["other", "slow", "quick"]
    assert len(turns) == 0


async def test_who_gives_up_waiting_holds_nobody_up():
    turns = Turns()
    async with turns.turn("a"):
        waiting = asyncio.create_task(turns.turn("a").__aenter__())
        await asyncio.sleep(0)
        waiting.cancel()
        await asyncio.wait({waiting})
    async with asyncio.timeout(90), turns.turn("a"):
        assert len(turns) == 1

    assert len(turns) == 0
