"""The verify command runs with what it is given, within its time, and leaves no process."""

import asyncio
import os
from pathlib import Path

import psutil
import pytest

from core.domain.errors import WorkspaceError
from core.workspaces.verification import MAX_OUTPUT_BYTES, verify
from tests.support.process_group import members_of_group
from tests.support.waiting import eventually, longer_and_longer

ENVIRONMENT = {"PATH": os.environ["PATH"], "GREETING": "hello"}


async def check(folder: Path, command: str, *, timeout_s: float = 90.0):
    return await verify(folder, command=command, timeout_s=timeout_s, environment=ENVIRONMENT)


def group(folder: Path) -> int:
    """The group's id: the shell that leads it wrote it down."""
    return int((folder / "group").read_text())


async def gone(folder: Path) -> None:
    await eventually(lambda: members_of_group(group(folder)) == [], what="the end of the group")


async def test_success_and_failure_are_the_exit_code(tmp_path):
    passed = await check(tmp_path, "echo fine; echo problem >&2")
    failed = await check(tmp_path, "echo no; exit 3")

    assert (passed.passed, passed.exit_code, passed.timed_out) == (True, 0, False)
    assert passed.output == "fine\nproblem\n"
    assert (failed.passed, failed.exit_code, failed.output) == (False, 3, "no\n")


async def test_a_command_ended_by_a_signal_failed(tmp_path):
    assert (await check(tmp_path, "kill -9 $$")).exit_code == -9


async def test_it_sees_the_given_environment_and_nothing_else(tmp_path):
    result = await check(tmp_path, "env")
    names = {line.partition("=")[0] for line in result.output.splitlines()}
    assert names - {"PWD", "SHLVL", "_", "OLDPWD"} == {"PATH", "GREETING"}


async def test_it_runs_in_the_worktree_and_reads_no_terminal(tmp_path):
    result = await check(tmp_path, "pwd -P; cat; read line || echo end of input")
    assert result.output == f"{tmp_path.resolve()}\nend of input\n"


async def test_long_output_keeps_its_tail_in_whole_lines(tmp_path):
    result = await check(tmp_path, "i=0; while [ $i -lt 20000 ]; do echo line $i; i=$((i+1)); done")
    lines = result.output.splitlines()
    assert len(result.output.encode()) <= MAX_OUTPUT_BYTES
    assert lines[-1] == "line 19999"
    assert lines[0].startswith("line ")


@pytest.mark.parametrize("command", ["head -c 60000 /dev/urandom", "printf '\\377%.0s' $(seq 30000)"])
async def test_output_that_is_no_text_stays_text_within_the_limit(tmp_path, command):
    output = (await check(tmp_path, command)).output
    assert 0 < len(output.encode()) <= MAX_OUTPUT_BYTES
    assert "\x00" not in output


async def test_when_the_time_is_up_the_whole_group_is_ended(tmp_path):
    command = "echo $$ > group; (trap '' TERM; sleep 60 & wait) & echo begun; sleep 60"
    for timeout_s in longer_and_longer(0.5):
        result = await check(tmp_path, command, timeout_s=timeout_s)
        assert (result.passed, result.exit_code, result.timed_out) == (False, None, True)
        assert timeout_s <= result.duration_s < 60
        if result.output:
            break
    assert result.output == "begun\n"
    await gone(tmp_path)


async def test_cancelling_ends_the_whole_group(tmp_path):
    attempt = asyncio.create_task(check(tmp_path, "echo $$ > group; sleep 60 & touch begun; wait"))
    await eventually((tmp_path / "begun").exists)
    attempt.cancel()

    with pytest.raises(asyncio.CancelledError):
        await attempt
    await gone(tmp_path)


async def test_a_process_left_in_the_background_does_not_outlive_the_command(tmp_path):
    result = await check(tmp_path, "echo $$ > group; sleep 60 & echo done")

    assert (result.passed, result.output) == (True, "done\n")
    assert result.duration_s < 50
    await gone(tmp_path)


async def test_a_process_in_a_session_of_its_own_is_ended_with_the_rest(tmp_path):
    for timeout_s in longer_and_longer(0.5):
        result = await check(tmp_path, "setsid sh -c 'echo $$ > group; sleep 60' & sleep 60", timeout_s=timeout_s)
        assert result.timed_out
        if (tmp_path / "group").exists() and (tmp_path / "group").read_text():
            break
    await gone(tmp_path)


async def test_one_that_left_for_good_does_not_hold_the_result_up(tmp_path):
    result = await check(tmp_path, "(setsid sh -c 'echo $$ > group; sleep 60' &) ; until [ -s group ]; do :; done")
    try:
        assert result.passed
        assert result.duration_s < 50
    finally:
        for process in members_of_group(group(tmp_path)):
            psutil.Process(process).kill()
    await gone(tmp_path)


async def test_a_missing_worktree_is_an_error_that_says_so(tmp_path):
    with pytest.raises(WorkspaceError, match="could not be started in") as refused:
        await check(tmp_path / "nowhere", "true")
    assert "worktree exists" in refused.value.hint


async def test_a_command_with_a_nul_is_an_error(tmp_path):
    with pytest.raises(WorkspaceError):
        await check(tmp_path, "echo \0")
