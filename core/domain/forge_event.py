"""What happened between a task and its forge, in the past tense: part of the union in `core.domain.event`."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from core.domain.identity import PersonId


@dataclass(frozen=True, slots=True, kw_only=True)
class ForgePostponed:
    """The forge is asked again at `until`, by itself; `doing` is what waits for it, `reason` is for people."""

    type: Literal["forge_postponed"] = "forge_postponed"
    until: datetime
    reason: str
    doing: Literal["prepare", "publish", "review"]


@dataclass(frozen=True, slots=True, kw_only=True)
class PullRequestUpdated:
    """More was pushed to a pull request that was open already: its head is `commit` now."""

    type: Literal["pull_request_updated"] = "pull_request_updated"
    reference: str
    url: str
    commit: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishingRequested:
    """A person wants what is there to be offered now, although not all is done."""

    type: Literal["publishing_requested"] = "publishing_requested"
    reason: str
    by: PersonId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BaseMoved:
    """The base branch is at `commit` now: the task's own branch was brought there, unless `files` clash."""

    type: Literal["base_moved"] = "base_moved"
    base_branch: str
    commit: str
    files: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class BranchMoved:
    """Somebody else pushed to the task's branch on the forge."""

    type: Literal["branch_moved"] = "branch_moved"
    branch: str
    commit: str
    by: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChecksReported:
    """All checks of what we pushed have ended; green when `failed` (names) is empty. `news` is the key of the rest."""

    type: Literal["checks_reported"] = "checks_reported"
    pull_request: str
    commit: str
    failed: tuple[str, ...] = ()
    news: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewReported:
    """A person reviewed the pull request, with so many remarks on lines; `news` is the key of the rest."""

    type: Literal["review_reported"] = "review_reported"
    pull_request: str
    by: str
    verdict: Literal["approved", "changes_requested", "commented"]
    remarks: int = 0
    url: str = ""
    news: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PullRequestClosed:
    """The pull request was merged, or closed without that; `by` is a name on the forge."""

    type: Literal["pull_request_closed"] = "pull_request_closed"
    pull_request: str
    merged: bool
    by: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PullRequestCameBack:
    """A closed pull request is open again."""

    type: Literal["pull_request_came_back"] = "pull_request_came_back"
    pull_request: str
    by: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkspaceCleaned:
    """What was merged needs no worktree and no branch here any more; `branch` is '' when a person has that one out."""

    type: Literal["workspace_cleaned"] = "workspace_cleaned"
    branch: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewPosted:
    """The task's findings stand under the pull request as one review."""

    type: Literal["review_posted"] = "review_posted"
    pull_request: str
    url: str


ForgeEvent = (
    ForgePostponed
    | PullRequestUpdated
    | PublishingRequested
    | BaseMoved
    | BranchMoved
    | ChecksReported
    | ReviewReported
    | PullRequestClosed
    | PullRequestCameBack
    | WorkspaceCleaned
    | ReviewPosted
)
