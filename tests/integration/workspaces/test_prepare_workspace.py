"""A task gets its own branch and worktree, and the user's own things stay as they are."""

import asyncio
import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from core.domain.errors import WorkspaceError
from core.domain.identity import ProjectName, TaskId
from core.domain.project import Project
from core.workspaces.git import Git
from core.workspaces.workspace import CommitIdentity
from core.workspaces.workspaces import Workspaces
from tests.support.waiting import eventually

TASK = TaskId("T142")


async def test_a_task_works_on_its_own_branch_in_its_own_folder(workspaces, repository, home):
    workspace = await workspaces.prepare(repository.project(), task=TASK, slug="Fix the Façade!")

    assert workspace.branch == "orchestrate/T142-fix-the-facade"
    assert workspace.path == home / "worktrees" / "T142"
    assert workspace.base_branch == "main"
    assert workspace.base_commit == repository.git("rev-parse", "main")
    assert (workspace.path / "readme.txt").read_text() == "hello\n"
    assert repository.git("branch", "--show-current", folder=workspace.path) == workspace.branch


async def test_everything_of_the_users_stays_byte_for_byte(workspaces, repository):
    repository.write("stashed.txt", "stash me\n")
    repository.git("add", "stashed.txt")
    repository.git("stash", "push", "--quiet")
    repository.write("readme.txt", "not yet committed\n")
    repository.write("staged.txt", "staged\n")
    repository.git("add", "staged.txt")
    repository.write("untracked.txt", "untracked\n")
    before = repository.picture()

    workspace = await workspaces.prepare(repository.project(), task=TASK, slug="x")
    assert not (workspace.path / "staged.txt").exists()
    (workspace.path / "new.txt").write_text("new\n")
    await workspaces.commit(workspace, subject="Add", trailers={"Task": TASK})
    (workspace.path / "more.txt").write_text("new\n")
    await workspaces.undo(workspace)
    await workspaces.diff(workspace)
    await workspaces.remove(repository.project(), task=TASK, branch=workspace.branch, keep_branch=False)

    assert repository.picture() == before


async def test_preparing_again_finds_the_same_worktree_with_its_work(workspaces, repository, home):
    first = await workspaces.prepare(repository.project(), task=TASK, slug="x")
    (first.path / "new.txt").write_text("new\n")
    repository.commit("readme.txt", "main went on\n")

    again = await Workspaces(folder=home / "worktrees", identity=CommitIdentity(name="a", email="b")).prepare(
        repository.project(), task=TASK, slug="x"
    )

    assert again == first
    assert (again.path / "new.txt").exists()


@pytest.mark.parametrize("left", ["record only", "branch too", "half a folder"])
async def test_an_interrupted_attempt_is_taken_up_where_it_was(workspaces, repository, home, left):
    complete = await workspaces.prepare(repository.project(), task=TASK, slug="x")
    record = home / "worktrees" / "T142.json"
    interrupted = json.loads(record.read_text()) | {"git_dir": ""}
    git_dir = repository.path / ".git" / "worktrees" / "T142"
    if left == "half a folder":
        (complete.path / "readme.txt").unlink()
        (git_dir / "locked").write_text("initializing")
    else:
        repository.git("worktree", "remove", "--force", str(complete.path))
        if left == "record only":
            repository.git("branch", "-D", complete.branch)
    record.write_text(json.dumps(interrupted))
    repository.commit("readme.txt", "main went on\n")

    again = await workspaces.prepare(repository.project(), task=TASK, slug="x")

    assert again == complete
    assert (again.path / "readme.txt").read_text() == "hello\n"
    assert repository.git("status", "--porcelain", folder=again.path) == ""


async def test_cancelled_in_the_middle_it_can_be_done_again(repository, home, tmp_path):
    slow_git = tmp_path / "slow-git"
    slow_git.write_text(f'#!/bin/sh\ncase "$*" in *"worktree add"*) touch {tmp_path}/seen; sleep 60;; esac\ngit "$@"\n')
    slow_git.chmod(0o755)
    identity = CommitIdentity(name="a", email="b")
    slow = Workspaces(folder=home / "worktrees", identity=identity, git=Git(executable=str(slow_git)))
    attempt = asyncio.create_task(slow.prepare(repository.project(), task=TASK, slug="x"))
    await eventually((tmp_path / "seen").exists, what="the checkout")
    attempt.cancel()
    with pytest.raises(asyncio.CancelledError):
        await attempt

    workspace = await Workspaces(folder=home / "worktrees", identity=identity).prepare(
        repository.project(), task=TASK, slug="x"
    )

    assert workspace.branch == "orchestrate/T142-x"


