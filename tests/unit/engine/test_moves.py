"""What a task does next, one situation at a time."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from core.domain.approval import Approval, ApprovalKind, ApprovalState
from core.domain.identity import StepName
from core.domain.project import PlanGate
from core.domain.task import (
    FINAL_TASK_STATES,
    AgentRun,
    AgentRunState,
    Complexity,
    RunPurpose,
    Step,
    StepState,
    TaskState,
)
from core.domain.workflow import Gate, Workflow
from core.engine.approval_keys import conflict_key, gate_key, offer_key, publish_key
from core.engine.moves import (
    AskConflict,
    AskGate,
    AskOffer,
    AskPublish,
    Change,
    ContinueAgent,
    Effect,
    End,
    GiveUp,
    KeepHere,
    Leave,
    LoopBack,
    PassGate,
    Prepare,
    Publish,
    PutBack,
    Refuse,
    Restore,
    Revise,
    RunAgent,
    Settle,
    SkipStep,
    StartStep,
    TryAgain,
)
from core.engine.rules import next_moves
from core.engine.situation import Situation
from core.engine.standing import standing
from tests.support.values import BUILD, WORKFLOW, a_run, a_step, a_task, an_approval
from tests.support.workflow_strategy import a_definition, a_loop, a_workflow

PLAN, REVIEW = StepName("plan"), StepName("review")
LEFT, RIGHT = StepName("left"), StepName("right")
PLANNED = a_step(name=PLAN, role="planner", state=StepState.COMPLETED)
GATE = an_approval(1, key=gate_key(PLANNED), step=PLAN, kind=ApprovalKind.PLAN, state=ApprovalState.APPROVED)
BUILDING = a_step(state=StepState.RUNNING)
ASKING = a_step(state=StepState.WAITING)
BESIDE = a_workflow(
    a_definition("left"), a_definition("right"), a_definition("test", "left", "right", loop=a_loop("left"))
)
"""Two builders beside each other."""

Answer = Change | tuple[Effect, ...]


def situation(
    *steps: Step,
    runs: Sequence[AgentRun] = (),
    approvals: Sequence[Approval] = (GATE,),
    workflow: Workflow = WORKFLOW,
    sent_back: Mapping[StepName, int] | None = None,
    skipped: frozenset[StepName] = frozenset(),
    rivals: bool = False,
    asks_to_offer: bool = False,
    spent_usd: Decimal = Decimal(0),
    **task: Any,
) -> Situation:
    """A prepared task whose plan is approved; steps that are not given are pending, but for a completed plan."""
    facts: Mapping[str, Any] = {"branch": "orchestrate/T1-fix", "state": TaskState.RUNNING, **task}
    known = {PLAN: PLANNED} | {step.name: step for step in steps}
    rows = [known.get(name, a_step(name=name, role=workflow.step(name).role)) for name in workflow.order()]
    return Situation(
        task=a_task(workflow=workflow, **facts),
        steps=rows,
        runs=runs,
        approvals=approvals,
        writers=frozenset({"builder"}),
        sent_back=sent_back or {},
        skipped=skipped,
        rivals=rivals,
        asks_to_offer=asks_to_offer,
        spent_usd=spent_usd,
    )


def moves(*steps: Step, **facts: Any) -> Answer:
    """What is due in `situation`."""
    return next_moves(situation(*steps, **facts))


@pytest.mark.parametrize("state", sorted(FINAL_TASK_STATES))
def test_an_ended_task_wants_nothing_whatever_is_still_open(state: TaskState) -> None:
    assert moves(BUILDING, runs=(a_run(),), state=state, branch="") == (End(),)


def test_a_task_without_a_branch_is_prepared_before_anything_else() -> None:
    assert moves(branch="", state=TaskState.QUEUED, restore_commit="abc") == (Prepare(),)


def test_a_branch_that_is_to_be_set_back_is_set_back_before_anything_else() -> None:
    run = a_run(state=AgentRunState.STARTING)
    assert moves(BUILDING, runs=(run,), restore_commit="abc") == (Restore(),)


@pytest.mark.parametrize("branch", ["", "orchestrate/T1-fix"])
def test_a_paused_task_wants_nothing_whatever_it_was_about_to_do(branch: str) -> None:
    runs = (a_run(), a_run(ordinal=2, state=AgentRunState.COMPLETED), a_run(ordinal=3, state=AgentRunState.WAITING))
    assert moves(BUILDING, runs=runs, state=TaskState.PAUSED, branch=branch, restore_commit="abc") == ()


@pytest.mark.parametrize("state", [AgentRunState.STARTING, AgentRunState.RUNNING])
def test_a_paused_task_gives_the_places_of_its_agents_back(state: AgentRunState) -> None:
    run = a_run(state=state)
    assert moves(BUILDING, runs=(run,), state=TaskState.PAUSED) == PutBack(agent_run=run.id)


def test_the_first_step_starts_when_the_workspace_is_there() -> None:
    assert moves(a_step(name=PLAN), approvals=()) == StartStep(step=PLAN)


def test_a_step_starts_when_the_gate_before_it_was_approved() -> None:
    assert moves() == StartStep(step=BUILD)


def test_a_step_whose_condition_does_not_hold_is_skipped_only_when_its_turn_has_come() -> None:
    assert moves(skipped=frozenset({BUILD, REVIEW})) == SkipStep(step=BUILD)
    assert moves(skipped=frozenset({REVIEW})) == StartStep(step=BUILD)


def test_steps_that_need_nothing_of_each_other_are_begun_one_after_the_other_and_work_at_the_same_time() -> None:
    left, right = (a_step(name=name, state=StepState.RUNNING) for name in (LEFT, RIGHT))
    first, second = (a_run(ordinal=n, step=s, state=AgentRunState.STARTING) for n, s in ((1, LEFT), (2, RIGHT)))
    assert moves(workflow=BESIDE) == StartStep(step=LEFT)
    assert moves(left, workflow=BESIDE, runs=(first,)) == StartStep(step=RIGHT)
    assert moves(left, right, workflow=BESIDE, runs=(first, second)) == (RunAgent(first.id), RunAgent(second.id))


def test_a_queued_run_waits_for_its_place() -> None:
    assert moves(BUILDING, runs=(a_run(),)) == ()


@pytest.mark.parametrize("state", [AgentRunState.STARTING, AgentRunState.RUNNING])
def test_a_run_that_has_its_place_or_was_interrupted_is_run(state: AgentRunState) -> None:
    run = a_run(state=state, attempts=3)
    assert moves(BUILDING, runs=(run,)) == (RunAgent(run.id),)


def test_a_waiting_run_waits_while_one_of_its_calls_is_undecided() -> None:
    run = a_run(state=AgentRunState.WAITING)
    decided = an_approval(2, agent_run=run.id, state=ApprovalState.APPROVED)
    undecided = an_approval(3, agent_run=run.id)
    assert moves(ASKING, runs=(run,), approvals=(GATE, decided, undecided)) == ()


@pytest.mark.parametrize("state", [ApprovalState.APPROVED, ApprovalState.DENIED])
def test_a_waiting_run_goes_on_when_the_last_call_is_decided_either_way(state: ApprovalState) -> None:
    run = a_run(state=AgentRunState.WAITING)
    decided = an_approval(2, agent_run=run.id, state=state)
    assert moves(ASKING, runs=(run,), approvals=(GATE, decided)) == ContinueAgent(agent_run=run.id)


def test_a_question_of_another_run_does_not_hold_a_run_up() -> None:
    run = a_run(state=AgentRunState.WAITING)
    foreign = an_approval(2, agent_run=a_run(ordinal=9).id)
    assert moves(ASKING, runs=(run,), approvals=(GATE, foreign)) == ContinueAgent(agent_run=run.id)


def test_a_completed_run_is_settled() -> None:
    run = a_run(state=AgentRunState.COMPLETED)
    assert moves(BUILDING, runs=(run,)) == (Settle(run.id),)


def test_a_failed_run_ends_the_task_with_its_error() -> None:
    run = a_run(state=AgentRunState.FAILED, error="no credit left")
    assert moves(BUILDING, runs=(run,)) == GiveUp(reason="The builder could not finish step build: no credit left")


@pytest.mark.parametrize(("failures", "again"), [(1, True), (2, True), (3, False)])
def test_a_step_with_retries_gets_as_many_new_agents_as_it_allows(failures: int, *, again: bool) -> None:
    workflow = a_workflow(a_definition("build", retries=2))
    runs = [a_run(ordinal=n, state=AgentRunState.FAILED, error="crashed") for n in range(1, failures + 1)]
    answer = moves(BUILDING, workflow=workflow, runs=runs)
    assert answer == (
        TryAgain(step=BUILD) if again else GiveUp(reason="The builder could not finish step build: crashed")
    )


def test_an_agent_whose_plan_had_to_be_mended_does_not_use_up_a_retry() -> None:
    workflow = a_workflow(a_definition("build", retries=1))
    runs = (a_run(ordinal=1, state=AgentRunState.COMPLETED), a_run(ordinal=2, state=AgentRunState.FAILED))
    assert moves(BUILDING, workflow=workflow, runs=runs) == TryAgain(step=BUILD)


def test_a_cancelled_run_of_a_live_task_ends_it_instead_of_hanging() -> None:
    run = a_run(state=AgentRunState.CANCELLED)
    assert moves(BUILDING, runs=(run,)) == GiveUp(reason="The builder of step build was cancelled.")


def test_only_the_run_of_the_current_round_counts() -> None:
    earlier = a_run(ordinal=1, state=AgentRunState.COMPLETED)
    other_step = a_run(ordinal=3, step=REVIEW, round=2, state=AgentRunState.FAILED)
    current = a_run(ordinal=2, round=2, state=AgentRunState.STARTING)
    step = a_step(state=StepState.RUNNING, round=2)
    assert moves(step, runs=(earlier, current, other_step)) == (RunAgent(current.id),)


def test_of_two_runs_in_one_round_the_newer_counts() -> None:
    failed = a_run(ordinal=1, state=AgentRunState.FAILED)
    newer = a_run(ordinal=2, state=AgentRunState.STARTING)
    assert moves(BUILDING, runs=(failed, newer)) == (RunAgent(newer.id),)


def test_a_step_that_is_pending_again_starts_anew_beside_the_runs_of_earlier_rounds() -> None:
    assert moves(a_step(round=2), runs=(a_run(state=AgentRunState.COMPLETED),)) == StartStep(step=BUILD)


def test_a_completed_plan_is_shown_before_the_next_step() -> None:
    assert moves(approvals=()) == (AskGate(PLAN),)


def test_a_plan_of_a_second_round_is_shown_again() -> None:
    assert moves(a_step(name=PLAN, state=StepState.COMPLETED, round=2)) == (AskGate(PLAN),)


@pytest.mark.parametrize(
    ("gate", "plan_gate", "complexity", "asks"),
    [
        (Gate.PLAN, PlanGate.ALWAYS, Complexity.SIMPLE, True),
        (Gate.PLAN, PlanGate.NEVER, Complexity.COMPLEX, False),
        (Gate.PLAN, PlanGate.COMPLEX, Complexity.COMPLEX, True),
        (Gate.PLAN, PlanGate.COMPLEX, Complexity.MODERATE, False),
        (Gate.RESULT, PlanGate.NEVER, Complexity.SIMPLE, True),
        (Gate.NONE, PlanGate.ALWAYS, Complexity.COMPLEX, False),
    ],
)
def test_who_is_asked_after_a_step_is_up_to_its_gate_the_project_and_the_request(
    gate: Gate, plan_gate: PlanGate, complexity: Complexity, *, asks: bool
) -> None:
    workflow = a_workflow(a_definition("plan", gate=gate), a_definition("build", "plan"))
    answer = moves(workflow=workflow, approvals=(), plan_gate=plan_gate, complexity=complexity)
    assert answer == ((AskGate(PLAN),) if asks else StartStep(step=BUILD))


def test_a_skipped_step_has_no_gate() -> None:
    assert moves(a_step(name=PLAN, state=StepState.SKIPPED), approvals=()) == StartStep(step=BUILD)


@pytest.mark.parametrize("plan_gate", PlanGate)
@pytest.mark.parametrize(
    ("changes", "wanted"),
    [
        ({"state": ApprovalState.PENDING}, ()),
        ({"state": ApprovalState.APPROVED}, PassGate(step=PLAN)),
        ({"state": ApprovalState.CHANGED, "decision_reason": "the docs too"}, Revise(step=PLAN)),
        ({"state": ApprovalState.DENIED, "decision_reason": "too big"}, Refuse(reason="The plan was refused: too big")),
        ({"state": ApprovalState.DENIED}, Refuse(reason="The plan was refused.")),
        ({"state": ApprovalState.CANCELLED}, Refuse(reason="The plan was refused.")),
        ({"state": ApprovalState.DENIED, "kind": ApprovalKind.RESULT}, Refuse(reason="It was refused.")),
    ],
)
def test_a_gate_once_asked_is_answered_whatever_the_project_says_since(
    changes: dict[str, Any], wanted: Answer, plan_gate: PlanGate
) -> None:
    gated = a_step(name=PLAN, state=StepState.WAITING)
    run = a_run(step=PLAN, state=AgentRunState.COMPLETED)
    facts: dict[str, Any] = {"kind": ApprovalKind.PLAN, **changes}
    gate = an_approval(1, key=gate_key(gated), step=PLAN, **facts)
    assert moves(gated, runs=(run,), approvals=(gate,), plan_gate=plan_gate) == wanted


def test_a_gated_step_whose_agent_waits_for_a_tool_is_not_at_its_gate_yet() -> None:
    waiting = a_step(name=PLAN, state=StepState.WAITING)
    run = a_run(step=PLAN, state=AgentRunState.WAITING)
    tool = an_approval(2, step=PLAN, agent_run=run.id, state=ApprovalState.APPROVED)
    assert moves(waiting, runs=(run,), approvals=(tool,)) == ContinueAgent(agent_run=run.id)


def test_a_step_that_was_cancelled_under_a_live_task_ends_it() -> None:
    step = a_step(state=StepState.CANCELLED)
    assert moves(step) == GiveUp(reason="Step build is cancelled.")


FAILED_REVIEW = a_step(name=REVIEW, role="reviewer", state=StepState.FAILED, round=3, summary="3 tests fail")
BUILT = a_step(state=StepState.COMPLETED)


@pytest.mark.parametrize("times", [1, 2])
def test_a_negative_result_sends_the_work_back_while_the_loop_allows_it(times: int) -> None:
    assert moves(BUILT, FAILED_REVIEW, sent_back={REVIEW: times}) == LoopBack(step=REVIEW)


def test_a_loop_that_is_used_up_ends_the_task_with_what_is_kept() -> None:
    assert moves(BUILT, FAILED_REVIEW, sent_back={REVIEW: 3}, commit="abc") == GiveUp(
        reason="Step review did not succeed after 3 rounds: 3 tests fail What was done is kept on the branch "
        "orchestrate/T1-fix."
    )
    assert moves(BUILT, FAILED_REVIEW, sent_back={REVIEW: 3}) == GiveUp(
        reason="Step review did not succeed after 3 rounds: 3 tests fail"
    )


def test_a_negative_result_without_a_loop_ends_the_task() -> None:
    step = a_step(state=StepState.FAILED, summary="It does not build.")
    assert moves(step, sent_back={BUILD: 1}) == GiveUp(reason="Step build did not succeed: It does not build.")


def test_the_work_is_sent_back_only_when_nothing_that_runs_again_is_under_way() -> None:
    workflow = a_workflow(
        a_definition("plan"),
        a_definition("left", "plan"),
        a_definition("right", "plan", role="tester", loop=a_loop("plan")),
    )
    left = a_step(name=LEFT, state=StepState.RUNNING)
    right = a_step(name=RIGHT, role="tester", state=StepState.FAILED)
    run = a_run(step=LEFT, state=AgentRunState.STARTING)
    facts: Mapping[str, Any] = {"workflow": workflow, "sent_back": {RIGHT: 1}}
    assert moves(left, right, runs=(run,), **facts) == (RunAgent(run.id),)
    assert moves(a_step(name=LEFT, state=StepState.COMPLETED), right, **facts) == LoopBack(step=RIGHT)


def beside(left: StepState, *, left_run: AgentRunState, right_run: AgentRunState) -> Answer:
    """What is due when `right` runs beside `left`."""
    runs = (a_run(ordinal=1, step=LEFT, state=left_run), a_run(ordinal=2, step=RIGHT, state=right_run))
    steps = (a_step(name=LEFT, state=left), a_step(name=RIGHT, state=StepState.RUNNING))
    return moves(*steps, workflow=BESIDE, runs=runs)


def test_what_was_written_beside_each_other_comes_to_the_branch_in_the_order_of_the_workflow() -> None:
    done, queued = AgentRunState.COMPLETED, AgentRunState.QUEUED
    first, second = Settle(a_run(ordinal=1).id), Settle(a_run(ordinal=2).id)
    assert beside(StepState.RUNNING, left_run=queued, right_run=done) == (), "right waits for left"
    assert beside(StepState.RUNNING, left_run=done, right_run=done) == (first,)
    assert beside(StepState.COMPLETED, left_run=done, right_run=done) == (second,)
    assert beside(StepState.RUNNING, left_run=done, right_run=queued) == (first,), "left waits for nobody"


def test_who_writes_nothing_is_settled_at_once_whoever_works_beside() -> None:
    workflow = a_workflow(a_definition("left"), a_definition("right", role="tester"))
    steps = (
        a_step(name=LEFT, state=StepState.RUNNING),
        a_step(name=RIGHT, role="tester", state=StepState.RUNNING),
    )
    runs = (a_run(ordinal=1, step=LEFT), a_run(ordinal=2, step=RIGHT, state=AgentRunState.COMPLETED))
    assert moves(*steps, workflow=workflow, runs=runs) == (Settle(runs[1].id),)


def merging(state: AgentRunState, *asked: ApprovalState) -> Answer:
    """What is due when an agent that settled a conflict is in `state`, and people were asked about it."""
    merge = a_run(ordinal=2, purpose=RunPurpose.MERGE, state=state, error="could not")
    work = a_run(ordinal=1, state=AgentRunState.COMPLETED)
    conflicts = [
        an_approval(n, key=conflict_key(ASKING, n), kind=ApprovalKind.CONFLICT, state=each, decision_reason="Later.")
        for n, each in enumerate(asked, 1)
    ]
    return moves(ASKING if asked else BUILDING, runs=(work, merge), approvals=[*reversed(conflicts), GATE])


def test_a_conflict_is_settled_by_an_agent_and_by_people_when_that_failed() -> None:
    settle = a_run(ordinal=2).id
    yes, open_ = ApprovalState.APPROVED, ApprovalState.PENDING
    assert merging(AgentRunState.STARTING) == (RunAgent(settle),)
    assert merging(AgentRunState.COMPLETED) == (Settle(settle),)
    assert merging(AgentRunState.FAILED) == AskConflict(step=BUILD)
    assert merging(AgentRunState.FAILED, open_) == ()
    assert merging(AgentRunState.FAILED, yes) == (Settle(settle, after=1),)
    assert merging(AgentRunState.COMPLETED, yes, open_) == ()
    assert merging(AgentRunState.COMPLETED, yes, yes) == (Settle(settle, after=2),)


def test_the_eleventh_question_about_a_conflict_is_later_than_the_second() -> None:
    asked = [ApprovalState.APPROVED] * 10
    assert merging(AgentRunState.FAILED, *asked, ApprovalState.PENDING) == ()


def test_a_conflict_that_people_do_not_settle_ends_the_task() -> None:
    answer = merging(AgentRunState.FAILED, ApprovalState.DENIED)
    assert answer == GiveUp(reason="The conflict in step build was not settled: Later.")


DONE = (a_step(state=StepState.COMPLETED), a_step(name=REVIEW, state=StepState.COMPLETED))


def test_a_skipped_step_counts_as_done() -> None:
    assert moves(a_step(state=StepState.SKIPPED)) == StartStep(step=REVIEW)


def test_the_branch_is_offered_when_every_step_is_through() -> None:
    assert moves(*DONE) == (Publish(),)


def test_a_plan_that_was_never_shown_is_shown_before_the_branch_is_offered() -> None:
    assert moves(*DONE, approvals=()) == (AskGate(PLAN),)


@pytest.mark.parametrize(
    ("state", "wanted"),
    [
        (None, AskPublish()),
        (ApprovalState.PENDING, ()),
        (ApprovalState.APPROVED, (Publish(),)),
        (ApprovalState.DENIED, Refuse(reason="It is not kept: worse")),
    ],
)
def test_of_several_forks_the_one_that_people_keep_is_offered(state: ApprovalState | None, wanted: Answer) -> None:
    key = publish_key(a_task())
    asked = [an_approval(2, key=key, kind=ApprovalKind.PUBLISH, state=state, decision_reason="worse")] if state else []
    assert moves(*DONE, approvals=[GATE, *asked], rivals=True) == wanted


@pytest.mark.parametrize(
    ("state", "wanted"),
    [
        (None, AskOffer()),
        (ApprovalState.PENDING, ()),
        (ApprovalState.APPROVED, (Publish(),)),
        (ApprovalState.DENIED, KeepHere(reason="It was not offered: not yet")),
    ],
)
def test_where_people_want_to_be_asked_nothing_leaves_before_they_agree(
    state: ApprovalState | None, wanted: Answer
) -> None:
    key = offer_key(a_task())
    asked = (
        [an_approval(2, key=key, kind=ApprovalKind.PUBLISH, state=state, decision_reason="not yet")] if state else []
    )
    assert moves(*DONE, approvals=[GATE, *asked], asks_to_offer=True) == wanted


def test_who_chose_among_forks_has_agreed_that_the_one_they_keep_is_offered() -> None:
    kept = an_approval(2, key=publish_key(a_task()), kind=ApprovalKind.PUBLISH, state=ApprovalState.APPROVED)
    assert moves(*DONE, approvals=[GATE, kept], rivals=True, asks_to_offer=True) == (Publish(),)


def test_what_is_to_be_offered_before_all_is_done_waits_for_no_step_and_no_money() -> None:
    steps = [replace(PLANNED, state=StepState.CANCELLED), replace(BUILDING, state=StepState.CANCELLED)]
    early = moves(*steps, unfinished="Stopped.", budget_usd=Decimal(1), spent_usd=Decimal(2))
    assert early == (Publish(),)


def test_before_unfinished_work_is_offered_what_open_steps_have_reached_is_kept() -> None:
    steps = [PLANNED, a_step(name=BUILD, state=StepState.RUNNING)]
    assert moves(*steps, unfinished="Stopped.") == (Leave(step=BUILD),)


def test_in_another_life_people_are_asked_again_which_fork_they_keep() -> None:
    asked = an_approval(2, key=publish_key(a_task()), kind=ApprovalKind.PUBLISH, state=ApprovalState.DENIED)
    assert moves(*DONE, approvals=[GATE, asked], rivals=True, life=2) == AskPublish()


def test_each_round_of_each_step_of_each_task_has_a_gate_of_its_own() -> None:
    steps = [PLANNED, a_step(name=PLAN, round=2), a_step(name=BUILD), a_step(task=a_task(2).id, name=PLAN)]
    keys = [gate_key(step) for step in steps] + [conflict_key(step, n) for step in steps for n in (1, 11)]
    assert len(set(keys)) == len(keys)


OPEN_GATE = an_approval(1, key=gate_key(PLANNED), step=PLAN, kind=ApprovalKind.PLAN)
WORKING = a_run(state=AgentRunState.RUNNING)


@pytest.mark.parametrize(
    ("facts", "shown"),
    [
        ({"steps": [a_step(name=PLAN)], "state": TaskState.PLANNING}, TaskState.PLANNING),
        ({"steps": [], "approvals": [OPEN_GATE], "state": TaskState.PLANNING}, TaskState.AWAITING_APPROVAL),
        ({"steps": [], "state": TaskState.AWAITING_APPROVAL}, TaskState.RUNNING),
        ({"steps": [BUILDING], "runs": [WORKING], "state": TaskState.RUNNING}, TaskState.RUNNING),
        ({"steps": [ASKING], "approvals": [GATE, an_approval(2)]}, TaskState.AWAITING_APPROVAL),
        # somebody works beside the one who asks
        ({"steps": [ASKING], "approvals": [GATE, an_approval(2)], "runs": [WORKING]}, TaskState.RUNNING),
        ({"steps": [ASKING], "approvals": [GATE, an_approval(2)], "runs": [a_run()]}, TaskState.RUNNING),
        # a plan that is made again after work began is no reason to say that work has not begun
        ({"steps": [a_step(name=PLAN)], "state": TaskState.RUNNING}, TaskState.RUNNING),
    ],
)
def test_the_state_that_is_shown_says_best_where_the_task_stands(facts: dict[str, Any], shown: TaskState) -> None:
    steps = facts.pop("steps")
    assert standing(situation(*steps, **facts)) == shown
