"""Everything that happened, in the past tense: the tagged union that the journal stores and cards are made from."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from core.domain.identity import AgentRunId, ApprovalId, PersonId, StepName, TaskId


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskSubmitted:
    """A person asked for something."""

    type: Literal["task_submitted"] = "task_submitted"
    title: str
    by: PersonId


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskStateChanged:
    """The task moved; `reason` is for people."""

    type: Literal["task_state_changed"] = "task_state_changed"
    source: str
    target: str
    reason: str = ""
    by: PersonId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkspacePrepared:
    """The task has its own branch and worktree."""

    type: Literal["workspace_prepared"] = "workspace_prepared"
    branch: str
    base_branch: str
    base_commit: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StepStateChanged:
    """A step moved; `summary` is what came out of it, one line."""

    type: Literal["step_state_changed"] = "step_state_changed"
    step: StepName
    round: int
    source: str
    target: str
    summary: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentRunStateChanged:
    """An agent run moved; `detail` is its summary or error."""

    type: Literal["agent_run_state_changed"] = "agent_run_state_changed"
    agent_run: AgentRunId
    step: StepName
    role: str
    source: str
    target: str
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentActed:
    """What an agent is doing now, one line, from its tool use."""

    type: Literal["agent_acted"] = "agent_acted"
    agent_run: AgentRunId
    step: StepName
    activity: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelCalled:
    """A ledger row was written; `cost_usd` is a decimal string."""

    type: Literal["model_called"] = "model_called"
    agent_run: AgentRunId
    message_id: str
    model: str
    cost_usd: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CostMismatchFound:
    """Ledger and agent program disagree by more than one per cent; decimal strings."""

    type: Literal["cost_mismatch_found"] = "cost_mismatch_found"
    agent_run: AgentRunId
    ledger_usd: str
    reported_usd: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ApprovalRequested:
    """A person must decide."""

    type: Literal["approval_requested"] = "approval_requested"
    approval: ApprovalId
    kind: str
    step: StepName
    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ApprovalDecided:
    """Somebody decided, or the task ended and took the question with it."""

    type: Literal["approval_decided"] = "approval_decided"
    approval: ApprovalId
    kind: str
    state: str
    by: PersonId | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkVerified:
    """Our own run of the project's verify command; `output` is the tail of what it printed."""

    type: Literal["work_verified"] = "work_verified"
    step: StepName
    round: int
    command: str
    passed: bool
    output: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CommitCreated:
    """Work was committed on the task's branch."""

    type: Literal["commit_created"] = "commit_created"
    step: StepName
    round: int
    commit: str
    files: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PullRequestOpened:
    """The branch was offered for merging."""

    type: Literal["pull_request_opened"] = "pull_request_opened"
    reference: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeRaised:
    """Something a person should know that changes no state (an unknown price, a missing sandbox …)."""

    type: Literal["notice_raised"] = "notice_raised"
    text: str


Event = (
    TaskSubmitted
    | TaskStateChanged
    | WorkspacePrepared
    | StepStateChanged
    | AgentRunStateChanged
    | AgentActed
    | ModelCalled
    | CostMismatchFound
    | ApprovalRequested
    | ApprovalDecided
    | WorkVerified
    | CommitCreated
    | PullRequestOpened
    | NoticeRaised
)


@dataclass(frozen=True, slots=True, kw_only=True)
class JournalEntry:
    """An event with its global number (commit order, no gaps seen by a reader), task and time (UTC)."""

    seq: int
    task: TaskId
    at: datetime
    event: Event
