"""The step at which a task will likely pass what it may still spend."""

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.budgets.allowance import Allowance
from core.domain.cost import Bill
from core.domain.estimate import Band, Estimate, StepEstimate
from core.domain.identity import StepName
from core.domain.limit import Budget, BudgetScope
from core.domain.period import Period, PeriodUnit
from core.domain.task import StepState, TaskState
from core.estimates.passing import StepAhead, ahead, first_passing, passed_at
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


def shared(left: str, unit: PeriodUnit = PeriodUnit.MONTH, **scope: str) -> Allowance:
    """A budget of $100 of which so much is left."""
    return Allowance(
        budget=Budget(scope=BudgetScope(**scope), unit=unit, usd=Decimal(100)),
        period=Period(begin=datetime(2026, 3, 1, tzinfo=UTC), end=datetime(2026, 4, 1, tzinfo=UTC)),
        spent_usd=Decimal(100) - Decimal(left),
    )


def at(view: TaskView, *budgets: Allowance) -> tuple[str, int, str] | None:
    """Which budget is passed first ('' for its own), and at which step."""
    found = first_passing(replace(view, shared=budgets))
    return found and (found.budget.key if found.budget else "", found.at.number, found.at.step)


def test_a_task_will_pass_its_own_budget_or_one_it_shares_whichever_comes_first() -> None:
    own, month, day = "", "project=shop/month", "project=shop/day"
    assert at(a_view(states=PLANNED, budget_usd=Decimal("2.50"))) == (own, 3, "review")
    assert at(a_view(states=PLANNED, budget_usd=Decimal("3.50"))) is None
    roomy, tight = a_view(states=PLANNED, budget_usd=Decimal("3.50")), a_view(states=PLANNED, budget_usd=Decimal("1.5"))
    assert at(roomy, shared("0.40", project="shop")) == (month, 2, "build")
    assert at(tight, shared("1.40", project="shop")) == (own, 2, "build")
    assert at(tight, shared("0.40", project="shop")) == (month, 2, "build"), "less of it is left"
    both = (shared("1.40", project="shop"), shared("0.9", PeriodUnit.DAY, project="shop"))
    assert at(roomy, *both) == at(roomy, *reversed(both)) == (day, 2, "build")
    assert at(a_view(states=PLANNED), shared("50", project="shop")) is None
    assert at(a_view(states=PLANNED)) is None, "there is no budget"


def test_a_shared_budget_is_passed_by_those_steps_only_that_draw_on_it() -> None:
    view = a_view(states=PLANNED)
    assert at(view, shared("0.40", role="reviewer")) == ("role=reviewer/month", 3, "review")
    assert at(view, shared("0.40", role="planner")) is None, "its step is over"
    assert at(view, shared("1.40", model="opus")) is None, "the models are expected to be others"
    assert at(view, shared("0.40", model="M")) == ("model=M/month", 2, "build")
    assert at(view, shared("0", project="shop")) is None, "used up: people are asked about it, that is no forecast"


def test_nothing_is_forecast_of_what_has_happened_or_has_no_estimate() -> None:
    assert at(a_view(states=PLANNED, budget_usd=Decimal("0.90"))) is None, "passed already"
    assert at(a_view(states=PLANNED, budget_usd=Decimal("1.10"), estimate=None)) is None
    assert at(a_view(states=PLANNED, budget_usd=Decimal("1.10"), state=TaskState.FAILED)) is None


def test_steps_that_are_over_are_not_to_come() -> None:
    states = (StepState.COMPLETED, StepState.SKIPPED, StepState.PENDING)
    assert [step.step for step in ahead(a_view(states=states))] == ["review"]
