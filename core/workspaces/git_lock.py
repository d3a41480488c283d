"""Git's lock files: who holds one, and clearing those that a killed git left in a worktree of ours."""

from collections.abc import Iterator
from pathlib import Path

import psutil


def holders(*folders: Path) -> str:
    """The git programs at work in `folders`, such as `git (process 4711)`; '' for none that can be seen."""
    return ", ".join(f"{name} (process {pid})" for pid, name in _git_processes(folders))


def clear_stale_locks(*locks: Path, worktree: Path, git_dir: Path) -> None:
    """Remove those of `locks` that exist, unless a git still works in the worktree.

    The locks of a task's own worktree and branch are taken by us and by its agents only, and we call this when no
    agent runs: what is there then was left by a kill, and would stop the task for ever.
    """
    found = [lock for lock in locks if lock.exists()]
    if found and not holders(worktree, git_dir):
        for lock in found:
            lock.unlink(missing_ok=True)


def _git_processes(folders: tuple[Path, ...]) -> Iterator[tuple[int, str]]:
    homes = [folder.resolve() for folder in folders]
    for process in psutil.process_iter():
        try:
            name = process.name()
            if not name.startswith("git") or process.status() == psutil.STATUS_ZOMBIE:
                continue
            place = Path(process.cwd())
        except (psutil.Error, OSError):
            continue  # ended meanwhile, or somebody else's
        if any(place.is_relative_to(home) for home in homes):
            yield process.pid, name
