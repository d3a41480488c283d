"""A conflict of any kind is put where an agent can settle it, and is settled only when nothing of it is left."""

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from core.domain.errors import WorkspaceError
from core.workspaces.settlement import NOTE
from core.workspaces.workspace import Conflict, Merge

TEXT = "".join(f"line {number}\n" for number in range(20))


def _both_changed(task: Path, lane: Path) -> None:
    (task / "a b ü.txt").write_text(TEXT.replace("line 3\n", "task\n"))
    (lane / "a b ü.txt").write_text(TEXT.replace("line 3\n", "lane\n"))


def _both_added(task: Path, lane: Path) -> None:
    (task / "new.txt").write_text("task\n")
    (lane / "new.txt").write_text("lane\n")


def _lane_deleted(task: Path, lane: Path) -> None:
    (task / "a b ü.txt").write_text("task\n")
    (lane / "a b ü.txt").unlink()


def _task_deleted(task: Path, lane: Path) -> None:
    (lane / "a b ü.txt").write_text("lane\n")
    (task / "a b ü.txt").unlink()


def _renamed_apart(task: Path, lane: Path) -> None:
    (task / "a b ü.txt").rename(task / "task.txt")
    (lane / "a b ü.txt").rename(lane / "lane.txt")


def _renamed_and_changed(task: Path, lane: Path) -> None:
    (task / "a b ü.txt").rename(task / "task.txt")
    (task / "task.txt").write_text(TEXT.replace("line 3\n", "task\n"))
    (lane / "a b ü.txt").write_text(TEXT.replace("line 3\n", "lane\n"))


def _binary(task: Path, lane: Path) -> None:
    (task / "data.bin").write_bytes(bytes(range(256)))
    (lane / "data.bin").write_bytes(bytes(range(255, -1, -1)))


def _kinds(task: Path, lane: Path) -> None:
    (task / "thing").symlink_to("readme.txt")
    (lane / "thing").write_text("a file\n")


def _file_and_folder(task: Path, lane: Path) -> None:
    (task / "thing").write_text("a file\n")
    (lane / "thing").mkdir()
    (lane / "thing" / "inside.txt").write_text("inside\n")


def _mode(task: Path, lane: Path) -> None:
    for folder, mode in ((task, 0o755), (lane, 0o644)):
        (folder / "run.sh").write_text("#!/bin/sh\n")
        (folder / "run.sh").chmod(mode)


def _moved_folder(task: Path, lane: Path) -> None:
    (task / "folder").rename(task / "elsewhere")
    (lane / "folder" / "new.txt").write_text("new\n")


KINDS: list[tuple[Callable[[Path, Path], None], bool]] = [
    (_both_changed, True),
    (_both_added, True),
    (_lane_deleted, False),
    (_task_deleted, False),
    (_renamed_apart, False),
    (_renamed_and_changed, True),
    (_binary, False),
    (_kinds, False),
    (_file_and_folder, False),
    (_mode, False),
    (_moved_folder, False),
]


async def _clashing(bench, differ: Callable[[Path, Path], None]):
    await bench.commit(bench.task, {"a b ü.txt": TEXT, "folder/1.txt": "1\n", "folder/2.txt": "2\n"}, Step="plan")
    lane = await bench.lane("build")
    differ(bench.task.path, lane.path)
    (lane.path / "more.txt").write_text("more\n")
    assert await bench.workspaces.commit(bench.task, subject="Task", trailers={"Step": "other"})
    assert await bench.workspaces.commit(lane, subject="Lane", trailers={"Step": "build"})
    return lane


@pytest.fixture
async def lane(bench):
    """A lane whose change of one text file clashes with the task's."""
    return await _clashing(bench, _both_changed)


