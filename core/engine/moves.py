"""What a task does next, derived from its stored state alone.

The workflow asks this after every effect and after every crash; because the answer depends on nothing else, a
process that died at any point is continued by asking again.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from core.domain.approval import Approval, ApprovalKind, ApprovalState
from core.domain.identity import AgentRunId, StepName
from core.domain.project import PlanGate
from core.domain.task import FINAL_TASK_STATES, AgentRun, AgentRunState, Step, StepState, Task, TaskState
from core.domain.workflow import Gate, StepDefinition


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepare:
    """Make the branch and the worktree."""

    kind: Literal["prepare"] = "prepare"


@dataclass(frozen=True, slots=True, kw_only=True)
class StartStep:
    """Begin a step's current round: create its agent run."""

    kind: Literal["start_step"] = "start_step"
    step: StepName


@dataclass(frozen=True, slots=True, kw_only=True)
class RunAgent:
    """Hand the agent run to the agents' queue and wait until it is no longer running."""

    kind: Literal["run_agent"] = "run_agent"
    agent_run: AgentRunId
    attempt: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ContinueAgent:
    """Every approval the run waited for is decided: queue it again."""

    kind: Literal["continue_agent"] = "continue_agent"
    agent_run: AgentRunId


@dataclass(frozen=True, slots=True, kw_only=True)
class Settle:
    """The agent is done: keep or undo its changes, verify, and judge the result."""

    kind: Literal["settle"] = "settle"
    agent_run: AgentRunId


@dataclass(frozen=True, slots=True, kw_only=True)
class AskGate:
    """Show the step's result to a person before later steps start."""

    kind: Literal["ask_gate"] = "ask_gate"
    step: StepName


@dataclass(frozen=True, slots=True, kw_only=True)
class PassGate:
    """The gate was approved."""

    kind: Literal["pass_gate"] = "pass_gate"
    step: StepName


@dataclass(frozen=True, slots=True, kw_only=True)
class Await:
    """People must decide something first; nothing runs meanwhile."""

    kind: Literal["await"] = "await"


@dataclass(frozen=True, slots=True, kw_only=True)
class Refuse:
    """A person refused the plan: the task ends."""

    kind: Literal["refuse"] = "refuse"
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GiveUp:
    """The task cannot go on."""

    kind: Literal["give_up"] = "give_up"
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Publish:
    """All steps are done: offer the branch."""

    kind: Literal["publish"] = "publish"


@dataclass(frozen=True, slots=True, kw_only=True)
class End:
    """The task has ended; there is nothing to do."""

    kind: Literal["end"] = "end"


Move = (
    Prepare
    | StartStep
    | RunAgent
    | ContinueAgent
    | Settle
    | AskGate
    | PassGate
    | Await
    | Refuse
    | GiveUp
    | Publish
    | End
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """All that the next move depends on; `runs` oldest first."""

    task: Task
    steps: Sequence[Step]
    runs: Sequence[AgentRun]
    approvals: Sequence[Approval]
    plan_gate: PlanGate


def gate_key(step: Step) -> str:
    """Key of the approval that the gate after `step`'s current round asks for."""
    return f"{step.task}:{step.name}:{step.round}:gate"


def next_move(situation: Situation) -> Move:
    """The one thing to do now."""
    task = situation.task
    if task.state in FINAL_TASK_STATES:
        return End()
    if task.state == TaskState.PAUSED:
        return Await()
    if not task.branch:
        return Prepare()
    steps = {step.name: step for step in situation.steps}
    for name in task.workflow.order():
        move = _step_move(situation, steps[name], task.workflow.step(name))
        if move is not None:
            return move
    return Publish()


def _step_move(situation: Situation, step: Step, definition: StepDefinition) -> Move | None:
    """What `step` still wants before the steps after it may start; None when it is through."""
    match step.state:
        case StepState.PENDING:
            return StartStep(step=step.name)
        case StepState.RUNNING:
            return _run_move(situation, step)
        case StepState.WAITING:
            if gate := _gate_approval(situation, step):
                return _gate_move(gate, step)
            return _run_move(situation, step)
        case StepState.COMPLETED:
            gated = definition.gate == Gate.PLAN and situation.plan_gate == PlanGate.ALWAYS
            if gated and _gate_approval(situation, step) is None:
                return AskGate(step=step.name)
            return None
        case StepState.SKIPPED:
            return None
        case StepState.FAILED | StepState.CANCELLED:
            return GiveUp(reason=step.summary or f"Step {step.name} is {step.state.value}.")


def _run_move(situation: Situation, step: Step) -> Move:
    """What the current round's agent run wants."""
    runs = [run for run in situation.runs if run.step == step.name and run.round == step.round]
    if not runs:
        return StartStep(step=step.name)
    run = runs[-1]
    match run.state:
        case AgentRunState.QUEUED | AgentRunState.RUNNING:
            return RunAgent(agent_run=run.id, attempt=run.attempts)
        case AgentRunState.WAITING:
            open_ = [a for a in situation.approvals if a.agent_run == run.id and a.state == ApprovalState.PENDING]
            return Await() if open_ else ContinueAgent(agent_run=run.id)
        case AgentRunState.COMPLETED:
            return Settle(agent_run=run.id)
        case AgentRunState.FAILED:
            return GiveUp(reason=f"The {run.role} could not finish step {step.name}: {run.error}")
        case AgentRunState.CANCELLED:
            return GiveUp(reason=f"The {run.role} of step {step.name} was cancelled.")


def _gate_approval(situation: Situation, step: Step) -> Approval | None:
    key = gate_key(step)
    return next((approval for approval in situation.approvals if approval.key == key), None)


def _gate_move(gate: Approval, step: Step) -> Move:
    match gate.state:
        case ApprovalState.PENDING:
            return Await()
        case ApprovalState.APPROVED:
            return PassGate(step=step.name)
        case ApprovalState.DENIED | ApprovalState.CANCELLED:
            what = "The plan was refused" if gate.kind == ApprovalKind.PLAN else "It was refused"
            why = f": {gate.decision_reason}" if gate.decision_reason else "."
            return Refuse(reason=f"{what}{why}")
