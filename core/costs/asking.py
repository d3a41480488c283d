"""Runs typed queries over the store: each in one snapshot, told only about the projects one may see."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from sqlalchemy import func, select

from core.costs.answer import Amount, Figures, Listed, ListedTask, Row
from core.costs.clocks import date_of
from core.costs.query import AVERAGES, TIMES, Group, Order, Query
from core.costs.source import TASKS, Projects, by_calls, of_tasks
from core.costs.sums import Summed, Sums
from core.domain.identity import AgentRunId, PersonId, TaskId
from core.domain.task import FINAL_TASK_STATES
from core.store import tables
from core.store.spending_tables import spending
from core.store.store import Store
from core.store.unit_of_work import UnitOfWork

ROWS = 12
"""Rows of a group unless the query says how many."""
TIME_ROWS = 31
MOST_ROWS = 100


class Asking:
    """Answers, read-only. `projects` are those the asker may see, None for all."""

    def __init__(self, store: Store, *, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._clock = clock

    async def figures(self, query: Query, *, projects: Projects, zone: str) -> Figures:
        """The figures `query` asks for; its days, weeks and months are those of `zone`."""
        limit = min(query.limit or (TIME_ROWS if query.group in TIMES else ROWS), MOST_ROWS)
        async with self._store.reading() as uow:
            sums = Sums(uow.connection, now=self._clock())
            total = await sums.total(query, projects, zone)
            if query.group is None:
                return Figures(query=query, zone=zone, rows=(), total=total)
            found = await sums.groups(query, projects, zone, limit=limit + 1)
            rows = self._in_time(query, found, zone) if query.group in TIMES else _rows(found)
            shown = rows[:limit] if query.order is not Order.TIME else rows[-limit:]
            shown = await _noted(uow, query.group, shown)
        left_out = len(rows) > len(shown)
        return Figures(query=query, zone=zone, rows=tuple(shown), total=total, left_out=left_out)

    async def tasks(self, query: Query, *, projects: Projects, zone: str) -> Listed:
        """The tasks `query` lists, the newest first."""
        ended = bool(query.where.states) and set(query.where.states) <= FINAL_TASK_STATES
        at = TASKS.c.finished_at if ended else TASKS.c.created_at
        conditions = [*of_tasks(query.where, projects), *by_calls(query.where)]
        if query.period is not None:
            conditions += [at >= query.period.begin, at < query.period.end]
        columns = (TASKS.c.id, TASKS.c.title, TASKS.c.project, TASKS.c.requested_by, TASKS.c.state, TASKS.c.type)
        statement = (
            select(*columns, TASKS.c.created_at, TASKS.c.finished_at, TASKS.c.failure)
            .where(*conditions)
            .order_by(at.desc(), TASKS.c.number.desc())
            .limit(min(query.limit or ROWS, MOST_ROWS))
        )
        async with self._store.reading() as uow:
            rows = (await uow.connection.execute(statement)).all()
            counted = await uow.connection.execute(select(func.count()).select_from(TASKS).where(*conditions))
            bills = await uow.ledger.totals([row.id for row in rows])
            of = counted.scalar_one()
        listed = (
            ListedTask(
                id=row.id,
                title=row.title,
                project=row.project,
                person=row.requested_by,
                state=row.state,
                type=row.type,
                cost_usd=bills[row.id].cost_usd,
                at=row.finished_at or row.created_at,
                failure=row.failure,
            )
            for row in rows
        )
        return Listed(query=query, zone=zone, tasks=tuple(listed), of=of)

    async def people(self, projects: Projects) -> dict[PersonId, str]:
        """Who asked for tasks, with the name their chat gives them ('' for none)."""
        statement = select(TASKS.c.requested_by).distinct()
        if projects is not None:
            statement = statement.where(TASKS.c.project.in_(sorted(projects)))
        async with self._store.reading() as uow:
            found = [PersonId(row[0]) for row in await uow.connection.execute(statement)]
            names = await uow.people.names(found)
        return {person: names.get(person, "") for person in found}

    async def models(self) -> list[str]:
        """Every model that was ever used. Steps from one to the next in an index, however many calls there were."""
        found: list[str] = []
        async with self._store.reading() as uow:
            while True:
                query = select(func.min(spending.c.model))
                if found:
                    query = query.where(spending.c.model > found[-1])
                model = (await uow.connection.execute(query)).scalar_one()
                if model is None:
                    return found
                found.append(model)

    def _in_time(self, query: Query, found: list[Summed], zone: str) -> list[Row]:
        """Days folded into what was asked for, with the empty ones between; by value when the most is asked for."""
        days = {date_of(each.key): each.amount for each in found}
        folded = _folded(days, query.group or Group.DAY, average=query.metric in AVERAGES)
        if query.order is Order.TIME:
            folded = _filled(folded, query, zone, today=self._clock().astimezone(ZoneInfo(zone)).date())
        rows = [Row(key=begin.isoformat(), amount=amount) for begin, amount in sorted(folded.items())]
        if query.order is Order.TIME:
            return rows
        return sorted(rows, key=lambda row: row.amount.value, reverse=query.order is Order.MOST)


def _rows(found: Iterable[Summed]) -> list[Row]:
    return [Row(key=str(each.key), amount=each.amount) for each in found]


def begin_of(day: date, group: Group) -> date:
    """The first day of the day, week or month that `day` is in."""
    if group is Group.WEEK:
        return day - timedelta(days=day.weekday())
    return day.replace(day=1) if group is Group.MONTH else day


def _folded(days: Mapping[date, Amount], group: Group, *, average: bool) -> dict[date, Amount]:
    found: dict[date, Amount] = {}
    for day, amount in days.items():
        begin = begin_of(day, group)
        found[begin] = _added(found.get(begin, Amount()), amount, average=average)
    return found


def _added(one: Amount, two: Amount, *, average: bool) -> Amount:
    of = one.of + two.of
    if not average:
        return Amount(value=one.value + two.value, of=of)
    return Amount(value=(one.value * one.of + two.value * two.of) / of if of else Decimal(0), of=of)


def _filled(found: Mapping[date, Amount], query: Query, zone: str, *, today: date) -> dict[date, Amount]:
    """With nothing for the days, weeks or months of the period without any, up to today."""
    group = query.group or Group.DAY
    if not found and query.period is None:
        return {}
    first = query.period.begin.astimezone(ZoneInfo(zone)).date() if query.period else min(found)
    last = today
    if query.period is not None:
        last = min(today, (query.period.end - timedelta(microseconds=1)).astimezone(ZoneInfo(zone)).date())
    first = max(first, min(found, default=first)) if (last - first).days > 400 else first
    filled = dict(found)
    day = first
    while day <= last:
        filled.setdefault(begin_of(day, group), Amount())
        day += timedelta(days=1)
    return filled


async def _noted(uow: UnitOfWork, group: Group, rows: list[Row]) -> list[Row]:
    """`rows` with what else people know of them: titles of tasks, roles of agents."""
    if group is Group.TASK:
        ids = [TaskId(row.key) for row in rows]
        query = select(TASKS.c.id, TASKS.c.title).where(TASKS.c.id.in_(ids))
        notes = {row.id: row.title for row in await uow.connection.execute(query)}
    elif group is Group.AGENT:
        runs = tables.agent_runs
        known = select(runs.c.id, runs.c.role).where(runs.c.id.in_([AgentRunId(row.key) for row in rows]))
        notes = {row.id: row.role for row in await uow.connection.execute(known)}
    else:
        return rows
    return [replace(row, note=notes.get(row.key, "")) for row in rows]
