"""A typed query as words, so that everybody sees what was understood; pure."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from core.costs.query import Group, Metric, Order, Query, Subject
from core.domain.period import Period
from core.domain.task import FINAL_TASK_STATES, TaskState, TaskType

_METRICS: Mapping[Metric, str] = {
    Metric.COST: "cost",
    Metric.TOKENS: "tokens",
    Metric.CALLS: "model calls",
    Metric.TASKS: "number of tasks",
    Metric.AVERAGE: "average cost of a task",
    Metric.DURATION: "average time of a task",
    Metric.CACHED: "share read from the cache",
}
_GROUPS = {Group.TYPE: "kind of task"}
_LONG_AGO = 2000
"""A year before anything: a period that begins then has an end only."""
_OPEN = tuple(state for state in TaskState if state not in FINAL_TASK_STATES)
TYPES: Mapping[TaskType, str] = {
    TaskType.BUG_FIX: "bug fixes",
    TaskType.FEATURE: "features",
    TaskType.CODE_REVIEW: "code reviews",
    TaskType.DOCUMENTATION: "documentation",
    TaskType.REFACTORING: "refactoring",
    TaskType.RESEARCH: "research",
    TaskType.CUSTOM: "other work",
}
"""Kinds of tasks as people say them, in the plural."""


def in_words(query: Query, *, zone: str, name: Callable[[str], str] = str) -> str:
    """`cost by role, this week, project api`; `name` gives the name of a person id."""
    parts = [_head(query), *_where(query, name), shown_period(query, zone=zone)]
    if query.subject is Subject.FIGURES and query.limit is not None:
        parts.append("the least first" if query.order is Order.LEAST else "the most first")
        parts.append(f"at most {query.limit}")
    elif query.subject is Subject.TASKS and query.limit is not None:
        parts.append(f"at most {query.limit}")
    return ", ".join(part for part in parts if part)


def shown_period(query: Query, *, zone: str) -> str:
    """`last week (13 Oct to 19 Oct 2025)`, or `all time`; '' for what has no period."""
    if query.subject in {Subject.WAITING, Subject.BILL} and query.period is None:
        return ""
    if query.period is None:
        return "all time"
    dates = shown_dates(query.period, zone=zone)
    return f"{query.said} ({dates})" if query.said and query.said != dates else dates


def shown_dates(period: Period, *, zone: str) -> str:
    """`13 Oct to 19 Oct 2025`; one date for one day, with times where it is not whole days."""
    begin, end = (at.astimezone(ZoneInfo(zone)) for at in (period.begin, period.end))
    if not _is_midnight(begin) or not _is_midnight(end):
        return f"{begin.day} {begin:%b %Y %H:%M} to {end.day} {end:%b %Y %H:%M}"
    last = (end - timedelta(microseconds=1)).date()
    if begin.year <= _LONG_AGO:
        return f"up to {last.day} {last:%b %Y}"
    if begin.date() == last:
        return f"{begin.day} {begin:%b %Y}"
    year = "" if begin.year == last.year else f" {begin.year}"
    return f"{begin.day} {begin:%b}{year} to {last.day} {last:%b %Y}"


def _is_midnight(at: datetime) -> bool:
    return (at.hour, at.minute, at.second, at.microsecond) == (0, 0, 0, 0)


def _head(query: Query) -> str:
    match query.subject:
        case Subject.WAITING:
            return "what waits for you"
        case Subject.BUDGET:
            return "spending against the budget"
        case Subject.BILL:
            return "cost of a task, and why"
        case Subject.TASKS:
            return "tasks"
        case Subject.UNUSUAL:
            return "spending out of the ordinary"
        case Subject.ADVICE:
            return "where money could be saved"
        case Subject.ESTIMATES:
            return "estimates against what came of them"
        case Subject.FIGURES:
            group = f" by {_GROUPS.get(query.group, query.group.value)}" if query.group else ""
            return _METRICS[query.metric] + group


def _where(query: Query, name: Callable[[str], str]) -> list[str]:
    where = query.where
    return [
        "open" if where.states == _OPEN else _named("state", [shown_state(state) for state in where.states]),
        " and ".join(TYPES[kind] for kind in where.types),
        _named("project", where.projects),
        _named("person", [name(person) for person in where.persons]),
        _named("role", where.roles),
        _named("model", where.models),
        _named("task", where.tasks),
    ]


def shown_state(state: TaskState) -> str:
    """`awaiting approval`."""
    return state.value.replace("_", " ")


def _named(kind: str, values: "list[str] | tuple[str, ...]") -> str:
    return f"{kind} {' and '.join(values)}" if values else ""