@pytest.mark.parametrize(("differ", "marked"), KINDS, ids=lambda value: getattr(value, "__name__", None))
async def test_every_kind_of_conflict_can_be_settled_with_an_editor(bench, differ, marked):
    lane = await _clashing(bench, differ)
    head = await bench.workspaces.head(bench.task)
    conflict = await bench.merge(lane)
    assert isinstance(conflict, Conflict)
    bench.check_at_rest()

    assert await bench.workspaces.begin_settlement(bench.task, lane) == conflict.files
    left = await bench.workspaces.unsettled(lane)
    assert left == conflict.files
    assert (lane.path / NOTE).exists() == (not marked)
    assert (lane.path / "more.txt").exists()

    for name in left:
        file = lane.path / name
        if marked and file.is_file():
            file.write_text("settled\n")
    (lane.path / NOTE).unlink(missing_ok=True)
    assert await bench.workspaces.unsettled(lane) == ()
    merge = await bench.settle(lane)

    assert isinstance(merge, Merge)
    assert "more.txt" in merge.files
    assert NOTE not in merge.files
    assert await bench.workspaces.head(bench.task) == merge.commit
    assert bench.repository.git("rev-parse", f"{merge.commit}^") == head
    assert bench.repository.git("log", "-1", "--format=%B", merge.commit).strip() == "Settle\n\nStep: build"
    bench.check_at_rest()
    assert await bench.settle(lane) == merge
    assert await bench.merge(lane) == merge


async def test_markers_name_the_sides(bench, lane):
    await bench.workspaces.begin_settlement(bench.task, lane)

    text = (lane.path / "a b ü.txt").read_text()

    assert "<<<<<<< TASK_HEAD\ntask\n=======\nlane\n>>>>>>> STEP_HEAD\n" in text
    assert "+lane" in bench.repository.git("diff", "HEAD", folder=lane.path)


async def test_every_marker_must_go(bench, lane):
    await bench.workspaces.begin_settlement(bench.task, lane)
    file = lane.path / "a b ü.txt"
    text = file.read_text()
    for marker in ("<<<<<<< TASK_HEAD\n", "=======\n", ">>>>>>> STEP_HEAD\n"):
        file.write_text(TEXT + marker)
        assert await bench.workspaces.unsettled(lane) == ("a b ü.txt",)
    file.write_text(text.replace("\n", "\r\n"))
    assert await bench.workspaces.unsettled(lane) == ("a b ü.txt",)
    file.write_text(TEXT)
    assert await bench.workspaces.unsettled(lane) == ()


async def test_lines_that_only_look_like_markers_do_not_keep_a_file_unsettled(bench):
    text = f"Title A\n=======\n\n{TEXT}\n<<<<<<< example\n"
    await bench.commit(bench.task, {"doc.rst": text}, Step="plan")
    lane = await bench.lane("build")
    await bench.commit(bench.task, {"doc.rst": text.replace("line 9", "task")}, Step="other")
    await bench.commit(lane, {"doc.rst": text.replace("line 9", "lane")}, Step="build")
    await bench.workspaces.begin_settlement(bench.task, lane)
    assert await bench.workspaces.unsettled(lane) == ("doc.rst",)

    (lane.path / "doc.rst").write_text(text.replace("line 9", "both"))

    assert await bench.workspaces.unsettled(lane) == ()


async def test_markers_of_another_size_are_seen(bench):
    await bench.commit(bench.task, {".gitattributes": "*.txt conflict-marker-size=12\n", "a.txt": "a\n"}, Step="plan")
    lane = await bench.lane("build")
    await bench.commit(bench.task, {"a.txt": "task\n"}, Step="other")
    await bench.commit(lane, {"a.txt": "lane\n"}, Step="build")

    await bench.workspaces.begin_settlement(bench.task, lane)

    assert "<" * 12 + " TASK_HEAD" in (lane.path / "a.txt").read_text()
    assert await bench.workspaces.unsettled(lane) == ("a.txt",)


async def test_what_an_agent_left_unmerged_itself_is_unsettled(bench, lane):
    await bench.workspaces.begin_settlement(bench.task, lane)
    (lane.path / "a b ü.txt").write_text("settled\n")
    blob = bench.repository.git("hash-object", "-w", "readme.txt")
    entry = lane.path / "entry"
    entry.write_text(f"100644 {blob} 1\treadme.txt\n100644 {blob} 2\treadme.txt\n")
    git = f"git -C '{lane.path}'"
    assert os.system(f"{git} rm -q --cached readme.txt && {git} update-index --index-info < '{entry}'") == 0
    entry.unlink()

    assert await bench.workspaces.unsettled(lane) == ("readme.txt",)


