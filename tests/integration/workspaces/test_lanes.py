"""Steps that run at the same time have worktrees of their own, which outlive crashes and go with their task."""

import asyncio
import os
import shutil
from datetime import UTC, datetime, timedelta

import pytest

from core.domain.errors import WorkspaceError
from core.domain.identity import TaskId
from core.workspaces.git import Git
from core.workspaces.workspace import CommitIdentity, DiffStat
from core.workspaces.workspaces import Workspaces

LONGEST = "a" * 63


async def test_a_lane_is_a_worktree_and_branch_beside_the_tasks(bench, home):
    start = await bench.commit(bench.task, {"a.txt": "a\n"}, Step="plan")

    lane = await bench.lane("build")

    assert (lane.task, lane.lane, lane.base_commit) == ("T142", "build", start)
    assert lane.branch == "orchestrate/T142-x--build"
    assert lane.path.parent == home / "worktrees"
    assert (lane.path / "a.txt").read_text() == "a\n"
    assert bench.repository.git("branch", "--show-current", folder=lane.path) == lane.branch
    assert bench.task.lane == ""


async def test_what_is_done_in_a_lane_stays_there(bench):
    lane = await bench.lane("build")
    commit = await bench.commit(lane, {"new.txt": "1\n2\n"}, Step="build")
    (lane.path / "more.txt").write_text("more\n")
    await bench.workspaces.undo(lane)

    assert await bench.workspaces.head(lane) == commit
    assert await bench.workspaces.changed_files(lane) == ("new.txt",)
    assert "+2" in await bench.workspaces.diff(lane)
    assert await bench.workspaces.stat(lane) == DiffStat(files=1, insertions=2, deletions=0)
    assert bench.status(lane) == ""
    assert await bench.workspaces.changed_files(bench.task) == ()
    assert not (bench.task.path / "new.txt").exists()


async def test_a_lane_never_takes_its_start_for_its_own_commit(bench):
    await bench.commit(bench.task, {"a.txt": "a\n"}, Step="build")
    lane = await bench.lane("build")
    assert await bench.workspaces.commit(lane, subject="Nothing", trailers={"Step": "build"}) is None


async def test_opened_again_it_is_as_it_was_left(bench):
    lane = await bench.lane("build")
    commit = await bench.commit(lane, {"a.txt": "a\n"}, Step="build")
    (lane.path / "half.txt").write_text("half\n")
    (lane.path / "readme.txt").write_text("changed\n")

    again = await bench.workspaces.open_lane(bench.task, lane="build", start=lane.base_commit)

    assert again == lane
    assert await bench.workspaces.head(again) == commit
    assert (lane.path / "half.txt").read_text() == "half\n"
    assert (lane.path / "readme.txt").read_text() == "changed\n"


async def test_with_another_start_it_begins_anew_but_for_ignored_files(bench):
    lane = await bench.lane("build")
    await bench.commit(lane, {"a.txt": "a\n"}, Step="build")
    (lane.path / "half.txt").write_text("half\n")
    (lane.path / "cache.log").write_text("cache\n")
    bench.repository.git("checkout", "--quiet", "--detach", folder=lane.path)
    start = await bench.commit(bench.task, {"b.txt": "b\n"}, Step="plan")

    anew = await bench.lane("build")

    assert (anew.path, anew.branch, anew.base_commit) == (lane.path, lane.branch, start)
    assert await bench.workspaces.head(anew) == start
    assert sorted(path.name for path in anew.path.iterdir()) == [
        ".git",
        ".gitignore",
        "b.txt",
        "cache.log",
        "readme.txt",
    ]
    assert bench.status(anew) == ""
    assert bench.repository.git("branch", "--show-current", folder=anew.path) == anew.branch


async def test_a_folder_deleted_by_hand_comes_back_with_what_was_committed(bench):
    lane = await bench.lane("build")
    await bench.commit(lane, {"a.txt": "a\n"}, Step="build")
    shutil.rmtree(lane.path)

    with pytest.raises(WorkspaceError, match="is gone"):
        await bench.workspaces.head(lane)
    assert await bench.workspaces.open_lane(bench.task, lane="build", start=lane.base_commit) == lane
    assert (lane.path / "a.txt").exists()


async def test_a_branch_deleted_by_hand_lets_the_lane_begin_anew(bench):
    lane = await bench.lane("build")
    await bench.commit(lane, {"a.txt": "a\n"}, Step="build")
    bench.repository.git("update-ref", "-d", f"refs/heads/{lane.branch}")

    await bench.lane("build")

    assert await bench.workspaces.head(lane) == lane.base_commit
    assert not (lane.path / "a.txt").exists()


