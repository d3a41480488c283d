"""Real repositories for the workspace tests, made and read by plain git commands and not by the code under test."""

import hashlib
import os
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from core.domain.identity import ProjectName, TaskId
from core.domain.project import Project
from core.workspaces.workspace import CommitIdentity, Conflict, Merge, Workspace
from core.workspaces.workspaces import Workspaces

IDENTITY = CommitIdentity(name="Orchestrator", email="bot@example.invalid")


class Repository:
    """A repository as its user sees it."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def git(self, *arguments: str, folder: Path | None = None) -> str:
        environment = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
        environment |= {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1", "LC_ALL": "C"}
        options = ("-c", "user.name=Ann", "-c", "user.email=ann@example.invalid", "-c", "protocol.file.allow=always")
        done = subprocess.run(
            ["git", *options, *arguments],
            cwd=folder or self.path,
            env=environment,
            capture_output=True,
            check=False,
            timeout=60,
        )
        assert done.returncode == 0, done.stderr.decode()
        return done.stdout.decode().removesuffix("\n")

    def write(self, name: str, text: str) -> Path:
        file = self.path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
        return file

    def commit(self, name: str, text: str) -> str:
        self.write(name, text)
        self.git("add", "--all")
        self.git("commit", "--quiet", "-m", f"Change {name}")
        return self.git("rev-parse", "HEAD")

    def project(self, name: str = "shop", **changes: str) -> Project:
        return Project(name=ProjectName(name), repository=str(self.path), **changes)  # type: ignore[arg-type]

    def picture(self) -> dict[str, str]:
        """Every file of the checkout and of `.git` with its content, but for what a task's branch must add.

        Refs are compared as such: git writes `packed-refs` anew whenever any branch is deleted.
        """
        ours = ("worktrees/", "objects/", "packed-refs", "refs/heads/orchestrate/", "logs/refs/heads/orchestrate/")
        refs = self.git("for-each-ref").split("\n")
        picture: dict[str, str] = {"refs": "\n".join(ref for ref in refs if "refs/heads/orchestrate/" not in ref)}
        for file in sorted(self.path.rglob("*")):
            inside = str(file.relative_to(self.path))
            if file.is_file() and not inside.removeprefix(".git/").startswith(ours):
                picture[inside] = hashlib.sha256(file.read_bytes()).hexdigest() + oct(file.stat().st_mode)
        return picture


NewRepository = Callable[..., Repository]


@pytest.fixture
def new_repository(tmp_path: Path) -> NewRepository:
    """Makes repositories by name; each has one commit on main unless `commits` is False."""

    def make(name: str = "repo", *, commits: bool = True, bare: bool = False) -> Repository:
        path = tmp_path / name
        path.mkdir(parents=True)
        repository = Repository(path)
        repository.git("init", "--quiet", "--initial-branch=main", *(["--bare"] if bare else []))
        if commits:
            repository.write(".gitignore", "*.log\n")
            repository.commit("readme.txt", "hello\n")
        return repository

    return make


@pytest.fixture
def repository(new_repository: NewRepository) -> Repository:
    """One ordinary repository."""
    return new_repository()


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """Where our state is."""
    return tmp_path / "home"


@pytest.fixture
def workspaces(home: Path) -> Workspaces:
    """The workspaces of that home."""
    return Workspaces(folder=home / "worktrees", identity=IDENTITY)


class Bench:
    """One prepared task, and what the tests of lanes do to it again and again."""

    def __init__(self, workspaces: Workspaces, repository: Repository, workspace: Workspace) -> None:
        self.workspaces = workspaces
        self.repository = repository
        self.task = workspace

    async def lane(self, name: str, *, start: str = "") -> Workspace:
        """The lane `name`, from the task's head unless told."""
        start = start or await self.workspaces.head(self.task)
        return await self.workspaces.open_lane(self.task, lane=name, start=start)

    async def commit(self, workspace: Workspace, files: Mapping[str, str | bytes | None], **trailers: str) -> str:
        """Write `files` (None deletes) in the worktree and commit them."""
        for name, content in files.items():
            file = workspace.path / name
            file.parent.mkdir(parents=True, exist_ok=True)
            if content is None:
                file.unlink()
            else:
                file.write_bytes(content if isinstance(content, bytes) else content.encode())
        commit = await self.workspaces.commit(workspace, subject=f"Change {', '.join(files)}", trailers=trailers)
        assert commit, "nothing changed"
        return commit

    async def merge(self, lane: Workspace, **trailers: str) -> Merge | Conflict:
        """Merge the lane; its name is the key unless told."""
        return await self.workspaces.merge_lane(self.task, lane, trailers=trailers or {"Step": lane.lane})

    async def settle(self, lane: Workspace, **trailers: str) -> Merge | Conflict:
        """Finish the settlement of the lane; its name is the key unless told."""
        return await self.workspaces.finish_settlement(
            self.task, lane, subject="Settle", trailers=trailers or {"Step": lane.lane}
        )

    def status(self, workspace: Workspace) -> str:
        return self.repository.git("status", "--porcelain", folder=workspace.path)

    def log(self, workspace: Workspace, form: str = "%s") -> list[str]:
        """The commits since the base, oldest first."""
        span = f"{workspace.base_commit}..{workspace.branch}"
        return self.repository.git("log", "--reverse", f"--format={form}", span).split("\n")

    def check_at_rest(self) -> None:
        """The task's worktree is clean, on its branch, and its history is linear."""
        assert self.status(self.task) == ""
        assert self.repository.git("branch", "--show-current", folder=self.task.path) == self.task.branch
        assert self.repository.git("rev-list", "--merges", f"main..{self.task.branch}") == ""


@pytest.fixture
async def bench(workspaces: Workspaces, repository: Repository) -> Bench:
    """A task in an ordinary repository."""
    return Bench(workspaces, repository, await workspaces.prepare(repository.project(), task=TaskId("T142"), slug="x"))
