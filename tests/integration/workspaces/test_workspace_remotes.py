"""Repositories with a remote start from what the remote has now; URL projects from a clone of our own."""

import os
from pathlib import Path

import pytest

from core.domain.errors import WorkspaceError
from core.domain.identity import ProjectName, TaskId
from core.domain.project import Project

TASK = TaskId("T142")


@pytest.fixture
def remote(new_repository):
    return new_repository("remote")


@pytest.fixture
def clone(remote, new_repository, tmp_path):
    remote.git("clone", "--quiet", str(remote.path), str(tmp_path / "clone"))
    return type(remote)(tmp_path / "clone")


async def test_the_base_is_fetched_first(workspaces, remote, clone):
    newer = remote.commit("readme.txt", "newer\n")
    local = clone.git("rev-parse", "main")

    workspace = await workspaces.prepare(clone.project(), task=TASK, slug="x")

    assert workspace.base_commit == newer
    assert clone.git("rev-parse", "main") == local
    assert not (clone.path / ".git" / "FETCH_HEAD").exists()


async def test_a_fetch_leaves_everything_but_the_remote_tracking_branch(workspaces, remote, clone):
    remote.git("tag", "v9")
    remote.commit("readme.txt", "newer\n")
    before = clone.picture()

    await workspaces.prepare(clone.project(), task=TASK, slug="x")

    after = clone.picture()
    changed = {name for name in before.keys() | after.keys() if before.get(name) != after.get(name)}
    assert changed == {"refs", ".git/refs/remotes/origin/main", ".git/logs/refs/remotes/origin/main"}


async def test_an_upstream_of_another_name_is_followed(workspaces, remote, clone):
    remote.git("checkout", "--quiet", "-b", "trunk")
    newer = remote.commit("readme.txt", "on trunk\n")
    clone.git("fetch", "--quiet")
    clone.git("branch", "--quiet", "--set-upstream-to=origin/trunk", "main")

    assert (await workspaces.prepare(clone.project(), task=TASK, slug="x")).base_commit == newer


async def test_a_branch_that_was_never_pushed_is_a_base_too(workspaces, clone):
    clone.git("checkout", "--quiet", "-b", "local-only")
    commit = clone.commit("readme.txt", "local\n")

    workspace = await workspaces.prepare(clone.project(), task=TASK, slug="x")

    assert (workspace.base_branch, workspace.base_commit) == ("local-only", commit)


async def test_a_base_branch_that_only_the_remote_has_works(workspaces, remote, clone):
    remote.git("branch", "release")

    workspace = await workspaces.prepare(clone.project(base_branch="release"), task=TASK, slug="x")

    assert workspace.base_branch == "release"


async def test_an_upstream_deleted_on_the_remote_is_told(workspaces, remote, clone):
    remote.git("checkout", "--quiet", "-b", "other")
    remote.git("branch", "-D", "main")

    with pytest.raises(WorkspaceError, match="no longer exists there"):
        await workspaces.prepare(clone.project(), task=TASK, slug="x")


async def test_a_branch_of_the_remote_is_not_shadowed(workspaces, remote, clone):
    remote.git("branch", "orchestrate/T142-x")
    clone.git("fetch", "--quiet")

    assert (await workspaces.prepare(clone.project(), task=TASK, slug="x")).branch == "orchestrate/T142-x-2"


async def test_a_shallow_clone_works(workspaces, remote, tmp_path):
    for number in range(3):
        remote.commit("readme.txt", f"{number}\n")
    remote.git("clone", "--quiet", "--depth=1", f"file://{remote.path}", str(tmp_path / "shallow"))
    shallow = type(remote)(tmp_path / "shallow")
    newer = remote.commit("readme.txt", "newer\n")

    workspace = await workspaces.prepare(shallow.project(), task=TASK, slug="x")

    assert workspace.base_commit == newer
    assert (workspace.path / "readme.txt").read_text() == "newer\n"


