"""Costs, limits and estimates as cards (pure). Days and weeks are those of UTC."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum

from adapters.chat.card import Action, ActionStyle, Card, Column, Field, Fields, Section, Table, Text, Weight
from bot.cards.elapsed import shown_duration
from bot.cards.estimate import money_band, time_band, usd
from bot.cards.words import counted, line
from bot.commands.notes import NOTE
from core.domain.cost import shown_usd
from core.domain.estimate import Estimate, Likeness
from core.domain.role import Role
from core.domain.task import TaskType
from core.planning.assessment import Assessment

_BUTTONS = 5


class Period(StrEnum):
    """How far back, as people ask for it."""

    TODAY = "today"
    WEEK = "week"
    MONTH = "month"

    def begin(self, now: datetime) -> datetime:
        """Midnight of today, of Monday, of the first of the month."""
        midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
        match self:
            case Period.TODAY:
                return midnight
            case Period.WEEK:
                return midnight - timedelta(days=midnight.weekday())
            case Period.MONTH:
                return midnight.replace(day=1)


Sums = Mapping[Period, Decimal]
_SAID = {Period.TODAY: "Today", Period.WEEK: "This week", Period.MONTH: "This month"}
_KINDS = {
    TaskType.BUG_FIX: "bug fix",
    TaskType.FEATURE: "feature",
    TaskType.CODE_REVIEW: "code review",
    TaskType.DOCUMENTATION: "documentation",
    TaskType.REFACTORING: "refactoring",
    TaskType.RESEARCH: "research",
    TaskType.CUSTOM: "other work",
}


def budget_card(
    sums: Sums, roles: Sequence[Role], *, project: str, task_usd: Decimal | None = None, others: Sequence[str] = ()
) -> Card:
    """What was spent, what each new task of `project` may cost, and the limits of each of its agents.

    `others` are projects whose limits can be looked at instead.
    """
    sections: list[Section] = [_sums(sums)]
    if roles:
        each = "no budget unless one is given" if task_usd is None else f"a budget of {shown_usd(task_usd)}"
        sections.append(Text(text=f"A new task in {project} has {each}."))
        sections.append(_limits(roles))
        note = f"These limits hold for each agent in {project}. An agent that reaches one is stopped."
        sections.append(Text(text=note, weight=Weight.MUTED))
    elif not project:
        sections.append(Text(text="The limits of agents are those of a project. Which one?", weight=Weight.NEXT))
    said = "A task's own: budget T142, and budget T142 7.50 sets it."
    sections.append(Text(text=said, weight=Weight.MUTED))
    return Card(
        key=NOTE,
        title="Budget",
        sections=tuple(sections),
        actions=tuple(
            Action(label=f"Limits in {each}", command=f"budget --project {each}") for each in others[:_BUTTONS]
        ),
    )


def estimate_card(text: str, judged: Assessment, found: Estimate | None, *, begin: str) -> Card:
    """What the request may take; `begin` is the command that hands it over, '' when the asker may not."""
    kind = _KINDS[judged.type]
    sections: list[Section] = [Text(text=line(text, 300))]
    if found is None:
        sections.append(Text(text=f"No {kind} task has been completed yet, so there is nothing to go by."))
        status = "Not known yet"
    else:
        status = f"About {shown_usd(usd(found.cost_usd.p50))}, {shown_duration(found.duration_s.p50)}"
        size = f", {judged.complexity.value}, in the same project" if Likeness.PROJECT in found.alike else ""
        sections += [
            Fields(
                fields=(
                    Field(label="Cost", value=money_band(found.cost_usd)),
                    Field(label="Time", value=time_band(found.duration_s)),
                )
            ),
            Text(text=f"From {counted(found.tasks, 'completed task')} ({kind}{size}).", weight=Weight.MUTED),
        ]
    actions = (Action(label="Start it", style=ActionStyle.PRIMARY, command=begin),) if begin else ()
    return Card(key=NOTE, title="Estimate", status=status, sections=tuple(sections), actions=actions)


def _sums(sums: Sums) -> Fields:
    return Fields(fields=tuple(Field(label=_SAID[each], value=shown_usd(sums[each])) for each in Period))


def _limits(roles: Sequence[Role]) -> Table:
    columns = (
        Column(label="Role"),
        Column(label="Money", number=True),
        Column(label="Turns", number=True),
        Column(label="Time", number=True),
    )
    rows = tuple(
        (
            line(role.name, 40),
            "no limit" if role.limits.max_budget_usd is None else shown_usd(usd(role.limits.max_budget_usd)),
            f"{role.limits.max_turns:,}",
            shown_duration(role.limits.timeout_s),
        )
        for role in sorted(roles, key=lambda each: each.name)
    )
    return Table(columns=columns, rows=rows)
