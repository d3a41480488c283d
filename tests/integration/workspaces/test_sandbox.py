"""The box for shell commands: used where it works, refused in words where it is wanted and does not."""

import asyncio
import os
from pathlib import Path

import pytest

from core.domain.errors import AgentUnavailableError
from core.workspaces.sandbox import Sandbox, Wish
from core.workspaces.verification import verify


def programs(folder: Path, **scripts: str) -> Path:
    """A folder of small programs, to be the whole PATH."""
    folder.mkdir()
    for name, body in scripts.items():
        program = folder / name
        program.write_text(f"#!/bin/sh\n{body}\n", encoding="utf-8")
        program.chmod(0o755)
    return folder


@pytest.mark.parametrize(
    ("wish", "bwrap", "socat", "usable"),
    [
        ("auto", "exit 0", "exit 0", True),
        ("auto", "exit 1", "exit 0", False),
        ("auto", "exit 0", "exit 127", False),
        ("on", "exit 0", "exit 0", True),
        ("off", "exit 0", "exit 0", False),
    ],
)
async def test_the_box_is_used_only_where_all_it_needs_really_starts(
    wish: Wish, bwrap: str, socat: str, usable: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(programs(tmp_path / "bin", bwrap=bwrap, socat=socat)))
    assert await Sandbox(wish).usable() is usable


async def test_a_box_that_is_wanted_and_does_not_work_is_refused_with_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(programs(tmp_path / "bin")))
    assert await Sandbox("auto").box(tmp_path) == ()
    with pytest.raises(AgentUnavailableError) as refused:
        await Sandbox("on").box(tmp_path)
    assert "bubblewrap" in refused.value.hint


async def test_a_boxed_command_writes_in_the_worktree_and_nowhere_else(tmp_path: Path) -> None:
    worktree = tmp_path / "worktree"
    outside = tmp_path / "outside"
    worktree.mkdir()
    outside.mkdir()
    box = await Sandbox("auto").box(worktree)
    if not box:
        pytest.skip("bubblewrap and socat do not work on this machine")
    command = f"touch inside; touch {outside}/written; test -e inside"
    environment = {"PATH": "/usr/local/bin:/usr/bin:/bin"}
    result = await verify(worktree, command=command, timeout_s=90, environment=environment, box=box)
    assert result.passed, result.output
    assert (worktree / "inside").exists()
    assert not (outside / "written").exists()


async def test_nothing_in_the_box_outlives_its_command(tmp_path: Path) -> None:
    box = await Sandbox("auto").box(tmp_path)
    if not box:
        pytest.skip("bubblewrap and socat do not work on this machine")
    # of this run alone: the whole machine is looked through
    sleeps = f"sleep 321.{os.getpid()}"
    process = await asyncio.create_subprocess_exec(*box, "sh", "-c", f"setsid {sleeps} & exit 0")
    assert await process.wait() == 0
    listed = await asyncio.create_subprocess_exec("pgrep", "-f", sleeps, stdout=asyncio.subprocess.PIPE)
    found, _ = await listed.communicate()
    assert found == b""


async def test_whether_the_box_works_is_found_out_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tried = tmp_path / "tried"
    note = f"echo tried >> {tried}"
    monkeypatch.setenv("PATH", str(programs(tmp_path / "bin", bwrap=note, socat="exit 0")))
    sandbox = Sandbox("auto")
    assert [await sandbox.usable() for _ in range(3)] == [True] * 3
    assert tried.read_text().splitlines() == ["tried"]
