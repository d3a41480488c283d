"""A question in plain words as a typed query: understood, nearly understood, or no question at all; pure."""

from dataclasses import dataclass, replace

from core.costs.query import GROUP_OF, OF_TASKS, TIMES, Group, Metric, Order, Query, Subject, Where
from core.costs.words.calendar import Calendar
from core.costs.words.dates import When
from core.costs.words.found import Found, Sign
from core.costs.words.known import Known
from core.costs.words.rules import MONEY_QUESTIONS, OPENINGS, WAITING
from core.costs.words.scanning import begins_with_name, scanned
from core.costs.words.text import evened
from core.costs.words.views import ABOUT_MONEY, NOTHING_ELSE, head_of
from core.domain.period import Period, PeriodUnit
from core.domain.task import TaskState

LISTED = 10
"""Tasks in a list unless a number is said."""
_PARTLY_WORDS = 25
_SPENT = frozenset({Metric.COST, Metric.TOKENS, Metric.CALLS, Metric.CACHED})
_UNKNOWN_NAMED = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Partly:
    """Surely a question about money, but not all of it is understood; `unknown` are the words that are not."""

    unknown: tuple[str, ...] = ()
    apart_by: tuple[Group, ...] = ()
    """Everything the figures were to be told apart by at once, where it is more than one."""


_MOST_WORDS = 12


def may_ask(text: str) -> bool:
    """Whether it is worth while to read `text` as a question or a follow-up; cheap."""
    even = evened(text)
    return bool(even) and (OPENINGS.match(even) is not None or len(even.split()) <= _MOST_WORDS)


def read_question(text: str, known: Known) -> Query | Partly | None:
    """What `text` asks; None when it is no question of this kind.

    Every word must be known: a request such as "fix the login, it costs us money" is never a question.
    """
    even = evened(text)
    if not even:
        return None
    if WAITING.fullmatch(even):
        return Query(subject=Subject.WAITING)
    if (view := _view(even, known)) is not None:
        return view
    if not OPENINGS.match(even) and not begins_with_name(even, known):
        return None
    found = scanned(even, known)
    if found.unknown:
        asks = MONEY_QUESTIONS.match(even) is not None and len(even.split()) <= _PARTLY_WORDS
        return Partly(unknown=tuple(found.unknown[:_UNKNOWN_NAMED])) if asks else None
    query = query_of(found, known)
    apart = _apart_by(found)
    return Partly(apart_by=apart) if query is not None and len(apart) > 1 else query


def _view(even: str, known: Known) -> Query | None:
    """The query of a question that is no figure; None for every other question."""
    head = head_of(even)
    if head is None or (known.task and not ABOUT_MONEY.search(even)):
        # said in a task's thread, "anything odd?" is for its agents
        return None
    subject, rest = head
    found = scanned(rest, known)
    if found.unknown or found.group or found.metric or found.has(*NOTHING_ELSE):
        return None
    where = where_of(found)
    calendar = Calendar(now=known.now, zone=known.zone_of(where.projects))
    period = period_of_all(found, calendar)
    if period is None:
        return None
    # without a time each of them is about as much as it needs
    return Query(subject=subject, where=where, period=period.period, said=period.said)


def _apart_by(found: Found) -> tuple[Group, ...]:
    """What the figures are to be told apart by; "average cost per task by role" means by role."""
    one_task = metric_of(found) in {Metric.AVERAGE, Metric.DURATION}
    return tuple(group for group in found.groups if not (one_task and group is Group.TASK and len(found.groups) > 1))


def query_of(found: Found, known: Known) -> Query | None:
    """The query that was found, with its periods worked out; None when nothing was asked."""
    shaped = _shaped(found)
    if shaped is None:
        return None
    calendar = Calendar(now=known.now, zone=known.zone_of(shaped.where.projects))
    period = period_of_all(found, calendar)
    if period is None:
        return None
    return _with_default_period(replace(shaped, period=period.period, said=period.said), found, calendar)


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """The one period of a query: None for all of the past."""

    period: Period | None = None
    said: str = ""


def period_of_all(found: Found, calendar: Calendar) -> Chosen | None:
    """The period that was named, both when two that meet were; None when they cannot be one."""
    periods = [(when, when.period(calendar)) for when in found.whens]
    if not periods:
        return Chosen()
    if len(periods) == 1:
        when, period = periods[0]
        if period is None and not when.always:
            return None
        return Chosen(period=period, said=when.said)
    if len(periods) > 2:
        return None
    (one, first), (two, second) = sorted(periods, key=lambda each: each[1].begin if each[1] else calendar.now)
    if first is None or second is None or (first.end != second.begin and not _since_until(one, two)):
        return None
    said = f"{one.said} and {two.said}" if first.end == second.begin else f"{two.said} {one.said}"
    begin, end = (first.begin, second.end) if first.end == second.begin else (second.begin, first.end)
    return Chosen(period=Period(begin=begin, end=end), said=said) if begin < end else None


def _since_until(one: When, two: When) -> bool:
    """`since monday until wednesday`: the open ends meet."""
    return two.said.startswith("since ") and one.said.startswith(("until ", "till ", "up to ", "before "))


def where_of(found: Found) -> Where:
    """What the found names narrow it to."""
    return Where(
        projects=tuple(found.projects),
        persons=tuple(found.persons),
        roles=tuple(found.roles),
        models=tuple(found.models),
        tasks=tuple(found.tasks),
        types=tuple(found.types),
        states=tuple(found.states),
    )


