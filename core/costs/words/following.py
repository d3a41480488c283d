"""Follow-ups: "and last week?", "only opus", "by model" change the last query by stated rules; pure.

What is named takes the place of what was there of the same kind: the period, the group, the metric, the projects and
so on. "all projects" and "everybody" take the narrowing away. What is not named stays.
"""

import re
from dataclasses import fields, replace

from core.costs.query import OF_TASKS, TIMES, Metric, Order, Query, Subject, Where
from core.costs.words.calendar import Calendar
from core.costs.words.found import Found, Sign
from core.costs.words.known import Known
from core.costs.words.reading import Chosen, metric_of, period_of_all, where_of
from core.costs.words.scanning import scanned
from core.costs.words.text import evened

_OPENS = re.compile(
    r"(?:and|what about|how about|only|just|but|now|by|per|for|in|on|with|same|the same|also|then|since|from|last|this"
    r"|today|yesterday|all|everybody|everyone|until|between|split|or|as|instead|top|over|tokens|cost|costs|calls|per"
    r"|compared|vs|versus|daily|weekly|monthly|to|which|who|without)(?![\w-])"
)
_MOST_WORDS = 12


def follows(text: str, last: Query, known: Known) -> Query | None:
    """The query `text` asks for after `last`; None when it is no follow-up, or one with words nobody knows."""
    even = evened(text)
    if not even or len(even.split()) > _MOST_WORDS:
        return None
    found = scanned(even, known)
    if found.unknown or not _says_something(found):
        return None
    if not _OPENS.match(even) and not _is_bare(found, even):
        return None
    return merged(last, found, known)


def merged(last: Query, found: Found, known: Known) -> Query | None:
    """`last` with what was found in the place of what it had of the same kind; None when periods contradict."""
    where = _where(last.where, found)
    calendar = Calendar(now=known.now, zone=known.zone_of(where.projects))
    chosen = period_of_all(found, calendar) if found.whens else Chosen(period=last.period, said=last.said)
    if chosen is None:
        return None
    metric = metric_of(found) or last.metric
    group = found.group or last.group
    if found.noun is not None and found.group is None and found.has(Sign.SUPERLATIVE):
        group = found.noun
    subject = last.subject
    if subject is not Subject.FIGURES and (found.group is not None or metric_of(found) is not None):
        subject = Subject.FIGURES
    order = found.order or (Order.TIME if group in TIMES and found.group else last.order)
    if order is Order.TIME and group not in TIMES and subject is Subject.FIGURES:
        order = Order.MOST
    limit = found.limit or (last.limit if found.group is None else None)
    return replace(
        last,
        subject=subject,
        metric=_fitting(metric, subject),
        group=group,
        where=where,
        period=chosen.period,
        said=chosen.said,
        order=order,
        limit=limit,
    )


def _fitting(metric: Metric, subject: Subject) -> Metric:
    return metric if subject is Subject.FIGURES or metric in OF_TASKS else Metric.COST


def _where(last: Where, found: Found) -> Where:
    named = where_of(found)
    kept = {each.name: getattr(named, each.name) or getattr(last, each.name) for each in fields(Where)}
    if found.has(Sign.EVERYTHING):
        kept["projects"] = named.projects
    if found.has(Sign.EVERYBODY):
        kept["persons"] = named.persons
    return Where(**kept)


def _says_something(found: Found) -> bool:
    named = found.narrows or found.whens or found.group or found.metric or found.limit or found.order
    return bool(named) or found.has(Sign.EVERYBODY, Sign.EVERYTHING, Sign.AVERAGE, Sign.MONEY)


def _is_bare(found: Found, even: str) -> bool:
    """`opus?`, `last month?`: hardly more than a name or a period."""
    return len(even.split()) <= 3 and not found.has(Sign.USED) and (bool(found.whens) or found.narrows)
