"""What a task costs that waits for a person. As a program: `… parked FOLDER FEW MANY` prints kilobytes for each."""

import asyncio
import gc
import sys
from pathlib import Path

import psutil

from core.domain.task import TaskState
from tests.benchmarks.house import PARKED, PATIENCE_S, all_reach, furnished, living, memory_runner, submitted

ROOT = Path(__file__).parents[2]
_WAITING = frozenset({TaskState.AWAITING_APPROVAL.value})


async def parked_task_kb(folder: Path, *, past: Path, few: int, many: int) -> float:
    """How much a process grows from `few` to `many` parked tasks, for each, measured in a process of its own."""
    await furnished(folder, past=past)
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.benchmarks.parked", str(folder), str(few), str(many)),
        cwd=ROOT,
        stdout=asyncio.subprocess.PIPE,
    )
    async with asyncio.timeout(PATIENCE_S):
        told, _ = await process.communicate()
    return float(told)


async def _measured_kb(folder: Path, *, few: int, many: int) -> float:
    async with living(folder, runner=memory_runner(), git=False) as program:

        async def rss_kb_with(number: int) -> float:
            after = await program.store.journal.last_seq()
            tasks = [(await submitted(program, workflow=PARKED)).id for _ in range(number)]
            await all_reach(program, tasks, _WAITING, after=after)
            gc.collect()
            return psutil.Process().memory_info().rss / 2**10

        before = await rss_kb_with(few)
        return (await rss_kb_with(many - few) - before) / (many - few)


if __name__ == "__main__":
    print(asyncio.run(_measured_kb(Path(sys.argv[1]), few=int(sys.argv[2]), many=int(sys.argv[3]))))
