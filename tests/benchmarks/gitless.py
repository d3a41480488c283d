"""Workspaces that are plain folders: where the engine is measured, git's own time is left out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from core.domain.identity import TaskId
from core.domain.project import Project
from core.workspaces.workspace import Workspace
from core.workspaces.workspaces import Workspaces

COMMIT = "0" * 40


@dataclass(frozen=True, slots=True, kw_only=True)
class _Where:
    """Stands for what git would know."""

    branch: str
    base_branch: str = "main"
    base_commit: str = COMMIT


class GitlessWorkspaces(Workspaces):
    """One empty folder for each task; nothing ever changes in it."""

    async def prepare(self, project: Project, *, task: TaskId, slug: str) -> Workspace:
        """Make the folder."""
        return self._at(task, _Where(branch=f"orchestrate/{task}-{slug}"))

    async def open(
        self, project: Project, *, task: TaskId, branch: str, base_branch: str, base_commit: str
    ) -> Workspace:
        """The folder."""
        return self._at(task, _Where(branch=branch, base_branch=base_branch, base_commit=base_commit))

    async def commit(
        self, workspace: Workspace, *, subject: str, body: str = "", trailers: Mapping[str, str]
    ) -> str | None:
        """There is nothing to commit."""
        return None

    async def changed_files(self, workspace: Workspace) -> tuple[str, ...]:
        """Nothing."""
        return ()

    async def undo(self, workspace: Workspace) -> None:
        """Nothing."""

    async def in_use(self) -> Sequence[TaskId]:
        """None takes room."""
        return ()

    async def expired(self, *, older_than: datetime) -> list[TaskId]:
        """None is cleaned up."""
        return []

    def _at(self, task: TaskId, where: _Where) -> Workspace:
        path = self.folder / task
        path.mkdir(parents=True, exist_ok=True)
        return Workspace(
            task=task, path=path, branch=where.branch, base_branch=where.base_branch, base_commit=where.base_commit
        )
