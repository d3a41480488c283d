"""The budgets that people, projects, roles and models share, for whoever looks at them, sets them or raises them."""

from collections.abc import Sequence
from decimal import Decimal

from core.allowances import allowance, budgets_now
from core.budgets.allowance import Allowance
from core.budgets.book import BudgetBook
from core.domain.identity import PersonId
from core.domain.limit import BudgetScope
from core.domain.period import PeriodUnit
from core.engine.shared_budgets import raise_shared, set_shared
from core.store.store import Store


class HouseBudgets:
    """Shared budgets. Needs no running worker: what a change sets going is taken up by one."""

    def __init__(self, store: Store, book: BudgetBook) -> None:
        self._store = store
        self._book = book

    async def standing(self) -> list[Allowance]:
        """How every budget stands now, in the order of their names."""
        async with self._store.reading() as uow:
            return [await allowance(uow, self._book, each) for each in await budgets_now(uow, self._book)]

    async def set(
        self,
        scope: BudgetScope,
        unit: PeriodUnit,
        usd: Decimal | None,
        *,
        by: PersonId,
        owners: Sequence[PersonId] | None = None,
        warn_at: Sequence[int] | None = None,
    ) -> Allowance | None:
        """Set what may be spent within `scope` in each `unit`, None for no limit; how it stands then.

        It is stronger than the settings. `owners` and `warn_at` (per cent) stay as they were when they are None; a new
        budget is owned by who sets it. Work that an old limit held goes on. InvalidInputError for an amount that is no
        budget, NotFoundError when there is none to take away.
        """
        async with self._store.transaction() as uow:
            return await set_shared(uow, self._book, scope, unit, usd, owners=owners, warn_at=warn_at, by=by)

    async def raise_by(self, key: str, usd: Decimal, *, by: PersonId) -> Allowance:
        """Raise the budget `key` until its period ends; whatever it held goes on.

        InvalidInputError when it would still be used up, NotFoundError when there is none.
        """
        async with self._store.transaction() as uow:
            return await raise_shared(uow, self._book, key, usd, by=by)
