"""What spending will come to, as a card and in the few words that other cards use; pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from adapters.chat.card import Action, Card, Column, Field, Fields, Meter, Section, Table, Text, Weight
from bot.cards.agent import short_model
from bot.cards.answer import ANSWER
from bot.cards.person import Names, shown_person
from bot.cards.words import counted, line
from core.budgets.allowance import Allowance
from core.costs.query import Group
from core.domain.cost import shown_usd
from core.domain.identity import PersonId
from core.forecasts.projection import ENOUGH_DAYS, WHOLE, Outlook, TooEarly
from core.forecasts.verdict import Verdict, verdict, worst

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Lasting:
    """One budget in its period, and what that will come to."""

    name: str
    stands: Allowance
    ahead: Outlook


_VERDICTS: Mapping[Verdict, str] = {
    Verdict.YES: "Yes",
    Verdict.PROBABLY: "Probably",
    Verdict.UNKNOWN: "Too early to tell",
    Verdict.PROBABLY_NOT: "Probably not",
    Verdict.NO: "No",
}


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


def shown_likely(ahead: Outlook) -> str:
    """`about $212`."""
    return "too early to tell" if isinstance(ahead, TooEarly) else f"about {about_usd(ahead.likely_usd)}"


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
        sections.append(Text(text=f"{_capital(said)}."))
    sections += [_table(group, found, names) for group, found in ahead.groups if _rows(found)]
    if not ahead.over and not isinstance(whole, TooEarly):
        days = counted(whole.days, "day")
        sections.append(
            Text(text=f"From the last {days}. Eight times in ten it ends within the band.", weight=Weight.MUTED)
        )
    sections.append(Text(text=note, weight=Weight.MUTED))
    status = shown_usd(whole.spent_usd) if ahead.over else shown_likely(whole)
    return Card(key=ANSWER, title=line(f"Forecast · {ahead.title}", 100), status=status, sections=tuple(sections))


def lasting_card(budgets: Sequence[Lasting], *, whole: str, note: str) -> Card:
    """Whether money lasts, one bar for each budget; `whole` is said of all that was asked about, '' for nothing."""
    sections: list[Section] = []
    found: list[Verdict] = []
    for each in budgets:
        stands = each.stands
        found.append(verdict(each.ahead, stands.limit_usd))
        share = float(stands.spent_usd / stands.limit_usd) if stands.limit_usd else 1.0
        text = f"{shown_usd(stands.spent_usd)} of {shown_usd(stands.limit_usd)}"
        sections.append(Meter(label=_capital(each.name), share=share, text=text))
        sections.append(Text(text=lasting_words(each)))
    if not budgets:
        sections.append(Text(text="No budget is set for that."))
    if whole:
        sections.append(Text(text=whole))
    if not budgets:
        hint = "An admin sets one: budget set --project NAME --monthly 200"
        sections.append(Text(text=hint, weight=Weight.NEXT))
    sections.append(Text(text=note, weight=Weight.MUTED))
    return Card(
        key=ANSWER,
        title="Staying under budget",
        status=_VERDICTS[worst(found)] if budgets else "",
        sections=tuple(sections),
        actions=(Action(label="Forecast", command="costs --forecast", minor=True),) if budgets else (),
    )


def lasting_words(lasting: Lasting) -> str:
    """`Likely $212 (between $180 and $260): probably not.`"""
    stands, ahead = lasting.stands, lasting.ahead
    if stands.used_up:
        passed = f" It was passed by {shown_usd(stands.passed_by_usd)}." if stands.passed_by_usd else ""
        return f"It is used up; work that draws on it waits.{passed}"
    words = _capital(band_words(ahead))
    if isinstance(ahead, TooEarly):
        return f"{shown_usd(stands.left_usd)} left. {words}."
    return f"{words}: {_VERDICTS[verdict(ahead, stands.limit_usd)].lower()}."


def _capital(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}"


def _table(group: Group, found: Mapping[str, Outlook], names: Names) -> Table:
    columns = (
        Column(label=group.value.capitalize()),
        Column(label="So far", number=True),
        Column(label="Likely", number=True),
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
        told = f"told from {shown_day(ahead.on)} on" if ahead.on else "–"
        return (name, shown_usd(ahead.spent_usd), told)
    band = f"{about_usd(ahead.low_usd)} to {about_usd(ahead.high_usd)}"
    return (name, shown_usd(ahead.spent_usd), f"{about_usd(ahead.likely_usd)} ({band})")


def _expected(ahead: Outlook) -> Decimal:
    return ahead.spent_usd if isinstance(ahead, TooEarly) else ahead.likely_usd
