"""Everything that happened, in the past tense: the tagged union that the journal stores and cards are made from."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from core.domain.budget_event import BudgetEvent
from core.domain.forge_event import ForgeEvent
from core.domain.identity import AgentRunId, ApprovalId, MessageId, PersonId, StepName, TaskId
from core.domain.schedule import ScheduleChange
from core.domain.unusual import UnusualSeen


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
    """The task has its own branch and worktree. The branch of a fork begins at `commit`, any other at the base."""

    type: Literal["workspace_prepared"] = "workspace_prepared"
    branch: str
    base_branch: str
    base_commit: str
    commit: str = ""


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
    """An agent run moved; `detail` is its summary or error, `failure` the FailureKind when it failed."""

    type: Literal["agent_run_state_changed"] = "agent_run_state_changed"
    agent_run: AgentRunId
    step: StepName
    role: str
    source: str
    target: str
    detail: str = ""
    failure: str = ""


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
class PermissionKept:
    """What this approval is about may be done again without asking, for the rest of the task."""

    type: Literal["permission_kept"] = "permission_kept"
    approval: ApprovalId
    tool: str
    title: str
    """The approval's: what may be done, one line."""
    by: PersonId


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


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanMade:
    """The steps of the task were settled; `source` is `rules`, `model` or `workflow`, `reason` one line for people."""

    type: Literal["plan_made"] = "plan_made"
    source: str
    workflow: str
    steps: tuple[StepName, ...]
    task_type: str
    complexity: str
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskReopened:
    """A person asked for more after the end, or went back to an earlier step: another life of the task begins.

    `key` names the press or message that asked for a follow-up; `news` is the key of the forge's news it is about.
    """

    type: Literal["task_reopened"] = "task_reopened"
    life: int
    step: StepName
    how: Literal["retry", "rewind", "follow_up", "publish"]
    by: PersonId | None = None
    why: str = ""
    news: str = ""
    key: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class BranchRestored:
    """The branch was set back; the former head stays reachable under `kept_as`, a git reference."""

    type: Literal["branch_restored"] = "branch_restored"
    commit: str
    kept_as: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskForked:
    """Another task began as a copy of this one; `at` is a step, or an agent run and one of its messages."""

    type: Literal["task_forked"] = "task_forked"
    child: TaskId
    at: str
    by: PersonId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskSteered:
    """A person told the agents something while they work; `to` is an agent run, '' for whoever works next."""

    type: Literal["task_steered"] = "task_steered"
    message: MessageId
    text: str
    to: str = ""
    by: PersonId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageDelivered:
    """An agent has been told what a person said."""

    type: Literal["message_delivered"] = "message_delivered"
    message: MessageId
    agent_run: AgentRunId


@dataclass(frozen=True, slots=True, kw_only=True)
class PriorityChanged:
    """A person changed whose agents start first."""

    type: Literal["priority_changed"] = "priority_changed"
    source: str
    target: str
    by: PersonId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BudgetChanged:
    """What the task may cost was changed; US dollars as decimal strings, '' for no limit."""

    type: Literal["budget_changed"] = "budget_changed"
    source: str
    target: str
    by: PersonId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BudgetReached:
    """A model call took the task to its budget or beyond: its agents stop; decimal strings.

    Of a shared `budget` (its key, '' for the task's own) each task is told by itself, as its agents come to their next
    call.
    """

    type: Literal["budget_reached"] = "budget_reached"
    budget: str = ""
    budget_usd: str
    spent_usd: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentRunPostponed:
    """The run will be tried again at `until`, by itself; `reason` is for people, `failure` the FailureKind."""

    type: Literal["agent_run_postponed"] = "agent_run_postponed"
    agent_run: AgentRunId
    until: datetime
    reason: str
    failure: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentStuck:
    """No sign of progress for `minutes`; `action` is what was done about it."""

    type: Literal["agent_stuck"] = "agent_stuck"
    agent_run: AgentRunId
    minutes: float
    action: Literal["nudged", "restarted", "failed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelSwitched:
    """The run goes on with another model of its role."""

    type: Literal["model_switched"] = "model_switched"
    agent_run: AgentRunId
    source: str
    target: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelHeld:
    """No agent is started on `model` until `until`: the provider said so, or it failed too often in a row."""

    type: Literal["model_held"] = "model_held"
    model: str
    until: datetime
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ConflictFound:
    """A step's work does not fit what came to the branch meanwhile; these files need a decision."""

    type: Literal["conflict_found"] = "conflict_found"
    step: StepName
    round: int
    files: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleAsked:
    """One agent asked another role something, read-only; both texts are shortened."""

    type: Literal["role_asked"] = "role_asked"
    agent_run: AgentRunId
    role: str
    question: str
    answer: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectArchived:
    """The project takes no more work; an event of the house, not of a task."""

    type: Literal["project_archived"] = "project_archived"
    project: str
    by: PersonId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectRestored:
    """The project takes work again; an event of the house, not of a task."""

    type: Literal["project_restored"] = "project_restored"
    project: str
    by: PersonId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ScheduleChanged:
    """Work or a report by the clock was made, changed, or carried out; an event of the house, not of a task."""

    type: Literal["schedule_changed"] = "schedule_changed"
    schedule: str
    change: ScheduleChange
    detail: str = ""
    """What it became, or why it is paused."""
    by: PersonId | None = None


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
    | PermissionKept
    | WorkVerified
    | CommitCreated
    | PullRequestOpened
    | NoticeRaised
    | PlanMade
    | TaskReopened
    | BranchRestored
    | TaskForked
    | TaskSteered
    | MessageDelivered
    | PriorityChanged
    | BudgetChanged
    | BudgetReached
    | AgentRunPostponed
    | AgentStuck
    | ModelSwitched
    | ModelHeld
    | ConflictFound
    | RoleAsked
    | ProjectArchived
    | ProjectRestored
    | ScheduleChanged
    | ForgeEvent
    | BudgetEvent
    | UnusualSeen
)

HOUSE = TaskId("")
"""Stands in the journal where a task would, for what concerns no task."""


@dataclass(frozen=True, slots=True, kw_only=True)
class JournalEntry:
    """An event with its global number (commit order, no gaps seen by a reader), task and time (UTC)."""

    seq: int
    task: TaskId
    at: datetime
    event: Event