async def test_tasks_prepared_at_once_in_one_repository_all_work(workspaces, repository, home):
    other = Workspaces(folder=home / "worktrees", identity=CommitIdentity(name="a", email="b"))
    prepared = await asyncio.gather(
        *(
            (workspaces, other)[number % 2].prepare(repository.project(), task=TaskId(f"T{number}"), slug="same")
            for number in range(1, 9)
        )
    )

    assert len({each.path for each in prepared}) == 8
    assert all((each.path / "readme.txt").exists() for each in prepared)


async def test_a_taken_branch_name_gets_a_number(workspaces, repository):
    repository.git("branch", "orchestrate/T142-x")
    repository.git("branch", "orchestrate/T142-x-2")

    workspace = await workspaces.prepare(repository.project(), task=TASK, slug="x")

    assert workspace.branch == "orchestrate/T142-x-3"
    assert await workspaces.prepare(repository.project(), task=TASK, slug="x") == workspace


async def test_a_repository_path_with_spaces_and_other_alphabets_works(workspaces, new_repository):
    repository = new_repository("my wörk: プロジェクト 'x'")
    workspace = await workspaces.prepare(repository.project(), task=TASK, slug="x")
    (workspace.path / "naïve ü.txt").write_text("x")

    assert await workspaces.commit(workspace, subject="Add", trailers={"Task": TASK})
    assert await workspaces.changed_files(workspace) == ("naïve ü.txt",)


async def test_a_bare_repository_works(workspaces, repository, new_repository, tmp_path):
    bare = new_repository("bare.git", commits=False, bare=True)
    repository.git("push", "--quiet", str(bare.path), "main")

    workspace = await workspaces.prepare(bare.project(), task=TASK, slug="x")

    assert (workspace.path / "readme.txt").exists()


async def test_a_detached_head_works_when_the_base_is_configured(workspaces, repository):
    repository.git("checkout", "--quiet", "--detach")
    with pytest.raises(WorkspaceError, match="detached") as refused:
        await workspaces.prepare(repository.project(), task=TASK, slug="x")
    assert "base_branch" in refused.value.hint

    workspace = await workspaces.prepare(repository.project(base_branch="main"), task=TASK, slug="x")
    assert workspace.base_branch == "main"


def _missing(repository, tmp_path: Path) -> Project:
    return Project(name=ProjectName("shop"), repository=str(tmp_path / "nowhere"))


def _relative(repository, tmp_path: Path) -> Project:
    return Project(name=ProjectName("shop"), repository="ext::sh -c date")


def _plain_folder(repository, tmp_path: Path) -> Project:
    (repository.path / "sub").mkdir()
    return Project(name=ProjectName("shop"), repository=str(repository.path / "sub"))


def _no_base(repository, tmp_path: Path) -> Project:
    return repository.project(base_branch="--upload-pack=touch")


def _branch_in_the_way(repository, tmp_path: Path) -> Project:
    repository.git("branch", "orchestrate")
    return repository.project()


def _secret_in_url(repository, tmp_path: Path) -> Project:
    return Project(name=ProjectName("shop"), repository="https://ann:hunter2@example.invalid/x.git")


def _unreachable_url(repository, tmp_path: Path) -> Project:
    return Project(name=ProjectName("shop"), repository=f"file://{tmp_path}/nowhere.git")


def _unreachable_remote(repository, tmp_path: Path) -> Project:
    repository.git("remote", "add", "origin", str(tmp_path / "nowhere.git"))
    return repository.project()


def _program_as_remote(repository, tmp_path: Path) -> Project:
    repository.git("config", "protocol.ext.allow", "always")
    repository.git("remote", "add", "origin", f"ext::sh -c touch% {tmp_path}/home")
    return repository.project()


def _foreign_folder(repository, tmp_path: Path) -> Project:
    (tmp_path / "home" / "worktrees" / "T142").mkdir(parents=True)
    return repository.project()


@pytest.mark.parametrize(
    ("break_it", "says", "hints"),
    [
        (_missing, "missing: there is no folder", "repository"),
        (_relative, "neither an absolute path nor a URL", "https or ssh"),
        (_plain_folder, "not a git repository", "top folder"),
        (_no_base, "no branch --upload-pack=touch", "one of: main"),
        (_branch_in_the_way, "branch called orchestrate", "git branch -m"),
        (_secret_in_url, "carries credentials", "credential helper"),
        (_unreachable_url, "Could not clone", "address"),
        (_unreachable_remote, "Could not fetch main from origin", "address"),
        (_program_as_remote, "transport that is not allowed", "https or ssh"),
        (_foreign_folder, "worktrees/T142", "move or remove"),
    ],
)
async def test_what_cannot_work_is_answered_and_nothing_is_left(
    workspaces, repository, home, tmp_path, break_it: Callable[..., Project], says: str, hints: str
):
    project = break_it(repository, tmp_path)
    before = repository.picture()
    there = sorted(home.rglob("*"))

    with pytest.raises(WorkspaceError) as refused:
        await workspaces.prepare(project, task=TASK, slug="x")

    assert says in refused.value.message
    assert hints in refused.value.hint
    assert "hunter2" not in refused.value.message
    assert repository.picture() == before
    left = [path for path in home.rglob("*") if path not in there and path.name not in {"repositories", "worktrees"}]
    assert left == []


