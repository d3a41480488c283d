"""Reads what is usual: what like tasks and agents cost, and what a project's hours and days were like."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import groupby
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Row, case, func, select

from core.domain.identity import AgentRunId, TaskId
from core.domain.period import Period, day, last_days
from core.domain.task import Task, TaskState
from core.domain.unusual import Thresholds
from core.store import tables
from core.store.columns import Usd
from core.store.spending_tables import QUARTER_S, spending
from core.store.sums import quarter_of
from core.store.unit_of_work import UnitOfWork
from core.unusual.watch import (
    ENOUGH_DAYS,
    ENOUGH_HOURS,
    Bound,
    CacheUse,
    Usual,
    spike_bound,
    usual_cache,
    usual_of,
)

_TASKS, _SPENT = tables.tasks, spending.c
_LIKE = 50
"""So many of the newest like tasks are looked at."""
_DAYS = 28
_QUARTERS_AN_HOUR = 4
_READ = _SPENT.input_tokens + _SPENT.cache_read_tokens + _SPENT.cache_write_tokens


@dataclass(frozen=True, slots=True, kw_only=True)
class UsualCosts:
    """What tasks like one cost, and the agents of each role in them."""

    task: Usual | None = None
    roles: Mapping[str, Usual] = field(default_factory=dict[str, Usual])

    @property
    def known(self) -> bool:
        """Whether anything can be compared with it."""
        return self.task is not None or bool(self.roles)


@dataclass(frozen=True, slots=True, kw_only=True)
class UsualDay:
    """What a project's hours and days are measured against on one day."""

    hour: Bound | None
    day: Bound | None
    cache: Usual | None
    caches: Mapping[str, Usual] = field(default_factory=dict[str, Usual])
    """The same for each role."""

    @property
    def known(self) -> bool:
        """Whether anything can be compared with it."""
        return self.hour is not None or self.day is not None or self.cache is not None or bool(self.caches)


@dataclass(frozen=True, slots=True, kw_only=True)
class Today:
    """What a project spent so far today, and in this hour of the clock."""

    usd: Decimal
    hour_usd: Decimal
    cache: CacheUse
    of_role: CacheUse
    """What the agents of one role read."""


async def usual_costs(uow: UnitOfWork, task: Task) -> UsualCosts:
    """From the newest completed tasks of the same project and type; the task itself, and forks, do not count.

    A fork takes over what another task has paid for.
    """
    like = (
        select(_TASKS.c.id)
        .where(_TASKS.c.project == task.project, _TASKS.c.type == task.type, _TASKS.c.state == TaskState.COMPLETED)
        .where(_TASKS.c.forked_from.is_(None), _TASKS.c.id != task.id)
        .order_by(_TASKS.c.number.desc())
        .limit(_LIKE)
    )
    statement = (
        select(_SPENT.task, _TASKS.c.complexity, _SPENT.role, _SPENT.agent_run, _cost().label("usd"))
        .join(_TASKS, _TASKS.c.id == _SPENT.task)
        .where(_SPENT.task.in_(like))
        .group_by(_SPENT.task, _TASKS.c.complexity, _SPENT.role, _SPENT.agent_run)
    )
    tasks: dict[str, Decimal] = {}
    roles: dict[str, list[Decimal]] = {}
    for row in await uow.connection.execute(statement):
        roles.setdefault(row.role, []).append(row.usd)
        if row.complexity == task.complexity:
            tasks[row.task] = tasks.get(row.task, Decimal(0)) + row.usd
    known = {role: usual for role, found in roles.items() if (usual := usual_of(found)) is not None}
    return UsualCosts(task=usual_of(list(tasks.values())), roles=known)


async def costs_so_far(uow: UnitOfWork, task: TaskId) -> dict[AgentRunId, Decimal]:
    """What each agent run of `task` cost so far."""
    statement = select(_SPENT.agent_run, _cost().label("usd")).where(_SPENT.task == task).group_by(_SPENT.agent_run)
    return {AgentRunId(row.agent_run): row.usd for row in await uow.connection.execute(statement)}


