"""What was spent and which limits hold, as a card (pure). Days and weeks are those of UTC."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum

from adapters.chat.card import Action, Card, Column, Field, Fields, Section, Table, Text, Weight
from bot.cards.elapsed import shown_duration
from bot.cards.estimate import usd
from bot.cards.words import line
from bot.commands.notes import NOTE
from core.domain.cost import shown_usd
from core.domain.role import Role

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
