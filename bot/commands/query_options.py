"""A typed query as the options of `costs`, and back: what buttons carry and what people may type; pure."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import TypeVar
from zoneinfo import ZoneInfo

from bot.commands.command import Command, written
from bot.commands.verbs import Verb
from core.costs.query import TIMES, Group, Metric, Order, Query, Where
from core.domain.errors import InvalidInputError
from core.domain.period import Period, days
from core.domain.task import TaskState, TaskType

_MANY = {"project": "projects", "person": "persons", "role": "roles", "model": "models", "task": "tasks"}
_Member = TypeVar("_Member", bound=StrEnum)
BY = tuple(group.value for group in Group)
METRICS = tuple(metric.value for metric in Metric)


def as_costs(query: Query) -> str:
    """The `costs` command that asks for the same figures."""
    options: dict[str, tuple[str, ...]] = {}
    if query.group is not None:
        options["by"] = (query.group.value,)
    if query.metric is not Metric.COST:
        options["metric"] = (query.metric.value,)
    if query.period is not None:
        options["from"] = (query.period.begin.isoformat(),)
        options["to"] = (query.period.end.isoformat(),)
    for option, name in _MANY.items():
        if values := getattr(query.where, name):
            options[option] = values
    if query.where.types:
        options["type"] = tuple(kind.value for kind in query.where.types)
    if query.where.states:
        options["state"] = tuple(state.value for state in query.where.states)
    if query.limit is not None:
        options["limit"] = (str(query.limit),)
    if query.order is Order.LEAST:
        options["least"] = ("",)
    return written(Command(verb=Verb.COSTS, options=options or {"all-time": ("",)}))


def narrowed(query: Query, options: Mapping[str, tuple[str, ...]], *, zone: str) -> Query:
    """`query` with what `options` say in the place of what it has; InvalidInputError for what cannot be."""
    if group := _last(options, "by"):
        query = replace(query, group=_member(Group, group, "--by"))
        query = replace(query, order=Order.TIME if query.group in TIMES else query.order)
    if metric := _last(options, "metric"):
        query = replace(query, metric=_member(Metric, metric, "--metric"))
    if "least" in options:
        query = replace(query, order=Order.LEAST)
    if limit := _last(options, "limit"):
        query = replace(query, limit=_number(limit))
    query = replace(query, where=_where(query.where, options))
    if "all-time" in options:
        return replace(query, period=None, said="")
    begin, end = _last(options, "from"), _last(options, "to")
    return replace(query, period=_period(begin, end, query, zone=zone), said="") if begin or end else query


def _where(where: Where, options: Mapping[str, tuple[str, ...]]) -> Where:
    named = {name: options[option] for option, name in _MANY.items() if option in options}
    types = tuple(_member(TaskType, each, "--type") for each in options.get("type", ())) or where.types
    states = tuple(_member(TaskState, each, "--state") for each in options.get("state", ())) or where.states
    return replace(where, **named, types=types, states=states)


def _period(begin: str, end: str, query: Query, *, zone: str) -> Period:
    first = (
        _moment(begin, "--from", zone=zone, last=False) if begin else query.period.begin if query.period else _OLDEST
    )
    until = _moment(end, "--to", zone=zone, last=True) if end else query.period.end if query.period else _NEWEST
    if first >= until:
        raise InvalidInputError("--from is not before --to.", hint="For example: --from 2026-01-01 --to 2026-01-31")
    return Period(begin=first, end=until)


_OLDEST = datetime(2000, 1, 1, tzinfo=UTC)
_NEWEST = datetime(2100, 1, 1, tzinfo=UTC)


def _moment(text: str, option: str, *, zone: str, last: bool) -> datetime:
    """A date of `zone` (its end when it is the `last`), or an exact time, of `zone` unless it says another."""
    try:
        if len(text) <= len("2026-01-31"):
            day = date.fromisoformat(text)
            found = days(day, day, zone=zone)
            return found.end if last else found.begin
        at = datetime.fromisoformat(text)
        return (at if at.tzinfo is not None else at.replace(tzinfo=ZoneInfo(zone))).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        hint = f"Write a date, such as {option} 2026-01-31."
        raise InvalidInputError(f"{option} cannot be {text[:40]!r}.", hint=hint) from error


def _last(options: Mapping[str, tuple[str, ...]], name: str) -> str:
    return options.get(name, ("",))[-1]


def _number(text: str) -> int:
    if not (text.isascii() and text.isdigit() and 1 <= int(text[:9]) <= 100):
        raise InvalidInputError(f"--limit cannot be {text[:40]!r}.", hint="Give a number from 1 to 100.")
    return int(text)


def _member(members: type[_Member], text: str, option: str) -> _Member:
    plain = text.lower().replace(" ", "_").replace("-", "_")
    found = next((each for each in members if each.value in {plain, plain.removesuffix("s")}), None)
    if found is None:
        known = ", ".join(each.value for each in members)
        raise InvalidInputError(f"{option} cannot be {text[:40]!r}.", hint=f"It can be {known}.")
    return found
