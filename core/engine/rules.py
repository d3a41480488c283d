"""What a task does next, derived from its stored state alone.

The driver asks this after every change and after every crash; because the answer depends on nothing else, a process
that died at any point is continued by asking again.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal

from core.domain.approval import Approval, ApprovalKind, ApprovalState
from core.domain.identity import StepName
from core.domain.project import PlanGate
from core.domain.task import (
    AT_WORK,
    FINAL_TASK_STATES,
    AgentRun,
    AgentRunState,
    Complexity,
    RunPurpose,
    Step,
    StepState,
    Task,
    TaskState,
)
from core.domain.workflow import Gate, StepDefinition
from core.engine import money
from core.engine.approval_keys import conflict_key, gate_key, publish_key
from core.engine.moves import (
    AskConflict,
    AskGate,
    AskPublish,
    Change,
    ContinueAgent,
    Effect,
    End,
    GiveUp,
    LoopBack,
    PassGate,
    Prepare,
    Publish,
    PutBack,
    Refuse,
    Restore,
    Revise,
    RunAgent,
    SetAside,
    Settle,
    SkipStep,
    StartStep,
    TryAgain,
)

ACTIVE_STEPS = frozenset({StepState.RUNNING, StepState.WAITING})


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """All that the next move depends on; `runs` and `approvals` oldest first."""

    task: Task
    steps: Sequence[Step]
    runs: Sequence[AgentRun]
    approvals: Sequence[Approval]
    skipped: frozenset[StepName] = frozenset()
    """Steps whose condition does not hold now."""
    writers: frozenset[str] = frozenset()
    """Roles whose changes are kept."""
    sent_back: Mapping[StepName, int] = field(default_factory=dict[StepName, int])
    """How often each step's result was negative in this life of the task, the present one included."""
    rivals: bool = False
    """Whether other forks of the same work are not out of the question; only told when every step is done."""
    spent_usd: Decimal = Decimal(0)
    """What the task cost so far; only told when it has a budget."""

    @property
    def held(self) -> bool:
        """Whether money is missing, so that nothing goes on that costs."""
        return money.is_held(self.task, self.approvals, spent=self.spent_usd)


def next_moves(situation: Situation) -> Change | tuple[Effect, ...]:
    """The one state change that is due, or when there is none the effects that are; () when people must decide."""
    task = situation.task
    if task.state in FINAL_TASK_STATES:
        return (End(),)
    if task.state == TaskState.PAUSED:
        return next((PutBack(agent_run=run.id) for run in situation.runs if run.state in AT_WORK), ())
    if not task.branch:
        return (Prepare(),)
    if task.restore_commit:
        return (Restore(),)
    if refused := money.refusal(task, situation.approvals):
        return refused
    steps = {step.name: step for step in situation.steps}
    effects: list[Effect] = []
    through: set[StepName] = set()
    held, short = situation.held, False
    for name in task.workflow.order():
        definition = task.workflow.step(name)
        if not through.issuperset(definition.needs):
            continue
        move = _step_move(situation, steps[name], definition)
        if held and _costs(move):
            short = True
            effects += [SetAside(move.agent_run)] if isinstance(move, RunAgent) else []
            continue
        if isinstance(move, Change):
            return move
        if move == ():
            through.add(name)
        effects += [move] if isinstance(move, RunAgent | Settle | AskGate) else []
    if short and not effects:
        # only now: what is under way may be all that the task needs
        return money.question(task, situation.approvals)
    return _publish_moves(situation) if len(through) == len(steps) else tuple(effects)


def _publish_moves(situation: Situation) -> Change | tuple[Effect, ...]:
    """Offer the branch; a task with forks (or a fork) only when a person keeps it."""
    key = publish_key(situation.task)
    asked = next((approval for approval in situation.approvals if approval.key == key), None)
    if asked is None:
        return AskPublish() if situation.rivals else (Publish(),)
    match asked.state:
        case ApprovalState.PENDING:
            return ()
        case ApprovalState.APPROVED:
            return (Publish(),)
        case _:
            why = f": {asked.decision_reason}" if asked.decision_reason else "."
            return Refuse(reason=f"It is not kept{why}")


