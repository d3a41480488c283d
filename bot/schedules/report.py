"""The report of a project: what was spent and done in the day or week before, as one card."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from adapters.chat.card import Action, Card, Column, Field, Fields, Section, Table, Text, Weight
from bot.cards.drawing import figures_drawing, series_drawing
from bot.cards.forecast import band_words
from bot.cards.words import counted, line
from bot.commands.notes import NOTE
from core.costs.asking import Asking
from core.costs.picture import Drawing
from core.costs.query import Group, Query, Where
from core.costs.series import series
from core.domain.cost import shown_usd
from core.domain.identity import ProjectName
from core.domain.period import Period, PeriodUnit, month, previous
from core.domain.schedule import Schedule, ScheduledReport, Span
from core.domain.task import Task, TaskState
from core.domain.unusual import Oddity, Unusual
from core.forecasts.daily import Forecasts
from core.forecasts.projection import WHOLE, Outlook, Projection
from core.spending import Spent, spent_since, total_by
from core.store.store import Store
from core.unusual.words import notice

_UNITS = {Span.DAILY: PeriodUnit.DAY, Span.WEEKLY: PeriodUnit.WEEK}
_MOST_TASKS = 500
_ROWS = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Happened:
    """What a report tells of. `before_usd` is what the period of the same length before it cost."""

    project: ProjectName
    period: Period
    spent: tuple[Spent, ...]
    before_usd: Decimal
    ended: tuple[Task, ...]
    """Tasks that ended in the period."""
    waiting: int
    """Questions that wait for a person now."""
    unusual: tuple[Unusual, ...] = ()
    """What was seen of spending far from the usual, the newest first."""
    ahead: Outlook | None = None
    """What the month will come to; None where the report says nothing of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A report: its card, and what is drawn below it, where a picture says more."""

    card: Card
    drawing: Drawing | None = None


class Reports:
    """Reads what a report tells of, and draws it."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def told(self, schedule: Schedule, report: ScheduledReport, at: datetime) -> Told:
        """The report that is due at `at`."""
        zone, unit = schedule.when.time_zone, _UNITS[report.span]
        period = previous(unit, at, zone=zone)
        before = previous(unit, period.begin, zone=zone)
        only = {schedule.project}
        earlier = await spent_since(self._store, before.begin, end=before.end, projects=only)
        async with self._store.reading() as uow:
            tasks = await uow.tasks.list(project=schedule.project, limit=_MOST_TASKS)
            waiting = await uow.approvals.pending(project=schedule.project)
            unusual = await uow.unusual.within(period, projects=only)
        happened = Happened(
            project=schedule.project,
            period=period,
            spent=tuple(await spent_since(self._store, period.begin, end=period.end, projects=only)),
            before_usd=_total(earlier),
            ended=tuple(task for task in tasks if task.finished_at is not None and task.finished_at in period),
            waiting=len(waiting),
            unusual=tuple(unusual),
            ahead=await self._month(schedule.project, at, zone=zone) if report.span is Span.WEEKLY else None,
        )
        card = report_card(happened, zone=zone)
        return Told(card=card, drawing=await self._drawing(happened, at, zone=zone, title=card.title))

    async def _drawing(self, happened: Happened, at: datetime, *, zone: str, title: str) -> Drawing | None:
        """What each role cost, day by day where there are several; None for what a picture says no better."""
        only = frozenset({happened.project})
        query = Query(group=Group.ROLE, where=Where(projects=(happened.project,)), period=happened.period)
        by_day = await series(self._store, query, group=Group.ROLE, projects=only, zone=zone, now=at)
        columns = series_drawing(by_day, title=title, names={})
        if columns is not None:
            return columns
        figures = await Asking(self._store, clock=lambda: at).figures(query, projects=only, zone=zone)
        return figures_drawing(figures, title=title, names={})

    async def _month(self, project: ProjectName, at: datetime, *, zone: str) -> Outlook:
        """What the month that it is now will come to."""
        forecasts = Forecasts(self._store, clock=lambda: at)
        named = Where(projects=(project,))
        found = await forecasts.of(named, month(at, zone), group=None, projects=frozenset({project}), zone=zone)
        return found[WHOLE]


def report_card(happened: Happened, *, zone: str) -> Card:
    """What people read of it; pure."""
    total = _total(happened.spent)
    sections: list[Section] = [
        Fields(
            fields=(
                Field(label="Spent", value=f"{shown_usd(total)} ({_compared(total, happened.before_usd)})"),
                Field(label="Tasks", value=_tasks(happened.ended)),
                Field(label="Waits for people", value=counted(happened.waiting, "question")),
            )
        )
    ]
    if rows := list(total_by(happened.spent, "role").items()):
        sections.append(_table("Role", [(name, cost) for name, (_, cost) in rows]))
    if failed := [task for task in happened.ended if task.state is TaskState.FAILED]:
        told = "\n".join(f"{task.id} {line(task.title, 80)}" for task in failed[:_ROWS])
        sections.append(Text(text=f"Failed:\n{told}"))
    sections += [Text(text=told) for told in (_unusual(happened.unusual), _ahead(happened.ahead)) if told]
    sections.append(Text(text=f"Days are those of {zone}.", weight=Weight.MUTED))
    return Card(
        key=NOTE,
        title=f"{happened.project} · {_shown(happened.period, zone)}",
        status=shown_usd(total),
        sections=tuple(sections),
        actions=(Action(label="Costs", command=f"costs --project {happened.project}"),),
        about=f"Report on {happened.project}",
    )


def _unusual(seen: Sequence[Unusual]) -> str:
    if not seen:
        return ""
    told = "\n".join(
        line(f"{each.task}: {notice(each)}" if each.kind is Oddity.TASK else notice(each), 200) for each in seen[:3]
    )
    more = f"\nAnd {len(seen) - 3} more: costs --unusual" if len(seen) > 3 else ""
    return f"Unusual:\n{told}{more}"


def _ahead(ahead: Outlook | None) -> str:
    if not isinstance(ahead, Projection):
        return ""
    words = band_words(ahead)
    return f"This month: {words}."


def _compared(now: Decimal, before: Decimal) -> str:
    if not before:
        return "nothing the time before"
    change = (now - before) / before * 100
    return f"{change:+.0f} % on {shown_usd(before)} before" if round(change) else f"as before: {shown_usd(before)}"


def _tasks(ended: Sequence[Task]) -> str:
    if not ended:
        return "none ended"
    counts = {state: sum(task.state is state for task in ended) for state in TaskState}
    return ", ".join(f"{count} {state.value}" for state, count in counts.items() if count)


def _shown(period: Period, zone: str) -> str:
    begin, end = period.begin.astimezone(ZoneInfo(zone)), period.end.astimezone(ZoneInfo(zone))
    if (end.date() - begin.date()).days == 1:
        return f"{begin:%a %-d %b}"
    last = end - timedelta(days=1)
    return f"{begin:%-d %b} to {last:%-d %b}"


def _table(label: str, rows: Sequence[tuple[str, Decimal]]) -> Table:
    columns = (Column(label=label), Column(label="Cost", number=True))
    return Table(columns=columns, rows=tuple((line(name, 40), shown_usd(cost)) for name, cost in rows[:_ROWS]))


def _total(spent: Sequence[Spent]) -> Decimal:
    return sum((each.cost_usd for each in spent), start=Decimal(0))
