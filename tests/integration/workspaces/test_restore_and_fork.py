"""A task goes back to an earlier commit without losing the later ones, and another begins where one has been."""

import shutil

import pytest

from core.domain.errors import WorkspaceError
from core.domain.identity import TaskId
from core.workspaces.workspace import DiffStat

FORK = TaskId("T143")


async def _fork(bench, *, start: str, slug: str = "y", **changes: str):
    return await bench.workspaces.fork(
        bench.repository.project(),
        task=FORK,
        slug=slug,
        start=start,
        **({"base_branch": "main", "base_commit": bench.task.base_commit} | changes),
    )


class TestRestore:
    async def test_sets_branch_and_files_back_and_keeps_the_old_head(self, bench):
        first = await bench.commit(bench.task, {"a.txt": "1\n"}, Step="1")
        old = await bench.commit(bench.task, {"a.txt": "2\n", "b.txt": "b\n"}, Step="2")
        (bench.task.path / "a.txt").write_text("dirty\n")
        (bench.task.path / "new.txt").write_text("new\n")
        (bench.task.path / "noise.log").write_text("ignored\n")

        kept = await bench.workspaces.restore(bench.task, commit=first, keep_as="life-1")

        assert kept == "refs/orchestrator/T142/life-1"
        assert bench.repository.git("rev-parse", kept) == old
        assert await bench.workspaces.head(bench.task) == first
        assert sorted(path.name for path in bench.task.path.iterdir()) == [
            *(".git", ".gitignore", "a.txt", "noise.log", "readme.txt")
        ]
        assert (bench.task.path / "a.txt").read_text() == "1\n"
        bench.check_at_rest()

    async def test_goes_back_to_the_base_and_drops_the_lanes(self, bench, home):
        await bench.commit(bench.task, {"a.txt": "1\n"}, Step="1")
        lane = await bench.lane("build")
        await bench.commit(lane, {"b.txt": "1\n"}, Step="build")

        await bench.workspaces.restore(bench.task, commit=bench.task.base_commit, keep_as="life-1")

        assert await bench.workspaces.changed_files(bench.task) == ()
        assert sorted(path.name for path in (home / "worktrees").iterdir()) == ["T142", "T142.json"]
        assert bench.repository.git("branch", "--list", "orchestrate/*--*") == ""
        bench.check_at_rest()

    async def test_done_again_it_changes_nothing(self, bench):
        first = await bench.commit(bench.task, {"a.txt": "1\n"}, Step="1")
        await bench.commit(bench.task, {"a.txt": "2\n"}, Step="2")
        kept = await bench.workspaces.restore(bench.task, commit=first, keep_as="life-1")
        refs = bench.repository.git("for-each-ref")

        assert await bench.workspaces.restore(bench.task, commit=first, keep_as="life-1") == kept
        assert bench.repository.git("for-each-ref") == refs

    async def test_never_forgets_what_a_name_keeps(self, bench):
        first = await bench.commit(bench.task, {"a.txt": "1\n"}, Step="1")
        await bench.commit(bench.task, {"a.txt": "2\n"}, Step="2")
        await bench.workspaces.restore(bench.task, commit=first, keep_as="life-1")
        head = await bench.commit(bench.task, {"a.txt": "3\n"}, Step="3")

        with pytest.raises(WorkspaceError, match="already keeps another head"):
            await bench.workspaces.restore(bench.task, commit=first, keep_as="life-1")
        assert await bench.workspaces.head(bench.task) == head
        assert await bench.workspaces.restore(bench.task, commit=first, keep_as="life-2")

    async def test_to_where_it_is_only_cleans(self, bench):
        head = await bench.commit(bench.task, {"a.txt": "1\n"}, Step="1")
        (bench.task.path / "new.txt").write_text("new\n")

        kept = await bench.workspaces.restore(bench.task, commit=head, keep_as="life-1")

        assert bench.repository.git("rev-parse", kept) == head
        bench.check_at_rest()

    @pytest.mark.parametrize("where", ["0" * 40, "--all", "newer main", "a lane's"])
    async def test_to_where_it_never_was_is_refused(self, bench, where):
        head = await bench.commit(bench.task, {"a.txt": "1\n"}, Step="1")
        lane = await bench.lane("build")
        commit = {
            "newer main": bench.repository.commit("readme.txt", "newer\n"),
            "a lane's": await bench.commit(lane, {"b.txt": "1\n"}, Step="build"),
        }.get(where, where)
        (bench.task.path / "dirty.txt").write_text("dirty\n")

        with pytest.raises(WorkspaceError):
            await bench.workspaces.restore(bench.task, commit=commit, keep_as="life-1")

        assert await bench.workspaces.head(bench.task) == head
        assert (bench.task.path / "dirty.txt").exists()
        assert lane.path.exists()
        assert "refs/orchestrator/" not in bench.repository.git("for-each-ref")

    @pytest.mark.parametrize("name", ["", "../heads/main", "a/b", "x.lock", "-a", "a b", "a" * 101])
    async def test_a_name_that_is_none_is_refused(self, bench, name):
        with pytest.raises(WorkspaceError, match="name of a kept head"):
            await bench.workspaces.restore(bench.task, commit=bench.task.base_commit, keep_as=name)

    async def test_a_lane_cannot_be_restored(self, bench):
        lane = await bench.lane("build")
        with pytest.raises(WorkspaceError, match="is a lane"):
            await bench.workspaces.restore(lane, commit=lane.base_commit, keep_as="life-1")

    async def test_a_lane_merged_before_is_merged_again_after_it(self, bench):
        lane = await bench.lane("build")
        await bench.commit(lane, {"a.txt": "1\n"}, Step="build")
        first = await bench.merge(lane)
        await bench.workspaces.restore(bench.task, commit=bench.task.base_commit, keep_as="life-1")
        lane = await bench.lane("build")
        await bench.commit(lane, {"a.txt": "2\n"}, Step="build")

        merge = await bench.merge(lane)

        assert merge.commit != first.commit
        assert (bench.task.path / "a.txt").read_text() == "2\n"

    @pytest.mark.parametrize("keep_branch", [True, False])
    async def test_kept_heads_go_with_the_branch(self, bench, keep_branch):
        await bench.commit(bench.task, {"a.txt": "1\n"}, Step="1")
        kept = await bench.workspaces.restore(bench.task, commit=bench.task.base_commit, keep_as="life-1")

        await bench.workspaces.remove(
            bench.repository.project(), task=bench.task.task, branch=bench.task.branch, keep_branch=keep_branch
        )

        assert (kept in bench.repository.git("for-each-ref")) == keep_branch


