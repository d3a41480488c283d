"""Whether everything on a card is within the sizes that the cards state."""

from adapters.chat.card import Card, Choices, Code, Fields, Markdown, Meter, Section, StepList, Table, Text
from bot.cards.approval import DETAIL
from bot.cards.words import COMMAND, FACT, LABEL, PARAGRAPH, SENTENCE, STATUS, TITLE

CELL = 100


def assert_fits(card: Card) -> None:
    """Fails with the part that is too large, or is not printable."""
    _within(card.title, TITLE, lines=1)
    _within(card.status, STATUS, lines=1)
    _within(card.about, SENTENCE, lines=1)
    for text in card.footer:
        _within(text, STATUS, lines=1)
    assert len(card.actions) <= 8
    for action in card.actions:
        assert action.label
        assert action.command
        assert not action.token
        _within(action.label, LABEL, lines=1)
        _within(action.command, COMMAND, lines=1)
    assert len(card.sections) <= 20
    for section in card.sections:
        _section_fits(section)


def _section_fits(section: Section) -> None:
    match section:
        case Text():
            _within(section.text, PARAGRAPH)
        case Markdown():
            _within(section.text, DETAIL)
        case Code():
            _within(section.text, DETAIL)
        case Fields():
            for field in section.fields:
                assert field.value
                _within(field.label, LABEL, lines=1)
                _within(field.value, FACT, lines=1)
        case StepList():
            for row in section.rows:
                for text in (row.name, row.role, row.activity, row.cost, row.duration):
                    _within(text, 120, lines=1)
        case Table():
            for cells in (*section.rows, section.total or ("",) * len(section.columns)):
                assert len(cells) == len(section.columns)
                for text in cells:
                    _within(text, CELL, lines=1)
        case Choices():
            # the question itself is the key of its answer, and stays as it is
            for option in section.options:
                _within(option.label, FACT, lines=1)
                _within(option.description, FACT, lines=1)
        case Meter():
            _within(section.text, FACT, lines=1)


def _within(text: str, most: int, *, lines: int = 0) -> None:
    assert len(text) <= most, (len(text), most, text[:200])
    assert not lines or "\n" not in text
    assert not set(text) & {"\x1b", "\u202e", "\x00", "\r"}
    text.encode()
