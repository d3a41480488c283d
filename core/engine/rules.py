"""What a task does next, derived from its stored state alone.

The driver asks this after every change and after every crash; because the answer depends on nothing else, a process
that died at any point is continued by asking again.
"""

from typing import assert_never

from core.domain.approval import Approval, ApprovalState
from core.domain.identity import StepName
from core.domain.task import AT_WORK, FINAL_TASK_STATES, STEP_AT_WORK, TaskState
from core.engine import money
from core.engine.approval_keys import offer_key, publish_key
from core.engine.moves import (
    AskGate,
    AskOffer,
    AskPublish,
    Change,
    ContinueAgent,
    DropQuestion,
    Effect,
    End,
    KeepHere,
    Leave,
    Prepare,
    Publish,
    PutBack,
    Refuse,
    Restore,
    RunAgent,
    SetAside,
    Settle,
    StartStep,
    TryAgain,
)
from core.engine.situation import Situation, why
from core.engine.step_rules import StepMove, step_move


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
    if task.unfinished:
        left = tuple(Leave(step=step.name) for step in situation.steps if step.state in STEP_AT_WORK)
        return left or _publish_moves(situation)
    if situation.shared.has_again is not None:
        return DropQuestion(approval=situation.shared.has_again)
    return money.refusal(task, situation.approvals) or _working_moves(situation)


def _working_moves(situation: Situation) -> Change | tuple[Effect, ...]:
    """What is due of the steps, in the order of the workflow, and of the branch once all are through."""
    task = situation.task
    steps = {step.name: step for step in situation.steps}
    effects: list[Effect] = []
    through: set[StepName] = set()
    short: str | None = None
    for name in task.workflow.order():
        definition = task.workflow.step(name)
        if not through.issuperset(definition.needs):
            continue
        move = step_move(situation, steps[name], definition)
        holder = situation.holder(name)
        if holder is not None and _costs(move):
            short = holder if short is None else short
            effects += [SetAside(move.agent_run)] if isinstance(move, RunAgent) else []
            continue
        if isinstance(move, Change):
            return move
        if move == ():
            through.add(name)
        effects += [move] if isinstance(move, RunAgent | Settle | AskGate) else []
    if short is not None and not effects:
        # only now: what is under way may be all that the task needs
        return money.question(task, situation.approvals, short_of=short, shared=situation.shared)
    return _publish_moves(situation) if len(through) == len(steps) else tuple(effects)


def _publish_moves(situation: Situation) -> Change | tuple[Effect, ...]:
    """Offer the branch; a task with forks (or a fork) only when a person keeps it."""
    asked = _asked(situation, publish_key(situation.task))
    if asked is None:
        return AskPublish() if situation.rivals else _offer_moves(situation)
    match asked.state:
        case ApprovalState.PENDING:
            return ()
        case ApprovalState.APPROVED:
            # what was agreed to says that it is offered: nobody is asked twice
            return (Publish(),)
        case ApprovalState.DENIED | ApprovalState.CHANGED | ApprovalState.CANCELLED:
            return Refuse(reason=f"It is not kept{why(asked)}")
        case _:
            assert_never(asked.state)


def _offer_moves(situation: Situation) -> Change | tuple[Effect, ...]:
    """Offer it, where people want to be asked first only when they agree; else it stays here, and is complete."""
    asked = _asked(situation, offer_key(situation.task))
    if asked is None:
        return AskOffer() if situation.asks_to_offer else (Publish(),)
    match asked.state:
        case ApprovalState.PENDING:
            return ()
        case ApprovalState.APPROVED:
            return (Publish(),)
        case ApprovalState.DENIED | ApprovalState.CHANGED | ApprovalState.CANCELLED:
            what = "The review was not posted" if situation.task.reviews else "It was not offered"
            return KeepHere(reason=f"{what}{why(asked)}")
        case _:
            assert_never(asked.state)


def _asked(situation: Situation, key: str) -> Approval | None:
    return next((approval for approval in situation.approvals if approval.key == key), None)


def _costs(move: StepMove) -> bool:
    """Whether an agent works, or is about to."""
    return move == "queued" or isinstance(move, RunAgent | StartStep | TryAgain | ContinueAgent)
