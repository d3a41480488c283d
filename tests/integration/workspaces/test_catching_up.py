"""A task's branch follows its base branch, all at once or not at all."""

from pathlib import Path

import pytest

from core.domain.errors import WorkspaceError
from core.domain.identity import TaskId
from core.workspaces.catching_up import CaughtUp, Clash
from core.workspaces.workspace import Workspace
from core.workspaces.workspaces import Workspaces
from tests.integration.workspaces.conftest import IDENTITY, Repository

pytestmark = pytest.mark.github
T1 = TaskId("T1")
TRAILERS = {"Task": "T1", "Step": "build"}


@pytest.fixture
def user(tmp_path: Path) -> Repository:
    path = tmp_path / "user"
    path.mkdir()
    repository = Repository(path)
    repository.git("init", "--quiet", "--initial-branch=main")
    repository.commit("sum.py", "print(3)\n")
    return repository


@pytest.fixture
def workspaces(tmp_path: Path) -> Workspaces:
    return Workspaces(folder=tmp_path / "worktrees", identity=IDENTITY)


async def built(workspaces: Workspaces, user: Repository, *texts: str, file: str = "work.txt") -> Workspace:
    """The task's workspace, with a commit for each text."""
    workspace = await workspaces.prepare(user.project(), task=T1, slug="fix")
    for number, text in enumerate(texts, start=1):
        (workspace.path / file).write_text(text)
        await workspaces.commit(workspace, subject=f"Work {number}", trailers={**TRAILERS, "Round": str(number)})
    return workspace


async def test_each_commit_is_put_on_top_of_the_base(workspaces: Workspaces, user: Repository) -> None:
    workspace = await built(workspaces, user, "one\n", "two\n")
    base = user.commit("other.txt", "new\n")
    there = await workspaces.catch_up(user.project(), workspace, merge=False)
    assert there == CaughtUp(base_commit=base, commit=await workspaces.head(workspace), moved=True)
    assert user.git("log", "--format=%s", f"main..{workspace.branch}").splitlines() == ["Work 2", "Work 1"]
    assert (workspace.path / "other.txt").read_text() == "new\n"
    again = await workspaces.catch_up(user.project(), workspace, merge=False)
    assert again == CaughtUp(base_commit=base, commit=await workspaces.head(workspace))


async def test_with_merge_no_commit_is_changed(workspaces: Workspaces, user: Repository) -> None:
    workspace = await built(workspaces, user, "one\n")
    before = await workspaces.head(workspace)
    base = user.commit("other.txt", "new\n")
    there = await workspaces.catch_up(user.project(), workspace, merge=True)
    assert isinstance(there, CaughtUp)
    assert user.git("log", "-1", "--format=%P", there.commit).split() == [before, base]


async def test_the_users_checkout_is_never_touched(workspaces: Workspaces, user: Repository) -> None:
    workspace = await built(workspaces, user, "one\n")
    user.commit("other.txt", "new\n")
    user.write("sum.py", "in the middle of something\n")
    before = user.picture()
    await workspaces.catch_up(user.project(), workspace, merge=False)
    assert user.picture() == before


async def test_a_clash_changes_nothing_until_it_is_settled(workspaces: Workspaces, user: Repository) -> None:
    workspace = await built(workspaces, user, "print(4)\n", file="sum.py")
    before = await workspaces.head(workspace)
    base = user.commit("sum.py", "print(2 + 2)\n")
    user.commit("other.txt", "new\n")
    base = user.git("rev-parse", "main")
    clash = await workspaces.catch_up(user.project(), workspace, merge=False)
    assert clash == Clash(base_commit=base, files=("sum.py",))
    assert await workspaces.head(workspace) == before
    assert await workspaces.lay_clash(workspace, base=base) == ("sum.py",)
    left = await workspaces.settled_clash(workspace, base=base, files=("sum.py",), trailers=TRAILERS)
    assert left == clash
    (workspace.path / "sum.py").write_text("print(4)  # 2 + 2\n")
    there = await workspaces.settled_clash(workspace, base=base, files=("sum.py",), trailers=TRAILERS)
    assert isinstance(there, CaughtUp)
    assert user.git("show", f"{there.commit}:sum.py") == "print(4)  # 2 + 2"
    assert user.git("show", f"{there.commit}:other.txt") == "new"
    again = await workspaces.settled_clash(workspace, base=base, files=("sum.py",), trailers=TRAILERS)
    assert again == CaughtUp(base_commit=base, commit=there.commit)
    caught_up = await workspaces.catch_up(user.project(), workspace, merge=False)
    assert isinstance(caught_up, CaughtUp)
    assert not caught_up.moved


async def test_a_clash_that_was_thrown_away_is_never_taken_for_settled(
    workspaces: Workspaces, user: Repository
) -> None:
    workspace = await built(workspaces, user, "print(4)\n", file="sum.py")
    base = user.commit("sum.py", "print(2 + 2)\n")
    await workspaces.lay_clash(workspace, base=base)
    await workspaces.undo(workspace)
    lost = await workspaces.settled_clash(workspace, base=base, files=("sum.py",), trailers=TRAILERS)
    assert lost == Clash(base_commit=base, files=("sum.py",))


async def test_a_clash_that_is_lost_with_its_worktree_is_never_taken_for_settled(
    workspaces: Workspaces, user: Repository
) -> None:
    workspace = await built(workspaces, user, "print(4)\n", file="sum.py")
    base = user.commit("sum.py", "print(2 + 2)\n")
    await workspaces.lay_clash(workspace, base=base)
    user.git("worktree", "remove", "--force", str(workspace.path))
    opened = await workspaces.open(
        user.project(), task=T1, branch=workspace.branch, base_branch="main", base_commit=workspace.base_commit
    )
    lost = await workspaces.settled_clash(opened, base=base, files=("sum.py",), trailers=TRAILERS)
    assert lost == Clash(base_commit=base, files=("sum.py",))


async def test_what_was_laid_is_still_known_when_the_worktree_is_opened_again(
    workspaces: Workspaces, user: Repository
) -> None:
    workspace = await built(workspaces, user, "print(4)\n", file="sum.py")
    base = user.commit("sum.py", "print(2 + 2)\n")
    await workspaces.lay_clash(workspace, base=base)
    (workspace.path / "sum.py").unlink()
    opened = await workspaces.open(
        user.project(), task=T1, branch=workspace.branch, base_branch="main", base_commit=workspace.base_commit
    )
    there = await workspaces.settled_clash(opened, base=base, files=("sum.py",), trailers=TRAILERS)
    assert isinstance(there, CaughtUp), "deleting the file is a way to settle it"


async def test_a_base_that_was_set_back_tells_nothing_new(workspaces: Workspaces, user: Repository) -> None:
    base = user.commit("other.txt", "new\n")
    workspace = await built(workspaces, user, "one\n")
    user.git("reset", "--quiet", "--hard", "HEAD~1")
    there = await workspaces.catch_up(user.project(), workspace, merge=False)
    assert there == CaughtUp(base_commit=base, commit=await workspaces.head(workspace))


async def test_a_base_that_is_gone_is_an_error_and_changes_nothing(workspaces: Workspaces, user: Repository) -> None:
    workspace = await built(workspaces, user, "one\n")
    user.git("branch", "-m", "main", "trunk")
    before = await workspaces.head(workspace)
    with pytest.raises(WorkspaceError):
        await workspaces.catch_up(user.project(), workspace, merge=False)
    assert await workspaces.head(workspace) == before
