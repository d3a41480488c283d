"""Lanes of repositories with submodules: filled, merged, settled and set back with the commits that are named."""

import pytest

from core.domain.errors import WorkspaceError
from core.domain.identity import TaskId
from core.workspaces.settlement import NOTE
from core.workspaces.workspace import Conflict

LIBRARY = "vendor/library"


@pytest.fixture
def library(new_repository):
    library = new_repository("library")
    for number in ("1", "2", "3"):
        library.commit(f"{number}.txt", number)
    return library


@pytest.fixture
async def bench(library, repository, workspaces, bench):
    """A task in a repository that has the library at its second commit."""
    repository.git("submodule", "--quiet", "add", str(library.path), LIBRARY)
    repository.git("checkout", "--quiet", "main~1", folder=repository.path / LIBRARY)
    repository.git("add", "--all")
    repository.git("commit", "--quiet", "-m", "Add the library")
    task = await workspaces.prepare(repository.project(), task=TaskId("T7"), slug="x")
    return type(bench)(workspaces, repository, task)


def _move_library(bench, workspace, commit: str) -> None:
    bench.repository.git("checkout", "--quiet", commit, folder=workspace.path / LIBRARY)


def _numbers(workspace) -> set[str]:
    return {path.stem for path in (workspace.path / LIBRARY).glob("[123].txt")}


async def test_a_lane_has_its_own_filled_submodules_and_brings_a_moved_one(bench):
    lane = await bench.lane("build")
    assert _numbers(lane) == {"1", "2"}
    _move_library(bench, lane, "origin/main")
    await bench.commit(lane, {"a.txt": "a\n"}, Step="build")

    merge = await bench.merge(lane)

    assert merge.files == ("a.txt", LIBRARY)
    assert _numbers(bench.task) == {"1", "2", "3"}
    bench.check_at_rest()
    await bench.workspaces.restore(bench.task, commit=bench.task.base_commit, keep_as="life-1")
    assert _numbers(bench.task) == {"1", "2"}
    bench.check_at_rest()


async def test_a_submodule_that_was_taken_out_goes_and_comes_back(bench):
    lane = await bench.lane("build")
    bench.repository.git("rm", "--quiet", "--force", LIBRARY, folder=lane.path)
    await bench.workspaces.commit(lane, subject="Remove", trailers={"Step": "build"})

    assert (await bench.merge(lane)).files == (".gitmodules", LIBRARY)

    assert not (bench.task.path / LIBRARY).exists()
    bench.check_at_rest()
    await bench.workspaces.restore(bench.task, commit=bench.task.base_commit, keep_as="life-1")
    assert _numbers(bench.task) == {"1", "2"}
    bench.check_at_rest()


async def test_submodules_moved_apart_are_settled_through_the_note(bench):
    lane = await bench.lane("build")
    _move_library(bench, lane, "origin/main")
    await bench.workspaces.commit(lane, subject="Lane", trailers={"Step": "build"})
    _move_library(bench, bench.task, "origin/main~2")
    await bench.workspaces.commit(bench.task, subject="Task", trailers={"Step": "other"})

    assert await bench.merge(lane) == Conflict(files=(LIBRARY,))
    assert await bench.workspaces.begin_settlement(bench.task, lane) == (LIBRARY,)
    assert await bench.workspaces.unsettled(lane) == (LIBRARY,)
    _move_library(bench, lane, "origin/main")
    (lane.path / NOTE).unlink()
    assert await bench.workspaces.unsettled(lane) == ()
    merge = await bench.settle(lane)

    assert merge.files == (LIBRARY,)
    assert _numbers(bench.task) == {"1", "2", "3"}
    bench.check_at_rest()


async def test_a_commit_that_only_the_lanes_submodule_has_cannot_be_merged_and_nothing_changes(bench):
    lane = await bench.lane("build")
    (lane.path / LIBRARY / "own.txt").write_text("own\n")
    bench.repository.git("add", "--all", folder=lane.path / LIBRARY)
    bench.repository.git("commit", "--quiet", "-m", "Own", folder=lane.path / LIBRARY)
    await bench.workspaces.commit(lane, subject="Lane", trailers={"Step": "build"})

    with pytest.raises(WorkspaceError, match="fetch the submodules"):
        await bench.merge(lane)

    assert await bench.workspaces.head(bench.task) == bench.task.base_commit
    assert _numbers(bench.task) == {"1", "2"}
    bench.check_at_rest()
