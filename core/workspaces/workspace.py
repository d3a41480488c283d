"""A workspace: the branch and folder in which one task works, and under whose name it commits."""

from dataclasses import dataclass
from pathlib import Path

from core.domain.identity import TaskId


@dataclass(frozen=True, slots=True, kw_only=True)
class Workspace:
    """One task's worktree. `base_commit` is the full hash its branch started from."""

    task: TaskId
    path: Path
    branch: str
    base_branch: str
    base_commit: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CommitIdentity:
    """Author and committer of every commit we make."""

    name: str
    email: str