class TestUrls:
    @pytest.fixture
    def project(self, remote) -> Project:
        return Project(name=ProjectName("shop/web"), repository=f"file://{remote.path}")

    async def test_are_cloned_once_and_fetched_for_each_task(self, workspaces, remote, project, home):
        await workspaces.prepare(project, task=TaskId("T1"), slug="x")
        newer = remote.commit("readme.txt", "newer\n")

        second = await workspaces.prepare(project, task=TaskId("T2"), slug="x")

        assert second.base_commit == newer
        assert len(list((home / "repositories").iterdir())) == 1

    async def test_the_remotes_default_branch_of_today_is_the_base(self, workspaces, remote, project):
        await workspaces.prepare(project, task=TaskId("T1"), slug="x")
        remote.git("checkout", "--quiet", "-b", "trunk")

        assert (await workspaces.prepare(project, task=TaskId("T2"), slug="x")).base_branch == "trunk"

    async def test_removing_after_the_clone_was_deleted_is_fine(self, workspaces, project, home):
        workspace = await workspaces.prepare(project, task=TASK, slug="x")
        (clone,) = (home / "repositories").iterdir()
        clone.rename(home / "elsewhere")

        await workspaces.remove(project, task=TASK, branch=workspace.branch)

        assert list((home / "worktrees").iterdir()) == []


class TestSubmodules:
    @pytest.fixture
    def parent(self, repository, new_repository):
        library = new_repository("library")
        repository.git("submodule", "--quiet", "add", str(library.path), "vendor/library")
        repository.git("commit", "--quiet", "-m", "Add the library")
        return repository

    async def test_of_a_local_repository_are_filled_without_touching_its_settings(self, workspaces, parent):
        parent.git("submodule", "--quiet", "deinit", "--all", "--force")
        before = parent.picture()

        workspace = await workspaces.prepare(parent.project(), task=TASK, slug="x")

        assert (workspace.path / "vendor/library/readme.txt").exists()
        assert parent.picture() == before

    async def test_are_reset_by_undo_and_removed_with_the_worktree(self, workspaces, parent):
        workspace = await workspaces.prepare(parent.project(), task=TASK, slug="x")
        (workspace.path / "vendor/library/readme.txt").write_text("changed\n")
        (workspace.path / "vendor/library/new.txt").write_text("new\n")

        await workspaces.undo(workspace)

        assert (workspace.path / "vendor/library/readme.txt").read_text() == "hello\n"
        assert not (workspace.path / "vendor/library/new.txt").exists()
        await workspaces.remove(parent.project(), task=TASK, branch=workspace.branch)
        assert not workspace.path.exists()
        assert not (parent.path / ".git/worktrees/T142").exists()

    async def test_that_cannot_be_had_are_an_error_that_leaves_nothing(self, workspaces, parent, tmp_path, home):
        (tmp_path / "library").rename(tmp_path / "moved")

        with pytest.raises(WorkspaceError, match="submodules"):
            await workspaces.prepare(parent.project(), task=TASK, slug="x")

        assert parent.git("branch", "--list", "orchestrate/*") == ""
        assert list((home / "worktrees").iterdir()) == []

    async def test_a_cloned_project_cannot_read_this_machines_repositories(self, workspaces, parent):
        project = Project(name=ProjectName("shop"), repository=f"file://{parent.path}")

        with pytest.raises(WorkspaceError, match="transport that is not allowed"):
            await workspaces.prepare(project, task=TASK, slug="x")


async def test_a_repository_of_another_user_works(workspaces, repository):
    if os.geteuid() != 0:
        pytest.skip("only root can give files away")
    for path in (repository.path, *repository.path.rglob("*")):
        os.chown(path, 12345, 12345)

    workspace = await workspaces.prepare(repository.project(), task=TASK, slug="x")

    assert Path(workspace.path, "readme.txt").exists()