@pytest.mark.parametrize("name", ["json", "-", "--", "_", "0", LONGEST, "a--b", "-2", "head"])
async def test_any_step_name_makes_a_lane(bench, name):
    other = await bench.lane("build")
    lane = await bench.lane(name)
    await bench.commit(lane, {"a.txt": "a\n"}, Step=name)

    assert lane.path != other.path
    assert await bench.lane(name) == lane
    merge = await bench.merge(lane)
    assert merge.files == ("a.txt",)
    await bench.workspaces.drop_lane(bench.task, lane=name)
    assert not lane.path.exists()
    assert other.path.exists()


@pytest.mark.parametrize("name", ["", "a/b", "A", "..", "a" * 64, "x.lock"])
async def test_what_is_no_step_name_is_refused(bench, name):
    with pytest.raises(WorkspaceError):
        await bench.lane(name)


async def test_a_start_that_is_no_commit_is_refused_and_leaves_nothing(bench, home):
    for start in ("0" * 40, "nowhere", "--all"):
        with pytest.raises(WorkspaceError, match="no commit"):
            await bench.lane("build", start=start)
    assert sorted(path.name for path in (home / "worktrees").iterdir()) == ["T142", "T142.json"]


async def test_a_branch_of_the_users_with_the_lanes_name_is_left_alone(bench):
    bench.repository.git("branch", "orchestrate/T142-x--build")
    bench.repository.git("branch", "orchestrate/T142-x--test/below")
    main = bench.repository.git("rev-parse", "main")

    build, test = await bench.lane("build"), await bench.lane("test")
    await bench.commit(build, {"a.txt": "a\n"}, Step="build")
    await bench.workspaces.drop_lane(bench.task, lane="build")

    assert build.branch == "orchestrate/T142-x--build-2"
    assert test.branch == "orchestrate/T142-x--test-2"
    assert bench.repository.git("rev-parse", "orchestrate/T142-x--build") == main


async def test_something_else_in_the_lanes_place_is_refused(bench, home):
    foreign = home / "worktrees" / (await bench.lane("build")).path.name.replace("build", "test")
    foreign.mkdir()
    with pytest.raises(WorkspaceError, match="belongs to something else"):
        await bench.lane("test")


async def test_a_lane_has_no_lanes(bench):
    lane = await bench.lane("build")
    with pytest.raises(WorkspaceError, match="belongs to a task"):
        await bench.workspaces.open_lane(lane, lane="test", start=lane.base_commit)


async def test_a_dropped_lane_leaves_nothing_and_may_be_dropped_again(bench, home):
    lane = await bench.lane("build")
    await bench.commit(lane, {"a.txt": "a\n"}, Step="build")
    (lane.path / "dirty.txt").write_text("dirty\n")

    for _ in range(2):
        await bench.workspaces.drop_lane(bench.task, lane="build")

    assert sorted(path.name for path in (home / "worktrees").iterdir()) == ["T142", "T142.json"]
    assert bench.repository.git("branch", "--list", "orchestrate/*--*") == ""
    assert len(bench.repository.git("worktree", "list").split("\n")) == 2


@pytest.mark.parametrize("keep_branch", [True, False])
async def test_a_removed_task_takes_its_lanes_along(bench, home, keep_branch):
    before = bench.repository.git("for-each-ref")
    for name in ("json", "build", "test"):
        await bench.commit(await bench.lane(name), {f"{name}.txt": "a\n"}, Step=name)

    for _ in range(2):
        await bench.workspaces.remove(
            bench.repository.project(), task=bench.task.task, branch=bench.task.branch, keep_branch=keep_branch
        )

    assert list((home / "worktrees").iterdir()) == []
    left = before if keep_branch else "\n".join(line for line in before.split("\n") if "T142" not in line)
    assert bench.repository.git("for-each-ref") == left


async def test_lanes_go_even_when_their_tasks_own_record_is_lost(bench, home):
    await bench.lane("build")
    shutil.rmtree(bench.task.path)
    (home / "worktrees" / "T142.json").unlink()
    assert await bench.workspaces.in_use() == ["T142"]

    await bench.workspaces.remove(bench.repository.project(), task=bench.task.task, branch=bench.task.branch)

    assert list((home / "worktrees").iterdir()) == []


async def test_lanes_go_even_when_the_repository_is_gone(bench, home):
    await bench.lane("build")
    shutil.rmtree(bench.repository.path)

    await bench.workspaces.remove(bench.repository.project(), task=bench.task.task, branch=bench.task.branch)

    assert list((home / "worktrees").iterdir()) == []


