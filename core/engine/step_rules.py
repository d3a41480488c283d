"""What one step of a task does next, derived from its task's situation alone."""

from typing import Literal, assert_never

from core.domain.approval import Approval, ApprovalKind, ApprovalState
from core.domain.task import AgentRun, AgentRunState, RunPurpose, Step, StepState
from core.domain.workflow import StepDefinition
from core.engine.moves import (
    AskConflict,
    AskGate,
    Change,
    ContinueAgent,
    GiveUp,
    LoopBack,
    PassGate,
    Refuse,
    Revise,
    RunAgent,
    Settle,
    SkipStep,
    StartStep,
    TryAgain,
)
from core.engine.situation import ACTIVE_STEPS, Situation, conflicts, gate_approval, is_gated, is_passed, why

_Waits = Literal["waits", "queued"]
StepMove = Change | RunAgent | Settle | AskGate | tuple[()] | _Waits
"""() means: through, the steps after it may start; `queued`: an agent waits for its place."""


def step_move(situation: Situation, step: Step, definition: StepDefinition) -> StepMove:
    """What is due of `step`, once every step it needs is through."""
    match step.state:
        case StepState.PENDING:
            return SkipStep(step=step.name) if step.name in situation.skipped else StartStep(step=step.name)
        case StepState.RUNNING:
            return _run_move(situation, step, definition)
        case StepState.WAITING:
            gate = gate_approval(situation, step)
            return _gate_move(gate, step) if gate else _run_move(situation, step, definition)
        case StepState.COMPLETED:
            if is_gated(situation.task, definition) and not is_passed(situation, step):
                return AskGate(step.name)
            return ()
        case StepState.SKIPPED:
            return ()
        case StepState.FAILED:
            return _failed_move(situation, step, definition)
        case StepState.CANCELLED:
            return GiveUp(reason=step.summary or f"Step {step.name} is cancelled.")
        case _:
            assert_never(step.state)


def _run_move(situation: Situation, step: Step, definition: StepDefinition) -> StepMove:
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
        case _:
            assert_never(run.state)


def _settle_move(situation: Situation, step: Step, run: AgentRun) -> StepMove:
    """Bring the work to the branch, in the order of the workflow among steps that write at the same time."""
    asked = conflicts(situation, step)
    if asked:
        latest = asked[-1]
        match latest.state:
            case ApprovalState.PENDING:
                return "waits"
            case ApprovalState.APPROVED:
                return Settle(run.id, after=len(asked))
            case ApprovalState.DENIED | ApprovalState.CHANGED | ApprovalState.CANCELLED:
                return GiveUp(reason=f"The conflict in step {step.name} was not settled{why(latest)}")
            case _:
                assert_never(latest.state)
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
        other.state in ACTIVE_STEPS and other.role in situation.writers and gate_approval(situation, other) is None
        for other in situation.steps
        if other.name in earlier
    )


def _failed_move(situation: Situation, step: Step, definition: StepDefinition) -> StepMove:
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


def _gate_move(gate: Approval, step: Step) -> StepMove:
    match gate.state:
        case ApprovalState.PENDING:
            return "waits"
        case ApprovalState.APPROVED:
            return PassGate(step=step.name)
        case ApprovalState.CHANGED:
            return Revise(step=step.name)
        case ApprovalState.DENIED | ApprovalState.CANCELLED:
            what = "The plan was refused" if gate.kind == ApprovalKind.PLAN else "It was refused"
            return Refuse(reason=f"{what}{why(gate)}")
        case _:
            assert_never(gate.state)