async def test_begun_again_against_the_same_head_nothing_changes(bench, lane):
    paths = await bench.workspaces.begin_settlement(bench.task, lane)
    (lane.path / "a b ü.txt").write_text("half settled\n")
    (lane.path / "new.txt").write_text("new\n")

    assert await bench.workspaces.begin_settlement(bench.task, lane) == paths
    assert await bench.workspaces.open_lane(bench.task, lane="build", start=lane.base_commit) == lane

    assert (lane.path / "a b ü.txt").read_text() == "half settled\n"
    assert (lane.path / "new.txt").exists()
    assert await bench.workspaces.unsettled(lane) == ()


async def test_begun_against_another_head_it_starts_from_the_lanes_own_commits(bench, lane):
    await bench.workspaces.begin_settlement(bench.task, lane)
    (lane.path / "a b ü.txt").write_text("half settled\n")
    await bench.commit(bench.task, {"a b ü.txt": TEXT.replace("line 3\n", "task again\n")}, Step="again")

    assert await bench.workspaces.begin_settlement(bench.task, lane) == ("a b ü.txt",)

    assert "task again\n=======\nlane\n" in (lane.path / "a b ü.txt").read_text()


async def test_without_a_conflict_there_is_nothing_to_settle(bench):
    lane = await bench.lane("build")
    await bench.commit(lane, {"a.txt": "a\n"}, Step="build")
    (lane.path / "dirty.txt").write_text("dirty\n")

    assert await bench.workspaces.begin_settlement(bench.task, lane) == ()
    assert await bench.workspaces.unsettled(lane) == ()
    assert (lane.path / "dirty.txt").exists()
    assert (await bench.settle(lane)).files == ("a.txt",)


async def test_when_the_head_moved_what_was_settled_is_merged(bench, lane):
    await bench.workspaces.begin_settlement(bench.task, lane)
    (lane.path / "a b ü.txt").write_text("settled\n")
    await bench.commit(bench.task, {"moved.txt": "moved\n"}, Step="moved")

    merge = await bench.settle(lane)

    assert merge.files == ("a b ü.txt", "more.txt")
    assert (bench.task.path / "a b ü.txt").read_text() == "settled\n"
    assert (bench.task.path / "moved.txt").exists()
    bench.check_at_rest()
    assert await bench.settle(lane) == merge


async def test_when_the_head_moved_into_the_way_it_is_a_conflict_that_keeps_what_was_settled(bench, lane):
    await bench.workspaces.begin_settlement(bench.task, lane)
    (lane.path / "a b ü.txt").write_text(TEXT.replace("line 3\n", "settled\n"))
    head = await bench.commit(bench.task, {"a b ü.txt": TEXT.replace("line 3\n", "moved\n")}, Step="moved")

    assert await bench.settle(lane) == Conflict(files=("a b ü.txt",))
    assert await bench.workspaces.head(bench.task) == head
    assert await bench.settle(lane) == Conflict(files=("a b ü.txt",))
    assert await bench.workspaces.begin_settlement(bench.task, lane) == ("a b ü.txt",)
    assert "moved\n=======\nsettled\n" in (lane.path / "a b ü.txt").read_text()
    (lane.path / "a b ü.txt").write_text("settled again\n")
    merge = await bench.settle(lane)

    assert (bench.task.path / "a b ü.txt").read_text() == "settled again\n"
    assert merge.files == ("a b ü.txt", "more.txt")
    bench.check_at_rest()


async def test_settled_in_favour_of_the_task_it_brings_nothing(bench, lane):
    head = await bench.workspaces.head(bench.task)
    await bench.workspaces.begin_settlement(bench.task, lane)
    bench.repository.git("checkout", "--quiet", "HEAD", "--", ".", folder=lane.path)
    (lane.path / "more.txt").unlink()

    assert await bench.settle(lane) == Merge(commit=head, files=())
    assert await bench.settle(lane) == Merge(commit=head, files=())


