"""Lanes come together on the task's branch in order, or say in which files they cannot, and then nothing changes."""

import asyncio
import os
import shutil

import pytest

from core.domain.errors import WorkspaceError
from core.workspaces.git import Git
from core.workspaces.merging import MAX_PICKED_COMMITS
from core.workspaces.workspace import CommitIdentity, Conflict, Merge
from core.workspaces.workspaces import Workspaces


async def test_a_lanes_commit_arrives_with_its_message_and_files(bench):
    lane = await bench.lane("build")
    await bench.commit(bench.task, {"b.txt": "b\n"}, Step="plan")
    await bench.commit(lane, {"a.txt": "a\n", "readme.txt": None}, Step="build", Round="1")

    merge = await bench.merge(lane, Step="build", Round="1")

    assert merge == Merge(commit=await bench.workspaces.head(bench.task), files=("a.txt", "readme.txt"))
    assert bench.log(bench.task) == ["Change b.txt", "Change a.txt, readme.txt"]
    message = bench.repository.git("log", "-1", "--format=%B", merge.commit).strip("\n")
    assert message == "Change a.txt, readme.txt\n\nStep: build\nRound: 1"
    people = bench.repository.git("log", "-1", "--format=%an <%ae>|%cn <%ce>", merge.commit)
    assert people == "|".join(["Orchestrator <bot@example.invalid>"] * 2)
    assert (bench.task.path / "a.txt").read_text() == "a\n"
    assert not (bench.task.path / "readme.txt").exists()
    bench.check_at_rest()


async def test_several_commits_arrive_one_by_one_and_the_last_has_the_key(bench):
    lane = await bench.lane("build")
    for number in ("1", "2", "3"):
        await bench.commit(lane, {"a.txt": f"{number}\n", f"{number}.txt": "x\n"}, Step="build", Round=number)

    merge = await bench.merge(lane, Task="T142", Step="build")

    assert merge.files == ("1.txt", "2.txt", "3.txt", "a.txt")
    assert bench.log(bench.task) == ["Change a.txt, 1.txt", "Change a.txt, 2.txt", "Change a.txt, 3.txt"]
    keys = bench.log(bench.task, "%(trailers:only=true,unfold=true,separator=%x2C)")
    assert keys == ["Step: build,Round: 1", "Step: build,Round: 2", "Task: T142,Step: build"]


async def test_commits_that_an_agent_made_itself_are_kept_under_our_name(bench):
    lane = await bench.lane("build")
    (lane.path / "a.txt").write_text("a\n")
    bench.repository.git("add", "--all", folder=lane.path)
    bench.repository.git("commit", "--quiet", "-m", "By the agent: ü\n\nAt length.", folder=lane.path)

    merge = await bench.merge(lane)

    assert bench.repository.git("log", "-1", "--format=%an|%B", merge.commit).strip() == (
        "Orchestrator|By the agent: ü\n\nAt length.\n\nStep: build"
    )


async def test_merge_commits_in_a_lane_become_linear(bench):
    lane = await bench.lane("build")
    bench.repository.commit("main.txt", "main went on\n")
    await bench.commit(lane, {"a.txt": "a\n"}, Step="build")
    bench.repository.git("merge", "--quiet", "--no-edit", "main", folder=lane.path)

    merge = await bench.merge(lane)

    assert merge.files == ("a.txt", "main.txt")
    bench.check_at_rest()


async def test_a_lane_whose_history_was_rewritten_arrives_as_one_change(bench):
    await bench.commit(bench.task, {"b.txt": "b\n"}, Step="plan")
    lane = await bench.lane("build")
    bench.repository.git("reset", "--quiet", "--hard", "main", folder=lane.path)
    await bench.commit(lane, {"a.txt": "a\n"}, Step="build")

    merge = await bench.merge(lane)

    assert merge.files == ("a.txt", "b.txt")  # the agent took b.txt back
    assert bench.log(bench.task) == ["Change b.txt", "Change a.txt"]
    bench.check_at_rest()


