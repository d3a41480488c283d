"""The engine's watch: a store that fails for a moment delays it and does not end it."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from types import SimpleNamespace
from typing import cast

import pytest

from core.domain.errors import StoreLockedError
from core.domain.event import AgentRunStateChanged, JournalEntry
from core.domain.task import AgentRunState
from core.engine.watch import Watch
from core.store.store import Store
from tests.support.values import BUILD, FIRST_RUN, NOON, T1, a_run


class FaultyStore:
    """The journal and one agent run; each of the first `faults` reads fails."""

    def __init__(self, *, faults: int) -> None:
        self.faults = faults
        self.state = AgentRunState.RUNNING
        self.rung = asyncio.Event()
        self.journal = SimpleNamespace(last_seq=self.last_seq, follow=self.follow)

    async def last_seq(self) -> int:
        return 0

    async def follow(self, *, after: int) -> AsyncGenerator[JournalEntry]:
        self._may_fail()
        await self.rung.wait()
        completed = AgentRunStateChanged(
            agent_run=FIRST_RUN, step=BUILD, role="builder", source="running", target="completed"
        )
        yield JournalEntry(seq=after + 1, task=T1, at=NOON, event=completed)
        await asyncio.Event().wait()

    @asynccontextmanager
    async def reading(self) -> AsyncGenerator[object]:
        self._may_fail()

        async def get(_run: object) -> object:
            return a_run(state=self.state)

        yield SimpleNamespace(agent_runs=SimpleNamespace(get=get))

    def _may_fail(self) -> None:
        if self.faults:
            self.faults -= 1
            raise StoreLockedError("Locked.")


async def _never() -> bool:
    return False


@pytest.mark.parametrize("faults", [0, 1, 2])
async def test_a_run_at_rest_is_noticed_in_spite_of_faults(faults: int):
    store = FaultyStore(faults=faults)
    watch = Watch(cast(Store, store), retry_s=0.01)
    await watch.start()
    waiting = asyncio.create_task(watch.run_at_rest(FIRST_RUN, given_up=_never, recheck_s=600))
    async with asyncio.timeout(10):
        while store.faults:
            await asyncio.sleep(0.01)
        store.state = AgentRunState.COMPLETED
        store.rung.set()
        await waiting
    await watch.stop()


async def test_stopping_succeeds_even_when_the_follower_broke():
    store = FaultyStore(faults=0)

    def broken(*, after: int) -> AsyncGenerator[JournalEntry]:
        raise ZeroDivisionError(after)

    store.journal.follow = broken
    watch = Watch(cast(Store, store), retry_s=0.01)
    await watch.start()
    await asyncio.sleep(0)
    await watch.stop()
