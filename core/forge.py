"""The forge port: where issues come from and pull requests go, and what can go wrong on the way.

ForgeError
├── ForgeUnavailableError    no answer, or the forge failed: try again
│   └── ForgeBusyError       too much was asked: come again after `retry_after_s`
├── ForgeDeniedError         our key is not accepted, or may not do this; `hint` says what it lacks
└── ForgeRefusedError        the forge does not take this as it is: protected branch, secret, nothing new …
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from core.domain.errors import OrchestratorError
from core.domain.identity import TaskId
from core.domain.project import Project


class ForgeError(OrchestratorError):
    """Root of what a forge answers instead of yes."""


class ForgeUnavailableError(ForgeError):
    """The forge cannot be reached, or does not answer; whether it was done is found out by asking again."""


class ForgeBusyError(ForgeUnavailableError):
    """The forge wants to be left alone for `retry_after_s`; nothing was done."""

    def __init__(self, message: str, *, retry_after_s: float, hint: str = "") -> None:
        super().__init__(message, hint=hint)
        self.retry_after_s = retry_after_s


class ForgeDeniedError(ForgeError):
    """We may not do this; `hint` says what a person can change."""


class ForgeRefusedError(ForgeError):
    """It will not be taken as it is, however often it is tried."""


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
    """Reference of the issue it settles, `123` or `owner/repo#123`; '' for none."""
    unfinished: bool = False
    """It is to be looked at, not merged yet: the checks failed, or the money ran out."""


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
        """The issue called `reference` (such as `123`); NotFoundError when there is none.

        A forge that is a server raises ForgeError too.
        """
        ...

    async def publish(self, project: Project, draft: PullRequestDraft) -> PullRequest:
        """Open the pull request of `draft.branch`, or find the one that is already open for it and update it.

        May be repeated after a crash at any point. A forge that is a server raises ForgeError, and ConflictError when
        somebody else changed the branch there.
        """
        ...