async def test_commits_that_clash_one_by_one_but_not_as_a_whole_arrive_as_one(bench):
    lane = await bench.lane("build")
    await bench.commit(bench.task, {"readme.txt": "task\n"}, Step="plan")
    await bench.commit(lane, {"readme.txt": "lane\n"}, Round="1")
    await bench.commit(lane, {"readme.txt": "hello\n", "a.txt": "a\n"}, Round="2")

    merge = await bench.merge(lane)

    assert merge.files == ("a.txt",)
    assert len(bench.log(bench.task)) == 2
    assert (bench.task.path / "readme.txt").read_text() == "task\n"


async def test_two_lanes_in_order_bring_both_changes_of_one_file(bench):
    await bench.commit(bench.task, {"long.txt": "".join(f"{n}\n" for n in range(30))}, Step="plan")
    first, second = await bench.lane("first"), await bench.lane("second")
    text = (first.path / "long.txt").read_text()
    await bench.commit(first, {"long.txt": text.replace("2\n3\n", "2\nfirst\n3\n"), "one.txt": "1\n"}, Step="first")
    await bench.commit(second, {"long.txt": text + "second\n", "two.txt": "2\n"}, Step="second")

    assert (await bench.merge(first)).files == ("long.txt", "one.txt")
    assert (await bench.merge(second)).files == ("long.txt", "two.txt")

    merged = (bench.task.path / "long.txt").read_text()
    assert "first\n" in merged
    assert merged.endswith("second\n")
    bench.check_at_rest()


async def test_merged_again_it_is_the_same_answer(bench):
    lane = await bench.lane("build")
    for number in ("1", "2"):
        await bench.commit(lane, {f"{number}.txt": "x\n"}, Step="build", Round=number)
    merge = await bench.merge(lane)
    await bench.commit(bench.task, {"later.txt": "later\n"}, Step="later")
    (bench.task.path / "dirty.txt").write_text("work of the next step\n")

    assert await bench.merge(lane) == merge
    assert (bench.task.path / "dirty.txt").exists()
    await bench.workspaces.drop_lane(bench.task, lane="build")
    assert (await bench.merge(lane)).commit == merge.commit


async def test_a_lane_without_changes_brings_nothing(bench):
    lane = await bench.lane("build")
    (lane.path / "dirty.txt").write_text("never committed\n")
    head = await bench.commit(bench.task, {"b.txt": "b\n"}, Step="plan")

    assert await bench.merge(lane) == Merge(commit=head, files=())


async def test_a_change_that_is_there_already_brings_nothing(bench):
    lane = await bench.lane("build")
    await bench.commit(lane, {"same.txt": "same\n"}, Step="build")
    head = await bench.commit(bench.task, {"same.txt": "same\n"}, Step="plan")

    assert await bench.merge(lane) == Merge(commit=head, files=())


async def test_of_several_commits_those_that_are_there_already_are_left_out(bench):
    lane = await bench.lane("build")
    for number in ("1", "2", "3"):
        await bench.commit(lane, {f"{number}.txt": "x\n"}, Step="build", Round=number)
    await bench.commit(bench.task, {"2.txt": "x\n", "3.txt": "x\n"}, Step="other")

    assert (await bench.merge(lane)).files == ("1.txt",)
    assert bench.log(bench.task) == ["Change 2.txt, 3.txt", "Change 1.txt"]
    assert bench.log(bench.task, "%(trailers:only=true,separator=%x2C)")[-1] == "Step: build"


async def test_a_lane_of_very_many_commits_arrives_as_one(bench):
    lane = await bench.lane("build")
    for number in range(MAX_PICKED_COMMITS + 1):
        bench.repository.git("commit", "--quiet", "--allow-empty", "-m", f"Commit {number}", folder=lane.path)
    await bench.commit(lane, {"a.txt": "a\n"}, Step="build")

    assert (await bench.merge(lane)).files == ("a.txt",)
    assert bench.log(bench.task) == ["Change a.txt"]


