"""One section of a card as it is shown."""

from dataclasses import replace
from typing import assert_never

from adapters.chat.card import Card, Choices, Code, Fields, Markdown, Meter, Section, StepList, Table, Text
from adapters.chat.text import one_line
from adapters.telegram.markup import NOTHING, Kind, Passage, joined, plain, styled
from adapters.telegram.render_steps import steps_shown
from adapters.telegram.render_table import table_shown
from adapters.telegram.render_text import (
    Shown,
    code_shown,
    fields_shown,
    folding,
    is_heading,
    meter_shown,
    prose,
    text_shown,
)

_ANSWER = 300


def section_shown(section: Section, *, card: Card, room: int, read: Passage | None) -> Shown:
    """`section` in about `room` bytes; of Markdown `read` is what it says."""
    match section:
        case Text():
            shown = text_shown(section, room=room, loud=bool(card.actions))
            return replace(shown, heads=is_heading(section) and _before_facts(section, card))
        case Markdown():
            return folding(read or NOTHING, room=room)
        case Meter():
            return meter_shown(section)
        case Fields():
            aside = any(isinstance(other, StepList) for other in card.sections)
            return fields_shown(section, room=room, aside=aside)
        case StepList():
            return steps_shown(section, room=room)
        case Table():
            return table_shown(section, room=room)
        case Code():
            return code_shown(section, room=room)
        case Choices():
            return _choices(section, room=room)
        case _:
            assert_never(section)


def _before_facts(section: Section, card: Card) -> bool:
    at = next(at for at, each in enumerate(card.sections) if each is section)
    return any(isinstance(each, Fields | Table) for each in card.sections[at + 1 : at + 2])


def _choices(section: Choices, *, room: int) -> Shown:
    """A question, and what its answers mean where their buttons do not say it."""
    question = folding(prose(section.text.strip(), bold=True), room=room)
    each = max(_ANSWER // 5, min(_ANSWER, room // max(1, len(section.options))))
    told = (
        joined(
            [
                plain("•"),
                styled(one_line(option.label, width=each), Kind.BOLD),
                plain(one_line(option.description, width=each)),
            ],
            " ",
        )
        for option in section.options
        if option.label.strip() and (option.description.strip() or not option.token)
    )
    return replace(question, passage=joined([question.passage, joined(told, "\n")], "\n"))
