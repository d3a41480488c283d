"""Measuring the processes of a run, and which limit counts."""

import os
from pathlib import Path

import psutil

from adapters.claude.resources import ResourceWatch, measured
from adapters.claude.supervision import memory_limit
from core.agents.runner import ProcessLimits, ResourcesMeasured
from core.domain.role import RoleLimits
from tests.support.agents import a_role, a_spec

MEBIBYTE = 2**20


def memory(process: psutil.Process) -> int:
    if process.pid != os.getpid():
        raise psutil.NoSuchProcess(process.pid)
    return 300 * MEBIBYTE


def test_processes_are_summed_and_those_that_ended_meanwhile_count_as_nothing() -> None:
    told = measured([psutil.Process(), psutil.Process(os.getppid())], memory_of=memory)

    assert told.memory_bytes == 300 * MEBIBYTE
    assert told.cpu_s > 0
    assert "with 300 MB" in told.biggest


def test_nobody_uses_nothing() -> None:
    assert measured([], memory_of=memory).biggest == ""


class Told:
    def __init__(self) -> None:
        self.figures: list[ResourcesMeasured] = []

    async def __call__(self, signal: ResourcesMeasured) -> None:
        self.figures.append(signal)


def watch(pid_file: Path, told: Told, *, limit_bytes: int | None = None) -> ResourceWatch:
    return ResourceWatch(pid_file, limit_bytes=limit_bytes, tell=told, measure_every_s=0.01, tell_every_s=0.0)


async def test_what_is_over_the_limit_is_returned(tmp_path: Path) -> None:
    pid_file = tmp_path / "pid"
    pid_file.write_text(str(os.getpid()))
    told = Told()
    watching = watch(pid_file, told, limit_bytes=MEBIBYTE)

    too_much = await watching.until_too_much()
    await watching.tell()

    assert too_much.memory_bytes > MEBIBYTE
    assert told.figures[-1].peak_memory_bytes == too_much.memory_bytes


async def test_nothing_is_told_of_processes_that_never_came(tmp_path: Path) -> None:
    told = Told()

    await watch(tmp_path / "missing", told).tell()

    assert told.figures == []


def test_the_roles_own_limit_counts_before_the_houses() -> None:
    house = ProcessLimits(memory_bytes=100 * MEBIBYTE)
    own = a_role(limits=RoleLimits(max_memory_mb=512))

    assert memory_limit(a_spec(Path("/w"))) is None
    assert memory_limit(a_spec(Path("/w"), limits=house)) == 100 * MEBIBYTE
    assert memory_limit(a_spec(Path("/w"), limits=house, role=own)) == 512 * MEBIBYTE