async def test_without_a_key_a_repeated_merge_brings_nothing_new(bench):
    lane = await bench.lane("build")
    await bench.commit(lane, {"a.txt": "a\n"}, Step="build")
    first = await bench.workspaces.merge_lane(bench.task, lane, trailers={})

    assert first.files == ("a.txt",)
    assert await bench.workspaces.merge_lane(bench.task, lane, trailers={}) == Merge(commit=first.commit, files=())


async def test_a_branch_that_moved_meanwhile_is_left_where_it_is(bench, home, tmp_path):
    lane = await bench.lane("build")
    await bench.commit(lane, {"a.txt": "a\n"}, Step="build")
    program = tmp_path / "git"
    there = f"refs/heads/{bench.task.branch}"
    newer = bench.repository.git("commit-tree", "-p", bench.task.base_commit, "-m", "Newer", "main^{tree}")
    program.write_text(f'#!/bin/sh\ncase "$*" in *read-tree*) git update-ref {there} {newer};; esac\nexec git "$@"\n')
    program.chmod(0o755)
    git = Git(executable=str(program), lock_retries_s=())
    workspaces = Workspaces(folder=home / "worktrees", identity=CommitIdentity(name="a", email="b"), git=git)

    with pytest.raises(WorkspaceError, match="Could not move"):
        await workspaces.merge_lane(bench.task, lane, trailers={"Step": "build"})

    assert await bench.workspaces.head(bench.task) == newer
    bench.check_at_rest()
    assert (await bench.merge(lane)).files == ("a.txt",)


async def test_a_lane_whose_branch_is_gone_says_so(bench):
    lane = await bench.lane("build")
    bench.repository.git("update-ref", "-d", f"refs/heads/{lane.branch}")
    with pytest.raises(WorkspaceError, match="no commit refs/heads/orchestrate/T142-x--build"):
        await bench.merge(lane)
    await bench.workspaces.drop_lane(bench.task, lane="build")
    with pytest.raises(WorkspaceError, match="no worktree of T142"):
        await bench.merge(lane)


async def test_uncommitted_work_in_a_lane_neither_arrives_nor_goes(bench):
    lane = await bench.lane("build")
    await bench.commit(lane, {"a.txt": "a\n"}, Step="build")
    (lane.path / "dirty.txt").write_text("dirty\n")
    (lane.path / "readme.txt").write_text("dirty\n")

    assert (await bench.merge(lane)).files == ("a.txt",)
    assert (lane.path / "dirty.txt").exists()
    assert (lane.path / "readme.txt").read_text() == "dirty\n"


async def test_a_conflict_leaves_the_task_as_it_is(bench):
    lane = await bench.lane("build")
    await bench.commit(lane, {"readme.txt": "lane\n", "a.txt": "a\n"}, Step="build")
    head = await bench.commit(bench.task, {"readme.txt": "task\n"}, Step="plan")
    (bench.task.path / "noise.log").write_text("ignored\n")
    refs = bench.repository.git("for-each-ref")

    assert await bench.merge(lane) == Conflict(files=("readme.txt",))

    assert await bench.workspaces.head(bench.task) == head
    assert bench.repository.git("for-each-ref") == refs
    assert (bench.task.path / "noise.log").exists()
    bench.check_at_rest()


async def test_the_tasks_worktree_follows_whatever_was_left_in_it(bench):
    lane = await bench.lane("build")
    await bench.commit(lane, {"a.txt": "a\n", "readme.txt": "lane\n", "folder/b.txt": "b\n"}, Step="build")
    (bench.task.path / "readme.txt").write_text("left\n")
    (bench.task.path / "a.txt").write_text("in the way\n")
    (bench.task.path / "folder").write_text("in the way\n")
    (bench.task.path / "noise.log").write_text("kept\n")
    bench.repository.git("checkout", "--quiet", "--detach", folder=bench.task.path)

    await bench.merge(lane)

    assert (bench.task.path / "a.txt").read_text() == "a\n"
    assert (bench.task.path / "readme.txt").read_text() == "lane\n"
    assert (bench.task.path / "folder" / "b.txt").read_text() == "b\n"
    assert (bench.task.path / "noise.log").exists()
    bench.check_at_rest()


