"""The bell wakes whoever listens, once for any number of rings."""

import asyncio

from core.store.wakeups import Bell


async def test_a_ring_reaches_everyone_who_listens() -> None:
    bell = Bell()
    with bell.listening() as one, bell.listening() as two:
        bell.ring()
        bell.ring()
        assert one.is_set()
        assert two.is_set()
        one.clear()
        assert not one.is_set()


async def test_who_listens_later_hears_only_later_rings() -> None:
    bell = Bell()
    bell.ring()
    with bell.listening() as ear:
        assert not ear.is_set()


async def test_watchers_rest_while_nobody_listens() -> None:
    bell = Bell()
    for _ in range(2):
        waiting = asyncio.create_task(bell.wait_for_ears())
        await asyncio.sleep(0)
        assert not waiting.done()
        with bell.listening():
            await asyncio.wait_for(waiting, 90)
