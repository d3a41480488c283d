"""Real repositories for the workspace tests, made and read by plain git commands and not by the code under test."""

import hashlib
import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from core.domain.identity import ProjectName
from core.domain.project import Project
from core.workspaces.workspace import CommitIdentity
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
