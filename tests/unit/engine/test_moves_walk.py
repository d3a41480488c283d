"""Random tasks walked to their end: whatever agents, people and crashes do, only the right moves are asked for.

`TaskWorld` objects to every change and effect that must not be; these walks bring it into every situation.
"""

from decimal import Decimal
from random import Random

from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from core.domain.approval import ApprovalKind, ApprovalState
from core.domain.project import PlanGate
from core.domain.task import AGENT_RUN_ENDS, Complexity, RunPurpose, StepState, TaskState
from core.domain.workflow import Gate, Workflow
from core.engine.moves import End, LoopBack
from core.engine.rules import next_moves
from core.engine.situation import ACTIVE_STEPS
from tests.support.task_walk import TaskWalk, Whims
from tests.support.task_world import TaskWorld
from tests.support.workflow_strategy import a_definition, a_loop, a_workflow, workflows

LOOPS_ASIDE = a_workflow(
    a_definition("plan", gate=Gate.PLAN),
    a_definition("design", "plan", gate=Gate.PLAN),
    a_definition("test", "design", loop=a_loop("design", max_rounds=3)),
    a_definition("audit", "plan", loop=a_loop("plan", max_rounds=3)),
)
"""The loop of `test` takes `design` to later rounds than `audit`, whose loop then takes all of them back."""
BUILDERS_BESIDE = a_workflow(
    a_definition("plan", role="analyst", gate=Gate.PLAN, retries=1),
    a_definition("left", "plan"),
    a_definition("middle", "plan", gate=Gate.RESULT),
    a_definition("right", "plan", retries=1),
    a_definition("check", "right", role="tester", loop=a_loop("right")),
    a_definition("test", "left", "middle", "check", role="tester", loop=a_loop("plan")),
)
"""Three that write beside each other, one of them looked at on its own, and all of them taken back together."""

# a walk hangs on its seed, so that making a failing one smaller takes minutes and tells nothing
QUICK = settings(phases=[Phase.explicit, Phase.reuse, Phase.generate])
seeds = st.integers(0, 2**32).map(Random)
shapes = st.one_of(workflows(), st.sampled_from([LOOPS_ASIDE, BUILDERS_BESIDE]))


@st.composite
def walks(draw: st.DrawFn, *, shapes: st.SearchStrategy[Workflow] = shapes, sturdy: bool | None = None) -> TaskWalk:
    """A walk at its beginning."""
    workflow = draw(shapes)
    order = workflow.order()
    world = TaskWorld(
        workflow,
        plan_gate=draw(st.sampled_from(PlanGate)),
        complexity=draw(st.sampled_from(Complexity)),
        skips=draw(st.just(frozenset[str]()) | st.frozensets(st.sampled_from(order), max_size=2)),  # pyright: ignore[reportArgumentType]  # step names
        rivals=draw(st.booleans()),
        asks_first=draw(st.booleans()),
        budget=draw(st.none() | st.sampled_from([Decimal(1), Decimal(3), Decimal(7)])),
        shuffle=draw(st.none() | seeds),
    )
    return TaskWalk(world, draw(seeds), sturdy=draw(st.booleans()) if sturdy is None else sturdy)


@settings(QUICK, max_examples=60)
@given(walks())
def test_every_task_comes_to_an_end_by_legal_moves_and_nothing_is_left_open_or_due(walk: TaskWalk) -> None:
    world = walk.to_the_end()
    assert all(run.state in AGENT_RUN_ENDS for run in world.runs)
    assert world.asked == []
    assert not [step.name for step in world.steps.values() if step.state in ACTIVE_STEPS]
    assert next_moves(world.situation) == (End(),)


@settings(QUICK, max_examples=40)
@given(walks(sturdy=True))
def test_where_agents_succeed_and_people_agree_every_step_is_done_or_skipped_and_the_work_is_offered(
    walk: TaskWalk,
) -> None:
    world = walk.to_the_end()
    assert world.task.state == TaskState.COMPLETED
    skipped = {name for name, step in world.steps.items() if step.state == StepState.SKIPPED}
    assert skipped == world.skips
    assert {step.state for step in world.steps.values()} <= {StepState.COMPLETED, StepState.SKIPPED}


@settings(QUICK, max_examples=40)
@given(walks())
def test_loops_are_bounded_in_each_life(walk: TaskWalk) -> None:
    walk.whims, walk.good = Whims(lives=0, cancels=0), 0.3
    world = walk.to_the_end()
    allowed = sum(step.loop.max_rounds for step in world.workflow.steps if step.loop)
    loops = [change for change in world.changes if isinstance(change, LoopBack)]
    assert len(loops) <= allowed
    for step in world.steps.values():
        loop = world.workflow.step(step.name).loop
        assert world.sent_back[step.name] <= (loop.max_rounds if loop else 0) + 1
        # the end makes open steps failed once more, which is no round
        assert step.round <= 1 + len(loops) + Whims().changes


@settings(QUICK, max_examples=25)
@given(walks(shapes=st.just(BUILDERS_BESIDE), sturdy=True))
def test_conflicts_between_builders_go_to_an_agent_first_and_to_people_only_when_that_failed(walk: TaskWalk) -> None:
    world = walk.to_the_end()
    for question in [one for one in world.approvals if one.kind == ApprovalKind.CONFLICT]:
        merges = [run for run in world.runs if run.step == question.step and run.purpose == RunPurpose.MERGE]
        assert merges, "people were asked before an agent tried"


@settings(QUICK, max_examples=25)
@given(walks(shapes=workflows(max_steps=4)))
def test_a_project_that_wants_no_plan_gate_is_never_asked_for_a_plan(walk: TaskWalk) -> None:
    walk.world = TaskWorld(walk.world.workflow, plan_gate=PlanGate.NEVER)
    world = walk.to_the_end()
    assert not [approval for approval in world.approvals if approval.kind == ApprovalKind.PLAN]


@settings(QUICK, max_examples=25)
@given(walks(sturdy=False))
def test_a_refused_tool_call_is_the_agents_to_cope_with_and_ends_nothing(walk: TaskWalk) -> None:
    """Refusing tools only, nothing is cancelled."""
    walk.sturdy, walk.whims = True, Whims(cancels=0, lives=0, asks=12)
    world = walk.to_the_end()
    assert {one.kind for one in world.approvals if one.state == ApprovalState.DENIED} <= {ApprovalKind.TOOL}
    assert world.task.state == TaskState.COMPLETED


@settings(QUICK, max_examples=40)
@given(walks(), st.sampled_from([Decimal(1), Decimal(4)]))
def test_a_task_with_a_budget_goes_beyond_it_only_after_a_person_has_raised_it(walk: TaskWalk, budget: Decimal) -> None:
    """`TaskWorld` objects to whatever costs while nothing is left."""
    old = walk.world
    walk.world = TaskWorld(old.workflow, plan_gate=old.plan_gate, skips=old.skips, budget=budget, shuffle=old.shuffle)
    world = walk.to_the_end()
    asked = [one for one in world.approvals if one.kind == ApprovalKind.BUDGET]
    raised = [one for one in asked if one.state == ApprovalState.APPROVED]
    at_once = 4 * 3  # what all that work beside each other spend with their last call
    assert raised or world.spent <= budget + at_once
    if any(one.state == ApprovalState.DENIED for one in asked) and walk.whims.lives == Whims().lives:
        assert world.task.state in (TaskState.CANCELLED, TaskState.FAILED)
