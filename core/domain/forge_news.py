"""What happened on a forge, as the core hears of it. Every text in it was written by strangers: data, never orders."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from core.domain.identity import ProjectName, TaskId


@dataclass(frozen=True, slots=True, kw_only=True)
class FailedCheck:
    """One check that said no; `log` is the tail of what it printed, '' where the forge does not give it."""

    name: str
    url: str = ""
    log: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChecksEnded:
    """Everything that checks `commit` has ended; green when `failed` is empty."""

    type: Literal["checks_ended"] = "checks_ended"
    pull_request: str
    commit: str
    failed: tuple[FailedCheck, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Remark:
    """One comment of a review; `path` and `line` (of the new file, 0 for the whole file) say what it is about."""

    text: str
    path: str = ""
    line: int = 0
    by: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewGiven:
    """A person reviewed the pull request; `by` is their name on the forge."""

    type: Literal["review_given"] = "review_given"
    pull_request: str
    review: str
    """The forge's id of it."""
    by: str
    verdict: Literal["approved", "changes_requested", "commented"]
    text: str = ""
    remarks: tuple[Remark, ...] = ()
    url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PullRequestEnded:
    """The pull request was merged, or closed without that."""

    type: Literal["pull_request_ended"] = "pull_request_ended"
    pull_request: str
    merged: bool
    by: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PullRequestReopened:
    """A closed pull request is open again."""

    type: Literal["pull_request_reopened"] = "pull_request_reopened"
    pull_request: str
    by: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class BranchPushed:
    """`branch` is at `commit` now, by somebody else's push."""

    type: Literal["branch_pushed"] = "branch_pushed"
    branch: str
    commit: str
    by: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class IssueLabelled:
    """`label` was put on an issue by `by`, who may write to the repository when `trusted`."""

    type: Literal["issue_labelled"] = "issue_labelled"
    issue: str
    label: str
    by: str
    trusted: bool
    title: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Commented:
    """Somebody wrote under an issue or a pull request; `number` is its number."""

    type: Literal["commented"] = "commented"
    number: str
    comment: str
    """The forge's id of it."""
    by: str
    text: str


ForgeNews = (
    ChecksEnded | ReviewGiven | PullRequestEnded | PullRequestReopened | BranchPushed | IssueLabelled | Commented
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ForgeReport:
    """One piece of news with what makes it the same one when it comes twice, by whatever way."""

    key: str
    """Made of what happened, not of how it was heard: the same by webhook and by polling."""
    project: ProjectName
    news: ForgeNews


@dataclass(frozen=True, slots=True, kw_only=True)
class HeardNews:
    """A report that was kept because it concerns a task; what came earlier under the same key counts."""

    key: str
    project: ProjectName
    task: TaskId
    news: ForgeNews
    at: datetime
