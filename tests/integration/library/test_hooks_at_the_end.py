"""Hooks hear of what has happened before whoever tells them stops: no other process does so."""

import asyncio

from core.domain.event import HOUSE, JournalEntry, NoticeRaised
from core.engine.hooks import Hooks
from core.engine.watch import Watch
from core.store import Store
from core.views import TaskView

IN_TIME_S = 60.0


class Slow:
    """A hook that is held up by the first event until it is let go."""

    def __init__(self) -> None:
        self.asked, self.free = asyncio.Event(), asyncio.Event()
        self.heard: list[int] = []

    async def on_event(self, entry: JournalEntry) -> None:
        self.asked.set()
        await self.free.wait()
        self.heard.append(entry.seq)

    async def before_gate(self, task: TaskView, gate: str) -> str:
        return ""


async def happens(store: Store, *, times: int) -> list[int]:
    """The numbers of so many new events."""
    before = await store.journal.last_seq()
    async with store.transaction() as uow:
        for _ in range(times):
            await uow.events.append(HOUSE, NoticeRaised(text="It happened."))
    return list(range(before + 1, before + times + 1))


async def test_a_hook_that_is_behind_hears_the_rest_before_the_worker_stops(store: Store) -> None:
    hook = Slow()
    watch = Watch(store, hooks=Hooks(hooks=(("slow", hook),)), catch_up_s=IN_TIME_S)
    await watch.start()
    happened = await happens(store, times=3)
    await hook.asked.wait()

    stopping = asyncio.create_task(watch.stop())
    hook.free.set()
    await stopping

    assert hook.heard == happened


async def test_a_hook_that_hangs_does_not_keep_the_worker_from_stopping(store: Store) -> None:
    hook = Slow()
    watch = Watch(store, hooks=Hooks(hooks=(("slow", hook),)), catch_up_s=0.0)
    await watch.start()
    await happens(store, times=1)
    await hook.asked.wait()

    async with asyncio.timeout(IN_TIME_S):
        await watch.stop()

    assert hook.heard == []
