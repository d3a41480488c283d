"""Work under way has an owner that awaits it."""

import asyncio

import pytest

from bot.delivery.flights import Flights

pytestmark = pytest.mark.slack


async def test_a_name_is_busy_until_its_work_is_over() -> None:
    flights, wake, go = Flights(most=2), asyncio.Event(), asyncio.Event()

    async def work() -> None:
        await go.wait()

    flights.start("a", work(), wake=wake)
    assert flights.busy("a")
    assert not flights.full
    flights.start("b", work(), wake=wake)
    assert flights.full
    assert not wake.is_set()
    go.set()
    await flights.settle()
    assert not flights.busy("a")
    assert wake.is_set()


async def test_closing_ends_what_is_under_way_and_waits_for_it() -> None:
    flights, ended = Flights(most=2), asyncio.Event()

    async def work() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()

    flights.start("a", work(), wake=asyncio.Event())
    await asyncio.sleep(0)
    await flights.close()
    assert ended.is_set()
    assert not flights.busy("a")
    await flights.close()
