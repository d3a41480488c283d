"""The forge of each project: a server's where the project is there, else local files."""

from collections.abc import Callable

from core.domain.project import Project
from core.forge import Forge, Issue, PullRequest, PullRequestDraft


class ForgeByProject:
    """One forge made of two. `remote` holds the projects that `is_there` names."""

    def __init__(self, *, local: Forge, remote: Forge, is_there: Callable[[Project], bool]) -> None:
        self._local = local
        self._remote = remote
        self._is_there = is_there

    async def issue(self, project: Project, reference: str) -> Issue:
        """As `Forge.issue`."""
        return await self._of(project).issue(project, reference)

    async def publish(self, project: Project, draft: PullRequestDraft) -> PullRequest:
        """As `Forge.publish`."""
        return await self._of(project).publish(project, draft)

    def _of(self, project: Project) -> Forge:
        return self._remote if self._is_there(project) else self._local
