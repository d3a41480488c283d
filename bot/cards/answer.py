"""Answers to questions about money and work, as cards: the answer first, then the rows, then what was understood."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from adapters.chat.card import Action, Card, Column, Section, Table, Text, Weight
from bot.cards.agent import short_model
from bot.cards.elapsed import shown_duration
from bot.cards.person import Names, shown_person
from bot.cards.words import counted, line
from core.costs.answer import Amount, Figures, Listed, Row
from core.costs.query import AVERAGES, OF_TASKS, Group, Metric, Order, Query
from core.costs.wording import TYPES, in_words, shown_dates, shown_state
from core.domain.cost import shown_usd
from core.domain.identity import PersonId
from core.domain.task import TaskState, TaskType

ANSWER = "answer"
"""Key of cards that answer a question."""
_KINDS: Mapping[Group, str] = {
    Group.AGENT: "Agent",
    Group.ROLE: "Role",
    Group.MODEL: "Model",
    Group.TASK: "Task",
    Group.STEP: "Step",
    Group.PERSON: "Person",
    Group.PROJECT: "Project",
    Group.DAY: "Day",
    Group.WEEK: "Week from",
    Group.MONTH: "Month",
    Group.TYPE: "Kind",
    Group.STATE: "State",
}
_VALUES: Mapping[Metric, str] = {
    Metric.COST: "Cost",
    Metric.TOKENS: "Tokens",
    Metric.CALLS: "Calls",
    Metric.TASKS: "Tasks",
    Metric.AVERAGE: "Average",
    Metric.DURATION: "Average",
    Metric.CACHED: "From the cache",
}
_OVER: Mapping[Metric, str] = {Metric.AVERAGE: "Tasks", Metric.DURATION: "Tasks", Metric.CACHED: "Tokens in"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """How an answer is shown: names of people, buttons, and a word on what it is over."""

    names: Names
    actions: tuple[Action, ...] = ()
    over: str = ""
    """`of the projects you may see`, or ''."""


def shown_value(amount: Amount, metric: Metric) -> str:
    """`$1.23`, `12,345`, `2h 05m`, `83 %`; a dash where there is nothing to average."""
    if metric in AVERAGES and not amount.of:
        return "–"
    if metric is Metric.CACHED:
        return f"{amount.value:.0%}".replace("%", " %")
    if metric in {Metric.COST, Metric.AVERAGE}:
        return shown_usd(amount.value)
    return shown_duration(float(amount.value)) if metric is Metric.DURATION else f"{int(amount.value):,}"


def figures_card(found: Figures, shown: Shown) -> Card:
    """Figures: one, or a table of them."""
    query = found.query
    sections: list[Section] = []
    if not found.total.of:
        sections.append(Text(text=_nothing(query.metric)))
    elif found.rows and query.limit == 1:
        sections.append(Text(text=_winner(found, shown)))
    elif found.rows:
        sections.append(figures_table(found, shown.names))
        if found.left_out:
            sections.append(Text(text=f"Shown: {len(found.rows)} of more.", weight=Weight.MUTED))
    sections.append(understood(query, found.zone, shown))
    return Card(
        key=ANSWER,
        title=_title(query, found.zone),
        status=shown_value(found.total, query.metric),
        sections=tuple(sections),
        actions=shown.actions,
    )


def listed_card(found: Listed, shown: Shown) -> Card:
    """Tasks, one row each."""
    sections: list[Section] = []
    if found.tasks:
        columns = (Column(label="Task"), Column(label="State"), Column(label="Cost", number=True))
        rows = tuple(
            (
                line(f"{each.id} {each.title}", 60),
                shown_state(each.state),
                shown_usd(each.cost_usd),
            )
            for each in found.tasks
        )
        sections.append(Table(columns=columns, rows=rows))
        failed = [each for each in found.tasks if each.failure]
        sections += [Text(text=line(f"{each.id}: {each.failure}", 160), weight=Weight.MUTED) for each in failed[:3]]
    else:
        sections.append(Text(text="There are none."))
    sections.append(understood(found.query, found.zone, shown))
    status = counted(found.of, "task")
    if found.of > len(found.tasks):
        status = f"{len(found.tasks)} of {status}"
    look = tuple(Action(label=f"Open {each.id}", command=f"task {each.id}", minor=True) for each in found.tasks[:3])
    return Card(key=ANSWER, title="Tasks", status=status, sections=tuple(sections), actions=(*shown.actions, *look))


def understood(query: Query, zone: str, shown: Shown) -> Text:
    """The typed query in words, so that everybody sees what was answered."""
    said = in_words(query, zone=zone, name=lambda person: shown_person(PersonId(person), shown.names))
    over = f", {shown.over}" if shown.over else ""
    where = "" if zone == "UTC" else f" Days are those of {zone}."
    return Text(text=f"Understood as: {said}{over}.{where}", weight=Weight.MUTED)


def row_name(row: Row, group: Group, names: Names) -> str:
    """What one row is called: `T142 Fix the login`, `opus-4-1`, `17 Nov`."""
    match group:
        case Group.TASK | Group.AGENT:
            return line(f"{row.key or 'questions'} {row.note}".strip(), 60)
        case Group.MODEL:
            return line(short_model(row.key), 40)
        case Group.PERSON:
            return shown_person(PersonId(row.key), names)
        case Group.DAY | Group.WEEK:
            day = date.fromisoformat(row.key)
            return f"{day:%a} {day.day} {day:%b %Y}" if group is Group.DAY else f"{day.day} {day:%b %Y}"
        case Group.MONTH:
            return f"{date.fromisoformat(row.key):%B %Y}"
        case Group.TYPE:
            return TYPES[TaskType(row.key)]
        case Group.STATE:
            return shown_state(TaskState(row.key))
        case _:
            return line(row.key or "–", 40)


def _title(query: Query, zone: str) -> str:
    group = f" by {(_KINDS[query.group]).removesuffix(' from').lower()}" if query.group else ""
    names = {
        Metric.AVERAGE: "Average cost of a task",
        Metric.DURATION: "Average time of a task",
        Metric.CACHED: "Tokens read from the cache",
    }
    when = query.said or ("all time" if query.period is None else shown_dates(query.period, zone=zone))
    return line(f"{names.get(query.metric, _VALUES[query.metric])}{group} · {when}", 100)


def _nothing(metric: Metric) -> str:
    return "There are no such tasks." if metric in OF_TASKS else "Nothing was spent."


def _winner(found: Figures, shown: Shown) -> str:
    """The one that was asked for, in a sentence."""
    query, row = found.query, found.rows[0]
    name = row_name(row, query.group or Group.TASK, shown.names)
    least = query.order is Order.LEAST
    value = shown_value(row.amount, query.metric)
    if query.metric in AVERAGES:
        return f"{name}: {value}, the {'least' if least else 'most'}."
    of = f" of {shown_value(found.total, query.metric)}" if found.total.value else ""
    return f"{name}: {value}{of}, the {'least' if least else 'most'}."


def figures_table(found: Figures, names: Names, *, total: bool = True) -> Table:
    """The rows of `found`, what is left out of them in one, and what they add up to."""
    query = found.query
    group, metric = query.group or Group.TASK, query.metric
    over = _OVER.get(metric, "Calls")
    second = metric not in {Metric.CALLS, Metric.TASKS}
    columns = [Column(label=_KINDS[group]), Column(label=_VALUES[metric], number=True)]
    if second:
        columns.insert(1, Column(label=over, number=True))

    def cells(name: str, amount: Amount) -> tuple[str, ...]:
        value = shown_value(amount, metric)
        return (name, f"{amount.of:,}", value) if second else (name, value)

    rows = [cells(row_name(row, group, names), row.amount) for row in found.rows]
    rest = _rest(found)
    if rest is not None:
        rows.append(cells("others", rest))
    last = cells("Total", found.total) if total and len(found.rows) > 1 and _adds_up(found) else ()
    return Table(columns=tuple(columns), rows=tuple(rows), total=last)


def _adds_up(found: Figures) -> bool:
    """Whether the rows are parts of the whole: a task may count for several roles."""
    return found.query.metric not in OF_TASKS or found.query.group in {
        Group.TYPE,
        Group.STATE,
        Group.PROJECT,
        Group.PERSON,
    }


def _rest(found: Figures) -> Amount | None:
    """What the rows that are not shown come to; None where that says nothing."""
    if not found.left_out or found.query.metric not in {Metric.COST, Metric.TOKENS, Metric.CALLS}:
        return None
    shown = sum((row.amount.value for row in found.rows), start=Decimal(0))
    return Amount(value=found.total.value - shown, of=found.total.of - sum(row.amount.of for row in found.rows))


def people_in(rows: Sequence[Row], query: Query) -> frozenset[PersonId]:
    """Whose names an answer needs."""
    keys = (row.key for row in rows) if query.group is Group.PERSON else ()
    return frozenset(map(PersonId, (*keys, *query.where.persons)))
