"""The forge port: where issues come from and pull requests go, and what can go wrong on the way.

ForgeError
├── ForgeUnavailableError    no answer, or the forge failed: try again
│   └── ForgeBusyError       too much was asked: come again after `retry_after_s`
├── ForgeDeniedError         our key is not accepted, or may not do this; `hint` says what it lacks
└── ForgeRefusedError        the forge does not take this as it is: protected branch, secret, nothing new …
"""

from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal, Never, Protocol

from core.domain.errors import OrchestratorError
from core.domain.forge_news import ForgeReport, Remark
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Offered:
    """A pull request as it is on the forge now, whoever opened it; its texts are untrusted."""

    reference: str
    title: str
    body: str
    author: str
    url: str
    branch: str
    base_branch: str
    commit: str
    """The head."""
    base_commit: str
    """Where its branch left the base: the two together are the change."""
    state: Literal["open", "merged", "closed"] = "open"
    foreign: bool = False
    """Its branch is in somebody else's copy of the repository, so that nothing can be pushed to it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """What is to be said of a pull request, as one review; remarks that cannot be placed become part of `text`."""

    commit: str
    """What was reviewed; when the pull request has moved on, the forge is told which commit was meant."""
    text: str
    remarks: tuple[Remark, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Watched:
    """A pull request of ours whose fate is of interest; `commit` is the head we pushed."""

    project: Project
    pull_request: str
    branch: str
    base_branch: str
    commit: str


class Forge(Protocol):
    """One kind of forge: where work begins and is offered. A server raises ForgeError besides what is named."""

    async def issue(self, project: Project, reference: str) -> Issue:
        """The issue called `reference` (`123`, `owner/repo#123` or its address); NotFoundError when there is none."""
        ...

    async def publish(self, project: Project, draft: PullRequestDraft) -> PullRequest:
        """Open the pull request of `draft.branch`, or find the one that is already open for it and update it.

        May be repeated after a crash at any point. ConflictError when somebody else changed the branch there.
        """
        ...


class ForgeDesk(Forge, Protocol):
    """What else a forge takes part in: it is told how things stand, and its pull requests are reviewed."""

    async def remark(self, project: Project, reference: str, text: str, *, key: str) -> str:
        """Comment on an issue or pull request, once per `key` whatever breaks; the comment's address."""
        ...

    async def label(self, project: Project, reference: str, *, add: Collection[str], remove: Collection[str]) -> None:
        """Put labels on an issue or pull request and take others off; those it lacks already are no error."""
        ...

    async def offered(self, project: Project, reference: str) -> Offered:
        """The pull request called `reference` (`45`, `owner/repo#45` or its address); NotFoundError."""
        ...

    async def fetch(self, project: Project, pull_request: Offered, *, into: Path) -> None:
        """Bring both commits of `pull_request` into the git repository at `into`, leaving no credential there."""
        ...

    async def review(self, project: Project, reference: str, review: Review, *, key: str) -> str:
        """Post one review, once per `key` whatever breaks; its address."""
        ...


class ForgeWatch(Protocol):
    """Tells what happens on a forge, by whatever way it is heard."""

    async def run(
        self,
        hear: Callable[[ForgeReport], Awaitable[None]],
        *,
        projects: Sequence[Project],
        watched: Callable[[], Awaitable[Sequence[Watched]]],
        ready: Callable[[], None],
    ) -> Never:
        """Listen until cancelled. `hear` returns once the report is kept; what it raises is tried again later.

        Each thing that happens is heard at least once, also what happened while nobody listened (what is `watched` is
        compared with how it is now), and `ready` is called when listening has begun. ForgeDeniedError when the key is
        not accepted at all.
        """
        ...
