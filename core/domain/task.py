"""A task: one request, its states, and the only moves between them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import TypeVar

from core.domain.errors import IllegalTransitionError
from core.domain.estimate import Estimate
from core.domain.identity import AgentRunId, PersonId, Place, ProjectName, StepName, TaskId
from core.domain.project import PlanGate
from core.domain.pull_request import FollowUp, ForgeMark, ForgeWait, PullRequestState, ReviewTarget
from core.domain.workflow import Mode, Workflow


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


class Priority(StrEnum):
    """Whose agents start first when not all can; after 24 h of waiting a run counts one class higher."""

    HIGH = "high"
    NORMAL = "normal"
    LOW = "low"


class Complexity(StrEnum):
    """How much thought a request needs; it chooses models, the analyst and the plan gate."""

    SIMPLE = "simple"
    MODERATE = "moderate"
    COMPLEX = "complex"


class TaskType(StrEnum):
    """What kind of work a request asks for."""

    BUG_FIX = "bug_fix"
    FEATURE = "feature"
    CODE_REVIEW = "code_review"
    DOCUMENTATION = "documentation"
    REFACTORING = "refactoring"
    RESEARCH = "research"
    CUSTOM = "custom"


class StepState(StrEnum):
    """Where a step of a task stands."""

    PENDING = "pending"
    RUNNING = "running"
    WAITING = "waiting"
    COMPLETED = "completed"
    FAILED = "failed"
    SKIPPED = "skipped"
    CANCELLED = "cancelled"


class RunPurpose(StrEnum):
    """What an agent run is for."""

    WORK = "work"
    """The step's own work."""
    MERGE = "merge"
    """Settling a conflict between the step's work and what came to the branch meanwhile."""


class AgentRunState(StrEnum):
    """Where an agent run stands; only `starting` and `running` hold a place among the agents at work."""

    QUEUED = "queued"
    """Waits for a place, or until `not_before`."""
    STARTING = "starting"
    """Has its place; the process that drives its task starts it."""
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
    # a person may ask for more: retry and rewind begin another life of the task
    TaskState.COMPLETED: frozenset({TaskState.QUEUED}),
    TaskState.FAILED: frozenset({TaskState.QUEUED}),
    TaskState.CANCELLED: frozenset({TaskState.QUEUED}),
}

_STEP_ENDS = frozenset({StepState.COMPLETED, StepState.FAILED, StepState.CANCELLED})
STEP_TRANSITIONS: Transitions[StepState] = {
    StepState.PENDING: frozenset({StepState.RUNNING, StepState.SKIPPED, StepState.CANCELLED, StepState.FAILED}),
    StepState.RUNNING: _STEP_ENDS | {StepState.WAITING},
    # sent back with words: the next round
    StepState.WAITING: _STEP_ENDS | {StepState.RUNNING, StepState.PENDING},
    # a loop back makes a finished step pending again
    StepState.COMPLETED: frozenset({StepState.PENDING, StepState.WAITING}),
    StepState.FAILED: frozenset({StepState.PENDING}),
    StepState.SKIPPED: frozenset({StepState.PENDING}),
    StepState.CANCELLED: frozenset({StepState.PENDING}),
}

_RUN_ENDS = frozenset({AgentRunState.COMPLETED, AgentRunState.FAILED, AgentRunState.CANCELLED})
AGENT_RUN_TRANSITIONS: Transitions[AgentRunState] = {
    AgentRunState.QUEUED: _RUN_ENDS | {AgentRunState.STARTING, AgentRunState.RUNNING},
    AgentRunState.STARTING: _RUN_ENDS | {AgentRunState.RUNNING, AgentRunState.QUEUED},
    # back to the queue: paused, restarted, or to be tried again later
    AgentRunState.RUNNING: _RUN_ENDS | {AgentRunState.WAITING, AgentRunState.QUEUED},
    AgentRunState.WAITING: _RUN_ENDS | {AgentRunState.QUEUED},
    AgentRunState.COMPLETED: frozenset(),
    AgentRunState.FAILED: frozenset(),
    AgentRunState.CANCELLED: frozenset(),
}

