"""What was spent, at a glance: the sums of today, this week and this month, and one period told apart; pure."""

from collections.abc import Mapping, Sequence
from decimal import Decimal

from adapters.chat.card import Action, Card, Field, Fields, Section, Table, Text, Weight
from bot.cards.answer import ANSWER, figures_table
from bot.cards.person import Names
from core.costs.answer import Figures
from core.costs.query import Group
from core.domain.cost import shown_usd

GLANCE = ("today", "this week", "this month")
"""The periods whose sums stand on top."""
TOLD_BY = (Group.PROJECT, Group.ROLE, Group.MODEL, Group.AGENT)


def costs_card(
    sums: Mapping[str, Decimal], found: Sequence[Figures], *, said: str, zone: str, names: Names, about: str = ""
) -> Card:
    """The sums, and one period (as it was said) by project, role, model and agent.

    `about` are the options that keep its buttons to the same projects.
    """
    total = found[0].total
    sections: list[Section] = [
        Fields(fields=tuple(Field(label=f"{name[0].upper()}{name[1:]}", value=shown_usd(sums[name])) for name in sums))
    ]
    if not total.of:
        sections.append(Text(text=f"{said[0].upper()}{said[1:]} nothing was spent."))
    sections += [table for each in found if (table := _table(each, names)) is not None]
    sections.append(Text(text=f"Days begin at midnight {zone}, weeks on Monday.", weight=Weight.MUTED))
    others = (*(each for each in GLANCE if each != said), "last month")
    actions = tuple(Action(label=f"{each[0].upper()}{each[1:]}", command=f"costs {each}{about}") for each in others)
    return Card(
        key=ANSWER,
        title=f"Costs · {said}",
        status=shown_usd(total.value),
        sections=tuple(sections),
        actions=actions,
    )


def _table(found: Figures, names: Names) -> Table | None:
    """None where one row only repeats the sum: who worked with what is told all the same."""
    told = {Group.ROLE, Group.MODEL}
    if not found.rows or (len(found.rows) == 1 and found.query.group not in told):
        return None
    return figures_table(found, names, total=False)
