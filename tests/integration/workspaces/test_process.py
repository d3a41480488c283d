"""A program is ended with everything it started, however it resists; nothing of ours stays open behind it."""

import asyncio
import os
from pathlib import Path
from typing import Any

import psutil
import pytest

from core.workspaces import process as process_module
from core.workspaces.process import Capture, Finished, run_program
from tests.support.waiting import longer_and_longer

PATH = {"PATH": "/usr/local/bin:/usr/bin:/bin"}


async def run(
    script: str, folder: Path, *, timeout_s: float = 30.0, stderr: Capture | None = None
) -> tuple[Finished, bytes]:
    output = Capture(limit_bytes=10_000)
    finished = await run_program(
        ["sh", "-c", script], folder=folder, environment=PATH, timeout_s=timeout_s, stdout=output, stderr=stderr
    )
    return finished, output.data


async def test_a_program_that_will_not_end_is_killed_and_what_it_said_is_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(process_module, "END_GRACE_S", 0.2)
    for timeout_s in longer_and_longer(0.5):
        finished, output = await run("trap '' TERM; echo $$; while :; do sleep 1; done", tmp_path, timeout_s=timeout_s)
        assert finished.exit_code is None
        if output:
            break
    assert not psutil.pid_exists(int(output))


async def test_a_program_that_ends_when_asked_has_the_time_for_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(process_module, "END_GRACE_S", 60.0)
    script = "trap 'echo tidied; exit 0' TERM; echo up; while :; do sleep 0.1; done"
    for timeout_s in longer_and_longer(0.5):
        finished, output = await run(script, tmp_path, timeout_s=timeout_s)
        assert finished.exit_code is None
        if output:
            break
    assert output.splitlines()[0] == b"up"
    assert output.splitlines()[-1] == b"tidied"


async def test_both_streams_can_be_told_apart(tmp_path: Path) -> None:
    errors = Capture(limit_bytes=100)
    finished, output = await run("echo out; echo err >&2; exit 3", tmp_path, stderr=errors)
    assert (finished.exit_code, output, errors.data) == (3, b"out\n", b"err\n")


async def test_a_start_that_fails_half_way_leaves_nothing_open(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    loop = asyncio.get_running_loop()
    connect = loop.connect_read_pipe
    calls = 0

    async def second_fails(*arguments: Any) -> Any:
        nonlocal calls
        calls += 1
        if calls == 2:
            raise OSError("too many open files")
        return await connect(*arguments)

    def opened() -> set[str]:
        return {entry.name for entry in Path("/proc/self/fd").iterdir() if os.path.exists(entry)}  # noqa: PTH110

    monkeypatch.setattr(loop, "connect_read_pipe", second_fails)
    before = opened()
    with pytest.raises(OSError, match="too many open files"):
        await run("echo never", tmp_path, stderr=Capture(limit_bytes=1))
    assert calls == 2
    assert opened() <= before
