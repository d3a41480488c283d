"""Figures by SQL: one statement for the rows, one for what they add up to. Everything is summed in the database."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, FromClause, case, func, literal, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from core.costs.answer import Amount
from core.costs.clocks import epoch_s, local_day, quarter_of_time
from core.costs.query import AVERAGES, TIMES, Group, Metric, Order, Query
from core.costs.source import TASKS, Projects, Source, by_calls, of_tasks, source_of
from core.domain.task import FINAL_TASK_STATES
from core.store import tables
from core.store.columns import Usd

_RUNS = tables.agent_runs
_OF_CALLS = {
    Group.AGENT: "agent_run",
    Group.ROLE: "role",
    Group.MODEL: "model",
    Group.TASK: "task",
    Group.STEP: "step",
    Group.PERSON: "person",
    Group.PROJECT: "project",
}
_OF_TASKS = {
    Group.TASK: TASKS.c.id,
    Group.PERSON: TASKS.c.requested_by,
    Group.PROJECT: TASKS.c.project,
    Group.TYPE: TASKS.c.type,
    Group.STATE: TASKS.c.state,
}
_PROMPT = ("input_tokens", "cache_read_tokens", "cache_write_tokens")
_FINAL = tuple(state for state in FINAL_TASK_STATES)


@dataclass(frozen=True, slots=True)
class Summed:
    """One group as the database summed it; `key` is a local day's number for times."""

    key: Any
    amount: Amount


@dataclass(frozen=True, slots=True)
class _Parts:
    """What a statement is made of: `share` counts, `of` is what it is counted over."""

    rows: FromClause
    conditions: Sequence[ColumnElement[bool]]
    value: ColumnElement[Any]
    of: ColumnElement[Any]
    key: ColumnElement[Any] | None


class Sums:
    """Answers figures in the snapshot of one connection."""

    def __init__(self, connection: AsyncConnection, *, now: datetime) -> None:
        self._connection = connection
        self._now = now
        self._dialect = connection.dialect.name

    async def total(self, query: Query, projects: Projects, zone: str) -> Amount:
        """One amount over everything the query is about."""
        parts = self._parts(query, projects, zone, grouped=False)
        statement = select(parts.value, parts.of).select_from(parts.rows).where(*parts.conditions)
        row = (await self._connection.execute(statement)).one()
        return _amount(query.metric, row[0], row[1])

    async def groups(self, query: Query, projects: Projects, zone: str, *, limit: int | None) -> list[Summed]:
        """One amount for each of the group: the most or least first, times in their order."""
        parts = self._parts(query, projects, zone, grouped=True)
        if parts.key is None:
            return []
        statement = (
            select(parts.key.label("key"), parts.value.label("value"), parts.of.label("of"))
            .select_from(parts.rows)
            .where(*parts.conditions)
            .group_by(parts.key)
        )
        if query.group not in TIMES:
            ranked = _rank(query.metric, parts)
            statement = statement.order_by(ranked.asc() if query.order is Order.LEAST else ranked.desc(), parts.key)
            if limit is not None:
                statement = statement.limit(limit)
        rows = await self._connection.execute(statement)
        return [Summed(row.key, _amount(query.metric, row.value, row.of)) for row in rows]

    def _parts(self, query: Query, projects: Projects, zone: str, *, grouped: bool) -> _Parts:
        group = query.group if grouped else None
        if query.metric in {Metric.COST, Metric.TOKENS, Metric.CALLS, Metric.CACHED}:
            return self._calls(query, projects, zone, group)
        if group is not None and group in {Group.AGENT, Group.ROLE, Group.MODEL, Group.STEP}:
            if query.metric is Metric.DURATION:
                return self._run_times(query, projects, group)
            return self._tasks_by_calls(query, projects, group)
        return self._tasks(query, projects, zone, group)

    def _calls(self, query: Query, projects: Projects, zone: str, group: Group | None) -> _Parts:
        """Money, tokens and calls, each where it was spent."""
        source = source_of(query, projects, dialect=self._dialect)
        value, of = _of_calls(query.metric, source), _over(query.metric, source)
        if group is not None and group in {Group.TYPE, Group.STATE}:
            # first by task, so that each task is looked up once
            task = source.column("task")
            by_task = (
                select(task.label("task"), value.label("value"), of.label("of"))
                .select_from(source.rows)
                .where(*source.conditions)
                .group_by(task)
                .subquery()
            )
            joined = by_task.join(TASKS, TASKS.c.id == by_task.c.task)
            return _Parts(joined, (), func.sum(by_task.c.value), func.sum(by_task.c.of), _OF_TASKS[group])
        key = None
        if group is not None and group in TIMES:
            key = local_day(source.column("quarter"), zone, query.period, now=self._now)
        elif group is not None:
            key = source.column(_OF_CALLS[group])
        return _Parts(source.rows, source.conditions, value, of, key)

    def _tasks(self, query: Query, projects: Projects, zone: str, group: Group | None) -> _Parts:
        """Tasks themselves: how many, what one cost, how long one took."""
        at, conditions = _of_period(query)
        conditions += [*of_tasks(query.where, projects), *by_calls(query.where)]
        key = None
        if group is not None and group in TIMES:
            key = local_day(quarter_of_time(at, self._dialect), zone, query.period, now=self._now)
        elif group is not None:
            key = _OF_TASKS[group]
        rows: FromClause = TASKS
        value: ColumnElement[Any] = func.count()
        if query.metric is Metric.DURATION:
            value = func.sum(epoch_s(TASKS.c.finished_at, self._dialect) - epoch_s(TASKS.c.started_at, self._dialect))
            conditions.append(TASKS.c.started_at.is_not(None))
        elif query.metric is Metric.AVERAGE:
            source = self._whole_cost(query, projects)
            costs = (
                select(source.column("task").label("task"), func.sum(source.column("cost_usd")).label("cost"))
                .select_from(source.rows)
                .where(*source.conditions)
                .group_by(source.column("task"))
                .subquery()
            )
            rows = TASKS.join(costs, costs.c.task == TASKS.c.id)
            value = func.sum(costs.c.cost)
        return _Parts(rows, conditions, value, func.count(), key)

    def _tasks_by_calls(self, query: Query, projects: Projects, group: Group) -> _Parts:
        """Tasks by what only their calls tell: a task counts for every role that worked on it."""
        _, conditions = _of_period(query)
        conditions += of_tasks(query.where, projects)
        source = self._whole_cost(query, projects)
        task, column = source.column("task"), source.column(_OF_CALLS[group])
        # first by task, so that each one is looked up and counted once
        by_task = (
            select(task.label("task"), column.label("key"), func.sum(source.column("cost_usd")).label("cost"))
            .select_from(source.rows)
            .where(*source.conditions)
            .group_by(task, column)
            .subquery()
        )
        joined = by_task.join(TASKS, TASKS.c.id == by_task.c.task)
        value = func.count() if query.metric is Metric.TASKS else func.sum(by_task.c.cost)
        return _Parts(joined, conditions, value, func.count(), by_task.c.key)

    def _run_times(self, query: Query, projects: Projects, group: Group) -> _Parts:
        """How long agents took that ended in the period."""
        where = query.where
        conditions = [_RUNS.c.finished_at.is_not(None), _RUNS.c.started_at.is_not(None)]
        conditions += of_tasks(where, projects)
        if query.period is not None:
            conditions += [_RUNS.c.finished_at >= query.period.begin, _RUNS.c.finished_at < query.period.end]
        if where.roles:
            conditions.append(_RUNS.c.role.in_(where.roles))
        if where.models:
            model = func.lower(_RUNS.c.model)
            conditions.append(or_(*(model.contains(part.lower(), autoescape=True) for part in where.models)))
        seconds = epoch_s(_RUNS.c.finished_at, self._dialect) - epoch_s(_RUNS.c.started_at, self._dialect)
        column = _RUNS.c.id if group is Group.AGENT else _RUNS.c[group.value]
        return _Parts(
            _RUNS.join(TASKS, TASKS.c.id == _RUNS.c.task), conditions, func.sum(seconds), func.count(), column
        )

    def _whole_cost(self, query: Query, projects: Projects) -> Source:
        """All that the tasks of the period cost, whenever that was."""
        source = source_of(query, projects, dialect=self._dialect, timed=False)
        if query.period is None:
            return source
        _, conditions = _of_period(query)
        ended = select(TASKS.c.id).where(*conditions)
        return Source(source.rows, (*source.conditions, source.column("task").in_(ended)))


