"""Budgets in the database: what people set, what was done about each in a period, and what its ledger says."""

from decimal import Decimal

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from core.domain.limit import BudgetScope, KeptBudget, Tally
from core.domain.period import Period
from core.store.budget_tables import budget_tallies, budgets
from core.store.records import Records
from core.store.spending_tables import spending
from core.store.sums import quarter_of

_SPENT = spending.c


class Budgets:
    """Budgets, as one unit of work sees them."""

    def __init__(self, connection: AsyncConnection, *, locking: bool) -> None:
        self._connection = connection
        self._kept = Records(connection, budgets, KeptBudget, kind="budget", hint="", locking=locking)
        self._tallies = Records(connection, budget_tallies, Tally, kind="tally", hint="", locking=locking)

    async def kept(self) -> list[KeptBudget]:
        """What people set."""
        return await self._kept.all(self._kept.select())

    async def keep(self, budget: KeptBudget) -> None:
        """Insert or replace."""
        await self._kept.put(self._kept.row(budget))

    async def tally(self, tally: Tally) -> Tally:
        """What is known of the budget and period of `tally`, which is itself the answer when nothing is."""
        here = (budget_tallies.c.budget == tally.budget) & (budget_tallies.c.begin == tally.begin)
        return next(iter(await self._tallies.all(self._tallies.select().where(here))), tally)

    async def hold_tally(self, tally: Tally) -> Tally:
        """As `tally`, and nobody else holds it until this unit ends: calls that draw on it are recorded in a row."""
        await self._tallies.add_once(self._tallies.row(tally))
        here = (budget_tallies.c.budget == tally.budget) & (budget_tallies.c.begin == tally.begin)
        return await self._tallies.first(self._tallies.select().where(here)) or tally

    async def save_tally(self, tally: Tally) -> None:
        """Replace what `hold_tally` has read."""
        await self._tallies.save(tally)

    async def spent_usd(self, scope: BudgetScope, period: Period) -> Decimal:
        """What the ledger has of the calls within `scope` and `period`, whose ends are those of quarters of an hour."""
        total = func.coalesce(func.sum(_SPENT.cost_usd, type_=_SPENT.cost_usd.type), 0, type_=_SPENT.cost_usd.type)
        begin, end = quarter_of(period.begin), quarter_of(period.end)
        query = select(total).where(_SPENT.quarter >= begin, _SPENT.quarter < end, *_within(scope))
        return (await self._connection.execute(query)).scalar_one()


def _within(scope: BudgetScope) -> list[ColumnElement[bool]]:
    """The conditions of `BudgetScope.covers`, said to the database."""
    exact = ((_SPENT.project, scope.project), (_SPENT.person, scope.person), (_SPENT.role, scope.role))
    found = [column == value for column, value in exact if value]
    if scope.model:
        found.append(func.lower(_SPENT.model).contains(scope.model.lower(), autoescape=True))
    return found