@pytest.mark.parametrize("deleted", ["lane", "task"])
async def test_a_worktree_folder_deleted_by_hand(bench, deleted):
    lane = await bench.lane("build")
    await bench.commit(lane, {"a.txt": "a\n"}, Step="build")
    if deleted == "lane":
        shutil.rmtree(lane.path)
        assert (await bench.merge(lane)).files == ("a.txt",)
    else:
        shutil.rmtree(bench.task.path)
        with pytest.raises(WorkspaceError, match="is gone"):
            await bench.merge(lane)
        await bench.workspaces.prepare(bench.repository.project(), task=bench.task.task, slug="x")
        assert (await bench.merge(lane)).files == ("a.txt",)
    assert (bench.task.path / "a.txt").exists()
    bench.check_at_rest()


async def test_renames_modes_links_binaries_and_odd_names_arrive_whole(bench):
    long_text = "".join(f"line {number}\n" for number in range(50))
    await bench.commit(bench.task, {"old name.txt": long_text, "run.sh": "#!/bin/sh\n"}, Step="plan")
    lane = await bench.lane("build")
    await bench.commit(bench.task, {"old name.txt": long_text.replace("line 3\n", "LINE 3\n")}, Step="more")
    shutil.move(lane.path / "old name.txt", lane.path / "neuer Näme ✓.txt")
    (lane.path / "run.sh").chmod(0o755)
    (lane.path / "link").symlink_to("run.sh")
    (lane.path / "a\tb\n\"'.txt").write_text("odd\n")
    await bench.commit(lane, {"プロジェクト/bin.dat": bytes(range(256))}, Step="build")

    merge = await bench.merge(lane)

    assert isinstance(merge, Merge)
    assert "neuer Näme ✓.txt" in merge.files
    assert "a\tb\n\"'.txt" in merge.files
    assert "LINE 3" in (bench.task.path / "neuer Näme ✓.txt").read_text()
    assert not (bench.task.path / "old name.txt").exists()
    assert os.access(bench.task.path / "run.sh", os.X_OK)
    assert (bench.task.path / "link").readlink().name == "run.sh"
    assert (bench.task.path / "プロジェクト/bin.dat").read_bytes() == bytes(range(256))
    bench.check_at_rest()


async def test_no_hook_driver_or_setting_interferes(bench, tmp_path):
    for name in ("post-checkout", "post-merge", "pre-commit", "reference-transaction", "post-index-change"):
        hook = bench.repository.write(f".git/hooks/{name}", f"#!/bin/sh\ntouch {tmp_path}/ran\nexit 1\n")
        hook.chmod(0o755)
    for name, value in (
        ("merge.evil.driver", f"touch {tmp_path}/ran; false"),
        ("merge.default", "evil"),
        ("merge.renames", "false"),
        ("merge.conflictStyle", "diff3"),
        ("rerere.enabled", "true"),
        ("rerere.autoUpdate", "true"),
        ("commit.gpgSign", "true"),
        ("merge.verifySignatures", "true"),
    ):
        bench.repository.git("config", name, value)
    text = "".join(f"{n}\n" for n in range(20))
    await bench.commit(bench.task, {".gitattributes": "*.txt merge=evil\n", "a.txt": text}, Step="plan")
    lane, other = await bench.lane("build"), await bench.lane("other")
    await bench.commit(bench.task, {"a.txt": text.replace("3\n", "three\n", 1)}, Step="more")
    await bench.commit(lane, {"a.txt": text + "end\n"}, Step="build")
    await bench.commit(other, {"a.txt": text.replace("3\n", "THREE\n", 1)}, Step="other")

    assert (await bench.merge(lane)).files == ("a.txt",)
    assert await bench.merge(other) == Conflict(files=("a.txt",))
    assert await bench.workspaces.begin_settlement(bench.task, other) == ("a.txt",)
    assert "|||||||" not in (other.path / "a.txt").read_text()
    (other.path / "a.txt").write_text("settled\n")
    assert (await bench.settle(other)).files == ("a.txt",)
    assert not (tmp_path / "ran").exists()
    assert not (bench.repository.path / ".git" / "rr-cache").exists()


