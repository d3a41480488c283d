"""Money over many tasks: what was spent since when, and by whom."""

from collections.abc import Collection, Iterable
from datetime import datetime
from decimal import Decimal

from core.domain.identity import ProjectName
from core.store.spending import Spending, Spent
from core.store.store import Store

__all__ = ["Spent", "spent_since", "total_by"]


async def spent_since(
    store: Store, begin: datetime, *, projects: Collection[ProjectName] | None, end: datetime | None = None
) -> list[Spent]:
    """What was spent from `begin` on (and before `end`), in `projects` only unless None; the most expensive first."""
    async with store.reading() as uow:
        return await Spending(uow.connection).since(begin, projects=projects, end=end)


def total_by(spent: Iterable[Spent], name: str) -> dict[str, tuple[int, Decimal]]:
    """Calls and dollars by one of the attributes of `Spent`, the most expensive first."""
    sums: dict[str, tuple[int, Decimal]] = {}
    for each in spent:
        calls, cost = sums.get(getattr(each, name), (0, Decimal(0)))
        sums[getattr(each, name)] = (calls + each.calls, cost + each.cost_usd)
    return dict(sorted(sums.items(), key=lambda item: (-item[1][1], item[0])))
