"""Reads what each day cost, for whom: the past that projections rest on, in one statement over the sums."""

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, func, select

from core.costs.clocks import date_of, local_day
from core.costs.query import Group, Query, Where
from core.costs.source import Projects, Source, source_of
from core.domain.limit import BudgetScope
from core.domain.period import Period, last_days
from core.forecasts.projection import LOOKED_AT_DAYS, History, Outlook, history_of, projected
from core.store.columns import Usd
from core.store.store import Store
from core.store.unit_of_work import UnitOfWork

OF: tuple[Group, ...] = (Group.PROJECT, Group.PERSON, Group.ROLE, Group.MODEL)
"""What there can be a projection for each of."""
WHOLE = ""
"""The key of everything together."""


class Forecasts:
    """Projections, read-only. `projects` are those the asker may see, None for all."""

    def __init__(self, store: Store, *, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._clock = clock

    async def of(
        self, where: Where, period: Period, *, group: Group | None, projects: Projects, zone: str
    ) -> dict[str, Outlook]:
        """What `period` will come to: under WHOLE for all that `where` names, and for each of `group` by its key."""
        now = self._clock()
        async with self._store.reading() as uow:
            found = await histories(uow, where, group=group, projects=projects, zone=zone, now=now)
            spent = await _spent(uow, where, period, group=group, projects=projects)
        return {
            key: projected(
                found.get(key, History(first=None, usd=())),
                period,
                spent_usd=spent.get(key, Decimal(0)),
                now=now,
                zone=zone,
            )
            for key in {**spent, **found}
        }

    async def of_budget(self, scope: BudgetScope, period: Period, *, zone: str) -> Outlook:
        """What `period` of a budget over `scope` will come to."""
        found = await self.of(where_of(scope), period, group=None, projects=None, zone=zone)
        return found[WHOLE]


def where_of(scope: BudgetScope) -> Where:
    """The calls of a budget, as a question asks for them."""
    return Where(
        projects=_named(scope.project),
        persons=_named(scope.person),
        roles=_named(scope.role),
        models=_named(scope.model),
    )


async def histories(
    uow: UnitOfWork, where: Where, *, group: Group | None, projects: Projects, zone: str, now: datetime
) -> dict[str, History]:
    """The last eight weeks day by day, under WHOLE and for each of `group`."""
    today = now.astimezone(ZoneInfo(zone)).date()
    window = last_days(LOOKED_AT_DAYS + 1, now, zone=zone)
    source = source_of(Query(where=where, period=window), projects, dialect=uow.connection.dialect.name)
    day = local_day(source.column("quarter"), zone, window, now=now)
    days: dict[str, dict[int, Decimal]] = {WHOLE: {}}
    for number, key, usd in await _summed(uow, source, day, group=group):
        for name in {WHOLE, key}:
            sums = days.setdefault(name, {})
            sums[number] = sums.get(number, Decimal(0)) + usd
    return {
        key: history_of([(date_of(number), usd) for number, usd in sums.items()], today=today)
        for key, sums in days.items()
    }


async def _spent(
    uow: UnitOfWork, where: Where, period: Period, *, group: Group | None, projects: Projects
) -> dict[str, Decimal]:
    """What is spent of `period`, under WHOLE and for each of `group`."""
    source = source_of(Query(where=where, period=period), projects, dialect=uow.connection.dialect.name)
    # one model is one row: cheaper to fold here than to read the same rows twice
    rows = await _summed(uow, source, source.column("model"), group=group)
    found = {WHOLE: Decimal(0)}
    for _, key, usd in rows:
        for name in {WHOLE, key}:
            found[name] = found.get(name, Decimal(0)) + usd
    return found


async def _summed(
    uow: UnitOfWork, source: Source, first: ColumnElement[Any], *, group: Group | None
) -> list[tuple[Any, str, Decimal]]:
    """Dollars for each of `first` and of `group`, whose key is WHOLE when there is none."""
    cost = func.sum(source.column("cost_usd"), type_=Usd()).label("usd")
    columns = [first.label("of")] if group is None else [first.label("of"), source.column(group.value).label("key")]
    statement = select(cost, *columns).select_from(source.rows).where(*source.conditions).group_by(*columns)
    rows = await uow.connection.execute(statement)
    return [(row.of, WHOLE if group is None else row.key, row.usd) for row in rows]


def _named(value: str) -> tuple[str, ...]:
    return (value,) if value else ()
