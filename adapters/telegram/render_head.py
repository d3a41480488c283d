"""What stands around a card's sections: title and state above them, what can be typed beneath."""

from collections.abc import Mapping, Sequence

from adapters.chat.address import shown_address
from adapters.chat.card import Action, Card, Fields, Tone
from adapters.chat.text import one_line
from adapters.telegram.keyboard import Button
from adapters.telegram.markup import NOTHING, Kind, Passage, joined, plain, styled
from adapters.telegram.render_harmless import can_be_link
from core.domain.identity import PersonId

COMMAND = "/orchestrate"
_SIGN = {Tone.NEUTRAL: "", Tone.WORKING: "🔵", Tone.WAITING: "🟠", Tone.GOOD: "🟢", Tone.BAD: "🔴"}
_PLATFORM = "telegram:"
_TITLE = 300
_BOLD = 160
"""Columns of a title that can be bold; a longer one is an answer in a sentence."""
_STATUS = 120
_FACT = 120
_FACTS = 10
_LABEL = 60
_TYPED = 200
_MENTIONS = 20
_NAME = 40
_LINK = 28
_LINKS = 3
_SOMEBODY = "you"
"""How somebody is called whose name is not known."""


def head(card: Card, *, names: Mapping[PersonId, str]) -> Passage:
    """`🔵 T142 · Fix it`, and under it `Working · 2m 41s · $0.31 · 🔔 bob`: of more, a lock screen shows little."""
    title = one_line(card.title, width=_TITLE)
    status = one_line(card.status, width=_STATUS)
    facts = [fact for each in card.footer[:_FACTS] if (fact := one_line(each, width=_FACT))]
    sign = _SIGN[card.tone] if status or card.tone is not Tone.NEUTRAL else ""
    called = _called(card.mentions, names)
    stands = joined([styled(status, Kind.BOLD), *(plain(fact) for fact in facts), called], " · ")
    said = styled(title, Kind.BOLD) if len(title) <= _BOLD else plain(title)
    return joined([joined([plain(sign), said], " "), stands], "\n")


def typed(actions: Sequence[Action]) -> Passage:
    """What to type where there is nothing to press; a tap copies it."""
    lines = [
        joined(
            [
                plain(f"{one_line(each.label, width=_LABEL).rstrip('…') or 'Go'}:"),
                styled(f"{COMMAND} {one_line(each.typed or each.command, width=_TYPED)}", Kind.CODE),
            ],
            " ",
        )
        for each in actions
        if not each.token and each.command and not each.minor
    ]
    return joined(lines, "\n")


def links_of(card: Card) -> list[Button]:
    """Buttons that open what the card is about: its facts that are addresses by their labels, else where it is."""
    fields = [field for section in card.sections if isinstance(section, Fields) for field in section.fields]
    told = [Button(text=_opens(each.label), url=each.value) for each in fields if can_be_link(each.value)][:_LINKS]
    if can_be_link(card.url) and all(button.url != card.url for button in told):
        told.append(Button(text=_opens(shown_address(card.url, width=_LINK)), url=card.url))
    return told


def _opens(label: str) -> str:
    return f"{one_line(label, width=_LINK) or 'Open'} ↗"


def _called(people: Sequence[PersonId], names: Mapping[PersonId, str]) -> Passage:
    """Those of Telegram who are to be called, by name."""
    here = [person for person in dict.fromkeys(people) if _number(person)][:_MENTIONS]
    if not here:
        return NOTHING
    called = (
        styled(one_line(names.get(person, ""), width=_NAME) or _SOMEBODY, Kind.PERSON, value=_number(person))
        for person in here
    )
    return joined([plain("🔔"), joined(called, ", ")], " ")


def _number(person: PersonId) -> str:
    """The person's number in Telegram, '' when they are not there."""
    number = person.removeprefix(_PLATFORM)
    return number if person.startswith(_PLATFORM) and number.isascii() and number.isdigit() else ""