def is_gated(task: Task, definition: StepDefinition) -> bool:
    """Whether a person must approve the step's result before the steps after it start."""
    match definition.gate:
        case Gate.NONE:
            return False
        case Gate.RESULT:
            return True
        case Gate.PLAN:
            complex_ = task.complexity == Complexity.COMPLEX
            return task.plan_gate == PlanGate.ALWAYS or (task.plan_gate == PlanGate.COMPLEX and complex_)


def standing(situation: Situation) -> TaskState:
    """The state that tells people best where a working task stands; only for tasks that are not at rest or ended."""
    task = situation.task
    waits = any(approval.state == ApprovalState.PENDING for approval in situation.approvals)
    # without money nothing that is queued begins
    working = AT_WORK if situation.held else AT_WORK | {AgentRunState.QUEUED}
    busy = any(run.state in working for run in situation.runs)
    if waits and not busy:
        return TaskState.AWAITING_APPROVAL
    workflow, steps = task.workflow, {step.name: step for step in situation.steps}
    gates = [step.name for step in workflow.steps if step.gate == Gate.PLAN]
    planning = set(gates).union(*(workflow.before(gate) for gate in gates))
    open_ = [
        name
        for name in gates
        if steps[name].state not in (StepState.COMPLETED, StepState.SKIPPED)
        or (is_gated(task, workflow.step(name)) and not _is_passed(situation, steps[name]))
    ]
    begun = any(step.state != StepState.PENDING for step in situation.steps if step.name not in planning)
    return TaskState.PLANNING if open_ and not begun and task.state != TaskState.RUNNING else TaskState.RUNNING


_Waits = Literal["waits", "queued"]
_StepMove = Change | RunAgent | Settle | AskGate | tuple[()] | _Waits
"""() means: through, the steps after it may start; `queued`: an agent waits for its place."""


def _costs(move: _StepMove) -> bool:
    """Whether an agent works, or is about to."""
    return move == "queued" or isinstance(move, RunAgent | StartStep | TryAgain | ContinueAgent)


def _step_move(situation: Situation, step: Step, definition: StepDefinition) -> _StepMove:
    match step.state:
        case StepState.PENDING:
            return SkipStep(step=step.name) if step.name in situation.skipped else StartStep(step=step.name)
        case StepState.RUNNING:
            return _run_move(situation, step, definition)
        case StepState.WAITING:
            gate = _gate_approval(situation, step)
            return _gate_move(gate, step) if gate else _run_move(situation, step, definition)
        case StepState.COMPLETED:
            if is_gated(situation.task, definition) and not _is_passed(situation, step):
                return AskGate(step.name)
            return ()
        case StepState.SKIPPED:
            return ()
        case StepState.FAILED:
            return _failed_move(situation, step, definition)
        case StepState.CANCELLED:
            return GiveUp(reason=step.summary or f"Step {step.name} is cancelled.")


def _run_move(situation: Situation, step: Step, definition: StepDefinition) -> _StepMove:
    """What the current round's latest agent run wants."""
    runs = [run for run in situation.runs if run.step == step.name and run.round == step.round]
    if not runs:
        return StartStep(step=step.name)
    run = runs[-1]
    match run.state:
        case AgentRunState.QUEUED:
            return "queued"
        case AgentRunState.STARTING | AgentRunState.RUNNING:
            return RunAgent(run.id)
        case AgentRunState.WAITING:
            open_ = [a for a in situation.approvals if a.agent_run == run.id and a.state == ApprovalState.PENDING]
            return "waits" if open_ else ContinueAgent(agent_run=run.id)
        case AgentRunState.COMPLETED:
            return _settle_move(situation, step, run)
        case AgentRunState.FAILED if run.purpose == RunPurpose.MERGE:
            return _settle_move(situation, step, run)
        case AgentRunState.FAILED:
            # others of the round may have handed in a plan that had to be mended
            failed = sum(other.purpose == RunPurpose.WORK and other.state == AgentRunState.FAILED for other in runs)
            if failed <= definition.retries:
                return TryAgain(step=step.name)
            return GiveUp(reason=f"The {run.role} could not finish step {step.name}: {run.error}")
        case AgentRunState.CANCELLED:
            return GiveUp(reason=f"The {run.role} of step {step.name} was cancelled.")


