"""Workflows: the order of steps, what a loop back reaches, and which definitions are refused."""

from dataclasses import replace
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.domain.errors import ConfigurationError
from core.domain.identity import StepName
from core.domain.workflow import StepDefinition, Workflow, validated
from tests.support.workflow_strategy import ROLES, a_definition, a_loop, a_workflow, workflows

few = settings(max_examples=20, deadline=None)
DIAMOND = a_workflow(
    a_definition("top"),
    a_definition("left", "top"),
    a_definition("right", "top"),
    a_definition("bottom", "left", "right"),
)


@st.composite
def tangled(draw: st.DrawFn) -> Workflow:
    """Steps that need any of the steps, so that circles happen."""
    names = "abcd"[: draw(st.integers(1, 4))]
    needs = st.lists(st.sampled_from(names), unique=True, max_size=2)
    return a_workflow(*(a_definition(name, *draw(needs)) for name in names))


def needed(workflow: Workflow, name: StepName) -> set[StepName]:
    """All that `name` needs, directly or through others, found the slow way."""
    found: set[StepName] = set()
    wanted = list(workflow.step(name).needs)
    while wanted:
        need = wanted.pop()
        if need not in found:
            found.add(need)
            wanted.extend(workflow.step(need).needs)
    return found


@few
@given(workflows())
def test_every_step_stands_in_the_order_once_and_after_all_it_needs(workflow: Workflow) -> None:
    order = workflow.order()
    assert sorted(order) == sorted(step.name for step in workflow.steps)
    for step in workflow.steps:
        assert all(order.index(need) < order.index(step.name) for need in step.needs)


@few
@given(workflows())
def test_of_the_steps_that_could_come_next_the_one_defined_first_does(workflow: Workflow) -> None:
    done: set[StepName] = set()
    for name in workflow.order():
        ready = [step.name for step in workflow.steps if step.name not in done and done.issuperset(step.needs)]
        assert name == ready[0]
        done.add(name)


@few
@given(workflows(), st.randoms(use_true_random=False))
def test_the_order_does_not_depend_on_how_needs_are_listed(workflow: Workflow, random: Random) -> None:
    def shuffled(step: StepDefinition) -> StepDefinition:
        return replace(step, needs=tuple(random.sample([*step.needs, *step.needs], 2 * len(step.needs))))

    assert replace(workflow, steps=tuple(shuffled(step) for step in workflow.steps)).order() == workflow.order()


def test_steps_that_need_nothing_keep_the_order_they_are_defined_in() -> None:
    workflow = a_workflow(a_definition("zulu"), a_definition("alpha"), a_definition("mike"))
    assert workflow.order() == ("zulu", "alpha", "mike")


def test_a_step_defined_before_what_it_needs_waits_for_it() -> None:
    workflow = a_workflow(a_definition("review", "build"), a_definition("build", "plan"), a_definition("plan"))
    assert workflow.order() == ("plan", "build", "review")


def test_a_step_is_found_by_its_name() -> None:
    assert DIAMOND.step(StepName("left")).needs == ("top",)
    with pytest.raises(KeyError, match="nowhere"):
        DIAMOND.step(StepName("nowhere"))


@pytest.mark.parametrize(
    ("name", "reached"),
    [
        ("top", {"top", "left", "right", "bottom"}),
        ("left", {"left", "bottom"}),
        ("bottom", {"bottom"}),
    ],
)
def test_a_loop_back_reaches_the_step_and_what_is_built_on_it_but_no_sibling(name: str, reached: set[str]) -> None:
    assert DIAMOND.after(StepName(name)) == reached


@few
@given(workflows())
def test_a_step_is_after_another_exactly_when_it_needs_it_through_any_path(workflow: Workflow) -> None:
    for start in workflow.steps:
        expected = {step.name for step in workflow.steps if start.name in needed(workflow, step.name)}
        assert workflow.after(start.name) == expected | {start.name}


@few
@given(workflows())
def test_before_a_step_is_all_it_needs_through_any_path_and_never_itself(workflow: Workflow) -> None:
    for step in workflow.steps:
        assert workflow.before(step.name) == needed(workflow, step.name)


