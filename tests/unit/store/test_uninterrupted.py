"""What must not end by half goes on though whoever waits for it is cancelled, and is heard in the end."""

import asyncio
from dataclasses import dataclass, field

import pytest

from core.store.uninterrupted import uninterrupted


@dataclass(slots=True)
class Work:
    """Something that is done when it is let go."""

    fails: bool = False
    let_go: asyncio.Event = field(default_factory=asyncio.Event)
    done: bool = False

    async def do(self) -> None:
        await self.let_go.wait()
        if self.fails:
            raise LookupError("a mistake of ours")
        self.done = True


async def turns() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


async def test_it_ends_before_any_number_of_cancellations_is_raised() -> None:
    work = Work()
    waiting = asyncio.create_task(uninterrupted(work.do()))
    for _ in range(3):
        await turns()
        waiting.cancel()
    await turns()
    assert not waiting.done()

    work.let_go.set()
    await asyncio.wait([waiting])
    assert waiting.cancelled()
    assert work.done


@pytest.mark.parametrize("cancelled", [True, False])
async def test_what_it_raises_is_raised(*, cancelled: bool) -> None:
    work = Work(fails=True)
    waiting = asyncio.create_task(uninterrupted(work.do()))
    await turns()
    if cancelled:
        waiting.cancel()
        await turns()
    work.let_go.set()
    with pytest.raises(LookupError, match="a mistake of ours"):
        await waiting


async def test_it_ends_when_the_work_itself_is_cancelled() -> None:
    """As everything is when an event loop ends."""
    work = Work()
    before = asyncio.all_tasks()
    waiting = asyncio.create_task(uninterrupted(work.do()))
    await turns()
    for task in asyncio.all_tasks() - before:
        task.cancel()
    await asyncio.wait([waiting])
    assert waiting.cancelled()
    assert not work.done
