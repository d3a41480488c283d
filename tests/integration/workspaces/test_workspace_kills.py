"""`kill -9` at any moment of preparing or committing: doing it again ends as if nothing had happened."""

import asyncio
import sys
from pathlib import Path

import pytest

from core.domain.identity import TaskId
from core.workspaces.workspace import CommitIdentity
from core.workspaces.workspaces import Workspaces

pytestmark = pytest.mark.slow

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


async def _attempt(repository: Path, home: Path, git: Path) -> int:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", PROGRAM, str(repository), str(home), str(git)),
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