async def test_an_empty_repository_is_told_from_a_missing_branch(workspaces, new_repository):
    with pytest.raises(WorkspaceError, match="no commit yet"):
        await workspaces.prepare(new_repository("empty", commits=False).project(), task=TASK, slug="x")


async def test_a_link_to_a_repository_is_followed(workspaces, repository, tmp_path):
    (tmp_path / "link").symlink_to(repository.path)
    project = Project(name=ProjectName("shop"), repository=str(tmp_path / "link"))

    workspace = await workspaces.prepare(project, task=TASK, slug="x")

    assert workspace == await workspaces.prepare(repository.project(), task=TASK, slug="x")


async def test_another_task_of_the_same_number_is_not_taken_for_this_one(workspaces, repository):
    await workspaces.prepare(repository.project(), task=TASK, slug="one")

    with pytest.raises(WorkspaceError, match="belongs to something else"):
        await workspaces.prepare(repository.project(), task=TASK, slug="another")


async def test_a_failed_checkout_leaves_neither_branch_nor_folder(workspaces, repository, home):
    """A full disk shows in the middle of the checkout; a filter that fails does the same."""
    repository.git("config", "filter.full.smudge", "echo No space left on device >&2; false")
    repository.git("config", "filter.full.clean", "cat")
    repository.git("config", "filter.full.required", "true")
    repository.commit(".gitattributes", "*.txt filter=full\n")

    with pytest.raises(WorkspaceError, match="disk is full"):
        await workspaces.prepare(repository.project(), task=TASK, slug="x")

    assert repository.git("branch", "--list", "orchestrate/*") == ""
    assert list((home / "worktrees").iterdir()) == []
    assert len(repository.git("worktree", "list").split("\n")) == 1


async def test_a_worktrees_folder_that_cannot_be_made_is_named(repository, tmp_path):
    (tmp_path / "file").write_text("")
    workspaces = Workspaces(folder=tmp_path / "file" / "worktrees", identity=CommitIdentity(name="a", email="b"))

    with pytest.raises(WorkspaceError, match="file/worktrees"):
        await workspaces.prepare(repository.project(), task=TASK, slug="x")
    assert repository.git("branch", "--list", "orchestrate/*") == ""


class TestOpen:
    async def test_makes_the_worktree_of_a_branch_anew(self, workspaces, repository):
        made = await workspaces.prepare(repository.project(), task=TASK, slug="x")
        (made.path / "new.txt").write_text("new\n")
        commit = await workspaces.commit(made, subject="Add", trailers={"Task": TASK})
        await workspaces.remove(repository.project(), task=TASK, branch=made.branch)
        assert not made.path.exists()

        opened = await workspaces.open(
            repository.project(),
            task=TASK,
            branch=made.branch,
            base_branch=made.base_branch,
            base_commit=made.base_commit,
        )

        assert opened == made
        assert await workspaces.head(opened) == commit
        assert (opened.path / "new.txt").exists()

    async def test_finds_an_existing_one_with_its_uncommitted_work(self, workspaces, repository):
        made = await workspaces.prepare(repository.project(), task=TASK, slug="x")
        (made.path / "new.txt").write_text("new\n")

        await workspaces.open(
            repository.project(), task=TASK, branch=made.branch, base_branch="main", base_commit=made.base_commit
        )

        assert (made.path / "new.txt").exists()

    async def test_heals_a_folder_that_somebody_deleted(self, workspaces, repository):
        made = await workspaces.prepare(repository.project(), task=TASK, slug="x")
        (made.path / "new.txt").write_text("new\n")
        await workspaces.commit(made, subject="Add", trailers={"Task": TASK})
        shutil.rmtree(made.path)

        assert await workspaces.prepare(repository.project(), task=TASK, slug="x") == made
        assert (made.path / "new.txt").exists()

    async def test_says_so_when_the_branch_is_gone(self, workspaces, repository):
        with pytest.raises(WorkspaceError, match="is gone"):
            await workspaces.open(
                repository.project(), task=TASK, branch="orchestrate/T142-x", base_branch="main", base_commit="0" * 40
            )
