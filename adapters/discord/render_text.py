"""Paragraphs, code, facts and meters as text in Discord's Markdown."""

from collections.abc import Callable
from dataclasses import replace

from adapters.chat.card import Choices, Code, Field, Fields, Markdown, Meter, Section, Text, Weight
from adapters.chat.folding import ENDLESS, beginning, left_out
from adapters.chat.measure import fitted, units
from adapters.chat.text import one_line, printable
from adapters.discord import markup

_LONGEST = 20_000
"""Characters of a text that are looked at: more than a message can hold."""
_LEAST_ROOM = 40
_MARGIN = 60
"""Room kept for the words that say how much is left out."""
_METER_CELLS = 12
_LABEL = 60
_SHRINK = 0.8
_CODE_LINES, _A_FEW_LINES = 30, 6
"""Lines of code that are shown at a glance, and those that are not worth leaving out."""
_ALL_OF_IT = 100_000
"""Room that nobody has: everything is asked for."""


def readable(section: Section) -> Section:
    """`section` with its long text fit to be shown, and no longer than anybody could see of it."""
    match section:
        case Text() | Markdown() | Code() | Choices():
            text = printable(section.text[:_LONGEST])
            return replace(section, text=text + ENDLESS if len(section.text) > _LONGEST else text)
        case _:
            return section


def text_text(section: Text, *, room: int, loud: bool) -> str:
    """A paragraph; what can be done next is bold where the card is `loud`."""
    text = section.text.strip()
    if not text:
        return ""
    match section.weight:
        case Weight.MUTED:
            return cut(text, room=room, make=lambda part: markup.small(markup.escaped(part)))
        case Weight.PROBLEM:
            return cut(text, room=room, make=lambda part: markup.quoted(markup.prose(part)))
        case Weight.NEXT if loud and "\n" not in text:
            return cut(text, room=room, make=lambda part: markup.bold(part.strip().replace("**", "")))
        case Weight.NEXT | Weight.NORMAL:
            return cut(text, room=room, make=markup.prose)


def code_text(section: Code, *, room: int) -> str:
    """Text to the letter."""
    text = section.text.strip("\n").rstrip()
    if not text:
        return ""
    return cut(text, room=room, lines=_CODE_LINES, make=lambda part: markup.code(part, language=section.language))


def meter_text(section: Meter) -> str:
    """`Budget  ▰▰▰▰▱▱▱▱▱▱▱▱  $3.50 of $5.00`."""
    share = section.share if section.share == section.share else 0.0  # not a number is no share
    full = min(_METER_CELLS, max(0, round(min(1.0, max(0.0, share)) * _METER_CELLS)))
    bar = "▰" * full + "▱" * (_METER_CELLS - full)
    label, text = (markup.escaped(fitted(one_line(each), limit=_LABEL * 2)) for each in (section.label, section.text))
    sign = "⚠️ " if share >= 1 else ""
    return sign + "  ".join(part for part in (label, bar, text) if part)


def fields_text(section: Fields, *, room: int, aside: bool) -> str:
    """A line for each fact; in small print where the card is about something else."""
    facts = [field for field in section.fields if one_line(field.value, width=_LABEL)]
    each = max(_LEAST_ROOM, room // max(1, len(facts)) - _LABEL)
    text = "\n".join(_fact(field, limit=each) for field in facts)
    return markup.small(text) if aside else text


def cut(text: str, *, room: int, make: Callable[[str], str], lines: int = 0) -> str:
    """`text` by `make` in at most about `room` characters (and `lines` lines, 0 for any number).

    What does not fit is counted in words.
    """
    lines = 0 if room >= _ALL_OF_IT or text.count("\n") < lines + _A_FEW_LINES else lines
    if not lines and units(made := make(text)) <= room:
        return made
    width = max(_LEAST_ROOM, room - _MARGIN)
    while True:
        kept, rest = beginning(text, room=width, lines=lines)
        more = markup.small(markup.escaped(left_out(rest) if rest.strip() else ""))
        made = "\n".join(part for part in (make(kept) if kept.strip() else "", more) if part)
        if units(made) <= room or width <= _LEAST_ROOM:
            return made
        # escaping makes it longer
        width = max(_LEAST_ROOM, int(width * _SHRINK))


def _fact(field: Field, *, limit: int) -> str:
    """`**Project:** shop`."""
    label = fitted(one_line(field.label), limit=_LABEL)
    value = (
        markup.moment(field.at) if field.at is not None else markup.escaped(fitted(one_line(field.value), limit=limit))
    )
    colon = "" if label.endswith(("…", ":", "?", "`")) else ":"
    return f"{markup.bold(label + colon)} {value}" if label else value
