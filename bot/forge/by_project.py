"""The forge of each project: a server's where the project is there, else local files."""

from collections.abc import Callable, Collection
from pathlib import Path

from core.domain.project import Project
from core.forge import ForgeDesk, Issue, Offered, PullRequest, PullRequestDraft, Review


class ForgeByProject:
    """One forge made of two; every method is that of `ForgeDesk`. `remote` holds the projects that `is_there` names."""

    def __init__(self, *, local: ForgeDesk, remote: ForgeDesk, is_there: Callable[[Project], bool]) -> None:
        self._local = local
        self._remote = remote
        self._is_there = is_there

    async def issue(self, project: Project, reference: str) -> Issue:
        """From where the project is."""
        return await self._of(project).issue(project, reference)

    async def publish(self, project: Project, draft: PullRequestDraft) -> PullRequest:
        """To where the project is."""
        return await self._of(project).publish(project, draft)

    async def remark(self, project: Project, reference: str, text: str, *, key: str) -> str:
        """Where the project is."""
        return await self._of(project).remark(project, reference, text, key=key)

    async def label(self, project: Project, reference: str, *, add: Collection[str], remove: Collection[str]) -> None:
        """Where the project is."""
        await self._of(project).label(project, reference, add=add, remove=remove)

    async def offered(self, project: Project, reference: str) -> Offered:
        """From where the project is."""
        return await self._of(project).offered(project, reference)

    async def fetch(self, project: Project, pull_request: Offered, *, into: Path) -> None:
        """From where the project is."""
        await self._of(project).fetch(project, pull_request, into=into)

    async def review(self, project: Project, reference: str, review: Review, *, key: str) -> str:
        """Where the project is."""
        return await self._of(project).review(project, reference, review, key=key)

    def _of(self, project: Project) -> ForgeDesk:
        return self._remote if self._is_there(project) else self._local
