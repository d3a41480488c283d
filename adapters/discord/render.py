"""Neutral cards as Discord shows them: a container with a coloured edge, within Discord's limits whatever is in it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain
from typing import assert_never

from adapters.chat.address import is_address
from adapters.chat.card import Card, Choices, Code, Fields, Markdown, Meter, Section, StepList, Table, Text
from adapters.chat.folding import ENDLESS
from adapters.chat.measure import fitted, units
from adapters.chat.payload import Payload
from adapters.chat.text import one_line
from adapters.discord import components, limits, markup
from adapters.discord.ids import user_of
from adapters.discord.look import ACCENT, HEADING, SIGN, message_body
from adapters.discord.render_actions import action_rows, choices_parts, once, tokens_of
from adapters.discord.render_markdown import markdown_text
from adapters.discord.render_steps import steps_text
from adapters.discord.render_table import table_text
from adapters.discord.render_text import code_text, fields_text, meter_text, readable, text_text
from core.domain.identity import PersonId

_TITLE = 250
_BOLD = 120
"""Characters of an answer that can be bold."""
_SAID = 1_500
_STATUS = 120
_FACT = 120
_FACTS = 8
_MENTIONS = 20
_OPEN = "Open"
_ROOMS = (3_000, 2_000, 1_400, 900, 500, 250, 120, 60)
"""Characters each section may have, tried one after the other until the card fits: what is long is cut first."""
_ENDLESS_ROOM = 1_000_000
_USER = re.compile(r"\d{5,20}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendered:
    """A message as Discord takes it."""

    components: tuple[Payload, ...]
    calls: tuple[str, ...] = ()
    """Ids of the users it may call; nobody else is called, whatever the text says."""
    cut: tuple[int, ...] = ()
    """Which sections of the card are not shown to their end, by their position."""

    @property
    def body(self) -> dict[str, object]:
        """What is sent when it is posted, edited or shown to one."""
        return message_body(self.components, calls=self.calls)


def rendered(card: Card, *, mark: int = 0) -> Rendered:
    """`card` as a message; `mark` is what it is found again by, 0 for nothing."""
    called = _called(card.mentions)
    parts, cut = _fitting(card, called)
    whole = components.container(parts, accent=ACCENT[card.tone], mark=mark)
    return Rendered(components=(whole,), calls=tuple(called), cut=cut)


def _fitting(card: Card, called: Sequence[str]) -> tuple[list[Payload], tuple[int, ...]]:
    """The parts of the card, and which sections are cut; before that detail is folded, what does not fit is counted."""
    sections = once(readable(section) for section in card.sections)
    head, foot = _head(card, called), action_rows(card.actions, taken=tokens_of(sections))
    parts: list[list[Payload]] = []
    for room in _ROOMS:
        parts = [_section(section, card=card, room=room) for section in sections]
        whole = _put_together(head, parts, foot)
        if fits(whole):
            return whole, tuple(at for at, part in enumerate(parts) if _is_cut(sections[at], part, card=card))
    return _shortened(head, parts, foot), tuple(range(len(sections)))


def _is_cut(section: Section, shown: list[Payload], *, card: Card) -> bool:
    """Whether some of a text is not shown."""
    if not isinstance(section, Text | Markdown | Code):
        return False
    return section.text.endswith(ENDLESS) or shown != _section(section, card=card, room=_ENDLESS_ROOM)


def fits(parts: Sequence[Payload]) -> bool:
    """Whether a container of `parts` is within the limits of one message."""
    texts = sum(units(text) for text in components.texts_of(parts))
    return components.number_of(parts) < limits.COMPONENTS and texts <= limits.TEXT


def _put_together(head: list[Payload], parts: Sequence[list[Payload]], foot: list[Payload]) -> list[Payload]:
    whole = [*head, *chain.from_iterable(parts)]
    if foot and whole:
        whole.append(components.separator())
    return [*whole, *foot] or [components.text_display("Nothing to show.")]


def _head(card: Card, called: Sequence[str]) -> list[Payload]:
    """Title, the line that says where it stands, and who is called."""
    lines = [_title(card), _standing(card), " ".join(markup.mention(user) for user in called)]
    text = "\n".join(line for line in lines if line)
    if not text:
        return []
    if is_address(card.url) and len(card.url) <= limits.LINK:
        return [components.section(text, components.link_button(_OPEN, card.url))]
    return [components.text_display(text)]


def _title(card: Card) -> str:
    if not _is_large(card):
        # an answer of a few words: often it is all there is, so nothing of it is cut
        said = fitted(one_line(card.title), limit=_SAID)
        return markup.bold(said) if len(said) <= _BOLD else markup.prose(said)
    title = fitted(one_line(card.title), limit=_TITLE)
    return f"{HEADING}{markup.escaped(title)}" if title else ""


def _standing(card: Card) -> str:
    """`🔵 **Working** · 2m 41s · $0.31`."""
    status = fitted(one_line(card.status), limit=_STATUS)
    facts = [markup.escaped(fitted(one_line(fact), limit=_FACT)) for fact in card.footer[:_FACTS]]
    told = f"{SIGN[card.tone]} {markup.bold(status)}".strip() if status else ""
    return " · ".join(part for part in (told, *facts) if part)


def _is_large(card: Card) -> bool:
    """Whether the card is a thing of its own, and not an answer of a few words."""
    return bool(card.actions) or any(not isinstance(section, Text | Markdown | Code) for section in card.sections)


def _called(people: Sequence[PersonId]) -> list[str]:
    users = (user_of(person) for person in people)
    return list(dict.fromkeys(user for user in users if _USER.fullmatch(user)))[:_MENTIONS]


def _section(section: Section, *, card: Card, room: int) -> list[Payload]:
    match section:
        case Text():
            text = text_text(section, room=room, loud=_is_large(card))
        case Markdown():
            text = markdown_text(section.text, room=room)
        case Meter():
            text = meter_text(section)
        case Fields():
            text = fields_text(section, room=room, aside=any(isinstance(each, StepList) for each in card.sections))
        case StepList():
            text = steps_text(section, room=room)
        case Table():
            text = table_text(section, room=room)
        case Code():
            text = code_text(section, room=room)
        case Choices():
            return choices_parts(section, room=room)
        case _:
            assert_never(section)
    return [components.text_display(text)] if text.strip() else []


def _shortened(head: list[Payload], parts: Sequence[list[Payload]], foot: list[Payload]) -> list[Payload]:
    """The card with as many of its sections as fit, and how many do not."""
    kept: list[list[Payload]] = []
    for left, part in zip(range(len(parts), 0, -1), parts, strict=True):
        words = f"… {left} more {'part' if left == 1 else 'parts'}"
        more = [components.text_display(markup.small(words))]
        if not fits(_put_together(head, [*kept, part, more], foot)):
            return _put_together(head, [*kept, more], foot)
        kept.append(part)
    return _put_together(head, kept, foot)
