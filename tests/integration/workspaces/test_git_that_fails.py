"""A git that fails, is slow or meets what nobody expects: an error that says so, and nothing half done."""

import json
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from core.domain.errors import WorkspaceError
from core.domain.identity import ProjectName, TaskId
from core.domain.project import Project
from core.workspaces.git import Git
from core.workspaces.git_lock import clear_stale_locks, holders
from core.workspaces.workspaces import Workspaces
from tests.integration.workspaces.conftest import IDENTITY, Bench, Repository
from tests.support.waiting import eventually

TASK = TaskId("T142")
FAILS = "echo 'fatal: it is broken' >&2; exit 128"

Breaking = Callable[[str, str], Workspaces]


@pytest.fixture
def breaking(home: Path, tmp_path: Path) -> Breaking:
    """Workspaces of the home whose git does something else (`script`) wherever its words hold `command`."""

    def make(command: str, script: str) -> Workspaces:
        program = tmp_path / "broken-git"
        program.write_text(f'#!/bin/sh\ncase "$*" in *"{command}"*)\n{script}\n;; esac\nexec git "$@"\n')
        program.chmod(0o755)
        return Workspaces(folder=home / "worktrees", identity=IDENTITY, git=Git(executable=str(program)))

    return make


async def test_what_cannot_be_compared_is_not_committed(bench: Bench, breaking: Breaking):
    (bench.task.path / "new.txt").write_text("new\n")
    with pytest.raises(WorkspaceError, match="it is broken"):
        await breaking("--cached --quiet", FAILS).commit(bench.task, subject="Add", trailers={})
    assert bench.log(bench.task) == [""]
    assert (bench.task.path / "new.txt").read_text() == "new\n"


async def test_a_diff_that_fails_is_an_error_not_an_empty_diff(bench: Bench, breaking: Breaking):
    await bench.commit(bench.task, {"new.txt": "new\n"})
    with pytest.raises(WorkspaceError, match="it is broken"):
        await breaking("--src-prefix", FAILS).diff(bench.task)


async def test_lanes_that_git_cannot_merge_leave_the_task_as_it_was(bench: Bench, breaking: Breaking):
    lane = await bench.lane("left")
    await bench.commit(lane, {"a.txt": "left\n"})
    await bench.commit(bench.task, {"b.txt": "own\n"})
    before = bench.log(bench.task)
    with pytest.raises(WorkspaceError, match="it is broken"):
        await breaking("merge-tree", FAILS).merge_lane(bench.task, lane, trailers={"Step": "left"})
    assert bench.log(bench.task) == before
    bench.check_at_rest()


async def test_a_branch_is_set_back_only_where_git_can_tell_that_it_was_there(bench: Bench, breaking: Breaking):
    first = await bench.commit(bench.task, {"a.txt": "1\n"})
    await bench.commit(bench.task, {"a.txt": "2\n"})
    before = bench.log(bench.task)
    with pytest.raises(WorkspaceError, match="it is broken"):
        await breaking("--is-ancestor", FAILS).restore(bench.task, commit=first, keep_as="life-1")
    assert bench.log(bench.task) == before


async def test_a_git_that_says_yes_and_makes_nothing_is_not_believed(
    breaking: Breaking, repository: Repository, home: Path
):
    with pytest.raises(WorkspaceError, match="Git made no worktree"):
        await breaking("worktree add", "exit 0").prepare(repository.project(), task=TASK, slug="x")
    assert repository.git("branch", "--list", "orchestrate/*") == ""
    assert not (home / "worktrees" / "T142.json").exists()


async def test_a_worktree_that_cannot_be_made_again_costs_neither_branch_nor_record(
    bench: Bench, breaking: Breaking, home: Path
):
    commit = await bench.commit(bench.task, {"a.txt": "1\n"})
    shutil.rmtree(bench.task.path)
    facts = {"branch": bench.task.branch, "base_branch": "main", "base_commit": bench.task.base_commit}
    project = bench.repository.project()
    with pytest.raises(WorkspaceError, match="it is broken"):
        await breaking("worktree add", FAILS).open(project, task=TASK, **facts)
    assert bench.repository.git("rev-parse", bench.task.branch) == commit
    assert (home / "worktrees" / "T142.json").exists()
    again = await bench.workspaces.open(project, task=TASK, **facts)
    assert (again.path / "a.txt").read_text() == "1\n"


async def test_a_file_where_an_interrupted_attempt_had_its_folder_gives_way(
    workspaces: Workspaces, repository: Repository, home: Path
):
    complete = await workspaces.prepare(repository.project(), task=TASK, slug="x")
    record = home / "worktrees" / "T142.json"
    record.write_text(json.dumps(json.loads(record.read_text()) | {"git_dir": ""}))
    shutil.rmtree(complete.path)
    complete.path.write_text("in the way")
    again = await workspaces.prepare(repository.project(), task=TASK, slug="x")
    assert (again.path / "readme.txt").read_text() == "hello\n"


