"""One task's worktree on the disk: made, found again, guarded against tampering, taken away."""

import asyncio
import contextlib
import shutil
from pathlib import Path

from core.domain.errors import WorkspaceError
from core.workspaces.conflict import STEP_LABEL, TASK_LABEL
from core.workspaces.git import Git
from core.workspaces.git_fault import fault
from core.workspaces.git_lock import clear_stale_locks
from core.workspaces.record import WorktreeRecord
from core.workspaces.source import Source
from core.workspaces.submodules import fill_submodules


async def make_worktree(git: Git, source: Source, *, path: Path, record: WorktreeRecord) -> WorktreeRecord:
    """Check out the record's branch in `path`, the branch made where it begins first if need be; returns it complete.

    Whatever an interrupted attempt left in `path` is taken away first: the record says that nobody worked in it.
    """
    await drop_worktree(git, source, path=path)
    path.parent.mkdir(parents=True, exist_ok=True)
    doing = f"make the worktree {path}"
    if not await branch_commit(git, source, branch=record.branch):
        _clear_branch_lock(source, branch=record.branch, worktree=path)
        # a command of its own, so that `worktree add` can simply be tried again; '' means: only if it does not exist
        ref = f"refs/heads/{record.branch}"
        await git.run("update-ref", ref, record.begins_at, "", folder=source.folder, doing=f"make {record.branch}")
    await git.run(
        *("worktree", "add", "--quiet", "--", str(path), record.branch), folder=source.folder, doing=doing, content=True
    )
    await fill_submodules(git, path, allow_local=not source.cloned)
    git_dir = _linked_git_dir(path)
    if git_dir is None:
        raise WorkspaceError(f"Git made no worktree in {path}.", hint="Try again; look whether something clears it.")
    return record.model_copy(update={"git_dir": str(git_dir)})


async def drop_worktree(git: Git, source: Source, *, path: Path) -> None:
    """Remove the folder and what the repository knows about it; other worktrees, even stale ones, stay as they are."""
    await remove_folder(path)
    listed = await git.run("worktree", "list", "--porcelain", folder=source.folder, doing="list the worktrees")
    # compared resolved: git lists the place it once resolved
    known = {Path(line.removeprefix("worktree ")) for line in listed.split("\n") if line.startswith("worktree ")}
    for place in (path, path.parent.resolve() / path.name):
        if place in known:
            # twice forced: an interrupted `worktree add` leaves it locked
            await git.run(
                *("worktree", "remove", "--force", "--force", "--", str(place)),
                folder=source.folder,
                doing=f"remove the worktree {path}",
            )
            return


async def remove_folder(path: Path) -> None:
    """Remove `path` and all in it; fine when there is nothing."""
    try:
        await asyncio.to_thread(_remove_tree, path)
    except OSError as error:
        raise fault(f"{error.filename}: {error.strerror}", doing=f"remove the folder {path}") from error


def _remove_tree(path: Path) -> None:
    if path.is_symlink() or path.is_file():
        path.unlink()
    if not path.exists():
        return
    for folder in (path, *path.rglob("*")):
        if folder.is_dir() and not folder.is_symlink():  # an agent's tools like to write-protect their caches
            with contextlib.suppress(OSError):
                folder.chmod(folder.stat().st_mode | 0o700)
    shutil.rmtree(path)


async def branch_commit(git: Git, source: Source, *, branch: str) -> str:
    """Full hash the local branch is at; '' when there is no such branch."""
    answer = await git.ask(
        *("rev-parse", "--verify", "--quiet", f"refs/heads/{branch}^{{commit}}"),
        folder=source.folder,
        doing=f"look for the branch {branch}",
    )
    return answer.text if answer.ok else ""


async def delete_branch(git: Git, source: Source, *, branch: str) -> None:
    """Delete the local branch, merged or not."""
    doing = f"delete the branch {branch}"
    await git.run("branch", "--quiet", "-D", "--", branch, folder=source.folder, doing=doing)


def guard_worktree(path: Path, *, record: WorktreeRecord) -> None:
    """Make sure that git run in `path` works on the task's worktree and nothing else.

    A missing `.git` file is put back. One that points elsewhere is an error: a reset or commit would hit that place.
    WorkspaceError also when the folder is gone. Locks left by killed programs are cleared.
    """
    if not path.is_dir():
        raise WorkspaceError(f"The worktree {path} is gone.", hint="Run the task again: it is made anew.")
    link = path / ".git"
    expected = Path(record.git_dir)
    if not link.exists() and not link.is_symlink() and expected.is_dir():
        link.write_text(f"gitdir: {expected}\n")
    if link.is_symlink() or _linked_git_dir(path) != expected:
        raise WorkspaceError(
            f"{link} no longer points to the task's own place in the repository; something in the task changed it.",
            hint=f"Look at {path}, keep what you need, remove the folder and run the task again.",
        )
    branch_lock = Path(record.repository, "refs", "heads", f"{record.branch}.lock")
    own = ("index", "HEAD", TASK_LABEL, STEP_LABEL)
    locks = (*(expected / f"{name}.lock" for name in own), branch_lock)
    clear_stale_locks(*locks, worktree=path, git_dir=expected)


async def return_to_branch(git: Git, path: Path, *, branch: str) -> None:
    """Point HEAD back at the task's branch; files and index stay, so work done on another branch is not lost."""
    doing = f"return to the branch {branch}"
    head = await git.ask("symbolic-ref", "--quiet", "HEAD", folder=path, doing=doing)
    if head.text != f"refs/heads/{branch}":
        await git.run("symbolic-ref", "HEAD", f"refs/heads/{branch}", folder=path, doing=doing)


def points_into(path: Path, *, source: Source) -> bool:
    """Whether `path` is a worktree of this repository, going by its `.git` file."""
    git_dir = _linked_git_dir(path)
    return git_dir is not None and git_dir.parent == source.git_dir / "worktrees"


def _linked_git_dir(path: Path) -> Path | None:
    try:
        text = (path / ".git").read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return None
    return Path(text.removeprefix("gitdir: ").rstrip("\n")).resolve() if text.startswith("gitdir: ") else None


def _clear_branch_lock(source: Source, *, branch: str, worktree: Path) -> None:
    lock = source.git_dir / "refs" / "heads" / f"{branch}.lock"
    clear_stale_locks(lock, worktree=worktree, git_dir=source.git_dir)
