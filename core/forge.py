"""The forge port: where issues come from and pull requests go."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from core.domain.identity import TaskId
from core.domain.project import Project


@dataclass(frozen=True, slots=True, kw_only=True)
class Issue:
    """An issue as its author wrote it: untrusted text."""

    reference: str
    title: str
    body: str
    author: str = ""
    labels: tuple[str, ...] = ()
    comments: tuple[str, ...] = ()
    url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PullRequestDraft:
    """What is to be offered for merging."""

    task: TaskId
    title: str
    body: str
    branch: str
    base_branch: str
    commit: str
    closes: str = ""
    """Reference of the issue it settles; '' for none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PullRequest:
    """A pull request that exists."""

    reference: str
    title: str
    branch: str
    base_branch: str
    commit: str
    url: str
    opened_at: datetime


class Forge(Protocol):
    """One kind of forge."""

    async def issue(self, project: Project, reference: str) -> Issue:
        """The issue called `reference` (such as `123`); NotFoundError when there is none."""
        ...

    async def publish(self, project: Project, draft: PullRequestDraft) -> PullRequest:
        """Open the pull request of `draft.branch`, or find the one that is already open for it and update it."""
        ...
