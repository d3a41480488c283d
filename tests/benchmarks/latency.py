"""Waiting times people notice: until a request shows, and until what happened reaches those who watch."""

import asyncio
import contextlib
import itertools
import sys
import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

from adapters.console.adapter import Console
from bot.compose import Program
from bot.terminal import follow
from core.domain.event import HOUSE, NoticeRaised
from core.store.store import Store
from tests.benchmarks.house import BY, PATIENCE_S, furnished, living, memory_runner, submitted
from tests.benchmarks.screen import Screen

SUBSCRIBERS = 10
"""As many as there are cards that follow a task."""
PAUSES_S = (0.011, 0.037, 0.073, 0.023, 0.101)
"""Between two events: of no rhythm that somebody who polls might share."""
ROOT = Path(__file__).parents[2]


async def request_to_first_event_ms(folder: Path, *, past: Path, requests: int) -> list[float]:
    """From each request to the first drawing of its card on a terminal, in a process that also does the work."""
    house = await furnished(folder, past=past)
    async with living(house, runner=memory_runner(), git=False) as program:
        await _shown_after_ms(program)  # the first drawing loads what draws
        return [await _shown_after_ms(program) for _ in range(requests)]


async def _shown_after_ms(program: Program) -> float:
    screen = Screen()
    begun = time.perf_counter()
    task = await submitted(program)
    await follow(program, task.id, console=Console(output=screen, keyboard=None), by=BY, yes=True)
    assert screen.drawn_at_s is not None, "nothing was drawn"
    return (screen.drawn_at_s - begun) * 1000


async def event_to_subscriber_ms(store: Store, *, events: int) -> list[float]:
    """From before each event is written until the last of ten subscribers in this process has it."""
    after = await store.journal.last_seq()
    arrived = [asyncio.Queue[float]() for _ in range(SUBSCRIBERS)]

    async def subscribe(queue: "asyncio.Queue[float]") -> None:
        async for entry in store.journal.follow(after=after):
            if isinstance(entry.event, NoticeRaised):
                queue.put_nowait(passed_ms(entry.event))

    following = [asyncio.create_task(subscribe(queue)) for queue in arrived]
    try:
        return [max([await queue.get() async for queue in _each(arrived)]) async for _ in notices(store, number=events)]
    finally:
        for task in following:
            task.cancel()
        await asyncio.gather(*following, return_exceptions=True)


async def event_across_processes_ms(store: Store, *, events: int) -> list[float]:
    """From before each event is written until a subscriber in another process has it."""
    async with _subscriber(store.url) as lines:
        async with asyncio.timeout(PATIENCE_S):
            return [float(await lines.readline()) async for _ in notices(store, number=events)]


@asynccontextmanager
async def subscribed(folder: Path, *, past: Path) -> AsyncGenerator[Store]:
    """A store with this past that a working program uses too."""
    house = await furnished(folder, past=past)
    async with living(house, runner=memory_runner(), git=False) as program:
        yield program.store


async def notices(store: Store, *, number: int) -> AsyncGenerator[None]:
    """Write an event that says when it was written, again and again."""
    for pause_s in itertools.islice(itertools.cycle(PAUSES_S), number):
        await asyncio.sleep(pause_s)
        written = str(time.monotonic_ns())
        async with store.transaction() as uow:
            await uow.events.append(HOUSE, NoticeRaised(text=written))
        yield


def passed_ms(notice: NoticeRaised) -> float:
    """Since the notice was written; the clock is the same in every process of a machine."""
    return (time.monotonic_ns() - int(notice.text)) / 1e6


async def _each(queues: "list[asyncio.Queue[float]]") -> "AsyncGenerator[asyncio.Queue[float]]":
    for queue in queues:
        yield queue


@asynccontextmanager
async def _subscriber(url: str) -> AsyncGenerator[asyncio.StreamReader]:
    """The lines of a process that follows the journal."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.benchmarks.subscriber", url), cwd=ROOT, stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    try:
        async with asyncio.timeout(PATIENCE_S):
            await process.stdout.readline()
        yield process.stdout
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.terminate()
        await process.wait()
