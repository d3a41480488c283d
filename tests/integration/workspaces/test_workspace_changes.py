"""What is committed, shown and undone in a worktree, whatever agents did to it."""

import asyncio
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from core.domain.errors import WorkspaceError
from core.domain.identity import TaskId
from core.workspaces.git import Git
from core.workspaces.workspace import CommitIdentity
from core.workspaces.workspaces import Workspaces
from tests.support.process_group import members_of_group
from tests.support.waiting import eventually, longer_and_longer

TASK = TaskId("T142")
TRAILERS = {"Task": "T142", "Step": "build", "Round": "1"}


@pytest.fixture
async def workspace(workspaces, repository):
    return await workspaces.prepare(repository.project(), task=TASK, slug="x")


class TestCommit:
    async def test_takes_all_that_is_not_ignored(self, workspaces, workspace, repository):
        (workspace.path / "new folder").mkdir()
        (workspace.path / "new folder" / "new.txt").write_text("new\n")
        (workspace.path / "noise.log").write_text("noise\n")
        (workspace.path / "readme.txt").unlink()

        commit = await workspaces.commit(workspace, subject="Fix it", body="Because.\n\nReally.", trailers=TRAILERS)

        assert commit == await workspaces.head(workspace)
        assert await workspaces.changed_files(workspace) == ("new folder/new.txt", "readme.txt")
        assert repository.git("log", "-1", "--format=%an <%ae>|%cn <%ce>", commit) == "|".join(
            ["Orchestrator <bot@example.invalid>"] * 2
        )
        message = repository.git("log", "-1", "--format=%B", commit).strip("\n")
        assert message == "Fix it\n\nBecause.\n\nReally.\n\nTask: T142\nStep: build\nRound: 1"

    async def test_of_nothing_is_none(self, workspaces, workspace):
        (workspace.path / "noise.log").write_text("noise\n")
        assert await workspaces.commit(workspace, subject="Fix it", trailers=TRAILERS) is None

    async def test_again_with_the_same_trailers_is_the_same_commit(self, workspaces, workspace):
        (workspace.path / "new.txt").write_text("new\n")
        first = await workspaces.commit(workspace, subject="Fix it", trailers=TRAILERS)

        assert await workspaces.commit(workspace, subject="Fix it", trailers=TRAILERS) == first
        assert await workspaces.commit(workspace, subject="Fix it", trailers=TRAILERS | {"Round": "2"}) is None
        assert await workspaces.commit(workspace, subject="Fix it", trailers={"Task": "T142"}) is None

    async def test_never_takes_the_base_for_its_own(self, workspaces, repository):
        repository.write("new.txt", "new\n")
        repository.git("add", "--all")
        repository.git("commit", "--quiet", "-m", "Ours?\n\nTask: T142")
        workspace = await workspaces.prepare(repository.project(), task=TASK, slug="x")

        assert await workspaces.commit(workspace, subject="Fix it", trailers={"Task": "T142"}) is None

    @pytest.mark.parametrize(
        "text",
        [
            "",
            "\x00\x1b[31m",
            "# not a comment",
            "a\n\nb",
            "\ud800",
            "--amend",
            "$(date) `id`",
            "\u202eمرحبا",
            "x" * 9000,
        ],
    )
    async def test_carries_any_text(self, workspaces, workspace, repository, text):
        (workspace.path / "new.txt").write_text("new\n")

        commit = await workspaces.commit(workspace, subject=text, body=text, trailers=TRAILERS | {"Why": text})

        assert commit == await workspaces.commit(workspace, subject=text, body=text, trailers=TRAILERS | {"Why": text})
        assert "\x1b" not in repository.git("log", "-1", "--format=%B", str(commit))

    async def test_collects_work_done_on_another_branch(self, workspaces, workspace, repository):
        repository.git("checkout", "--quiet", "-b", "elsewhere", folder=workspace.path)
        (workspace.path / "new.txt").write_text("new\n")
        repository.git("add", "--all", folder=workspace.path)
        repository.git("commit", "--quiet", "-m", "There", folder=workspace.path)

        await workspaces.commit(workspace, subject="Fix it", trailers=TRAILERS)

        assert await workspaces.changed_files(workspace) == ("new.txt",)
        assert repository.git("branch", "--show-current", folder=workspace.path) == workspace.branch

    async def test_runs_no_hook_and_asks_for_no_signature(self, workspaces, workspace, repository, tmp_path):
        for name in ("pre-commit", "commit-msg", "post-commit", "prepare-commit-msg", "reference-transaction"):
            hook = repository.write(f".git/hooks/{name}", f"#!/bin/sh\ntouch {tmp_path}/ran\nexit 1\n")
            hook.chmod(0o755)
        repository.git("config", "commit.gpgSign", "true")
        repository.git("config", "core.fsmonitor", f"touch {tmp_path}/ran; false")
        repository.git("config", "diff.external", f"touch {tmp_path}/ran; false")
        (workspace.path / "new.txt").write_text("new\n")

        assert await workspaces.commit(workspace, subject="Fix it", trailers=TRAILERS)
        assert "+new" in await workspaces.diff(workspace)
        assert not (tmp_path / "ran").exists()

    async def test_gives_git_no_secret(self, repository, home, tmp_path):
        program = tmp_path / "git"
        program.write_text(f'#!/bin/sh\nenv >> {tmp_path}/seen\nexec git "$@"\n')
        program.chmod(0o755)
        environment = dict(os.environ) | {
            "ORCHESTRATOR_SLACK__TOKEN": "hunter2",
            "ANTHROPIC_API_KEY": "hunter2",
            "GIT_DIR": "/hunter2",
            "GIT_SSH_COMMAND": "hunter2",
        }
        git = Git(executable=str(program), environment=environment)
        workspaces = Workspaces(folder=home / "worktrees", identity=CommitIdentity(name="a", email="b"), git=git)

        workspace = await workspaces.prepare(repository.project(), task=TASK, slug="x")
        (workspace.path / "new.txt").write_text("new\n")
        await workspaces.commit(workspace, subject="Fix it", trailers=TRAILERS)

        assert "hunter2" not in (tmp_path / "seen").read_text()
        assert "HOME=" in (tmp_path / "seen").read_text()


