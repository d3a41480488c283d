"""The launcher in front of a stand-in for the CLI: environment, key, exit codes, and the end of everything."""

import asyncio
import json
import os
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import psutil
import pytest

from adapters.claude import ClaudeSettings
from adapters.claude.launch import Launch
from adapters.claude.launcher import CANNOT_START, STOPPED
from tests.support.agents import a_spec
from tests.support.waiting import eventually

ENDS_WITHIN_S = 90.0


@asynccontextmanager
async def launched(
    folder: Path, script: str, *, let_go: bool = False
) -> AsyncIterator[tuple[asyncio.subprocess.Process, Launch]]:
    """The launcher in front of a shell script, started with secrets in its environment, as the SDK starts it."""
    cli = folder / "cli.sh"
    cli.write_text(f"#!/bin/sh\n{script}\n")
    cli.chmod(0o755)
    settings = ClaudeSettings(api_key="sk-ant-key", run_folder=folder / "runs")
    spec = a_spec(folder, environment={"PATH": os.defpath, "GREETING": "hello"})
    async with Launch(spec, settings=settings, cli=cli) as launch:
        if let_go:
            launch.let_go()
        process = await asyncio.create_subprocess_exec(
            launch.paths.stub,
            "first argument",
            cwd=folder,
            env={"BOT_TOKEN": "xoxb-secret", "CLAUDE_CODE_ENTRYPOINT": "sdk-py", "PATH": os.defpath},
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        yield process, launch
        launch.let_go()
        await process.communicate()


async def output_of(process: asyncio.subprocess.Process) -> str:
    async with asyncio.timeout(ENDS_WITHIN_S):
        output, _ = await process.communicate()
    return output.decode()


async def test_the_cli_gets_arguments_streams_environment_and_the_key_by_a_pipe(tmp_path: Path) -> None:
    script = 'read line; echo "$1|$line"; eval "cat <&$CLAUDE_CODE_API_KEY_FILE_DESCRIPTOR"; echo; env'
    async with launched(tmp_path, script) as (process, launch):
        assert process.stdin is not None
        process.stdin.write(b"a line\n")
        lines = (await output_of(process)).splitlines()

        assert lines[:2] == ["first argument|a line", "sk-ant-key"]
        assert "GREETING=hello" in lines
        assert "CLAUDE_CODE_ENTRYPOINT=sdk-py" in lines
        assert not any("xoxb-secret" in line or "sk-ant-key" in line for line in lines[2:])
        assert not launch.paths.folder.exists()


async def test_the_launcher_itself_shows_no_secret_to_other_processes(tmp_path: Path) -> None:
    async with launched(tmp_path, "echo ready; read line") as (process, _):
        assert process.stdout is not None
        await process.stdout.readline()
        shown = json.dumps(psutil.Process(process.pid).environ()) + " ".join(psutil.Process(process.pid).cmdline())

        assert "xoxb-secret" not in shown
        assert "sk-ant-key" not in shown


@pytest.mark.parametrize(("script", "code"), [("exit 0", 0), ("exit 7", 7), ("kill -9 $$", 137)])
async def test_the_exit_code_is_the_clis(tmp_path: Path, script: str, code: int) -> None:
    async with launched(tmp_path, script) as (process, _):
        await output_of(process)

        assert process.returncode == code


async def test_a_cli_that_cannot_be_executed_is_said_so(tmp_path: Path) -> None:
    async with launched(tmp_path, "") as (process, _):
        await output_of(process)
    tmp_path.joinpath("cli.sh").unlink()
    settings = ClaudeSettings(api_key="k", run_folder=tmp_path / "runs")
    async with Launch(a_spec(tmp_path), settings=settings, cli=tmp_path / "cli.sh") as launch:
        process = await asyncio.create_subprocess_exec(launch.paths.stub, stderr=asyncio.subprocess.PIPE)
        _, said = await process.communicate()

    assert process.returncode == CANNOT_START
    assert b"cannot start" in said


ESCAPED = "setsid sleep 4001 & (setsid sh -c 'sleep 4002 & sleep 4003' &) ; trap '' TERM HUP INT; echo ready;"


def sleepers(folder: Path) -> int:
    count = 0
    for process in psutil.process_iter():
        try:
            count += process.cmdline()[:1] == ["sleep"] and Path(process.cwd()) == folder
        except psutil.Error:
            continue
    return count


@pytest.mark.parametrize("how", ["lifeline", "signal", "end of the cli"])
async def test_nobody_survives_whatever_session_it_made_or_signal_it_ignores(tmp_path: Path, how: str) -> None:
    rest = "true" if how == "end of the cli" else "while :; do sleep 4004; done"
    async with launched(tmp_path, f"{ESCAPED} read line; {rest}") as (process, launch):
        assert process.stdin is not None
        await eventually(lambda: sleepers(tmp_path) == 3, what="three sleeping processes")
        process.stdin.write(b"go on\n")
        if how == "lifeline":
            launch.let_go()
        elif how == "signal":
            process.send_signal(signal.SIGTERM)

        await output_of(process)

        assert sleepers(tmp_path) == 0
        assert process.returncode == (0 if how == "end of the cli" else STOPPED)
        assert not launch.paths.folder.exists()


async def test_a_lifeline_that_broke_before_the_launcher_came_starts_nothing(tmp_path: Path) -> None:
    async with launched(tmp_path, "touch started", let_go=True) as (process, _):
        await output_of(process)

        assert process.returncode == STOPPED
        assert not tmp_path.joinpath("started").exists()
