"""A project's repository: the folder a path names, or our own clone of what a URL names."""

import asyncio
import hashlib
import re
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

from core.domain.errors import WorkspaceError
from core.domain.project import Project
from core.workspaces.git import Git
from core.workspaces.git_fault import without_credentials

_SCHEME = re.compile(r"(?:https?|ssh|git|file|git\+ssh|ssh\+git)://")
_SSH_SHORT = re.compile(r"(?:[\w.-]+@)?[\w.-]+:(?!:|//)")
_SECRET_IN_URL = re.compile(r"https?://[^/@]*@|\w[\w+]*://[^/@:]*:[^/@]*@")


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A repository that can be worked with: `folder` is where git is run, `git_dir` what all its worktrees share."""

    folder: Path
    git_dir: Path
    cloned: bool
    """Whether it is our own clone of a URL, not a folder of the user's."""


def is_url(repository: str) -> bool:
    """Whether `repository` is something to clone, not a folder on this machine."""
    return bool(_SCHEME.match(repository) or _SSH_SHORT.match(repository))


async def open_source(git: Git, project: Project, *, clones: Path) -> Source:
    """The project's repository, cloned below `clones` first when it is a URL.

    WorkspaceError when it is missing, no repository, or cannot be cloned; a clone that failed leaves nothing.
    """
    if is_url(project.repository):
        return await _source(git, await _clone(git, project, clones=clones), cloned=True)
    return await _source(git, _folder(project), cloned=False)


def _folder(project: Project) -> Path:
    folder = Path(project.repository)
    if not folder.is_absolute():
        raise WorkspaceError(
            f"The repository of project {project.name} is neither an absolute path nor a URL: {project.repository}",
            hint="Set the project's `repository` to an absolute path, or to an https or ssh address.",
        )
    if not folder.is_dir():
        raise WorkspaceError(
            f"The repository of project {project.name} is missing: there is no folder {folder}.",
            hint="Clone it there, or set the project's `repository` to where it is.",
        )
    return folder


async def _source(git: Git, folder: Path, *, cloned: bool) -> Source:
    # git looks at no folder above it: a folder inside a repository is none
    shared = await git.run(
        *("rev-parse", "--path-format=absolute", "--git-common-dir"),
        folder=folder,
        doing=f"open the repository {folder}",
    )
    return Source(folder=_resolved(folder), git_dir=_resolved(Path(shared)), cloned=cloned)


async def _clone(git: Git, project: Project, *, clones: Path) -> Path:
    """Cloned beside its place and moved there when complete, so a crash or a second process never meets a half."""
    url = project.repository
    shown = without_credentials(url)
    if _SECRET_IN_URL.match(url):
        raise WorkspaceError(
            f"The address of project {project.name} carries credentials: {shown}",
            hint="Agents could read them in the clone. Use a git credential helper or an ssh key instead.",
        )
    place = clones / f"{_file_name(project.name)}-{hashlib.sha256(url.encode()).hexdigest()[:10]}.git"
    if place.is_dir():
        return place
    partial = _partial(place)
    try:
        await git.run(
            *("clone", "--quiet", "--bare", "--template=", "--no-hardlinks"),
            *("--config", "remote.origin.fetch=+refs/heads/*:refs/remotes/origin/*", "--", url, str(partial)),
            folder=clones,
            doing=f"clone {shown}",
            content=True,
        )
        _move(partial, place)
    finally:
        await asyncio.to_thread(shutil.rmtree, partial, ignore_errors=True)
    return place


def _resolved(path: Path) -> Path:
    """`path` without links, as git itself writes paths."""
    return path.resolve()


def _partial(place: Path) -> Path:
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        return Path(tempfile.mkdtemp(dir=place.parent, prefix=f".{place.name}.", suffix=".partial"))
    except OSError as error:
        raise WorkspaceError(
            f"Could not make a folder in {place.parent}: {error.strerror}.", hint="Check its owner and the space left."
        ) from error


def _move(partial: Path, place: Path) -> None:
    try:
        partial.rename(place)
    except OSError as error:
        if not place.is_dir():  # another process was first: its clone is as good as ours
            raise WorkspaceError(
                f"Could not move the clone to {place}: {error.strerror}.",
                hint="Look at what is there, and at its owner.",
            ) from error


def _file_name(name: str) -> str:
    return re.sub(r"[^A-Za-z0-9_-]+", "-", name)[:60] or "project"
