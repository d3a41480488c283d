"""Shapes of workflows: what mode, complexity and the analyst's inclusion change, and that nothing gets lost."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain.identity import StepName
from core.domain.task import Complexity
from core.domain.workflow import Mode, StepDefinition, Workflow
from core.planning.shape import shaped

ANALYSE, ONE, TWO, TEST = (StepName(name) for name in ("analyse", "one", "two", "test"))
WORKFLOW = Workflow(
    name="w",
    description="",
    steps=(
        StepDefinition(name=ANALYSE, role="analyst", when='complexity != "simple"'),
        StepDefinition(name=ONE, role="builder", needs=(ANALYSE,), when="analyse.files"),
        StepDefinition(name=TWO, role="builder", needs=(ANALYSE,)),
        StepDefinition(name=TEST, role="tester", needs=(ONE, TWO)),
    ),
)


@pytest.mark.parametrize(
    ("mode", "complexity", "chained"),
    [
        (Mode.SEQUENTIAL, Complexity.COMPLEX, True),
        (Mode.SEQUENTIAL, Complexity.SIMPLE, True),
        (Mode.AUTO, Complexity.SIMPLE, True),
        (Mode.AUTO, Complexity.MODERATE, False),
        (Mode.AUTO, Complexity.COMPLEX, False),
        (Mode.PARALLEL, Complexity.SIMPLE, False),
        (Mode.PARALLEL, Complexity.COMPLEX, False),
    ],
)
def test_steps_run_one_after_the_other_when_asked_or_when_the_request_is_simple(
    mode: Mode, complexity: Complexity, chained: bool
) -> None:
    found = shaped(WORKFLOW, mode=mode, complexity=complexity, include_analyst=False)
    assert found.beside(ONE) == (frozenset() if chained else {TWO})
    assert chained or found == WORKFLOW


def test_including_the_analyst_takes_the_condition_from_that_step_alone() -> None:
    found = shaped(WORKFLOW, mode=Mode.PARALLEL, complexity=Complexity.SIMPLE, include_analyst=True)
    assert found.step(ANALYSE).when == ""
    assert found.step(ONE).when == "analyse.files"
    assert [replace(step, when="") for step in found.steps] == [replace(step, when="") for step in WORKFLOW.steps]


@given(st.sampled_from(Mode), st.sampled_from(Complexity), st.booleans())
def test_shaping_keeps_every_step_and_every_need_and_is_stable(
    mode: Mode, complexity: Complexity, include_analyst: bool
) -> None:
    once = shaped(WORKFLOW, mode=mode, complexity=complexity, include_analyst=include_analyst)
    assert shaped(once, mode=mode, complexity=complexity, include_analyst=include_analyst) == once
    assert [step.name for step in once.steps] == [step.name for step in WORKFLOW.steps]
    assert all(WORKFLOW.before(name) <= once.before(name) for name in (ANALYSE, ONE, TWO, TEST))