async def test_commits_made_while_settling_are_part_of_it(bench, lane):
    head = await bench.workspaces.head(bench.task)
    await bench.workspaces.begin_settlement(bench.task, lane)
    (lane.path / "a b ü.txt").write_text("settled\n")
    bench.repository.git("checkout", "--quiet", "-b", "elsewhere", folder=lane.path)
    bench.repository.git("add", "--all", folder=lane.path)
    bench.repository.git("commit", "--quiet", "-m", "By the agent", folder=lane.path)

    merge = await bench.settle(lane)

    assert merge.files == ("a b ü.txt", "more.txt")
    assert bench.repository.git("rev-parse", f"{merge.commit}^") == head


@pytest.mark.parametrize("lost", ["undone", "folder deleted"])
async def test_a_settlement_that_was_lost_is_begun_again_and_never_taken_for_settled(bench, lane, lost):
    await bench.workspaces.begin_settlement(bench.task, lane)
    if lost == "undone":
        await bench.workspaces.undo(lane)
    else:
        shutil.rmtree(lane.path)
        await bench.workspaces.open_lane(bench.task, lane="build", start=lane.base_commit)

    assert await bench.workspaces.unsettled(lane) == ("a b ü.txt",)
    assert await bench.settle(lane) == Conflict(files=("a b ü.txt",))
    assert await bench.workspaces.begin_settlement(bench.task, lane) == ("a b ü.txt",)
    assert "<<<<<<<" in (lane.path / "a b ü.txt").read_text()


async def test_a_lane_begun_anew_forgets_its_settlement(bench, lane):
    await bench.workspaces.begin_settlement(bench.task, lane)
    anew = await bench.lane("build")

    assert await bench.workspaces.unsettled(anew) == ()
    assert (await bench.merge(anew, Step="again")).files == ()
    assert "orchestrator-lanes" not in bench.repository.git("for-each-ref")


async def test_the_lanes_commits_stay_reachable_until_they_are_settled(bench, lane):
    tip = await bench.workspaces.head(lane)
    await bench.workspaces.begin_settlement(bench.task, lane)
    bench.repository.git("reflog", "expire", "--expire=now", "--all")
    bench.repository.git("gc", "--quiet", "--prune=now")
    assert bench.repository.git("cat-file", "-t", tip) == "commit"

    await bench.settle(lane)

    assert "orchestrator-lanes" not in bench.repository.git("for-each-ref")


async def test_the_note_tells_the_versions_and_leaves_a_file_of_that_name_alone(bench):
    await bench.commit(bench.task, {NOTE: "the project's own\n", "data.bin": b"\x00base"}, Step="plan")
    lane = await bench.lane("build")
    await bench.commit(bench.task, {"data.bin": b"\x00task"}, Step="other")
    await bench.commit(lane, {"data.bin": b"\x00lane"}, Step="build")

    await bench.workspaces.begin_settlement(bench.task, lane)

    note = (lane.path / "CONFLICTS-2.txt").read_text()
    blob = bench.repository.git("rev-parse", f"{lane.branch}:data.bin")
    assert f"on the task's branch: git show {blob}" in note
    assert "CONFLICT (" in note
    (lane.path / "CONFLICTS-2.txt").write_text("settled\n")
    assert await bench.workspaces.unsettled(lane) == ()
    merge = await bench.settle(lane)
    assert merge == Merge(commit=await bench.workspaces.head(bench.task), files=())
    assert (bench.task.path / NOTE).read_text() == "the project's own\n"


async def test_a_file_replaced_by_a_link_is_not_followed(bench, lane, tmp_path):
    (tmp_path / "marked").write_text("<<<<<<< TASK_HEAD\n")
    await bench.workspaces.begin_settlement(bench.task, lane)
    (lane.path / "a b ü.txt").unlink()
    (lane.path / "a b ü.txt").symlink_to(tmp_path / "marked")

    assert await bench.workspaces.unsettled(lane) == ()


async def test_a_lane_whose_folder_is_gone_says_so(bench, lane):
    shutil.rmtree(lane.path)
    with pytest.raises(WorkspaceError, match="is gone"):
        await bench.workspaces.begin_settlement(bench.task, lane)
