"""The next move of a task, one situation at a time."""

from collections.abc import Mapping
from typing import Any

import pytest

from core.domain.approval import ApprovalKind, ApprovalState
from core.domain.identity import StepName
from core.domain.project import PlanGate
from core.domain.task import FINAL_TASK_STATES, AgentRun, AgentRunState, Step, StepState, TaskState
from core.engine.moves import (
    AskGate,
    Await,
    ContinueAgent,
    End,
    GiveUp,
    Move,
    PassGate,
    Prepare,
    Publish,
    Refuse,
    RunAgent,
    Settle,
    Situation,
    StartStep,
    gate_key,
    next_move,
)
from tests.support.values import BUILD, WORKFLOW, a_run, a_step, a_task, an_approval

PLAN = StepName("plan")
REVIEW = StepName("review")
PLANNED = a_step(name=PLAN, role="planner", state=StepState.COMPLETED)
GATE = an_approval(1, key=gate_key(PLANNED), step=PLAN, kind=ApprovalKind.PLAN, state=ApprovalState.APPROVED)


def move(
    *steps: Step,
    runs: tuple[AgentRun, ...] = (),
    approvals: tuple[Any, ...] = (GATE,),
    plan_gate: PlanGate = PlanGate.ALWAYS,
    **task: Any,
) -> Move:
    """The next move of a prepared task whose plan is approved; steps that are not given are pending."""
    facts: Mapping[str, Any] = {"branch": "orchestrate/T1-fix", "state": TaskState.RUNNING, **task}
    known = {step.name: step for step in steps}
    defaults = [PLANNED, a_step(), a_step(name=REVIEW, role="reviewer")]
    return next_move(
        Situation(
            task=a_task(workflow=WORKFLOW, **facts),
            steps=[known.get(step.name, step) for step in defaults],
            runs=runs,
            approvals=approvals,
            plan_gate=plan_gate,
        )
    )


BUILDING = a_step(state=StepState.RUNNING)
ASKING = a_step(state=StepState.WAITING)


@pytest.mark.parametrize("state", sorted(FINAL_TASK_STATES))
def test_an_ended_task_wants_nothing_whatever_is_still_open(state: TaskState) -> None:
    assert move(BUILDING, runs=(a_run(),), state=state, branch="") == End()


def test_a_task_without_a_branch_is_prepared_before_anything_else() -> None:
    assert move(branch="", state=TaskState.QUEUED) == Prepare()


def test_the_first_step_starts_when_the_workspace_is_there() -> None:
    assert move(a_step(name=PLAN), approvals=()) == StartStep(step=PLAN)


def test_a_step_starts_when_the_gate_before_it_was_approved() -> None:
    assert move() == StartStep(step=BUILD)


@pytest.mark.parametrize("state", [AgentRunState.QUEUED, AgentRunState.RUNNING])
def test_a_run_that_is_due_or_was_interrupted_is_run_as_the_attempt_it_is_at(state: AgentRunState) -> None:
    run = a_run(state=state, attempts=3)
    assert move(BUILDING, runs=(run,)) == RunAgent(agent_run=run.id, attempt=3)


def test_a_waiting_run_waits_while_one_of_its_calls_is_undecided() -> None:
    run = a_run(state=AgentRunState.WAITING)
    decided = an_approval(2, agent_run=run.id, state=ApprovalState.APPROVED)
    undecided = an_approval(3, agent_run=run.id)
    assert move(ASKING, runs=(run,), approvals=(GATE, decided, undecided)) == Await()


@pytest.mark.parametrize("state", [ApprovalState.APPROVED, ApprovalState.DENIED])
def test_a_waiting_run_goes_on_when_the_last_call_is_decided_either_way(state: ApprovalState) -> None:
    run = a_run(state=AgentRunState.WAITING)
    assert move(ASKING, runs=(run,), approvals=(GATE, an_approval(2, agent_run=run.id, state=state))) == ContinueAgent(
        agent_run=run.id
    )


def test_a_question_of_another_run_does_not_hold_a_run_up() -> None:
    run = a_run(state=AgentRunState.WAITING)
    foreign = an_approval(2, agent_run=a_run(ordinal=9).id)
    assert move(ASKING, runs=(run,), approvals=(GATE, foreign)) == ContinueAgent(agent_run=run.id)


def test_a_completed_run_is_settled() -> None:
    run = a_run(state=AgentRunState.COMPLETED)
    assert move(BUILDING, runs=(run,)) == Settle(agent_run=run.id)


def test_a_failed_run_ends_the_task_with_its_error() -> None:
    run = a_run(state=AgentRunState.FAILED, error="no credit left")
    assert move(BUILDING, runs=(run,)) == GiveUp(reason="The builder could not finish step build: no credit left")


def test_a_cancelled_run_of_a_live_task_ends_it_instead_of_hanging() -> None:
    run = a_run(state=AgentRunState.CANCELLED)
    assert move(BUILDING, runs=(run,)) == GiveUp(reason="The builder of step build was cancelled.")


