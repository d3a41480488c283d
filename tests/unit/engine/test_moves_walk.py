"""Random tasks walked to their end: whatever agents, people and crashes do, only the right moves are asked for."""

from collections.abc import Sequence
from dataclasses import replace
from random import Random
from typing import TypeVar

from hypothesis import given, settings
from hypothesis import strategies as st

from core.domain.approval import ApprovalKind, ApprovalState
from core.domain.project import PlanGate
from core.domain.task import StepState, TaskState
from core.domain.workflow import Gate, Workflow
from core.engine.moves import AskGate, Await, End, PassGate, Publish, Refuse, next_move
from tests.support.task_world import RUN_ENDS, TaskWorld
from tests.support.workflow_strategy import a_definition, a_loop, a_workflow, workflows

Option = TypeVar("Option")


class RandomFate:
    """Chooses by a seeded source, so that a failing walk can be repeated and made smaller."""

    def __init__(self, random: Random) -> None:
        self._random = random

    def choose(self, options: Sequence[Option]) -> Option:
        return self._random.choice(options)


LOOPS_ASIDE = a_workflow(
    a_definition("plan", gate=Gate.PLAN),
    a_definition("design", "plan", gate=Gate.PLAN),
    a_definition("test", "design", loop=a_loop("design", max_rounds=3)),
    a_definition("audit", "plan", loop=a_loop("plan", max_rounds=3)),
)
"""The loop of `test` takes `design` to later rounds than `audit`, whose loop then takes all of them back."""

fates = st.randoms(use_true_random=False).map(RandomFate)
worlds = st.builds(
    TaskWorld,
    workflow=workflows() | st.just(LOOPS_ASIDE),
    plan_gate=st.sampled_from(PlanGate),
    fate=fates,
    sturdy=st.booleans(),
)
walks = settings(max_examples=30, deadline=None)


def walked(world: TaskWorld) -> TaskWorld:
    """`world` at its end; AssertionError when it has none."""
    while not world.ended:
        world.advance()
        assert len(world.moves) <= world.most_moves, "the task does not come to an end"
    return world


@settings(walks, max_examples=100)
@given(worlds)
def test_every_task_comes_to_an_end_and_every_move_on_the_way_is_legal(world: TaskWorld) -> None:
    walked(world)
    assert all(run.state in RUN_ENDS for run in world.runs)
    assert all(approval.state != ApprovalState.PENDING for approval in world.approvals)
    assert all(step.state not in {StepState.RUNNING, StepState.WAITING} for step in world.steps.values())


@walks
@given(worlds, st.randoms(use_true_random=False))
def test_asked_again_after_a_crash_the_answer_is_the_same_in_whatever_order_rows_are_read(
    world: TaskWorld, random: Random
) -> None:
    while not world.ended:
        situation = world.situation
        again = replace(
            situation,
            steps=random.sample(situation.steps, len(situation.steps)),
            approvals=random.sample(situation.approvals, len(situation.approvals)),
        )
        assert next_move(situation) == next_move(situation) == next_move(again)
        world.advance()


@walks
@given(worlds)
def test_a_task_is_offered_exactly_when_it_completes(world: TaskWorld) -> None:
    offered = [move for move in walked(world).moves if isinstance(move, Publish)]
    assert len(offered) == (1 if world.task.state == TaskState.COMPLETED else 0)


@walks
@given(worlds, st.integers(0, 40))
def test_after_any_end_there_is_nothing_left_to_do(world: TaskWorld, moves_before_a_person_cancels: int) -> None:
    while not world.ended:
        if len(world.moves) == moves_before_a_person_cancels:
            world.end(TaskState.CANCELLED, "not needed any more")
        else:
            world.advance()
    for _ in range(3):
        assert world.advance() == End()


@walks
@given(worlds)
def test_a_refused_plan_ends_the_task_at_once(world: TaskWorld) -> None:
    while not world.ended:
        world.advance()
        refused = [a for a in world.approvals if a.kind == ApprovalKind.PLAN and a.state == ApprovalState.DENIED]
        if refused and not world.ended:
            assert isinstance(world.advance(), Refuse)
            assert world.task.state == TaskState.CANCELLED


@walks
@given(worlds)
def test_a_refused_tool_call_is_the_agents_to_cope_with_and_ends_nothing(world: TaskWorld) -> None:
    while not world.ended:
        refused_tools = [a for a in world.approvals if a.kind == ApprovalKind.TOOL and a.state == ApprovalState.DENIED]
        refused_plans = [a for a in world.approvals if a.kind == ApprovalKind.PLAN and a.state == ApprovalState.DENIED]
        if refused_tools and not refused_plans:
            assert not isinstance(next_move(world.situation), Refuse)
        world.advance()


@walks
@given(workflows(), fates)
def test_a_project_that_wants_no_plan_gate_is_never_asked_for_a_plan(workflow: Workflow, fate: RandomFate) -> None:
    world = walked(TaskWorld(workflow, PlanGate.NEVER, fate, sturdy=True))
    assert not [move for move in world.moves if isinstance(move, AskGate | PassGate | Refuse)]
    assert not [approval for approval in world.approvals if approval.kind == ApprovalKind.PLAN]


@walks
@given(worlds)
def test_a_task_waits_for_people_only_while_it_says_so(world: TaskWorld) -> None:
    while not world.ended:
        if isinstance(next_move(world.situation), Await):
            assert world.task.state == TaskState.AWAITING_APPROVAL
        world.advance()