FINAL_TASK_STATES = frozenset({TaskState.COMPLETED, TaskState.FAILED, TaskState.CANCELLED})
"""Nothing works on the task any more, unless a person asks for more."""
AGENT_RUN_ENDS = _RUN_ENDS
AT_WORK = frozenset({AgentRunState.STARTING, AgentRunState.RUNNING})
"""Agent runs that hold a place among the agents at work."""
STEP_AT_WORK = frozenset({StepState.RUNNING, StepState.WAITING})
"""Steps that have begun and are not over."""
RESTING_TASKS = FINAL_TASK_STATES | {TaskState.AWAITING_APPROVAL, TaskState.PAUSED}
"""Nothing of the task goes on before a person does something."""
RESTING_RUNS = frozenset({AgentRunState.QUEUED, AgentRunState.WAITING})


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
    type: TaskType = TaskType.CUSTOM
    complexity: Complexity = Complexity.MODERATE
    priority: Priority = Priority.NORMAL
    mode: Mode = Mode.AUTO
    plan_gate: PlanGate = PlanGate.ALWAYS
    """As the project wanted it when the task was submitted."""
    model: str = ""
    """Model for every agent of the task; '' means the project's or the role's."""
    budget_usd: Decimal | None = None
    """The most its agents may cost together, over all its lives; None for no limit."""
    estimate: Estimate | None = None
    """What tasks like it took when it was submitted; None when there were too few."""
    template: str = ""
    """Name and version of the template it was made from, such as `fix-issue@1.2`; '' for none."""
    forked_from: TaskId | None = None
    life: int = 1
    """Counts from 1; retry and rewind begin another one."""
    restore_commit: str = ""
    """Where the branch has to be set back to before work goes on; '' when it is where it should be."""
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
    """Reference of the pull request on the forge, such as `45`; '' before there is one."""
    pull_request_url: str = ""
    pull_request_state: PullRequestState = ""
    pull_request_commit: str = ""
    """The head we pushed last."""
    unfinished: str = ""
    """Why what is there is offered before all is done, for people; '' when it is offered only in the end."""
    forge_wait: ForgeWait | None = None
    """Until when the forge is left alone; None when it answers."""
    forge_mark: ForgeMark = ""
    """How the issue was last told that things stand."""
    follow_up: FollowUp | None = None
    """The last thing that was asked for after the pull request was open."""
    reviews: ReviewTarget | None = None
    """The pull request it reviews, instead of changing anything; None for every other task."""
    is_cleaned: bool = False
    """Whether branch and worktree were taken away here, after the merge."""
    failure: str = ""
    """Why it failed and what to do, for people; '' unless failed."""
    request_key: str = ""
    """Names the request it was submitted with, so that a repeat of it finds this task; '' when nobody repeats."""
    created_at: datetime
    started_at: datetime | None = None
    finished_at: datetime | None = None
    resting_since: datetime | None = None
    """Since when it waits for people, is paused or has ended; None while it goes on."""
    rested_s: float = 0.0
    """How long it rested before that, all in all."""

    def worked_s(self, now: datetime) -> float:
        """Seconds from its start to `now` or its end without those in which it rested; 0 before it started."""
        return _worked_s(self, now)


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
    base_commit: str = ""
    """Head of the task's branch when the current round began; '' before."""
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
    purpose: RunPurpose = RunPurpose.WORK
    attempts: int = 0
    session: str = ""
    """The agent session's id (a UUID), chosen by us before the first start."""
    forked_session: str = ""
    """The session it begins as a copy of; '' for a fresh one."""
    forked_message: str = ""
    """Uuid of the last message of that session to keep; '' for all."""
    not_before: datetime | None = None
    """A queued run waits at least until then (a durable back-off)."""
    transient_failures: int = 0
    """Failures in a row that may pass by themselves."""
    interruptions: int = 0
    """How often our own process died under it."""
    restarts: int = 0
    """How often it was stuck and begun again."""
    peak_memory_bytes: int = 0
    """Most memory all its processes held at once, as measured."""
    cpu_s: float = 0.0
    """Processor time of its processes, in seconds, as measured."""
    activity: str = ""
    """What it is doing now, one line; '' when it is not running."""
    result: Mapping[str, object] | None = None
    error: str = ""
    reported_cost_usd: str = ""
    """What the agent program itself said it cost, as a decimal string, to reconcile with the ledger; '' unknown."""
    created_at: datetime
    started_at: datetime | None = None
    finished_at: datetime | None = None
    resting_since: datetime | None = None
    """Since when it waits for a person or for a place again; None while it works."""
    rested_s: float = 0.0

    def worked_s(self, now: datetime) -> float:
        """Seconds from its start to `now` or its end without those in which it rested; 0 before it started."""
        return _worked_s(self, now)


def _worked_s(worker: Task | AgentRun, now: datetime) -> float:
    if worker.started_at is None:
        return 0.0
    end = worker.finished_at or worker.resting_since or now
    return max(0.0, (end - worker.started_at).total_seconds() - worker.rested_s)
