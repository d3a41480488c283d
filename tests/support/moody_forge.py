"""A forge that first answers what a test wants it to."""

from collections.abc import Iterable
from typing import Any

from core.domain.project import Project
from core.forge import ForgeDesk, ForgeError, Issue, PullRequest, PullRequestDraft


class MoodyForge:
    """Raises `refusals` one after the other, by the name of a call, before it does what `inner` does."""

    def __init__(self, inner: ForgeDesk, **refusals: Iterable[ForgeError]) -> None:
        self._inner = inner
        self._refusals = {name: list(errors) for name, errors in refusals.items()}
        self.drafts: list[PullRequestDraft] = []

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)

    async def issue(self, project: Project, reference: str) -> Issue:
        self._refuse("issue")
        return await self._inner.issue(project, reference)

    async def publish(self, project: Project, draft: PullRequestDraft) -> PullRequest:
        self._refuse("publish")
        self.drafts.append(draft)
        return await self._inner.publish(project, draft)

    async def remark(self, project: Project, reference: str, text: str, *, key: str) -> str:
        self._refuse("remark")
        return await self._inner.remark(project, reference, text, key=key)

    def _refuse(self, call: str) -> None:
        errors = self._refusals.get(call)
        if errors:
            raise errors.pop(0)