async def test_a_merge_driver_that_cannot_be_switched_off_is_told(bench):
    bench.repository.git("config", "--file", str(bench.repository.path / ".git/config"), "merge.a=b.driver", "true")
    lane = await bench.lane("build")
    await bench.commit(lane, {"a.txt": "a\n"}, Step="build")
    with pytest.raises(WorkspaceError, match="cannot be switched off"):
        await bench.merge(lane)


async def test_an_agents_symbolic_references_lead_nowhere(bench):
    main = bench.repository.git("rev-parse", "main")
    lane = await bench.lane("build")
    await bench.commit(lane, {"a.txt": "a\n"}, Step="build")
    for folder in (bench.task.path, lane.path):
        for name in ("TASK_HEAD", "STEP_HEAD"):
            bench.repository.git("symbolic-ref", name, "refs/heads/main", folder=folder)

    assert (await bench.merge(lane)).files == ("a.txt",)
    assert bench.repository.git("rev-parse", "main") == main


async def test_lanes_merged_at_once_are_brought_one_after_the_other(bench):
    lanes = [await bench.lane(f"build-{number}") for number in range(4)]
    for number, lane in enumerate(lanes):
        await bench.commit(lane, {f"{number}.txt": "x\n"}, Step=lane.lane)

    merges = await asyncio.gather(*(bench.merge(lane) for lane in lanes))

    assert [merge.files for merge in merges] == [(f"{number}.txt",) for number in range(4)]
    assert len(bench.log(bench.task)) == 4
    bench.check_at_rest()


async def test_a_git_that_cannot_merge_is_told(bench, home, tmp_path):
    program = tmp_path / "old-git"
    program.write_text('#!/bin/sh\ncase "$*" in *version) echo git version 2.34.1;; *) exec git "$@";; esac\n')
    program.chmod(0o755)
    lane = await bench.lane("build")
    await bench.commit(lane, {"a.txt": "a\n"}, Step="build")
    old = Workspaces(
        folder=home / "worktrees", identity=CommitIdentity(name="a", email="b"), git=Git(executable=str(program))
    )

    with pytest.raises(WorkspaceError, match=r"takes git 2\.38, and this is 2\.34") as refused:
        await old.merge_lane(bench.task, lane, trailers={"Step": "build"})
    assert "sequential" in refused.value.hint


async def test_only_the_tasks_own_workspace_is_merged_into(bench):
    lane, other = await bench.lane("build"), await bench.lane("other")
    with pytest.raises(WorkspaceError, match="is a lane of T142"):
        await bench.workspaces.merge_lane(other, lane, trailers={"Step": "build"})


async def test_a_failed_checkout_leaves_branch_and_worktree_where_they_were(bench):
    lane = await bench.lane("build")
    await bench.commit(lane, {"a.txt": "a\n", "b.txt": "b\n"}, Step="build")
    bench.repository.git("config", "filter.full.smudge", "echo No space left on device >&2; false")
    bench.repository.git("config", "filter.full.clean", "cat")
    bench.repository.git("config", "filter.full.required", "true")
    bench.repository.write(".git/info/attributes", "b.txt filter=full\n")

    with pytest.raises(WorkspaceError, match="disk is full"):
        await bench.merge(lane)

    assert await bench.workspaces.head(bench.task) == bench.task.base_commit
    assert not (bench.task.path / "a.txt").exists()
    bench.check_at_rest()
    bench.repository.write(".git/info/attributes", "")
    assert (await bench.merge(lane)).files == ("a.txt", "b.txt")