def _of_period(query: Query) -> tuple[ColumnElement[datetime], list[ColumnElement[bool]]]:
    """The time that places a task in a period, and the conditions: its end, or its beginning when open ones count."""
    ended = query.metric is not Metric.TASKS or (query.where.states and set(query.where.states) <= FINAL_TASK_STATES)
    at = TASKS.c.finished_at if ended else TASKS.c.created_at
    conditions: list[ColumnElement[bool]] = []
    if ended:
        conditions += [TASKS.c.finished_at.is_not(None), TASKS.c.state.in_(_FINAL)]
    if query.period is not None:
        conditions += [at >= query.period.begin, at < query.period.end]
    return at, conditions


def _of_calls(metric: Metric, source: Source) -> ColumnElement[Any]:
    if metric is Metric.COST:
        return func.sum(source.column("cost_usd"), type_=Usd())
    if metric is Metric.CALLS:
        return func.sum(source.column("calls"))
    if metric is Metric.CACHED:
        return func.sum(source.column("cache_read_tokens"))
    return _together(source, *_PROMPT, "output_tokens")


def _over(metric: Metric, source: Source) -> ColumnElement[Any]:
    """What an amount of calls is counted over."""
    return _together(source, *_PROMPT) if metric is Metric.CACHED else func.sum(source.column("calls"))


def _together(source: Source, *names: str) -> ColumnElement[Any]:
    """The sum of several columns of tokens."""
    first, *others = (source.column(name) for name in names)
    total: ColumnElement[Any] = first
    for column in others:
        total = total + column
    return func.sum(total)


def _rank(metric: Metric, parts: _Parts) -> ColumnElement[Any]:
    """What groups are ordered by: for averages the average."""
    if metric in AVERAGES:
        return parts.value * literal(1.0) / case((parts.of == 0, 1), else_=parts.of)
    return parts.value


def _amount(metric: Metric, value: Any, of: Any) -> Amount:
    number, count = Decimal(value or 0), int(of or 0)
    if metric in AVERAGES:
        return Amount(value=number / count if count else Decimal(0), of=count)
    return Amount(value=number, of=count)