class TestDiff:
    async def test_shows_text_and_sums_up_binaries(self, workspaces, workspace):
        (workspace.path / "readme.txt").write_text("bye\n")
        (workspace.path / "picture.bin").write_bytes(bytes(range(256)) * 10)
        (workspace.path / "uncommitted").write_text("")
        await workspaces.commit(workspace, subject="Fix it", trailers=TRAILERS)
        (workspace.path / "readme.txt").write_text("later\n")

        diff = await workspaces.diff(workspace)

        assert "-hello\n+bye\n" in diff
        assert "Binary files /dev/null and b/picture.bin differ" in diff
        assert "later" not in diff

    async def test_over_the_limit_ends_at_a_whole_line_and_says_so(self, workspaces, workspace):
        (workspace.path / "long.txt").write_text("".join(f"line {number} ü\n" for number in range(1000)))
        await workspaces.commit(workspace, subject="Fix it", trailers=TRAILERS)
        whole = await workspaces.diff(workspace)

        cut = await workspaces.diff(workspace, max_bytes=1000)

        kept, _, note = cut.rstrip("\n").rpartition("\n")
        assert whole.startswith(kept + "\n")
        assert len(kept.encode()) < 1000
        missing = len(whole.encode()) - len(kept.encode()) - 1
        assert note == f"[diff shortened: {missing} more bytes]"


class TestUndo:
    async def test_throws_away_what_is_not_committed_and_keeps_ignored_files(self, workspaces, workspace, repository):
        (workspace.path / "kept.txt").write_text("kept\n")
        await workspaces.commit(workspace, subject="Fix it", trailers=TRAILERS)
        (workspace.path / "readme.txt").write_text("changed\n")
        (workspace.path / "new").mkdir()
        (workspace.path / "new" / "file.txt").write_text("new\n")
        (workspace.path / "noise.log").write_text("noise\n")
        repository.git("init", "--quiet", str(workspace.path / "cloned"))
        repository.git("add", "readme.txt", folder=workspace.path)

        await workspaces.undo(workspace)

        assert sorted(path.name for path in workspace.path.iterdir()) == [
            *(".git", ".gitignore", "kept.txt", "noise.log", "readme.txt")
        ]
        assert (workspace.path / "readme.txt").read_text() == "hello\n"

    async def test_returns_from_another_branch(self, workspaces, workspace, repository):
        repository.git("checkout", "--quiet", "--detach", folder=workspace.path)

        await workspaces.undo(workspace)

        assert repository.git("branch", "--show-current", folder=workspace.path) == workspace.branch


