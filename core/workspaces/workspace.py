"""A workspace: the branch and folder in which a task or one lane of it works, and what merging one answers."""

from dataclasses import dataclass
from pathlib import Path

from core.domain.identity import TaskId


@dataclass(frozen=True, slots=True, kw_only=True)
class Workspace:
    """One worktree. `base_commit` is the full hash its branch started from."""

    task: TaskId
    path: Path
    branch: str
    base_branch: str
    base_commit: str
    lane: str = ""
    """The step that has this worktree for itself; '' for the task's own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CommitIdentity:
    """Author and committer of every commit we make."""

    name: str
    email: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Merge:
    """The task's branch holds the lane's work: its head with it, and the files that brought (none: nothing new)."""

    commit: str
    files: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Conflict:
    """The lane and the task's branch changed the same things differently, in these files."""

    files: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DiffStat:
    """How much differs; a renamed file counts once, a binary file has no lines."""

    files: int
    insertions: int
    deletions: int
