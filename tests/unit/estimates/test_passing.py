"""The step at which a task will likely pass what it may still spend."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain.cost import Bill
from core.domain.estimate import Band, Estimate, StepEstimate
from core.domain.identity import StepName
from core.domain.task import StepState, TaskState
from core.estimates.passing import StepAhead, ahead, passed_at, passes_budget_at
from core.views import StepView, TaskView
from tests.support.values import WORKFLOW, a_step, a_task

pytestmark = pytest.mark.money

ONE = Band(p50=1.0, p90=2.0)


def to_come(number: int, usd: float, spent: str = "0") -> StepAhead:
    band = Band(p50=usd, p90=2 * usd)
    return StepAhead(number=number, step=StepName(f"s{number}"), cost_usd=band, spent_usd=Decimal(spent))


def test_the_first_step_that_takes_more_than_is_left_is_named() -> None:
    steps = [to_come(2, 1.0), to_come(3, 1.0), to_come(4, 1.0), to_come(5, 9.0)]
    found = passed_at(steps, left_usd=Decimal("2.50"))
    assert found is not None
    assert (found.number, found.step) == (4, "s4")
    assert passed_at(steps[:3], left_usd=Decimal(3)) is None, "what it comes to exactly is not passed"


def test_what_a_step_has_spent_is_not_to_come_again() -> None:
    assert passed_at([to_come(1, 2.0, "1.50")], left_usd=Decimal("0.60")) is None
    assert passed_at([to_come(1, 2.0, "9")], left_usd=Decimal("0.01")) is None, "nobody knows what it still takes"
    assert passed_at([], left_usd=Decimal(0)) is None


@given(st.lists(st.floats(0, 100), max_size=6), st.decimals(0, 100, places=2), st.decimals(0, 100, places=2))
def test_with_more_money_it_is_never_passed_earlier(costs: list[float], left: Decimal, more: Decimal) -> None:
    steps = [to_come(number, usd) for number, usd in enumerate(costs, 1)]
    early, late = passed_at(steps, left_usd=left), passed_at(steps, left_usd=left + more)
    assert late is None or (early is not None and early.number <= late.number)


def a_view(*, spent: str = "1.00", states: tuple[StepState, ...], **changes: Any) -> TaskView:
    """A task with the steps plan, build and review, expected to take a dollar each."""
    steps = tuple(
        StepEstimate(step=step.name, role=step.role, model="m", cost_usd=ONE, tokens=ONE, duration_s=ONE)
        for step in WORKFLOW.steps
    )
    estimate = Estimate(cost_usd=Band(p50=3, p90=5), tokens=ONE, duration_s=ONE, tasks=7, steps=steps)
    task = replace(a_task(state=TaskState.RUNNING, estimate=estimate), **changes)
    parts = tuple(
        StepView(
            step=a_step(name=step.name, role=step.role, position=number, state=state),
            bill=Bill(cost_usd=Decimal(spent) if number == 1 else Decimal(0)),
        )
        for number, (step, state) in enumerate(zip(WORKFLOW.steps, states, strict=True), 1)
    )
    return TaskView(task=task, seq=1, steps=parts, approvals=(), bill=Bill(cost_usd=Decimal(spent)))


PLANNED = (StepState.COMPLETED, StepState.RUNNING, StepState.PENDING)


def at(view: TaskView, **shared: Decimal) -> tuple[int, str] | None:
    found = passes_budget_at(view, **shared)
    return None if found is None else (found.number, found.step)


def test_a_task_will_pass_its_own_budget_or_the_scarcest_it_shares() -> None:
    assert at(a_view(states=PLANNED, budget_usd=Decimal("2.50"))) == (3, "review")
    assert at(a_view(states=PLANNED, budget_usd=Decimal("3.50"))) is None
    assert at(a_view(states=PLANNED, budget_usd=Decimal("3.50")), shared_left_usd=Decimal("0.40")) == (2, "build")
    assert at(a_view(states=PLANNED), shared_left_usd=Decimal("1.40")) == (3, "review")
    assert at(a_view(states=PLANNED)) is None, "there is no budget"


def test_nothing_is_forecast_of_what_has_happened_or_has_no_estimate() -> None:
    assert at(a_view(states=PLANNED, budget_usd=Decimal("0.90"))) is None, "passed already"
    assert at(a_view(states=PLANNED, budget_usd=Decimal("1.10"), estimate=None)) is None
    assert at(a_view(states=PLANNED, budget_usd=Decimal("1.10"), state=TaskState.FAILED)) is None


def test_steps_that_are_over_are_not_to_come() -> None:
    states = (StepState.COMPLETED, StepState.SKIPPED, StepState.PENDING)
    assert [step.step for step in ahead(a_view(states=states))] == ["review"]