async def test_a_folder_of_another_branch_is_not_opened_for_this_one(bench: Bench):
    bench.repository.git("branch", "orchestrate/T142-other")
    with pytest.raises(WorkspaceError, match="belongs to something else"):
        await bench.workspaces.open(
            bench.repository.project(),
            task=TASK,
            branch="orchestrate/T142-other",
            base_branch="main",
            base_commit=bench.task.base_commit,
        )
    assert bench.repository.git("branch", "--show-current", folder=bench.task.path) == bench.task.branch


async def test_work_in_a_folder_that_is_gone_says_which(tmp_path: Path):
    with pytest.raises(WorkspaceError, match="there is no folder") as refused:
        await Git().run("status", folder=tmp_path / "nowhere", doing="look around")
    assert str(tmp_path / "nowhere") in refused.value.message


# what is checked before anything is begun


async def test_a_project_is_checked_without_touching_anything(workspaces: Workspaces, repository: Repository):
    before = repository.picture()
    await workspaces.check(repository.project())
    await workspaces.check(repository.project(base_branch="main"))
    assert repository.picture() == before


async def test_a_check_names_the_branches_there_are(workspaces: Workspaces, repository: Repository):
    with pytest.raises(WorkspaceError, match="no branch nowhere") as refused:
        await workspaces.check(repository.project(base_branch="nowhere"))
    assert "main" in refused.value.hint


async def test_a_check_asks_no_remote(workspaces: Workspaces, repository: Repository):
    repository.git("remote", "add", "origin", "https://127.0.0.1:1/nothing.git")
    await workspaces.check(repository.project(base_branch="perhaps-there"))
    await workspaces.check(Project(name=ProjectName("far"), repository="https://127.0.0.1:1/nothing.git"))


async def test_a_folder_inside_a_repository_is_none(workspaces: Workspaces, repository: Repository):
    repository.write("src/a.py", "a")
    project = replace(repository.project(), repository=str(repository.path / "src"))
    with pytest.raises(WorkspaceError, match="not a git repository"):
        await workspaces.check(project)


# remotes and clones


async def test_a_base_that_follows_a_branch_of_the_same_repository_is_taken_as_it_is(
    workspaces: Workspaces, repository: Repository
):
    repository.git("branch", "trunk")
    repository.git("branch", "--quiet", "--set-upstream-to=trunk", "main")
    repository.git("remote", "add", "origin", str(repository.path / "gone"))
    workspace = await workspaces.prepare(repository.project(), task=TASK, slug="x")
    assert workspace.base_commit == repository.git("rev-parse", "main")


async def test_a_remote_that_names_no_branch_is_taken_at_the_one_its_clone_is_at(
    workspaces: Workspaces, repository: Repository
):
    repository.git("checkout", "--quiet", "--detach")
    project = Project(name=ProjectName("far"), repository=f"file://{repository.path}")
    workspace = await workspaces.prepare(project, task=TASK, slug="x")
    assert (workspace.base_branch, workspace.base_commit) == ("main", repository.git("rev-parse", "main"))


PLACE = """
for last; do :; done
name=$(basename "$last"); name=${name#.}; place="$(dirname "$last")/${name%%.git.*}.git"
"""


async def test_of_two_processes_that_clone_at_once_both_go_on_with_the_first_ones(
    breaking: Breaking, repository: Repository, home: Path
):
    slower = breaking(
        "clone --quiet", f'git "$@" || exit 1\n{PLACE}\ncp -r "$last" "$place"; touch "$place/first"; exit 0'
    )
    project = Project(name=ProjectName("far"), repository=f"file://{repository.path}")
    workspace = await slower.prepare(project, task=TASK, slug="x")
    assert (workspace.path / "readme.txt").read_text() == "hello\n"
    (clone,) = (home / "repositories").iterdir()
    assert (clone / "first").exists()


async def test_a_file_where_the_clone_belongs_is_told(breaking: Breaking, repository: Repository, home: Path):
    blocked = breaking("clone --quiet", f'git "$@" || exit 1\n{PLACE}\necho x > "$place"; exit 0')
    project = Project(name=ProjectName("far"), repository=f"file://{repository.path}")
    with pytest.raises(WorkspaceError, match="Could not move the clone") as refused:
        await blocked.prepare(project, task=TASK, slug="x")
    assert refused.value.hint
    assert [each.is_file() for each in (home / "repositories").iterdir()] == [True], "only what was there"


# locks


async def test_only_a_git_in_the_worktree_itself_holds_its_locks(tmp_path: Path):
    here, elsewhere = tmp_path / "here", tmp_path / "elsewhere"
    for folder in (here, elsewhere):
        folder.mkdir()
    program = tmp_path / "git-slow"
    shutil.copy(shutil.which("sleep") or "/bin/sleep", program)
    lock = here / "index.lock"
    process = subprocess.Popen([program, "60"], cwd=elsewhere)
    try:
        await eventually(lambda: bool(holders(elsewhere)), within_s=90, what="the program")
        assert holders(elsewhere) == f"git-slow (process {process.pid})"
        assert holders(here) == ""
        lock.touch()
        clear_stale_locks(lock, worktree=here, git_dir=here)
        assert not lock.exists()
        held = elsewhere / "index.lock"
        held.touch()
        clear_stale_locks(held, worktree=elsewhere, git_dir=elsewhere)
        assert held.exists()
    finally:
        process.kill()
        process.wait(timeout=30)
