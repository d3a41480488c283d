"""A task: one request, its states, and the only moves between them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TypeVar

from core.domain.errors import IllegalTransitionError
from core.domain.identity import AgentRunId, PersonId, Place, ProjectName, StepName, TaskId
from core.domain.workflow import Workflow


class TaskState(StrEnum):
    """Where a task stands."""

    QUEUED = "queued"
    PLANNING = "planning"
    AWAITING_APPROVAL = "awaiting_approval"
    RUNNING = "running"
    PAUSED = "paused"
    COMPLETED = "completed"
    FAILED = "failed"
    CANCELLED = "cancelled"


class StepState(StrEnum):
    """Where a step of a task stands."""

    PENDING = "pending"
    RUNNING = "running"
    WAITING = "waiting"
    COMPLETED = "completed"
    FAILED = "failed"
    SKIPPED = "skipped"
    CANCELLED = "cancelled"


class AgentRunState(StrEnum):
    """Where an agent run stands; `waiting` holds no process and no queue slot."""

    QUEUED = "queued"
    RUNNING = "running"
    WAITING = "waiting"
    COMPLETED = "completed"
    FAILED = "failed"
    CANCELLED = "cancelled"


State = TypeVar("State", bound=StrEnum)
Transitions = Mapping[State, frozenset[State]]

_END_EARLY = frozenset({TaskState.FAILED, TaskState.CANCELLED})
TASK_TRANSITIONS: Transitions[TaskState] = {
    TaskState.QUEUED: _END_EARLY | {TaskState.PLANNING, TaskState.PAUSED},
    TaskState.PLANNING: _END_EARLY | {TaskState.RUNNING, TaskState.AWAITING_APPROVAL, TaskState.PAUSED},
    TaskState.AWAITING_APPROVAL: _END_EARLY | {TaskState.PLANNING, TaskState.RUNNING, TaskState.PAUSED},
    TaskState.RUNNING: _END_EARLY | {TaskState.AWAITING_APPROVAL, TaskState.PAUSED, TaskState.COMPLETED},
    TaskState.PAUSED: _END_EARLY
    | {TaskState.QUEUED, TaskState.PLANNING, TaskState.RUNNING, TaskState.AWAITING_APPROVAL},
    TaskState.COMPLETED: frozenset(),
    TaskState.FAILED: frozenset(),
    TaskState.CANCELLED: frozenset(),
}

_STEP_ENDS = frozenset({StepState.COMPLETED, StepState.FAILED, StepState.CANCELLED})
STEP_TRANSITIONS: Transitions[StepState] = {
    StepState.PENDING: frozenset({StepState.RUNNING, StepState.SKIPPED, StepState.CANCELLED, StepState.FAILED}),
    StepState.RUNNING: _STEP_ENDS | {StepState.WAITING},
    StepState.WAITING: _STEP_ENDS | {StepState.RUNNING},
    # a loop back makes a finished step pending again
    StepState.COMPLETED: frozenset({StepState.PENDING, StepState.WAITING}),
    StepState.FAILED: frozenset({StepState.PENDING}),
    StepState.SKIPPED: frozenset({StepState.PENDING}),
    StepState.CANCELLED: frozenset(),
}

_RUN_ENDS = frozenset({AgentRunState.COMPLETED, AgentRunState.FAILED, AgentRunState.CANCELLED})
AGENT_RUN_TRANSITIONS: Transitions[AgentRunState] = {
    AgentRunState.QUEUED: _RUN_ENDS | {AgentRunState.RUNNING},
    AgentRunState.RUNNING: _RUN_ENDS | {AgentRunState.WAITING, AgentRunState.QUEUED},
    AgentRunState.WAITING: _RUN_ENDS | {AgentRunState.QUEUED, AgentRunState.RUNNING},
    AgentRunState.COMPLETED: frozenset(),
    AgentRunState.FAILED: frozenset(),
    AgentRunState.CANCELLED: frozenset(),
}

FINAL_TASK_STATES = frozenset(state for state, targets in TASK_TRANSITIONS.items() if not targets)


def check_transition(table: Transitions[State], *, kind: str, name: str, source: State, target: State) -> None:
    """Raise IllegalTransitionError unless `table` holds the move; staying put is always allowed (re-runs do it)."""
    if source != target and target not in table[source]:
        raise IllegalTransitionError(kind, name, source.value, target.value)


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """One request and where it has got to. Times are UTC; costs live in the ledger, not here."""

    id: TaskId
    number: int
    project: ProjectName
    request: str
    """As the person wrote it, cleaned of what no system can carry (see `core.planning.request`)."""
    title: str
    """One printable line, at most 72 characters."""
    requested_by: PersonId
    place: Place | None = None
    state: TaskState
    workflow: Workflow
    issue: str = ""
    """The forge issue it came from, such as `123`; '' for none."""
    issue_title: str = ""
    issue_text: str = ""
    """The issue's body and comments as they were when work began: untrusted text, kept so that it cannot change."""
    base_branch: str = ""
    base_commit: str = ""
    branch: str = ""
    commit: str = ""
    """Head of the task's branch, once there is a commit of ours; '' before."""
    pull_request: str = ""
    failure: str = ""
    """Why it failed and what to do, for people; '' unless failed."""
    created_at: datetime
    started_at: datetime | None = None
    finished_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One step of one task. `round` counts from 1 and grows with each loop back."""

    task: TaskId
    name: StepName
    position: int
    role: str
    state: StepState = StepState.PENDING
    round: int = 1
    result: Mapping[str, object] | None = None
    """The role's typed result as JSON, from the latest completed round."""
    summary: str = ""
    started_at: datetime | None = None
    finished_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentRun:
    """One role working on one round of one step. `attempts` counts the processes started for it."""

    id: AgentRunId
    task: TaskId
    step: StepName
    round: int
    role: str
    model: str
    state: AgentRunState
    attempts: int = 0
    session: str = ""
    """The agent session's id (a UUID), chosen by us before the first start."""
    activity: str = ""
    """What it is doing now, one line; '' when it is not running."""
    result: Mapping[str, object] | None = None
    error: str = ""
    reported_cost_usd: str = ""
    """What the agent program itself said it cost, as a decimal string, to reconcile with the ledger; '' unknown."""
    created_at: datetime
    started_at: datetime | None = None
    finished_at: datetime | None = None
