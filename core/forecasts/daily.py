"""Reads what each day cost, for whom: the past that projections rest on, in one statement over the sums."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, func, select

from core.budgets.allowance import Allowance
from core.budgets.book import BudgetBook, drawn_on
from core.costs.clocks import date_of, local_day
from core.costs.query import Group, Query, Where
from core.costs.source import Projects, Source, source_of
from core.domain.identity import PersonId
from core.domain.limit import Draw
from core.domain.period import Period, last_days
from core.forecasts.projection import LOOKED_AT_DAYS, WHOLE, History, Outlook, history_of, projected
from core.store.columns import Usd
from core.store.store import Store
from core.store.unit_of_work import UnitOfWork

OF: tuple[Group, ...] = (Group.PROJECT, Group.PERSON, Group.ROLE, Group.MODEL)
"""What there can be a projection for each of."""


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

    async def of_budgets(self, standing: Sequence[Allowance], book: BudgetBook) -> dict[str, Outlook]:
        """What the period of each of these budgets will come to, by the budget's key; one look for each time zone."""
        now = self._clock()
        zones = {each.budget.key: book.zone_of(each.budget) for each in standing}
        days: dict[str, dict[int, Decimal]] = {each.budget.key: {} for each in standing}
        async with self._store.reading() as uow:
            for zone in sorted(set(zones.values())):
                here = [each.budget for each in standing if zones[each.budget.key] == zone]
                for draw, found in (await _draws(uow, zone=zone, now=now)).items():
                    for budget in drawn_on(here, draw):
                        sums = days[budget.key]
                        for number, usd in found:
                            sums[number] = sums.get(number, Decimal(0)) + usd
        return {
            key: projected(
                _history(days[key], now=now, zone=zones[key]),
                each.period,
                spent_usd=each.spent_usd,
                now=now,
                zone=zones[key],
            )
            for each in standing
            for key in (each.budget.key,)
        }


async def histories(
    uow: UnitOfWork, where: Where, *, group: Group | None, projects: Projects, zone: str, now: datetime
) -> dict[str, History]:
    """The last eight weeks day by day, under WHOLE and for each of `group`."""
    source, day = _days(uow, where, projects, zone=zone, now=now)
    days: dict[str, dict[int, Decimal]] = {WHOLE: {}}
    for number, key, usd in await _summed(uow, source, day, group=group):
        for name in {WHOLE, key}:
            sums = days.setdefault(name, {})
            sums[number] = sums.get(number, Decimal(0)) + usd
    return {key: _history(sums, now=now, zone=zone) for key, sums in days.items()}


async def _draws(uow: UnitOfWork, *, zone: str, now: datetime) -> dict[Draw, list[tuple[int, Decimal]]]:
    """The days with their dollars, by all that a budget may be about."""
    source, day = _days(uow, Where(), None, zone=zone, now=now)
    columns = [source.column(name) for name in ("project", "person", "role", "model")]
    cost = func.sum(source.column("cost_usd"), type_=Usd()).label("usd")
    statement = select(*columns, day.label("of"), cost).where(*source.conditions).group_by(*columns, day)
    found: dict[tuple[str, ...], list[tuple[int, Decimal]]] = {}
    for row in await uow.connection.execute(statement):
        found.setdefault((row.project, row.person, row.role, row.model), []).append((row.of, row.usd))
    return {
        Draw(project=project, person=PersonId(person), role=role, model=model): days
        for (project, person, role, model), days in found.items()
    }


def _days(
    uow: UnitOfWork, where: Where, projects: Projects, *, zone: str, now: datetime
) -> tuple[Source, ColumnElement[int]]:
    """The rows of the last eight weeks and of today, and the local day of each."""
    window = last_days(LOOKED_AT_DAYS + 1, now, zone=zone)
    source = source_of(Query(where=where, period=window), projects, dialect=uow.connection.dialect.name)
    return source, local_day(source.column("quarter"), zone, window, now=now)


def _history(days: Mapping[int, Decimal], *, now: datetime, zone: str) -> History:
    known = [(date_of(number), usd) for number, usd in days.items()]
    return history_of(known, today=now.astimezone(ZoneInfo(zone)).date())


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
