"""How budgets stand now, from the settings and the store: which hold for a model call, what is spent and left."""

from collections.abc import Sequence

from core.budgets.allowance import Allowance
from core.budgets.book import BudgetBook
from core.domain.limit import Budget, Draw, Tally
from core.store.unit_of_work import UnitOfWork


async def budgets_now(uow: UnitOfWork, book: BudgetBook) -> tuple[Budget, ...]:
    """Every budget that holds: what people set over what the settings say."""
    return book.budgets(await uow.budgets.kept())


async def allowance(uow: UnitOfWork, book: BudgetBook, budget: Budget) -> Allowance:
    """How `budget` stands in the period it is now."""
    period = book.period(budget, uow.now)
    tally = await uow.budgets.tally(Tally(budget=budget.key, begin=period.begin))
    spent = await uow.budgets.spent_usd(budget.scope, period)
    return Allowance(budget=budget, period=period, spent_usd=spent, extra_usd=tally.extra_usd)


async def allowances(uow: UnitOfWork, book: BudgetBook, *draws: Draw) -> list[Allowance]:
    """How every budget stands that a model call of one of `draws` counts in."""
    drawn = [each for each in await budgets_now(uow, book) if any(each.scope.covers(draw) for draw in draws)]
    return [await allowance(uow, book, budget) for budget in drawn]


async def allowance_of(uow: UnitOfWork, book: BudgetBook, key: str) -> Allowance | None:
    """How the budget `key` stands; None when there is none (any more)."""
    found = next((each for each in await budgets_now(uow, book) if each.key == key), None)
    return None if found is None else await allowance(uow, book, found)


def scarcest(standing: Sequence[Allowance]) -> Allowance | None:
    """The one with the least left; None when there is none."""
    return min(standing, key=lambda each: each.left_usd, default=None)
