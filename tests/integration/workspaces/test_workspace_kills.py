"""`kill -9` at any moment of preparing or committing: doing it again ends as if nothing had happened."""

import asyncio
import sys
from pathlib import Path

import pytest

from core.domain.identity import TaskId
from core.workspaces.workspace import CommitIdentity
from core.workspaces.workspaces import Workspaces

pytestmark = [pytest.mark.slow, pytest.mark.long]

TASK = TaskId("T142")
REPOSITORY_ROOT = Path(__file__).parents[3]

PROGRAM = """
import asyncio, sys
from pathlib import Path
from core.domain.project import Project
from core.workspaces.git import Git
from core.workspaces.workspace import CommitIdentity
from core.workspaces.workspaces import Workspaces

async def work(repository, home, git):
    identity = CommitIdentity(name="Orchestrator", email="bot@example.invalid")
    workspaces = Workspaces(folder=Path(home) / "worktrees", identity=identity, git=Git(executable=git))
    workspace = await workspaces.prepare(Project(name="shop", repository=repository), task="T142", slug="x")
    (workspace.path / "new.txt").write_text("new")
    commit = await workspaces.commit(workspace, subject="Add", trailers={"Task": "T142", "Step": "build"})
    assert commit, "no commit"

asyncio.run(work(*sys.argv[1:]))
"""

KILLER = """#!/bin/sh
# kills the program that called it, in its N-th call, before or after doing the work
echo x >> {calls}
if [ "$(wc -l < {calls})" -ne {at} ]; then exec git "$@"; fi
if [ {when} = after ]; then git "$@"; fi
kill -9 $PPID
"""


MERGING = """
import asyncio, sys
from pathlib import Path
from core.workspaces.git import Git
from core.workspaces.record import WorktreeRecords
from core.workspaces.workspace import CommitIdentity, Workspace
from core.workspaces.workspaces import Workspaces

async def work(repository, home, git):
    folder = Path(home) / "worktrees"
    identity = CommitIdentity(name="Orchestrator", email="bot@example.invalid")
    workspaces = Workspaces(folder=folder, identity=identity, git=Git(executable=git))
    records = WorktreeRecords(folder)
    task, lane = (
        Workspace(task="T142", lane=lane, path=records.worktree("T142", lane), **{
            name: getattr(records.find("T142", lane), name) for name in ("branch", "base_branch", "base_commit")
        })
        for lane in ("", "build")
    )
    merge = await workspaces.merge_lane(task, lane, trailers={"Step": "build"})
    assert merge.files == ("1.txt", "2.txt"), merge

asyncio.run(work(*sys.argv[1:]))
"""


async def _attempt(repository: Path, home: Path, git: Path, *, program: str = PROGRAM) -> int:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", program, str(repository), str(home), str(git)),
        cwd=REPOSITORY_ROOT,
        stderr=asyncio.subprocess.DEVNULL,
    )
    return await process.wait()


@pytest.mark.parametrize("when", ["before", "after"])
async def test_at_every_call_of_git(new_repository, tmp_path, when):
    at, killed = 0, True
    while killed:
        at += 1
        repository = new_repository(f"{when}{at}")
        home = tmp_path / f"home{at}"
        git = tmp_path / f"git{at}"
        git.write_text(KILLER.format(calls=tmp_path / f"calls{at}", at=at, when=when))
        git.chmod(0o755)
        killed = await _attempt(repository.path, home, git) == -9

        workspaces = Workspaces(folder=home / "worktrees", identity=CommitIdentity(name="a", email="b"))
        workspace = await workspaces.prepare(repository.project(), task=TASK, slug="x")
        (workspace.path / "new.txt").write_text("new")
        commit = await workspaces.commit(workspace, subject="Add", trailers={"Task": "T142", "Step": "build"})

        assert workspace.branch == "orchestrate/T142-x"
        assert commit == await workspaces.head(workspace)
        assert repository.git("rev-list", "--count", f"main..{workspace.branch}") == "1"
        assert repository.git("status", "--porcelain", folder=workspace.path) == ""
        assert repository.git("branch", "--list", "orchestrate/*").count("\n") == 0
    assert at > 10, "it was killed at every call of git before"


async def test_at_every_call_of_git_while_a_lane_is_merged(bench, home, tmp_path):
    lane = await bench.lane("build")
    for number in ("1", "2"):
        await bench.commit(lane, {f"{number}.txt": "x"}, Step="build", Round=number)
    await bench.commit(bench.task, {"other.txt": "x"}, Step="other")
    start = await bench.workspaces.head(bench.task)
    at, killed = 0, True
    while killed:
        at += 1
        git = tmp_path / f"git{at}"
        git.write_text(KILLER.format(calls=tmp_path / f"calls{at}", at=at, when="after"))
        git.chmod(0o755)
        killed = await _attempt(bench.repository.path, home, git, program=MERGING) == -9

        merge = await bench.merge(lane)

        assert merge.files == ("1.txt", "2.txt")
        assert bench.log(bench.task) == ["Change other.txt", "Change 1.txt", "Change 2.txt"]
        assert (bench.task.path / "2.txt").exists()
        bench.check_at_rest()
        bench.repository.git("reset", "--quiet", "--hard", start, folder=bench.task.path)
    assert at > 15, "it was killed at every call of git before"
