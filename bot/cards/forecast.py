"""What spending will come to, as a card and in the few words that other cards use; pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from adapters.chat.card import Card, Column, Field, Fields, Section, Table, Text, Weight
from bot.cards.agent import short_model
from bot.cards.answer import ANSWER
from bot.cards.person import Names, shown_person
from bot.cards.words import counted, line
from core.costs.query import Group
from core.domain.cost import shown_usd
from core.domain.identity import PersonId
from core.forecasts.daily import WHOLE
from core.forecasts.projection import ENOUGH_DAYS, Outlook, TooEarly

_ROWS = 8
_CENTS_BELOW = Decimal(20)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ahead:
    """What a period will come to: under WHOLE for all of it, and for each of some groups."""

    title: str
    """The period as it is said: `this month`."""
    over: bool
    """Whether it is over already."""
    whole: Outlook
    groups: Sequence[tuple[Group, Mapping[str, Outlook]]] = ()


def about_usd(amount: Decimal) -> str:
    """`$212`, `$3.40`: a guess has no cents where dollars are many."""
    return f"${amount:,.0f}" if amount >= _CENTS_BELOW else shown_usd(amount)


def band_words(ahead: Outlook) -> str:
    """`likely $212 (between $180 and $260)`; or from when on that can be told."""
    if isinstance(ahead, TooEarly):
        return too_early(ahead)
    low, high = about_usd(ahead.low_usd), about_usd(ahead.high_usd)
    likely = f"likely {about_usd(ahead.likely_usd)}"
    return likely if low == high else f"{likely} (between {low} and {high})"


def too_early(ahead: TooEarly) -> str:
    """Why nothing is told, and from when on it is."""
    if ahead.on is None:
        return "nothing was spent lately, so there is nothing to go by"
    return f"too early to tell: from {shown_day(ahead.on)} on there are {ENOUGH_DAYS} days to go by"


def shown_day(day: date) -> str:
    """`Fri 27 Nov`."""
    return f"{day:%a} {day.day} {day:%b}"


def forecast_card(ahead: Ahead, names: Names, *, note: str) -> Card:
    """The whole in a sentence, then each project and person; `note` says what it was read as."""
    whole = ahead.whole
    said = band_words(whole)
    sections: list[Section] = [Fields(fields=(Field(label="Spent so far", value=shown_usd(whole.spent_usd)),))]
    if ahead.over:
        sections = [Text(text=f"That time is over: {shown_usd(whole.spent_usd)} was spent.")]
    else:
        sections.append(Text(text=f"{said[0].upper()}{said[1:]}."))
    sections += [_table(group, found, names) for group, found in ahead.groups if _rows(found)]
    if not ahead.over and not isinstance(whole, TooEarly):
        days = counted(whole.days, "day")
        sections.append(
            Text(text=f"From the last {days}. Eight times in ten it ends within the band.", weight=Weight.MUTED)
        )
    sections.append(Text(text=note, weight=Weight.MUTED))
    status = shown_usd(whole.spent_usd) if ahead.over else _likely(whole)
    return Card(key=ANSWER, title=line(f"Forecast · {ahead.title}", 100), status=status, sections=tuple(sections))


def _table(group: Group, found: Mapping[str, Outlook], names: Names) -> Table:
    columns = (
        Column(label=group.value.capitalize()),
        Column(label="So far", number=True),
        Column(label="Likely", number=True),
        Column(label="Between", number=True),
    )
    return Table(columns=columns, rows=tuple(_cells(group, key, each, names) for key, each in _rows(found)))


def _rows(found: Mapping[str, Outlook]) -> list[tuple[str, Outlook]]:
    """What costs most first."""
    known = [(key, each) for key, each in found.items() if key != WHOLE]
    return sorted(known, key=lambda each: (-_expected(each[1]), each[0]))[:_ROWS]


def _cells(group: Group, key: str, ahead: Outlook, names: Names) -> tuple[str, ...]:
    name = line(key, 40)
    if group is Group.PERSON:
        name = shown_person(PersonId(key), names)
    elif group is Group.MODEL:
        name = line(short_model(key), 40)
    if isinstance(ahead, TooEarly):
        return (name, shown_usd(ahead.spent_usd), "too early", f"from {shown_day(ahead.on)}" if ahead.on else "–")
    band = f"{about_usd(ahead.low_usd)} – {about_usd(ahead.high_usd)}"
    return (name, shown_usd(ahead.spent_usd), about_usd(ahead.likely_usd), band)


def _likely(ahead: Outlook) -> str:
    return "too early to tell" if isinstance(ahead, TooEarly) else f"about {about_usd(ahead.likely_usd)}"


def _expected(ahead: Outlook) -> Decimal:
    return ahead.spent_usd if isinstance(ahead, TooEarly) else ahead.likely_usd
