"""Money over time and told apart as well: what each role cost in each day, week or month, in one statement."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from sqlalchemy import func, select

from core.costs.asking import begin_of
from core.costs.clocks import date_of, local_day
from core.costs.query import Group, Query
from core.costs.source import Projects, source_of
from core.store.columns import Usd
from core.store.store import Store

PARTS = 5
"""So many are told apart; the rest is one."""
_DAYS = 35
_WEEKS = 26
"""Beyond so many days, weeks are told, and beyond so many weeks, months."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One of the group: dollars in each of the series' times. `key` None is all others together."""

    key: str | None
    values: tuple[Decimal, ...]
    of: int = 1
    """How many it stands for."""

    @property
    def total(self) -> Decimal:
        """Over all times."""
        return sum(self.values, Decimal(0))


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """`begins` are the first days of its days, weeks or months (`by`), without a gap; the dearest part comes first."""

    query: Query
    by: Group
    begins: tuple[date, ...]
    parts: tuple[Part, ...]

    @property
    def total(self) -> Decimal:
        """All of it."""
        return sum((part.total for part in self.parts), Decimal(0))


async def series(
    store: Store, query: Query, *, group: Group, projects: Projects, zone: str, now: datetime, parts: int = PARTS
) -> Series:
    """What each of `group` (role, model, person …) cost over the query's period, in as many times as a screen holds.

    `projects` are those the asker may see, None for all; days are those of `zone`.
    """
    async with store.reading() as uow:
        source = source_of(query, projects, dialect=uow.connection.dialect.name)
        day = local_day(source.column("quarter"), zone, query.period, now=now).label("day")
        key = source.column(group.value).label("key")
        cost = func.sum(source.column("cost_usd"), type_=Usd()).label("usd")
        statement = select(day, key, cost).select_from(source.rows).where(*source.conditions).group_by(day, key)
        rows = [(date_of(row.day), str(row.key), row.usd) for row in await uow.connection.execute(statement)]
    first, last = _span(query, [day for day, _, _ in rows], zone=zone, today=now.astimezone(ZoneInfo(zone)).date())
    by = _unit((last - first).days + 1)
    found: dict[str, dict[date, Decimal]] = {}
    for on, name, usd in rows:
        values, begin = found.setdefault(name, {}), begin_of(on, by)
        values[begin] = values.get(begin, Decimal(0)) + usd
    begins = _begins(first, last, by) if rows else ()
    return Series(query=replace(query, group=group), by=by, begins=begins, parts=_parts(found, begins, parts))


def _span(query: Query, days: list[date], *, zone: str, today: date) -> tuple[date, date]:
    """The first and last day: of the period, but none before anything was spent beyond its first year, none ahead."""
    first, last = min(days, default=today), max(days, default=today)
    if query.period is not None:
        begin, end = (at.astimezone(ZoneInfo(zone)) for at in (query.period.begin, query.period.end))
        last = min(max(today, last), (end - timedelta(microseconds=1)).date())
        first = begin.date() if (last - begin.date()).days < 366 else first
    return first, max(first, last)


def _unit(days: int) -> Group:
    if days <= _DAYS:
        return Group.DAY
    return Group.WEEK if days <= _WEEKS * 7 else Group.MONTH


def _begins(first: date, last: date, by: Group) -> tuple[date, ...]:
    days = (first + timedelta(days=number) for number in range((last - first).days + 1))
    return tuple(dict.fromkeys(begin_of(day, by) for day in days))


def _parts(found: Mapping[str, Mapping[date, Decimal]], begins: tuple[date, ...], most: int) -> tuple[Part, ...]:
    each = [
        Part(key=name, values=tuple(values.get(begin, Decimal(0)) for begin in begins))
        for name, values in found.items()
    ]
    each = sorted((part for part in each if part.total), key=lambda part: (-part.total, part.key or ""))
    # one more alone says more than `1 other`
    if len(each) <= most + 1:
        return tuple(each)
    rest = [part.values for part in each[most:]]
    others = Part(key=None, values=tuple(sum(column, Decimal(0)) for column in zip(*rest, strict=True)), of=len(rest))
    return (*each[:most], others)
