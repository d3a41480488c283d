"""Starting: until a worker works, what it then takes, and until work goes on after the worker was killed."""

import asyncio
import shutil
import signal
import sys
import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from bot.demo.repository import make_sample_repository
from bot.demo.scripted import ScriptedModel
from tests.benchmarks.overhead import KEY
from tests.support.command_line import CommandLine, Running, settings_text
from tests.support.directed_model import Director
from tests.support.waiting import eventually_awaited

PATIENCE_S = 120.0
WORKING = "Working."
"""What a worker says once it does."""
SETTLED_S = 1.0
"""After it has said so, the last things are loaded."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Starts:
    """What was seen at each start of a worker."""

    worker_s: list[float] = field(default_factory=list[float])
    interpreter_s: list[float] = field(default_factory=list[float])
    """A Python that does nothing, started just before."""
    rss_mb: list[float] = field(default_factory=list[float])


async def starts(folder: Path, *, past: Path, number: int, warm_ups: int) -> Starts:
    """Start a bare interpreter and a worker in turn; the first `warm_ups` of each are not counted."""
    seen = Starts()
    async with ScriptedModel(Director().script) as model:
        machine = await _machine(folder, past=past, model=model)
        for each in range(number + warm_ups):
            interpreter_s = await _interpreter_s()
            begun = time.perf_counter()
            async with _worker(machine) as worker:
                worker_s = time.perf_counter() - begun
                await asyncio.sleep(SETTLED_S)
                rss_mb = psutil.Process(worker.process.pid).memory_info().rss / 2**20
            if each >= warm_ups:
                seen.interpreter_s.append(interpreter_s)
                seen.worker_s.append(worker_s)
                seen.rss_mb.append(rss_mb)
    return seen


async def recoveries_s(folder: Path, *, past: Path, number: int) -> list[float]:
    """From `kill -9` of a worker, started again at once, until its agent asks the model for what comes next."""
    director = Director()
    async with ScriptedModel(director.script) as model:
        machine = await _machine(folder, past=past, model=model)
        return [await _recovery_s(machine, director) for _ in range(number)]


async def _recovery_s(machine: CommandLine, director: Director) -> float:
    director.hold("builder")
    director.asked["builder"].clear()
    (await machine.run("run", "fix issue #123", "--no-wait", "--workflow", "one_agent")).stdout.index("queued")
    async with _worker(machine) as worker:
        await director.hears("builder", within_s=PATIENCE_S)
        begun = time.perf_counter()
        worker.send(signal.SIGKILL)
        await worker.process.wait()
    async with _worker(machine):
        await director.hears("builder", within_s=PATIENCE_S)
        passed = time.perf_counter() - begun
        director.let_go()
        await eventually_awaited(lambda: _idle(machine), within_s=PATIENCE_S, what="the end of the task")
    return passed


async def _idle(machine: CommandLine) -> bool:
    """Whether no task is open; what it asks is approved."""
    status = (await machine.run("status", "--json")).document
    for approval in status["approvals"]:
        await machine.run("approve", approval["id"])
    return not status["tasks"]


async def _machine(folder: Path, *, past: Path, model: ScriptedModel) -> CommandLine:
    """A user's machine with a past."""
    folder.mkdir(parents=True)
    machine = CommandLine(folder=folder.resolve())
    repository = await make_sample_repository(folder / "sample")
    machine.write_settings(
        settings_text(repository, tables='[claude]\nsandbox = "off"', project={"plan_gate": "never"})
    )
    machine.variables |= {"ANTHROPIC_API_KEY": KEY, "ANTHROPIC_BASE_URL": model.url}
    workflow = machine.home / "workflows" / "one_agent.yaml"
    workflow.parent.mkdir(parents=True)
    workflow.write_text("name: one_agent\ndescription: One agent.\nsteps:\n  - {name: build, role: builder}\n")
    shutil.copy(past, machine.database)
    return machine


@asynccontextmanager
async def _worker(machine: CommandLine) -> AsyncGenerator[Running]:
    """A worker that works; it is stopped the way service managers do."""
    async with machine.started("worker") as worker:
        await worker.line(WORKING, within_s=PATIENCE_S)
        yield worker
        if worker.process.returncode is None:
            worker.send(signal.SIGTERM)
            await worker.ended(within_s=PATIENCE_S)


async def _interpreter_s() -> float:
    begun = time.perf_counter()
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", "import asyncio")
    await process.wait()
    return time.perf_counter() - begun
