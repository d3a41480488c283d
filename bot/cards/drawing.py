"""Answers about money as drawings: which shape says it best, and the same in words for who cannot see it; pure."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal

from bot.cards.answer import row_name, shown_value
from bot.cards.person import Names
from bot.cards.words import counted
from core.costs.answer import Amount, Figures, Row
from core.costs.picture import Bars, Drawing, Layer, Mark, Stack, Trend, Unit
from core.costs.query import AVERAGES, Group, Metric, Order, Query
from core.costs.series import Part, Series
from core.domain.cost import shown_usd

BARS = 12
_LINE_FROM = 4
"""Fewer points are compared more easily as bars."""
_SPOKEN = 12
"""So many figures are said in words: more, nobody listens to."""
_UNITS: Mapping[str, Unit] = {
    "cost": Unit.USD,
    "average": Unit.USD,
    "tokens": Unit.COUNT,
    "calls": Unit.COUNT,
    "tasks": Unit.COUNT,
    "duration": Unit.SECONDS,
    "cached": Unit.SHARE,
}
_SUMS = frozenset({Metric.COST, Metric.TOKENS, Metric.CALLS})
_A_YEAR = 12


def figures_drawing(found: Figures, *, title: str, names: Names) -> Drawing | None:
    """The rows as bars, or as a line where they are a course of time; None where they say no more than one number."""
    query, unit = found.query, _UNITS.get(found.query.metric.value)
    if unit is None or query.group is None or query.limit == 1 or len(found.rows) < 2:
        return None
    if not any(row.amount.value for row in found.rows):
        return None
    total = shown_value(found.total, query.metric)
    if query.over_time and query.order is Order.TIME and len(found.rows) >= _LINE_FROM:
        return _trend(found, title=title, total=total, unit=unit)
    marks = [_mark(row, query, names) for row in found.rows[:BARS]]
    marks += _rest(found)
    said = ", ".join(f"{mark.label} {mark.text}" for mark in marks)
    return Bars(title=title, total=total, marks=tuple(marks), alt=f"Bar chart. {title}, {_over_all(found)}: {said}.")


def series_drawing(found: Series, *, title: str, names: Names) -> Stack | None:
    """Columns over time, made of what is told apart; None before there are two columns and any money."""
    if len(found.begins) < 2 or not found.parts:
        return None
    layers = tuple(_layer(part, found, names) for part in found.parts)
    total = shown_usd(found.total)
    heights = [sum((part.values[at] for part in found.parts), Decimal(0)) for at in range(len(found.begins))]
    most = max(range(len(heights)), key=lambda at: heights[at])
    label, unit = _time_label(found.begins[most], found.by), found.by.value
    said = ", ".join(f"{layer.label} {layer.text}" for layer in layers)
    return Stack(
        title=title,
        total=total,
        alt=f"Column chart by {unit}. {title}, {total} in all: {said}. The most {label}, {shown_usd(heights[most])}.",
        unit=Unit.USD,
        columns=short_times(found.begins, found.by),
        layers=layers,
    )


def short_times(begins: Sequence[date], by: Group) -> tuple[str, ...]:
    """What stands below an axis: `17 Nov`, `Nov`, and with the year where there is more than one `Nov`."""
    if by is Group.MONTH:
        return tuple(f"{begin:%b %Y}" if len(begins) > _A_YEAR else f"{begin:%b}" for begin in begins)
    long = len({begin.year for begin in begins}) > 1 and len(begins) > _A_YEAR * 8
    return tuple(f"{begin:%b %Y}" if long else f"{begin.day} {begin:%b}" for begin in begins)


def _trend(found: Figures, *, title: str, total: str, unit: Unit) -> Trend:
    query = found.query
    group = query.group or Group.DAY
    begins = [date.fromisoformat(row.key) for row in found.rows]
    shorts = short_times(begins, group)
    marks = [
        Mark(
            label=_time_label(begin, group),
            short=short,
            value=row.amount.value,
            text=shown_value(row.amount, query.metric),
        )
        for begin, short, row in zip(begins, shorts, found.rows, strict=True)
    ]
    mean = _mean(found, group)
    highest, lowest = (choose(marks, key=lambda mark: mark.value) for choose in (max, min))
    said = [f"the highest {highest.text}, {highest.label}", f"the lowest {lowest.text}, {lowest.label}"]
    if mean is not None:
        said.append(f"{mean.label} {mean.text}")
    spoken = "; ".join(f"{mark.label} {mark.text}" for mark in marks) if len(marks) <= _SPOKEN else ""
    alt = f"Line chart by {group.value}. {title}, {_over_all(found)}: {', '.join(said)}."
    return Trend(
        title=title,
        total=total,
        alt=f"{alt} {spoken}.".removesuffix(" ."),
        unit=unit,
        marks=tuple(marks),
        mean=mean,
    )


def _over_all(found: Figures) -> str:
    total = shown_value(found.total, found.query.metric)
    return f"{total} on average" if found.query.metric in AVERAGES else f"{total} in all"


def _mean(found: Figures, group: Group) -> Mark | None:
    if found.query.metric not in _SUMS:
        return None
    value = sum((row.amount.value for row in found.rows), Decimal(0)) / len(found.rows)
    text = shown_value(Amount(value=value), found.query.metric)
    return Mark(label=f"mean of a {group.value}", value=value, text=text)


def _mark(row: Row, query: Query, names: Names) -> Mark:
    label = row_name(row, query.group or Group.TASK, names)
    return Mark(label=label, value=row.amount.value, text=shown_value(row.amount, query.metric))


def _rest(found: Figures) -> list[Mark]:
    """What has no bar of its own, as one; nothing where it does not add up, or is not there."""
    if found.query.metric not in _SUMS:
        return []
    rest = found.total.value - sum((row.amount.value for row in found.rows[:BARS]), Decimal(0))
    if rest <= 0 or not (found.left_out or len(found.rows) > BARS):
        return []
    text = shown_value(Amount(value=rest), found.query.metric)
    return [Mark(label="all others", value=rest, text=text, rest=True)]


def _layer(part: Part, found: Series, names: Names) -> Layer:
    label = counted(part.of, "other")
    if part.key is not None:
        label = row_name(Row(key=part.key, amount=Amount()), found.query.group or Group.ROLE, names)
    return Layer(label=label, text=shown_usd(part.total), values=part.values)


def _time_label(begin: date, by: Group) -> str:
    """`on 17 Nov 2026`, `in the week of 16 Nov 2026`, `in November 2026`."""
    day = f"{begin.day} {begin:%b %Y}"
    match by:
        case Group.MONTH:
            return f"in {begin:%B %Y}"
        case Group.WEEK:
            return f"in the week of {day}"
        case _:
            return f"on {day}"
