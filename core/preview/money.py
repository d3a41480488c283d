"""The budgets that a request would draw on, and at which of its steps each is likely to be passed."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from core.allowances import allowance, budgets_now
from core.budgets.book import BudgetBook
from core.budgets.draws import draw_of
from core.budgets.names import budget_name
from core.domain.estimate import Estimate
from core.domain.identity import StepName
from core.domain.limit import Budget
from core.domain.task import Task
from core.estimates.passing import StepAhead, passed_at
from core.preview.trouble import BudgetAhead
from core.preview.values import StepPreview
from core.store.unit_of_work import UnitOfWork


async def budgets_ahead(
    uow: UnitOfWork, book: BudgetBook, task: Task, *, steps: Sequence[StepPreview], estimate: Estimate
) -> list[BudgetAhead]:
    """The task's own budget first, then the shared ones in the order of their names."""
    numbers = {name: number for number, name in enumerate(task.workflow.order(), 1)}
    every = {step.name: numbers[step.name] for step in steps}
    found = [] if task.budget_usd is None else [_ahead("", task.budget_usd, drawing=every, estimate=estimate)]
    names = await uow.people.names({task.requested_by})
    for budget in await budgets_now(uow, book):
        drawing = {step.name: numbers[step.name] for step in steps if _draws(task, step, budget)}
        if not drawing:
            continue
        stands = await allowance(uow, book, budget)
        name = budget_name(budget.scope, budget.unit, names)
        until = _day(stands.period.end, book.zones.get(budget.scope.project, book.time_zone))
        found.append(_ahead(name, stands.left_usd, drawing=drawing, estimate=estimate, until=until))
    return found


def _draws(task: Task, step: StepPreview, budget: Budget) -> bool:
    """Whether the model calls of the step count in `budget`."""
    return budget.scope.covers(draw_of(task, role=step.role, model=step.model))


def _ahead(
    name: str, left_usd: Decimal, *, drawing: Mapping[StepName, int], estimate: Estimate, until: str = ""
) -> BudgetAhead:
    """`drawing` are the steps that spend of it, with their numbers as the task's card will have them."""
    ahead = [
        StepAhead(number=drawing[step.step], step=step.step, cost_usd=step.cost_usd)
        for step in estimate.steps
        if step.step in drawing
    ]
    passed = passed_at(ahead, left_usd=left_usd)
    return BudgetAhead(
        name=name,
        left_usd=left_usd,
        passed_at=(passed.number, passed.step) if passed else None,
        possible=estimate.cost_usd.p90 * _share(estimate, drawing) > float(left_usd),
        until=until,
    )


def _share(estimate: Estimate, drawing: Collection[StepName]) -> float:
    """How much of the whole these steps are; the p90 of steps add up to more than that of the whole."""
    whole = sum(step.cost_usd.p50 for step in estimate.steps)
    part = sum(step.cost_usd.p50 for step in estimate.steps if step.step in drawing)
    return part / whole if whole else 1.0


def _day(at: datetime, zone: str) -> str:
    """`1 Dec`, in the time zone of the budget."""
    local = at.astimezone(ZoneInfo(zone))
    return f"{local.day} {local:%b}"