def metric_of(found: Found) -> Metric | None:
    """What is counted; None when nothing says so."""
    if found.has(Sign.AVERAGE):
        if found.metric in {Metric.DURATION, Metric.CACHED}:
            return found.metric
        money = found.has(Sign.MONEY, Sign.TASKS) or bool(found.types)
        # an average of tokens or of calls is not among the figures
        return Metric.AVERAGE if found.metric is None and money else None
    if found.has(Sign.SLOW):
        return Metric.DURATION
    if found.metric is not None:
        return found.metric
    if found.has(Sign.MONEY):
        return Metric.COST
    tasks = found.has(Sign.TASKS) or bool(found.types or found.states)
    if tasks and (found.has(Sign.MANY) or found.group not in {None, Group.TASK}):
        return Metric.TASKS
    return Metric.COST if found.has(Sign.MUCH, Sign.USED) else None


def _shaped(found: Found) -> Query | None:
    """The query without its period."""
    where = where_of(found)
    if _asks_for_budget(found):
        return Query(subject=Subject.BUDGET, where=Where(projects=where.projects, persons=where.persons))
    if _asks_for_bill(found):
        return Query(subject=Subject.BILL, where=Where(tasks=where.tasks), group=Group.ROLE)
    metric = metric_of(found)
    if found.has(Sign.FUTURE) or (found.has(Sign.HERE) and metric not in _SPENT):
        # nobody knows what will be, and "does it take long?" is asked of the agents
        return None
    if metric is Metric.DURATION and not (found.narrows or found.group or found.has(Sign.TASKS, Sign.SLOW)):
        return None
    if metric is None and found.has(Sign.COMPARE) and (where.several or len(found.whens) == 2):
        metric = Metric.COST
    if _asks_for_tasks(found, metric):
        limit = found.limit or (1 if found.has(Sign.ONE) and found.has(Sign.SUPERLATIVE) else LISTED)
        return Query(subject=Subject.TASKS, where=where, order=Order.TIME, limit=limit)
    if metric is None:
        return None
    return _figures(found, metric, where)


def _asks_for_budget(found: Found) -> bool:
    if found.has(Sign.BUDGET):
        return True
    money = found.has(Sign.MONEY, Sign.MUCH)
    return money and (found.has(Sign.LEFT) or found.has(Sign.FUTURE))


def _asks_for_bill(found: Found) -> bool:
    """One task, and nothing that makes it a figure among others."""
    if len(found.tasks) != 1 or found.whens or found.has(Sign.COMPARE, Sign.AVERAGE, Sign.MANY):
        return False
    plain = found.group in {None, Group.ROLE} and found.metric is None and not found.roles and not found.models
    return plain and not found.states and found.has(Sign.MONEY, Sign.MUCH)


def _asks_for_tasks(found: Found, metric: Metric | None) -> bool:
    """`show me failed tasks since friday`, `what failed yesterday?`."""
    if metric is not None or found.has(Sign.COMPARE) or found.tasks or found.group not in {None, Group.TASK}:
        return False
    if found.has(Sign.HERE) or (found.has(Sign.WHY) and TaskState.FAILED not in found.states):
        # why something failed stands beside it in the list
        return False
    return found.has(Sign.TASKS) or bool(found.states and found.whens)


def _figures(found: Found, metric: Metric, where: Where) -> Query | None:
    group = _group(found, metric, where)
    top = found.has(Sign.SUPERLATIVE)
    if top and group is None:
        return None
    limit = found.limit
    if limit is None and top and found.has(Sign.ONE) and not found.has(Sign.COMPARE):
        limit = 1
    order = found.order or (Order.TIME if group in TIMES else Order.MOST)
    return Query(metric=metric, group=group, where=where, order=order, limit=limit)


def _group(found: Found, metric: Metric, where: Where) -> Group | None:
    if found.group is not None:
        # "average cost per task" asks for one figure: the average of one task would be the task itself
        alone = metric in {Metric.AVERAGE, Metric.DURATION} and found.group is Group.TASK
        return None if alone and not found.has(Sign.SUPERLATIVE) else found.group
    ranked = found.has(Sign.SUPERLATIVE) or found.limit is not None
    if where.several and not (where.several == ("states",) and metric is not Metric.TASKS):
        return GROUP_OF[where.several[0]]
    if len(found.whens) == 2:
        return _unit_of(found.whens)
    if found.noun is not None and (ranked or found.has(Sign.COMPARE)):
        return found.noun
    return Group.AGENT if found.noun is Group.AGENT and metric not in OF_TASKS else None


def _unit_of(whens: list[When]) -> Group | None:
    """What two periods differ by: `this week` and `last week` are weeks."""
    said = " ".join(when.said for when in whens)
    for word, group in (("week", Group.WEEK), ("month", Group.MONTH), ("day", Group.DAY)):
        if word in said.split():
            return group
    if "since " in said:
        return None
    return Group.DAY if "yesterday" in said or "today" in said else Group.MONTH


def _with_default_period(query: Query, found: Found, calendar: Calendar) -> Query:
    """Without a period: money is that of this week, a budget that of this month; the rest is all of the past."""
    if found.whens:
        return query
    if query.subject is Subject.BUDGET:
        return replace(query, period=calendar.unit(PeriodUnit.MONTH), said="this month")
    recent = query.subject is Subject.FIGURES and query.metric in _SPENT
    if not recent or found.tasks or found.types or found.has(Sign.SUPERLATIVE) or query.over_time:
        return query
    return replace(query, period=calendar.unit(PeriodUnit.WEEK), said="this week")
