"""Schedules for people: one as a card, all as a table (pure)."""

from collections.abc import Sequence
from datetime import datetime
from typing import assert_never

from adapters.chat.card import Action, Card, Column, Field, Fields, Section, Table, Text, Tone, Weight
from bot.cards.words import line
from bot.commands.notes import NOTE
from core.domain.schedule import Missed, Schedule, ScheduledReport, ScheduledWork, ScheduleState, Span
from core.schedules.times import upcoming
from core.schedules.told import told_moment, told_when

_SPANS = {Span.DAILY: "Report on the day before", Span.WEEKLY: "Report on the week before"}
_MISSED = {Missed.RUN: "run once afterwards", Missed.SKIP: "skipped"}


def schedules_card(schedules: Sequence[Schedule], *, now: datetime) -> Card:
    """All that the asker may see."""
    sections: list[Section] = []
    if schedules:
        columns = tuple(Column(label=label) for label in ("Schedule", "What", "When", "Next"))
        sections.append(Table(columns=columns, rows=tuple(_row(each, now=now) for each in schedules)))
        sections.append(Text(text="One of them: schedule show S3", weight=Weight.MUTED))
    else:
        sections.append(Text(text="Nothing is scheduled."))
        sections.append(Text(text="For example: schedule every weekday at 9 fix flaky tests", weight=Weight.NEXT))
    return Card(key=NOTE, title="Schedules", sections=tuple(sections))


def schedule_card(schedule: Schedule, *, now: datetime, title: str = "", may_change: bool = False) -> Card:
    """One of them, with what can be done about it."""
    fields = [
        Field(label="Project", value=schedule.project),
        Field(label="When", value=told_when(schedule.when)),
        Field(label="Next", value=next_run(schedule, now=now)),
        Field(label="If missed", value=_MISSED[schedule.missed]),
    ]
    if schedule.last_run.startswith("T"):
        fields.append(Field(label="Last", value=schedule.last_run))
    sections: list[Section] = [Text(text=what(schedule)), Fields(fields=tuple(fields))]
    if schedule.reason:
        sections.append(Text(text=schedule.reason, weight=Weight.PROBLEM))
    return Card(
        key=NOTE,
        title=title or f"Schedule {schedule.id}",
        status=schedule.state.value,
        tone=Tone.NEUTRAL,
        sections=tuple(sections),
        actions=_actions(schedule) if may_change else (),
        about=schedule.id,
    )


def what(schedule: Schedule) -> str:
    """What it begins, as one line."""
    match schedule.what:
        case ScheduledReport(span=span):
            return _SPANS[span]
        case ScheduledWork() as work:
            named = f"Template {work.template}" if work.template else ""
            return line(": ".join(each for each in (named, work.request) if each), 200)
        case _:
            assert_never(schedule.what)


def next_run(schedule: Schedule, *, now: datetime) -> str:
    """When it runs next, or why it does not."""
    at = upcoming(schedule, now=now)
    if at is not None:
        return told_moment(at, schedule.when.time_zone)
    return "paused" if schedule.state is ScheduleState.PAUSED else "never: it is over"


def _row(schedule: Schedule, *, now: datetime) -> tuple[str, ...]:
    return (schedule.id, line(what(schedule), 60), told_when(schedule.when), next_run(schedule, now=now))


def _actions(schedule: Schedule) -> tuple[Action, ...]:
    def button(label: str, verb: str) -> Action:
        return Action(label=label, command=f"schedule {verb} {schedule.id}")

    match schedule.state:
        case ScheduleState.ACTIVE:
            return (button("Run now", "run"), button("Pause", "pause"), button("Delete", "delete"))
        case ScheduleState.PAUSED:
            return (button("Resume", "resume"), button("Delete", "delete"))
        case ScheduleState.DONE:
            return (button("Delete", "delete"),)