async def usual_day(uow: UnitOfWork, project: str, thresholds: Thresholds, *, zone: str) -> UsualDay:
    """From the four weeks before today, in days of `zone` and hours of the clock."""
    today = day(uow.now, zone)
    before = Period(begin=last_days(_DAYS + 1, uow.now, zone=zone).begin, end=today.begin)
    statement = (
        select(
            _SPENT.quarter,
            _SPENT.role,
            _cost().label("usd"),
            func.sum(_SPENT.cache_read_tokens).label("cached"),
            func.sum(_READ).label("read"),
        )
        .where(*_within(before, project))
        .group_by(_SPENT.quarter, _SPENT.role)
        .order_by(_SPENT.quarter)
    )
    rows = (await uow.connection.execute(statement)).all()
    known = ZoneInfo(zone)
    hours = [
        sum((row.usd for row in rows_of), start=Decimal(0))
        for _, rows_of in groupby(rows, key=lambda row: row.quarter // _QUARTERS_AN_HOUR)
    ]
    days: list[Decimal] = []
    caches: list[CacheUse] = []
    of_roles: dict[str, list[CacheUse]] = {}
    for _, rows_of in groupby(rows, key=lambda row: _date(row.quarter, known)):
        whole = list(rows_of)
        days.append(sum((row.usd for row in whole), start=Decimal(0)))
        caches.append(_cache_use(whole))
        for role in {row.role for row in whole}:
            of_roles.setdefault(role, []).append(_cache_use([row for row in whole if row.role == role]))
    usual = ((role, usual_cache(uses, thresholds)) for role, uses in of_roles.items())
    return UsualDay(
        hour=spike_bound(hours, thresholds, enough=ENOUGH_HOURS),
        day=spike_bound(days, thresholds, enough=ENOUGH_DAYS),
        cache=usual_cache(caches, thresholds),
        caches={role: each for role, each in usual if each is not None},
    )


def _cache_use(rows: Sequence[Row[*tuple[Any, ...]]]) -> CacheUse:
    return CacheUse(cached=sum(int(row.cached) for row in rows), read=sum(int(row.read) for row in rows))


async def today_so_far(uow: UnitOfWork, project: str, *, role: str, zone: str) -> Today:
    """What `project` spent, and what its agents of `role` read, on the day of `zone` that it is now."""
    quarter = quarter_of(uow.now)
    this_hour = case((_SPENT.quarter >= quarter - quarter % _QUARTERS_AN_HOUR, _SPENT.cost_usd), else_=None)
    statement = select(
        _cost().label("usd"),
        func.sum(this_hour, type_=Usd()).label("hour_usd"),
        func.sum(_SPENT.cache_read_tokens).label("cached"),
        func.sum(_READ).label("read"),
        func.sum(case((_SPENT.role == role, _SPENT.cache_read_tokens), else_=0)).label("role_cached"),
        func.sum(case((_SPENT.role == role, _READ), else_=0)).label("role_read"),
    ).where(*_within(day(uow.now, zone), project))
    row = (await uow.connection.execute(statement)).one()
    return Today(
        usd=row.usd or Decimal(0),
        hour_usd=row.hour_usd or Decimal(0),
        cache=CacheUse(cached=int(row.cached or 0), read=int(row.read or 0)),
        of_role=CacheUse(cached=int(row.role_cached or 0), read=int(row.role_read or 0)),
    )


def _cost() -> ColumnElement[Decimal]:
    return func.sum(_SPENT.cost_usd, type_=Usd())


def _within(period: Period, project: str) -> tuple[ColumnElement[bool], ...]:
    begin, end = quarter_of(period.begin), quarter_of(period.end)
    return (_SPENT.quarter >= begin, _SPENT.quarter < end, _SPENT.project == project)


def _date(quarter: int, zone: ZoneInfo) -> date:
    return datetime.fromtimestamp(quarter * QUARTER_S, UTC).astimezone(zone).date()
