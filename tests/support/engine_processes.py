"""Engine processes as the tests see them: started, killed, and waited for."""

import asyncio
import json
import os
import signal
import sys
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.support.engine_process import Errand

ROOT = Path(__file__).parents[2]
PATIENCE_S = 300.0
"""Several engines share a processor, and each errand is a whole task."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EngineProcess:
    """One process that does an errand."""

    pid: int
    status: asyncio.Future[int]

    async def ended(self) -> int:
        """Its exit code, negative for a signal; TimeoutError when it hangs."""
        async with asyncio.timeout(PATIENCE_S):
            return await asyncio.shield(self.status)

    async def kill(self) -> None:
        """`kill -9`, and wait until it is gone."""
        os.kill(self.pid, signal.SIGKILL)
        assert await self.ended() == -signal.SIGKILL


class EngineProcesses:
    """Starts engine processes through one program that has everything imported already."""

    def __init__(self, program: asyncio.subprocess.Process) -> None:
        self._program = program
        self._statuses: dict[int, asyncio.Future[int]] = {}
        self._started: asyncio.Queue[EngineProcess] = asyncio.Queue()
        self._turn = asyncio.Lock()

    async def start(self, errand: Errand) -> EngineProcess:
        """Begin an errand in a process of its own."""
        assert self._program.stdin is not None
        async with self._turn, asyncio.timeout(PATIENCE_S):
            self._program.stdin.write(f"{errand.text()}\n".encode())
            await self._program.stdin.drain()
            return await self._started.get()

    async def run(self, errand: Errand) -> int:
        """Do an errand to its end; its exit code."""
        return await (await self.start(errand)).ended()

    async def listen(self) -> None:
        """Hear what the program tells, until it ends."""
        assert self._program.stdout is not None
        async for line in self._program.stdout:
            told = json.loads(line)
            if "pid" in told:
                status = asyncio.get_running_loop().create_future()
                self._statuses[told["pid"]] = status
                self._started.put_nowait(EngineProcess(pid=told["pid"], status=status))
            else:
                self._statuses.pop(told["ended"]).set_result(told["status"])


def log_of(errand: Errand) -> str:
    """The end of what the engine processes of an errand said."""
    log = Path(errand.home) / "process.log"
    return log.read_text()[-4000:] if log.exists() else ""


@asynccontextmanager
async def engine_processes() -> AsyncGenerator[EngineProcesses]:
    """The program, which ends all its processes when the test is done."""
    program = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.support.engine_process"),
        cwd=ROOT,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    processes = EngineProcesses(program)
    listening = asyncio.create_task(processes.listen())
    try:
        yield processes
    finally:
        assert program.stdin is not None
        program.stdin.close()
        await asyncio.wait_for(program.wait(), PATIENCE_S)
        await listening
