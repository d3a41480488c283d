"""Which steps are skipped: told by facts of the task and by results that count now."""

from dataclasses import replace
from typing import Any

import pytest

from core.domain.identity import StepName
from core.domain.task import Complexity, Priority, Step, StepState, TaskType
from core.engine.conditions import skipped_steps
from tests.support.values import a_step, a_task
from tests.support.workflow_strategy import a_definition, a_workflow

TEST, FIX = StepName("test"), StepName("fix")


def skipped(when: str, *steps: Step, **task: Any) -> frozenset[StepName]:
    """What is skipped of a workflow of `test`, then `fix` when the condition holds."""
    workflow = a_workflow(a_definition("test"), replace(a_definition("fix", "test"), when=when))
    known = {step.name: step for step in steps}
    rows = [known.get(name, a_step(name=name)) for name in (TEST, FIX)]
    return skipped_steps(a_task(workflow=workflow, **task), rows)


def a_report(*, passed: bool, state: StepState = StepState.COMPLETED) -> Step:
    return a_step(name=TEST, state=state, result={"passed": passed, "failures": []})


def test_a_step_without_a_condition_is_never_skipped() -> None:
    assert skipped("") == frozenset()


@pytest.mark.parametrize(
    ("when", "task", "met"),
    [
        ('complexity == "simple"', {"complexity": Complexity.SIMPLE}, True),
        ('complexity == "simple"', {"complexity": Complexity.COMPLEX}, False),
        ('type == "bug_fix"', {"type": TaskType.BUG_FIX}, True),
        ('priority == "high"', {"priority": Priority.LOW}, False),
        ("issue", {"issue": "123"}, True),
        ("issue", {"issue": ""}, False),
        ("round == 1", {}, True),
        ("round > 1", {}, False),
    ],
)
def test_facts_of_the_task_decide(when: str, task: dict[str, Any], *, met: bool) -> None:
    assert skipped(when, **task) == (frozenset() if met else {FIX})


def test_results_of_earlier_steps_decide() -> None:
    assert skipped("not test.passed", a_report(passed=True)) == {FIX}
    assert skipped("not test.passed", a_report(passed=False)) == frozenset()


def test_a_step_that_was_skipped_has_no_result_even_when_an_earlier_round_had_one() -> None:
    assert skipped("test.passed", a_report(passed=True, state=StepState.SKIPPED)) == {FIX}


@pytest.mark.parametrize("state", sorted(set(StepState) - {StepState.PENDING}))
def test_only_a_step_that_has_not_begun_can_be_skipped(state: StepState) -> None:
    assert skipped("round > 9", a_step(name=FIX, state=state)) == frozenset()


def test_a_condition_nobody_can_read_any_more_skips_nothing() -> None:
    assert skipped("import os") == frozenset()