class TestTampering:
    async def test_a_worktree_pointed_at_the_users_repository_is_refused(self, workspaces, workspace, repository):
        repository.write("precious.txt", "not committed\n")
        (workspace.path / ".git").write_text(f"gitdir: {repository.path}/.git\n")

        for action in (workspaces.undo(workspace), workspaces.commit(workspace, subject="x", trailers=TRAILERS)):
            with pytest.raises(WorkspaceError, match="no longer points to the task's own place"):
                await action
        assert (repository.path / "precious.txt").exists()

    async def test_a_git_file_that_was_removed_is_put_back(self, workspaces, workspace):
        (workspace.path / ".git").unlink()
        (workspace.path / "new.txt").write_text("new\n")

        assert await workspaces.commit(workspace, subject="Fix it", trailers=TRAILERS)

    async def test_a_repository_made_in_its_place_is_refused(self, workspaces, workspace, repository):
        (workspace.path / ".git").unlink()
        repository.git("init", "--quiet", folder=workspace.path)

        with pytest.raises(WorkspaceError, match="no longer points"):
            await workspaces.undo(workspace)


class TestLocks:
    async def test_left_by_a_killed_agent_are_cleared(self, workspaces, workspace, repository):
        git_dir = repository.path / ".git/worktrees/T142"
        (git_dir / "index.lock").write_text("")
        (git_dir / "HEAD.lock").write_text("")
        (repository.path / f".git/refs/heads/{workspace.branch}.lock").write_text("")
        (workspace.path / "new.txt").write_text("new\n")

        assert await workspaces.commit(workspace, subject="Fix it", trailers=TRAILERS)

    async def test_of_the_users_repository_are_waited_for_then_told(self, workspace, repository, home):
        waited: list[float] = []

        async def pause(seconds: float) -> None:
            waited.append(seconds)

        git = Git(pause=pause, lock_retries_s=(0.7,))
        lock = repository.write(".git/packed-refs.lock", "")
        workspaces = Workspaces(folder=home / "worktrees", identity=CommitIdentity(name="a", email="b"), git=git)

        with pytest.raises(WorkspaceError, match="nobody that still runs") as refused:
            await workspaces.remove(repository.project(), task=TASK, branch=workspace.branch, keep_branch=False)

        assert str(lock) in refused.value.hint
        assert waited == [0.7]
        assert lock.exists()
        lock.unlink()
        await workspaces.remove(repository.project(), task=TASK, branch=workspace.branch, keep_branch=False)
        assert repository.git("branch", "--list", "orchestrate/*") == ""

    async def test_that_go_away_in_time_are_not_noticed(self, workspace, repository, home):
        lock = repository.write(".git/packed-refs.lock", "")

        async def pause(seconds: float) -> None:
            lock.unlink(missing_ok=True)

        workspaces = Workspaces(
            folder=home / "worktrees", identity=CommitIdentity(name="a", email="b"), git=Git(pause=pause)
        )
        await workspaces.remove(repository.project(), task=TASK, branch=workspace.branch, keep_branch=False)
        assert repository.git("branch", "--list", "orchestrate/*") == ""


