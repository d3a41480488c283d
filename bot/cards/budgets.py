"""How shared budgets stand, as parts of a card: a bar, what is left, until when, and who is told."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from adapters.chat.card import Action, Meter, Section, Text, Weight
from bot.cards.forecast import band_words
from bot.cards.person import NOBODY, Names, shown_person
from bot.cards.words import counted, line
from bot.commands.command import Command, written
from bot.commands.verbs import Verb
from core.budgets.allowance import Allowance
from core.budgets.names import scope_name
from core.domain.cost import shown_usd
from core.domain.identity import PersonId
from core.domain.limit import UNIT_WORDS
from core.forecasts.projection import Outlook, Projection

MOST = 8
NOTHING_AHEAD: Mapping[str, Outlook] = {}
_RAISES = 2


def budget_sections(
    standing: Sequence[Allowance],
    *,
    names: Names = NOBODY,
    zone: Callable[[str], str],
    ahead: Mapping[str, Outlook] = NOTHING_AHEAD,
) -> list[Section]:
    """One bar for each budget, the fullest first; `zone` tells the time zone of a project ('' for all of them).

    `ahead` is what the period of a budget, by its key, will come to.
    """
    fullest = sorted(standing, key=lambda each: (-each.spent_usd / each.limit_usd, each.budget.key))
    made: list[Section] = []
    for each in fullest[:MOST]:
        made += _budget(each, names=names, zone=zone(each.budget.scope.project), ahead=ahead.get(each.budget.key))
    if len(fullest) > MOST:
        made.append(Text(text=f"And {counted(len(fullest) - MOST, 'more budget')}.", weight=Weight.MUTED))
    return made


def raise_actions(
    standing: Sequence[Allowance], *, by: Callable[[Allowance], str], names: Names = NOBODY
) -> list[Action]:
    """A button for each budget that is used up; `by` is the amount as people type it."""
    return [
        Action(
            label=line(f"Raise {scope_name(each.budget.scope, names)} by ${by(each)}", 60),
            command=written(Command(verb=Verb.BUDGET, part="raise", text=by(each), options={"of": (each.budget.key,)})),
        )
        for each in [each for each in standing if each.used_up][:_RAISES]
    ]


def _budget(stands: Allowance, *, names: Names, zone: str, ahead: Outlook | None) -> list[Section]:
    budget = stands.budget
    label = f"{scope_name(budget.scope, names)}, {UNIT_WORDS[budget.unit]}"
    text = f"{shown_usd(stands.spent_usd)} of {shown_usd(stands.limit_usd)} ({stands.percent} %)"
    left = (
        f"passed by {shown_usd(stands.passed_by_usd)}" if stands.passed_by_usd else f"{shown_usd(stands.left_usd)} left"
    )
    raised = (
        f" It was raised by {shown_usd(stands.extra_usd)} for this {budget.unit.value}." if stands.extra_usd else ""
    )
    owners = ", ".join(shown_person(PersonId(each), names) for each in budget.owners)
    told = f" Told besides those at work: {owners}." if owners else ""
    likely = f" {_likely(ahead)}" if isinstance(ahead, Projection) and not stands.used_up else ""
    said = f"{left[0].upper()}{left[1:]}; begins anew {shown_end(stands.period.end, zone)}.{likely}{raised}{told}"
    share = float(stands.spent_usd / stands.limit_usd)
    return [Meter(label=line(label, 60), share=share, text=text), Text(text=line(said, 300), weight=Weight.MUTED)]


def _likely(ahead: Projection) -> str:
    words = band_words(ahead)
    return f"{words[0].upper()}{words[1:]} by then."


def shown_end(end: datetime, zone: str) -> str:
    """`on Tue 1 Dec (Europe/Berlin)`: the day on which another period begins."""
    local = end.astimezone(ZoneInfo(zone))
    return f"on {local:%a} {local.day} {local:%b} ({zone})"