class TestFork:
    async def test_begins_at_another_tasks_commit_and_shows_all_the_work(self, bench, home):
        start = await bench.commit(bench.task, {"a.txt": "1\n2\n"}, Step="1")
        await bench.commit(bench.task, {"later.txt": "later\n"}, Step="2")

        fork = await _fork(bench, start=start)

        assert (fork.branch, fork.path) == ("orchestrate/T143-y", home / "worktrees" / "T143")
        assert fork.base_commit == bench.task.base_commit
        assert await bench.workspaces.head(fork) == start
        assert not (fork.path / "later.txt").exists()
        await bench.commit(fork, {"b.txt": "b\n"}, Step="1")
        assert await bench.workspaces.changed_files(fork) == ("a.txt", "b.txt")
        assert await bench.workspaces.changed_files(bench.task) == ("a.txt", "later.txt")

    async def test_forked_again_it_is_the_same_with_its_work(self, bench):
        start = await bench.commit(bench.task, {"a.txt": "1\n"}, Step="1")
        fork = await _fork(bench, start=start)
        head = await bench.commit(fork, {"b.txt": "b\n"}, Step="1")
        (fork.path / "dirty.txt").write_text("dirty\n")

        assert await _fork(bench, start=start) == fork
        opened = await bench.workspaces.open(
            bench.repository.project(), task=FORK, branch=fork.branch, base_branch="main", base_commit=fork.base_commit
        )
        assert opened == fork
        assert await _fork(bench, start=start) == fork
        assert (fork.path / "dirty.txt").exists()
        shutil.rmtree(fork.path)
        assert await _fork(bench, start=start) == fork
        assert await bench.workspaces.head(fork) == head

    async def test_at_the_base_it_is_a_fresh_start(self, bench):
        await bench.commit(bench.task, {"a.txt": "1\n"}, Step="1")
        fork = await _fork(bench, start=bench.task.base_commit)
        assert await bench.workspaces.changed_files(fork) == ()

    async def test_lives_on_when_the_first_task_is_gone(self, bench):
        start = await bench.commit(bench.task, {"a.txt": "1\n"}, Step="1")
        fork = await _fork(bench, start=start)
        await bench.workspaces.remove(
            bench.repository.project(), task=bench.task.task, branch=bench.task.branch, keep_branch=False
        )
        assert await bench.workspaces.changed_files(fork) == ("a.txt",)

    async def test_a_commit_that_is_no_work_since_the_base_is_refused(self, bench, home):
        other = bench.repository.commit("readme.txt", "newer\n")
        for start, base_commit in (("0" * 40, bench.task.base_commit), (bench.task.base_commit, other)):
            with pytest.raises(WorkspaceError):
                await _fork(bench, start=start, base_commit=base_commit)
        assert bench.repository.git("branch", "--list", "orchestrate/T143*") == ""
        assert not (home / "worktrees" / "T143.json").exists()

    async def test_another_fork_of_the_same_number_is_not_taken_for_this_one(self, bench):
        start = await bench.commit(bench.task, {"a.txt": "1\n"}, Step="1")
        await _fork(bench, start=start)
        for start_at, slug in ((bench.task.base_commit, "y"), (start, "another")):
            with pytest.raises(WorkspaceError, match="belongs to something else"):
                await _fork(bench, start=start_at, slug=slug)

    async def test_a_taken_branch_name_gets_a_number(self, bench):
        bench.repository.git("branch", "orchestrate/T143-y")
        fork = await _fork(bench, start=bench.task.base_commit)
        assert fork.branch == "orchestrate/T143-y-2"
        assert await _fork(bench, start=bench.task.base_commit) == fork

    async def test_has_lanes_and_goes_back_like_any_task(self, bench):
        start = await bench.commit(bench.task, {"a.txt": "1\n"}, Step="build")
        fork = await _fork(bench, start=start)
        lane = await bench.workspaces.open_lane(fork, lane="build", start=start)
        await bench.commit(lane, {"b.txt": "b\n"}, Task="T143", Step="build")

        merge = await bench.workspaces.merge_lane(fork, lane, trailers={"Task": "T143", "Step": "build"})

        assert merge.files == ("b.txt",)
        await bench.workspaces.restore(fork, commit=start, keep_as="life-1")
        assert await bench.workspaces.head(fork) == start


class TestStat:
    async def test_counts_files_and_lines_from_base_to_head(self, bench):
        text = "".join(f"{number}\n" for number in range(20))
        await bench.commit(bench.task, {"one.txt": text, "data.bin": bytes(1000)}, Step="1")
        await bench.commit(bench.task, {"readme.txt": None}, Step="2")
        (bench.task.path / "dirty.txt").write_text("never counted\n")

        assert await bench.workspaces.stat(bench.task) == DiffStat(files=3, insertions=20, deletions=1)

    async def test_a_rename_is_one_file_and_nothing_is_nothing(self, bench):
        assert await bench.workspaces.stat(bench.task) == DiffStat(files=0, insertions=0, deletions=0)
        shutil.move(bench.task.path / "readme.txt", bench.task.path / "renamed ü.txt")
        await bench.workspaces.commit(bench.task, subject="Rename", trailers={"Step": "1"})
        assert await bench.workspaces.stat(bench.task) == DiffStat(files=1, insertions=0, deletions=0)