async def test_retention_and_bounds_know_tasks_and_not_lanes(bench, home):
    await bench.workspaces.prepare(bench.repository.project(), task=TaskId("T143"), slug="y")
    lane = await bench.lane("build")
    long_ago = datetime(2020, 1, 1, tzinfo=UTC)
    for number, record in enumerate(sorted((home / "worktrees").glob("*.json"))):
        os.utime(record, (long_ago.timestamp() + number, long_ago.timestamp() + number))

    soon = long_ago + timedelta(days=1)
    assert await bench.workspaces.expired(older_than=soon) == ["T142", "T143"]
    assert await bench.workspaces.in_use() == ["T142", "T143"]
    await bench.commit(lane, {"a.txt": "a\n"}, Step="build")
    assert await bench.workspaces.expired(older_than=soon) == ["T143"]
    assert await bench.workspaces.in_use() == ["T143", "T142"]
    await bench.workspaces.remove(bench.repository.project(), task=TaskId("T143"), branch="orchestrate/T143-y")
    assert await bench.workspaces.in_use() == ["T142"]


async def test_the_size_grows_with_what_is_below_the_folder_alone(bench, tmp_path):
    (tmp_path / "outside").write_bytes(bytes(5_000_000))
    before = await bench.workspaces.size_bytes()
    (bench.task.path / "noise.log").write_bytes(bytes(1_000_000))
    (bench.task.path / "link").symlink_to(tmp_path / "outside")

    assert 1_000_000 <= await bench.workspaces.size_bytes() - before < 1_001_000


async def test_locks_left_in_a_lane_by_a_killed_agent_are_cleared(bench):
    lane = await bench.lane("build")
    git_dir = bench.repository.path / ".git/worktrees" / lane.path.name
    for name in ("index", "HEAD", "TASK_HEAD"):
        (git_dir / f"{name}.lock").write_text("")
    (bench.repository.path / f".git/refs/heads/{lane.branch}.lock").write_text("")

    assert await bench.commit(lane, {"a.txt": "a\n"}, Step="build")


async def test_a_lock_that_a_running_git_holds_is_left_and_its_holder_named(bench, home):
    lane = await bench.lane("build")
    lock = bench.repository.path / ".git/worktrees" / lane.path.name / "index.lock"
    lock.write_text("")
    (lane.path / "a.txt").write_text("a\n")
    git = Git(lock_retries_s=())
    workspaces = Workspaces(folder=home / "worktrees", identity=CommitIdentity(name="a", email="b"), git=git)
    holder = await asyncio.create_subprocess_exec(
        *("git", "cat-file", "--batch"), cwd=lane.path, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE
    )
    assert holder.stdin is not None
    assert holder.stdout is not None
    try:
        holder.stdin.write(b"HEAD\n")
        await holder.stdout.readline()  # it is at work
        with pytest.raises(WorkspaceError, match=rf"held by git \(process {holder.pid}\)"):
            await workspaces.commit(lane, subject="Add", trailers={"Step": "build"})
        assert lock.exists()
    finally:
        holder.stdin.close()
        await holder.communicate()
    assert await workspaces.commit(lane, subject="Add", trailers={"Step": "build"})


async def test_a_lane_of_the_tasks_former_branch_is_not_taken_for_its_own(bench, home):
    await bench.lane("build")
    record = home / "worktrees" / "T142.lane-build.json"
    record.write_text(record.read_text().replace("T142-x--build", "T142-former--build"))
    with pytest.raises(WorkspaceError, match="belongs to something else"):
        await bench.lane("build")


async def test_a_lane_pointed_at_the_users_repository_is_refused(bench):
    lane = await bench.lane("build")
    (lane.path / ".git").write_text(f"gitdir: {bench.repository.path}/.git\n")

    for action in (bench.workspaces.undo(lane), bench.workspaces.unsettled(lane), bench.settle(lane)):
        with pytest.raises(WorkspaceError, match="no longer points"):
            await action


async def test_lanes_work_in_a_clone_of_our_own(workspaces, new_repository):
    remote = new_repository("remote")
    project = remote.project().__class__(name="shop", repository=f"file://{remote.path}")
    task = await workspaces.prepare(project, task=TaskId("T1"), slug="x")
    lane = await workspaces.open_lane(task, lane="build", start=task.base_commit)
    (lane.path / "a.txt").write_text("a\n")
    await workspaces.commit(lane, subject="Add", trailers={"Step": "build"})

    assert (await workspaces.merge_lane(task, lane, trailers={"Step": "build"})).files == ("a.txt",)
    assert (task.path / "a.txt").exists()