def test_only_the_run_of_the_current_round_counts() -> None:
    earlier = a_run(ordinal=1, state=AgentRunState.COMPLETED)
    other_step = a_run(ordinal=3, step=REVIEW, round=2, state=AgentRunState.FAILED)
    current = a_run(ordinal=2, round=2, attempts=1)
    step = a_step(state=StepState.RUNNING, round=2)
    assert move(step, runs=(earlier, current, other_step)) == RunAgent(agent_run=current.id, attempt=1)


def test_of_two_runs_in_one_round_the_newer_counts() -> None:
    failed, newer = a_run(ordinal=1, state=AgentRunState.FAILED), a_run(ordinal=2, attempts=1)
    assert move(BUILDING, runs=(failed, newer)) == RunAgent(agent_run=newer.id, attempt=1)


def test_the_result_of_an_earlier_round_is_not_taken_for_this_rounds() -> None:
    again = a_step(state=StepState.RUNNING, round=2)
    assert move(again, runs=(a_run(state=AgentRunState.COMPLETED),)) == StartStep(step=BUILD)


def test_a_step_that_is_pending_again_starts_anew_beside_the_runs_of_earlier_rounds() -> None:
    assert move(a_step(round=2), runs=(a_run(state=AgentRunState.COMPLETED),)) == StartStep(step=BUILD)


def test_a_completed_plan_is_shown_before_the_next_step() -> None:
    assert move(approvals=()) == AskGate(step=PLAN)


def test_a_plan_of_a_second_round_is_shown_again() -> None:
    again = a_step(name=PLAN, state=StepState.COMPLETED, round=2)
    assert move(again) == AskGate(step=PLAN)


def test_a_project_without_plan_gate_goes_straight_on() -> None:
    assert move(approvals=(), plan_gate=PlanGate.NEVER) == StartStep(step=BUILD)


@pytest.mark.parametrize("plan_gate", PlanGate)
@pytest.mark.parametrize(
    ("changes", "wanted"),
    [
        ({"state": ApprovalState.PENDING}, Await()),
        ({"state": ApprovalState.APPROVED}, PassGate(step=PLAN)),
        ({"state": ApprovalState.DENIED, "decision_reason": "too big"}, Refuse(reason="The plan was refused: too big")),
        ({"state": ApprovalState.DENIED}, Refuse(reason="The plan was refused.")),
        ({"state": ApprovalState.CANCELLED}, Refuse(reason="The plan was refused.")),
    ],
)
def test_a_gate_once_asked_is_answered_whatever_the_project_says_since(
    changes: dict[str, Any], wanted: Move, plan_gate: PlanGate
) -> None:
    gated = a_step(name=PLAN, state=StepState.WAITING)
    run = a_run(step=PLAN, state=AgentRunState.COMPLETED)
    gate = an_approval(1, key=gate_key(gated), step=PLAN, kind=ApprovalKind.PLAN, **changes)
    assert move(gated, runs=(run,), approvals=(gate,), plan_gate=plan_gate) == wanted


def test_a_gated_step_whose_agent_waits_for_a_tool_is_not_at_its_gate_yet() -> None:
    waiting = a_step(name=PLAN, state=StepState.WAITING)
    run = a_run(step=PLAN, state=AgentRunState.WAITING)
    tool = an_approval(2, step=PLAN, agent_run=run.id, state=ApprovalState.APPROVED)
    assert move(waiting, runs=(run,), approvals=(tool,)) == ContinueAgent(agent_run=run.id)


@pytest.mark.parametrize(
    ("step", "reason"),
    [
        (a_step(state=StepState.FAILED, summary="3 tests fail"), "3 tests fail"),
        (a_step(state=StepState.FAILED), "Step build is failed."),
        (a_step(state=StepState.CANCELLED), "Step build is cancelled."),
    ],
)
def test_a_step_that_cannot_go_on_ends_the_task_with_its_reason(step: Step, reason: str) -> None:
    assert move(step) == GiveUp(reason=reason)


def test_a_skipped_step_counts_as_done() -> None:
    assert move(a_step(state=StepState.SKIPPED)) == StartStep(step=REVIEW)


def test_the_branch_is_offered_when_every_step_is_through() -> None:
    done = a_step(state=StepState.COMPLETED)
    assert move(done, a_step(name=REVIEW, state=StepState.COMPLETED)) == Publish()


def test_a_plan_that_is_the_last_step_is_still_shown_before_the_branch_is_offered() -> None:
    steps = (a_step(state=StepState.COMPLETED), a_step(name=REVIEW, state=StepState.COMPLETED))
    assert move(*steps, approvals=()) == AskGate(step=PLAN)


def test_each_round_of_each_step_of_each_task_has_a_gate_of_its_own() -> None:
    steps = [PLANNED, a_step(name=PLAN, round=2), a_step(name=BUILD), a_step(task=a_task(2).id, name=PLAN)]
    assert len({gate_key(step) for step in steps}) == len(steps)