def _settle_move(situation: Situation, step: Step, run: AgentRun) -> _StepMove:
    """Bring the work to the branch, in the order of the workflow among steps that write at the same time."""
    asked = conflicts(situation, step)
    if asked:
        match asked[-1].state:
            case ApprovalState.PENDING:
                return "waits"
            case ApprovalState.APPROVED:
                return Settle(run.id, after=len(asked))
            case _:
                why = f": {asked[-1].decision_reason}" if asked[-1].decision_reason else "."
                return GiveUp(reason=f"The conflict in step {step.name} was not settled{why}")
    if run.state == AgentRunState.FAILED:
        return AskConflict(step=step.name)
    if step.role in situation.writers and _writes_before(situation, step):
        return "waits"
    return Settle(run.id)


def _writes_before(situation: Situation, step: Step) -> bool:
    """Whether a step beside this one, but earlier in the workflow's order, has work still to come to the branch."""
    workflow = situation.task.workflow
    order = workflow.order()
    earlier = workflow.beside(step.name) & set(order[: order.index(step.name)])
    return any(
        other.state in ACTIVE_STEPS and other.role in situation.writers and _gate_approval(situation, other) is None
        for other in situation.steps
        if other.name in earlier
    )


def _failed_move(situation: Situation, step: Step, definition: StepDefinition) -> _StepMove:
    """Go back when the step may, as soon as what will run again is not under way: so all objections are heard."""
    loop = definition.loop
    task = situation.task
    if loop is None or situation.sent_back.get(step.name, 0) > loop.max_rounds:
        rounds = f" after {step.round} rounds" if step.round > 1 else ""
        kept = f" What was done is kept on the branch {task.branch}." if task.commit else ""
        return GiveUp(reason=f"Step {step.name} did not succeed{rounds}: {step.summary}{kept}")
    again = task.workflow.after(loop.back_to)
    busy = any(other.state in ACTIVE_STEPS for other in situation.steps if other.name in again)
    return "waits" if busy else LoopBack(step=step.name)


def conflicts(situation: Situation, step: Step) -> list[Approval]:
    """What people were asked about conflicts in the current round of `step`, oldest first."""
    prefix = conflict_key(step, 0).removesuffix("0")
    asked = [a for a in situation.approvals if a.kind == ApprovalKind.CONFLICT and a.key.startswith(prefix)]
    return sorted(asked, key=lambda approval: int(approval.key.removeprefix(prefix)))


def _gate_approval(situation: Situation, step: Step) -> Approval | None:
    key = gate_key(step)
    return next((approval for approval in situation.approvals if approval.key == key), None)


def _is_passed(situation: Situation, step: Step) -> bool:
    gate = _gate_approval(situation, step)
    return gate is not None and gate.state == ApprovalState.APPROVED


def _gate_move(gate: Approval, step: Step) -> _StepMove:
    match gate.state:
        case ApprovalState.PENDING:
            return "waits"
        case ApprovalState.APPROVED:
            return PassGate(step=step.name)
        case ApprovalState.CHANGED:
            return Revise(step=step.name)
        case ApprovalState.DENIED | ApprovalState.CANCELLED:
            what = "The plan was refused" if gate.kind == ApprovalKind.PLAN else "It was refused"
            why = f": {gate.decision_reason}" if gate.decision_reason else "."
            return Refuse(reason=f"{what}{why}")
