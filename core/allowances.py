"""How budgets stand now, from the settings and the store: which hold for a model call, what is spent and left."""

from collections.abc import Sequence

from core.budgets.allowance import Allowance
from core.budgets.book import BudgetBook, drawn_on
from core.domain.limit import Budget, Draw, Tally
from core.domain.task import Task
from core.store.unit_of_work import UnitOfWork


def draw_of(task: Task, *, role: str, model: str = "") -> Draw:
    """Whose money a model call of `task` is."""
    return Draw(project=task.project, person=task.requested_by, role=role, model=model)


async def budgets_now(uow: UnitOfWork, book: BudgetBook) -> tuple[Budget, ...]:
    """Every budget that holds: what people set over what the settings say."""
    return book.budgets(await uow.budgets.kept())


async def allowance(uow: UnitOfWork, book: BudgetBook, budget: Budget) -> Allowance:
    """How `budget` stands in the period it is now."""
    period = book.period(budget, uow.now)
    tally = await uow.budgets.tally(Tally(budget=budget.key, begin=period.begin))
    spent = await uow.budgets.spent_usd(budget.scope, period)
    return Allowance(budget=budget, period=period, spent_usd=spent, extra_usd=tally.extra_usd)


async def allowances(uow: UnitOfWork, book: BudgetBook, draw: Draw) -> list[Allowance]:
    """How every budget stands that a model call of `draw` counts in."""
    drawn = drawn_on(await budgets_now(uow, book), draw)
    return [await allowance(uow, book, budget) for budget in drawn]


async def allowance_of(uow: UnitOfWork, book: BudgetBook, key: str) -> Allowance | None:
    """How the budget `key` stands; None when there is none (any more)."""
    found = next((each for each in await budgets_now(uow, book) if each.key == key), None)
    return None if found is None else await allowance(uow, book, found)


def scarcest(standing: Sequence[Allowance]) -> Allowance | None:
    """The one with the least left; None when there is none."""
    return min(standing, key=lambda each: each.left_usd, default=None)
