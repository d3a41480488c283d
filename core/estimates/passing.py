"""At which step a task will likely pass the money it has left, and which budget that is (pure)."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from core.budgets.draws import OVER, draws_ahead
from core.domain.estimate import Band
from core.domain.identity import StepName
from core.domain.limit import Budget
from core.domain.task import FINAL_TASK_STATES

if TYPE_CHECKING:  # the store's library takes long to load
    from core.views import TaskView


@dataclass(frozen=True, slots=True, kw_only=True)
class StepAhead:
    """A step that is not over: its `number` among the steps of the task, what it takes, and what of that is spent."""

    number: int
    step: StepName
    cost_usd: Band
    spent_usd: Decimal = Decimal(0)

    @property
    def to_come_usd(self) -> float:
        """What it will likely still cost: the middle of its band without what is spent, at least nothing."""
        return max(0.0, self.cost_usd.p50 - float(self.spent_usd))


@dataclass(frozen=True, slots=True, kw_only=True)
class Passing:
    """The first budget that a task will likely pass: at which step, and which it is; None for the task's own."""

    at: StepAhead
    budget: Budget | None = None


def passed_at(steps: Sequence[StepAhead], *, left_usd: Decimal) -> StepAhead | None:
    """The first of `steps`, in the order they are done, at which more than `left_usd` will likely have been spent.

    None when what is left will likely last. Likely means: rather than not.
    """
    left = float(left_usd)
    for step in steps:
        left -= step.to_come_usd
        if left < 0:
            return step
    return None


def ahead(view: "TaskView") -> tuple[StepAhead, ...]:
    """The steps of a task that are still to be paid for, as its estimate sees them; () when it has ended or has none.

    A step that is done again after it was sent back has spent money before: what it has cost so far counts.
    """
    task = view.task
    if task.estimate is None or task.state in FINAL_TASK_STATES:
        return ()
    bands = {step.step: step.cost_usd for step in task.estimate.steps}
    return tuple(
        StepAhead(
            number=part.step.position, step=part.step.name, cost_usd=bands[part.step.name], spent_usd=part.bill.cost_usd
        )
        for part in view.steps
        if part.step.state not in OVER and part.step.name in bands
    )


def first_passing(view: "TaskView") -> Passing | None:
    """Which of its own budget and those it shares the task will likely pass first, and where; None for none.

    What other work spends meanwhile is not foreseen. A budget that is used up already is no forecast.
    """
    steps = ahead(view)
    runs = [each.run for part in view.steps for each in part.runs]
    draws = draws_ahead(view.task, [part.step for part in view.steps], runs)
    limits: list[tuple[Budget | None, Decimal, Sequence[StepAhead]]] = []
    if view.task.budget_usd is not None:
        limits.append((None, view.task.budget_usd - view.bill.cost_usd, steps))
    for stands in view.shared:
        drawing = [step for step in steps if stands.budget.scope.covers(draws[step.step])]
        limits.append((stands.budget, stands.left_usd, drawing))
    found = [
        (steps.index(at), left, Passing(at=at, budget=budget))
        for budget, left, drawing in limits
        if left > 0 and (at := passed_at(drawing, left_usd=left)) is not None
    ]
    return min(found, key=lambda each: each[:2])[2] if found else None
