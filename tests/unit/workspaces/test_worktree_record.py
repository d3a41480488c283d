"""Records of tasks and lanes: each finds its own, and a lane's use counts as its task's."""

import os
from datetime import UTC, datetime

import pytest

from core.domain.errors import WorkspaceError
from core.domain.identity import TaskId
from core.workspaces.record import WorktreeRecord, WorktreeRecords

TASK = TaskId("T1")


def _record(task: str, lane: str = "") -> WorktreeRecord:
    return WorktreeRecord(task=task, lane=lane, repository="/r", branch="b", base_branch="main", base_commit="c")


@pytest.fixture
def records(tmp_path):
    return WorktreeRecords(tmp_path)


def _used(records, at: int, task: str, lane: str = "") -> None:
    records.save(_record(task, lane))
    os.utime(
        records.worktree(TaskId(task), lane).with_name(f"{records.worktree(TaskId(task), lane).name}.json"), (at, at)
    )


@pytest.mark.parametrize("lane", ["json", "-", "_", "a" * 63, "--x--", "0"])
def test_a_lane_of_any_name_is_told_from_its_task_and_from_others(records, lane):
    records.save(_record("T1"))
    records.save(_record("T1", lane))
    records.save(_record("T11", "other"))

    assert records.find(TASK) == _record("T1")
    assert records.find(TASK, lane) == _record("T1", lane)
    assert records.lanes(TASK) == [lane]
    assert records.worktree(TASK, lane) not in {records.worktree(TASK), records.worktree(TASK).with_suffix(".json")}
    records.forget(TASK, lane)
    assert records.find(TASK) is not None
    assert records.lanes(TASK) == []


@pytest.mark.parametrize("lane", ["a.b", "A", "a/b", "..", "a" * 64, "ü", "a\n"])
def test_a_lane_that_could_not_be_a_folder_is_refused(records, lane):
    with pytest.raises(WorkspaceError, match="name of a lane"):
        records.find(TASK, lane)


def test_the_use_of_a_lane_is_use_of_its_task(records):
    _used(records, 100, "T1")
    _used(records, 300, "T1", "build")
    _used(records, 200, "T2")

    assert records.unused_since(datetime.fromtimestamp(300, UTC)) == ["T2"]
    assert records.unused_since(datetime.fromtimestamp(301, UTC)) == ["T2", "T1"]


def test_on_disk_is_what_has_a_folder_oldest_use_first(records):
    _used(records, 100, "T1")
    _used(records, 50, "T2")
    _used(records, 10, "T3")
    _used(records, 10, "T3", "build")
    records.worktree(TaskId("T1")).mkdir()
    records.worktree(TaskId("T2")).mkdir()
    assert records.on_disk() == ["T2", "T1"]
    records.worktree(TaskId("T3"), "build").mkdir()
    assert records.on_disk() == ["T3", "T2", "T1"]


def test_a_record_from_before_there_were_lanes_can_be_read(records):
    records.folder.mkdir(exist_ok=True)
    old = '{"task": "T1", "repository": "/r", "branch": "b", "base_branch": "main", "base_commit": "c", "git_dir": "g"}'
    records.folder.joinpath("T1.json").write_text(old)
    found = records.find(TASK)
    assert found is not None
    assert (found.lane, found.begins_at) == ("", "c")


@pytest.mark.parametrize("task", ["", "../T1", "T1/x", "T1.json", "T 1", "T" * 65])
def test_no_task_has_a_folder_that_another_could_be_meant_by(records, task):
    with pytest.raises(WorkspaceError, match="cannot be the name of a folder"):
        records.worktree(TaskId(task))


def test_the_use_of_what_is_not_on_record_is_not_noted(records, tmp_path):
    records.touch(TASK)
    assert list(tmp_path.iterdir()) == []
    _used(records, 1_000, "T1")
    records.touch(TASK)
    assert records.unused_since(datetime.fromtimestamp(2_000, UTC)) == []
