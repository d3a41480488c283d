"""The way back from a forge to the thread where a task is talked about."""

from dataclasses import replace

import pytest

from bot.forge.thread_link import LOOKS, ThreadLinks
from core.domain.conversation import Thread
from core.domain.identity import Place
from tests.support.conversations import Room
from tests.support.values import T1, a_task

pytestmark = [pytest.mark.github, pytest.mark.slow]
SHOP_CHANNEL = Place(platform="slack", space="T1", channel="CSHOP")
URL = "https://team.slack.com/archives/CSHOP/p1"


async def store_task(room: Room, place: Place | None) -> None:
    async with room.program.store.transaction() as uow:
        await uow.tasks.add(a_task(place=place))


async def test_the_address_comes_with_the_thread_which_is_waited_for(room: Room) -> None:
    await store_task(room, SHOP_CHANNEL)
    looks = 0

    async def pause(_seconds: float) -> None:
        nonlocal looks
        looks += 1
        if looks == 3:
            async with room.program.store.transaction() as uow:
                await uow.threads.set(Thread(task=T1, place=replace(SHOP_CHANNEL, thread="1"), message="1", url=URL))

    assert await ThreadLinks(room.program.store, pause=pause).of(a_task(place=SHOP_CHANNEL)) == URL
    assert looks == 3


@pytest.mark.parametrize(
    ("place", "waits"), [(None, 0), (Place(platform="console"), 0), (SHOP_CHANNEL, LOOKS)], ids=str
)
async def test_nobody_is_waited_for_for_ever_and_who_talks_nowhere_not_at_all(
    room: Room, place: Place | None, waits: int
) -> None:
    await store_task(room, place)
    paused: list[float] = []

    async def pause(seconds: float) -> None:
        paused.append(seconds)

    assert await ThreadLinks(room.program.store, pause=pause).of(a_task(place=place)) == ""
    assert len(paused) == waits
