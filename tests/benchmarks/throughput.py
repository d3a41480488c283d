"""Tasks a second: many tasks are handed over together, and agents that need no time do them."""

import time
from pathlib import Path

from tests.benchmarks.house import all_reach, furnished, living, memory_runner, submitted


async def tasks_per_s(folder: Path, *, past: Path, at_once: int, git: bool = False) -> float:
    """Tasks a second from the first request to the last end, with the default of five agents at once."""
    house = await furnished(folder, past=past)
    async with living(house, runner=memory_runner(), git=git) as program:
        after = await program.store.journal.last_seq()
        begun = time.perf_counter()
        tasks = [(await submitted(program)).id for _ in range(at_once)]
        await all_reach(program, tasks, after=after)
        return at_once / (time.perf_counter() - begun)