@few
@given(workflows())
def test_beside_a_step_is_exactly_what_neither_needs_it_nor_is_needed_by_it(workflow: Workflow) -> None:
    names = {step.name for step in workflow.steps}
    for name in names:
        beside = workflow.beside(name)
        assert beside == names - workflow.before(name) - workflow.after(name)
        assert all(name in workflow.beside(other) for other in beside), "it is mutual"


def test_siblings_of_a_diamond_are_beside_each_other_and_its_ends_beside_nobody() -> None:
    beside = {name: set(DIAMOND.beside(StepName(name))) for name in ("top", "left", "right", "bottom")}
    assert beside == {"top": set(), "left": {"right"}, "right": {"left"}, "bottom": set()}


@few
@given(workflows())
def test_in_sequence_nothing_is_beside_anything_and_the_order_stays(workflow: Workflow) -> None:
    chain = workflow.sequential()
    assert chain.order() == workflow.order()
    assert [step.name for step in chain.steps] == [step.name for step in workflow.steps]
    for step in chain.steps:
        assert chain.beside(step.name) == frozenset()
        assert set(step.needs) >= set(workflow.step(step.name).needs), "what it needed it still needs"
        assert len(set(step.needs)) == len(step.needs)


@few
@given(workflows())
def test_in_sequence_every_definition_is_otherwise_the_same_and_doing_it_twice_changes_nothing(
    workflow: Workflow,
) -> None:
    chain = workflow.sequential()
    assert chain.sequential() == chain
    assert [replace(step, needs=()) for step in chain.steps] == [replace(step, needs=()) for step in workflow.steps]
    assert validated(chain, roles=ROLES) is chain, "loops still go back to what is before"


@few
@given(workflows())
def test_a_workflow_whose_references_all_exist_is_returned_as_it_is(workflow: Workflow) -> None:
    assert validated(workflow, roles=ROLES) is workflow


@given(tangled())
def test_a_workflow_is_refused_for_a_circle_exactly_when_a_step_needs_itself_through_any_path(
    workflow: Workflow,
) -> None:
    circular = any(step.name in needed(workflow, step.name) for step in workflow.steps)
    try:
        validated(workflow, roles=ROLES)
        refused = False
    except ConfigurationError as error:
        refused = "in a circle" in error.message
    assert refused == circular


@pytest.mark.parametrize(
    ("workflow", "message"),
    [
        (a_workflow(), "it has no steps."),
        (a_workflow(a_definition("build"), a_definition("build")), "two steps are called build."),
        (
            a_workflow(a_definition("bake", role="baker")),
            "step bake wants the role baker, which does not exist.",
        ),
        (
            a_workflow(a_definition("build", "plan")),
            "step build needs plan, which is not a step of it.",
        ),
        (a_workflow(a_definition("build", "build")), "its steps need each other in a circle: build → build."),
        (
            a_workflow(a_definition("build"), a_definition("test", loop=a_loop("plan"))),
            "step test loops back to plan, which is not before it.",
        ),
        (
            a_workflow(a_definition("build", loop=a_loop("test")), a_definition("test", "build")),
            "step build loops back to test, which is not before it.",
        ),
        (
            a_workflow(a_definition("top"), a_definition("left", "top"), a_definition("right", loop=a_loop("left"))),
            "step right loops back to left, which is not before it.",
        ),
        (
            a_workflow(replace(a_definition("build"), retries=-1)),
            "step build cannot be retried -1 times.",
        ),
        (
            a_workflow(a_definition("build"), a_definition("test", "build", loop=a_loop("build", max_rounds=0))),
            "the loop of step test must allow at least one round.",
        ),
    ],
)
def test_a_definition_that_cannot_work_is_refused_by_the_name_of_the_step(workflow: Workflow, message: str) -> None:
    with pytest.raises(ConfigurationError) as refusal:
        validated(workflow, roles=ROLES, source="mine.yaml")
    assert refusal.value.message == f"Workflow drawn: {message}"
    assert refusal.value.source == "mine.yaml"
    assert refusal.value.hint


def test_a_circle_is_told_with_the_names_of_its_steps() -> None:
    circle = a_workflow(a_definition("start"), a_definition("ping", "start", "pong"), a_definition("pong", "ping"))
    with pytest.raises(ConfigurationError, match="in a circle") as refusal:
        validated(circle, roles=ROLES)
    assert "ping" in refusal.value.message
    assert "pong" in refusal.value.message
    assert "start" not in refusal.value.message
