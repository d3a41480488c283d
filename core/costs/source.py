"""Where figures come from: the sums by quarters of an hour, or the ledger itself for times in the middle of one."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, FromClause, Integer, func, literal_column, or_, select
from sqlalchemy.sql.elements import KeyedColumnElement

from core.costs.clocks import aligned, quarter_of_time
from core.costs.query import Query, Where
from core.domain.period import Period
from core.store import tables
from core.store.spending_tables import spending
from core.store.sums import quarter_of

_CALLS, TASKS = tables.model_calls, tables.tasks
Projects = frozenset[str] | None
"""The projects that may be told about; None for all, also those that are not bound any more."""


@dataclass(frozen=True, slots=True)
class Source:
    """Rows with the columns of the sums, and the conditions that keep them to a question."""

    rows: FromClause
    conditions: tuple[ColumnElement[bool], ...]

    def column(self, name: str) -> KeyedColumnElement[Any]:
        """One of its columns."""
        return self.rows.c[name]


def source_of(query: Query, projects: Projects, *, dialect: str, timed: bool = True) -> Source:
    """The model calls `query` is about; without `timed` those of all times."""
    period = query.period if timed else None
    rows: FromClause = spending
    conditions: list[ColumnElement[bool]] = []
    if period is not None and aligned(period.begin) and aligned(period.end):
        quarter = spending.c.quarter
        conditions += [quarter >= quarter_of(period.begin), quarter < quarter_of(period.end)]
    elif period is not None:
        rows = _exact(period, dialect)
    conditions += [*_allowed(rows.c["project"], projects), *_of_calls(rows, query.where)]
    if query.where.types or query.where.states:
        tasks = select(TASKS.c.id).where(*of_tasks(query.where, None))
        conditions.append(rows.c["task"].in_(tasks))
    return Source(rows, tuple(conditions))


def of_tasks(where: Where, projects: Projects) -> list[ColumnElement[bool]]:
    """The conditions on tasks themselves."""
    found = _allowed(TASKS.c.project, projects)
    for column, values in (
        (TASKS.c.project, where.projects),
        (TASKS.c.requested_by, where.persons),
        (TASKS.c.id, where.tasks),
        (TASKS.c.type, where.types),
        (TASKS.c.state, where.states),
    ):
        if values:
            found.append(column.in_(values))
    return found


def by_calls(where: Where) -> list[ColumnElement[bool]]:
    """The conditions on tasks that only their model calls can tell: who worked on them, with which model."""
    narrowed = Where(roles=where.roles, models=where.models)
    conditions = _of_calls(spending, narrowed)
    return [TASKS.c.id.in_(select(spending.c.task).where(*conditions))] if conditions else []


def _exact(period: Period, dialect: str) -> FromClause:
    """The ledger's own rows of a period, in the shape of the sums."""
    same = [
        _CALLS.c[name]
        for name in ("model", "task", "step", "role", "project", "person", "input_tokens", "output_tokens")
    ]
    more = [_CALLS.c[name] for name in ("cache_read_tokens", "cache_write_tokens", "cost_usd")]
    return (
        select(
            quarter_of_time(_CALLS.c.at, dialect).label("quarter"),
            func.coalesce(_CALLS.c.agent_run, "").label("agent_run"),
            *same,
            *more,
            literal_column("1", Integer).label("calls"),
        )
        .where(_CALLS.c.at >= period.begin, _CALLS.c.at < period.end)
        .subquery()
    )


def _allowed(column: ColumnElement[Any], projects: Projects) -> list[ColumnElement[bool]]:
    return [] if projects is None else [column.in_(sorted(projects))]


def _of_calls(rows: FromClause, where: Where) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    for name, values in (
        ("project", where.projects),
        ("person", where.persons),
        ("role", where.roles),
        ("task", where.tasks),
    ):
        if values:
            found.append(rows.c[name].in_(values))
    if where.models:
        model = func.lower(rows.c["model"])
        found.append(or_(*(model.contains(part.lower(), autoescape=True) for part in where.models)))
    return found