class TestRemove:
    async def test_keeps_the_branch_unless_told_and_may_be_repeated(self, workspaces, workspace, repository):
        project = repository.project()
        for _ in range(2):
            await workspaces.remove(project, task=TASK, branch=workspace.branch)
            assert not workspace.path.exists()
            assert repository.git("branch", "--list", "orchestrate/*").strip() == workspace.branch
        for _ in range(2):
            await workspaces.remove(project, task=TASK, branch=workspace.branch, keep_branch=False)
            assert repository.git("branch", "--list", "orchestrate/*") == ""

    async def test_deletes_no_branch_that_is_not_the_tasks(self, workspaces, workspace, repository):
        repository.git("branch", "release")
        await workspaces.remove(repository.project(), task=TASK, branch="release", keep_branch=False)
        assert repository.git("branch", "--list", "release").strip() == "release"

    async def test_leaves_a_foreign_folder_alone(self, workspaces, repository, home):
        foreign = home / "worktrees" / "T142" / "file.txt"
        foreign.parent.mkdir(parents=True)
        foreign.write_text("mine")

        with pytest.raises(WorkspaceError, match="belongs to something else"):
            await workspaces.remove(repository.project(), task=TASK, branch="orchestrate/T142-x")
        assert foreign.exists()

    async def test_leaves_the_users_other_worktrees_alone_even_stale_ones(
        self, workspaces, workspace, repository, tmp_path
    ):
        repository.git("worktree", "add", "--quiet", "-b", "other", str(tmp_path / "other"))
        (tmp_path / "other").rename(tmp_path / "unmounted")

        await workspaces.remove(repository.project(), task=TASK, branch=workspace.branch)

        assert (repository.path / ".git/worktrees/other").is_dir()

    async def test_works_when_tools_write_protected_their_folders(self, workspaces, workspace, repository):
        cache = workspace.path / "cache"
        cache.mkdir()
        (cache / "file").write_text("")
        cache.chmod(0o500)

        await workspaces.remove(repository.project(), task=TASK, branch=workspace.branch)
        assert not workspace.path.exists()

    async def test_what_was_not_used_for_long_is_offered_to_retention(self, workspaces, workspace, repository, home):
        await workspaces.prepare(repository.project(), task=TaskId("T143"), slug="x")
        long_ago = datetime(2020, 1, 1, tzinfo=UTC)
        os.utime(home / "worktrees" / "T142.json", (long_ago.timestamp(), long_ago.timestamp()))

        assert await workspaces.expired(older_than=long_ago) == []
        assert await workspaces.expired(older_than=long_ago + timedelta(days=1)) == [TASK]
        (workspace.path / "new.txt").write_text("new\n")
        await workspaces.commit(workspace, subject="Fix it", trailers=TRAILERS)
        assert await workspaces.expired(older_than=long_ago + timedelta(days=1)) == []


class TestGitProgram:
    async def test_that_is_missing_is_told(self, repository, home):
        git = Git(executable="no-such-git")
        workspaces = Workspaces(folder=home / "worktrees", identity=CommitIdentity(name="a", email="b"), git=git)
        with pytest.raises(WorkspaceError, match="git is not installed"):
            await workspaces.prepare(repository.project(), task=TASK, slug="x")

    async def test_that_is_too_old_is_told(self, repository, home, tmp_path):
        with pytest.raises(WorkspaceError, match=r"too old: git version 2\.17\.1"):
            await Git(executable=_script(tmp_path, "echo git version 2.17.1")).run("status", folder=tmp_path, doing="x")

    async def test_that_hangs_is_ended(self, tmp_path):
        program = _script(
            tmp_path, f'case "$*" in *version) exec git version;; esac\necho $$ > {tmp_path}/pid\nsleep 60'
        )
        for timeout_s in longer_and_longer(0.3):
            with pytest.raises(WorkspaceError, match="not done after"):
                await Git(executable=program, timeout_s=timeout_s).run("status", folder=tmp_path, doing="x")
            if (tmp_path / "pid").exists() and (pid := (tmp_path / "pid").read_text()):
                break
        await eventually(lambda: members_of_group(int(pid)) == [], what="the end of the group")

    async def test_a_folder_that_is_no_repository_is_not_taken_for_the_one_around_it(self, repository):
        inside = repository.path / "inside"
        inside.mkdir()
        with pytest.raises(WorkspaceError, match="not a git repository"):
            await Git().run("status", folder=inside, doing="look")

    async def test_many_at_once_are_fine(self, repository):
        commit = repository.git("rev-parse", "HEAD")
        git = Git()
        answers = await asyncio.gather(
            *(git.run("rev-parse", "HEAD", folder=repository.path, doing="look") for _ in range(30))
        )
        assert set(answers) == {commit}


def _script(folder: Path, text: str) -> str:
    program = folder / "program"
    program.write_text(f"#!/bin/sh\n{text}\n")
    program.chmod(0o755)
    return str(program)
