"""Paragraphs, code, facts and meters as passages: short on a phone, with the rest folded away."""

from dataclasses import dataclass, replace

from adapters.chat.address import shown_address
from adapters.chat.card import Choices, Code, Field, Fields, Markdown, Meter, Section, Text, Weight
from adapters.chat.emphasis import emphasised
from adapters.chat.folding import ENDLESS, beginning, left_out
from adapters.chat.text import one_line, printable
from adapters.telegram import limits
from adapters.telegram.markup import NOTHING, QUOTES, Kind, Passage, Span, joined, part, plain, styled, without
from adapters.telegram.render_harmless import can_be_link

SEEN_BYTES = 1_200
"""How much of a long text or of long code is seen before it is unfolded."""
_SEEN_LINES = 14
_A_LITTLE_BYTES, _A_LITTLE_LINES = 300, 6
"""What is not worth folding."""
_LONGEST = 40_000
"""Characters of a text that are looked at: more than messages can hold."""
_METER_CELLS = 8
_LABEL = 60
_LINK = 34
_LEAST_ROOM = 60
_FOLDED_LINES, _FOLDED_UNITS = 3, 130
"""What a folded quote shows before it is unfolded; a shorter one is a plain quote."""
_SHORT = 200
"""Characters of calm text that are still easy to read slanted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A section as it is shown, and whether some of it is left out (`cut`)."""

    passage: Passage = NOTHING
    cut: bool = False
    heads: bool = False
    """Whether it is a heading of the next section."""


def readable(section: Section) -> Section:
    """`section` with its long text fit to be shown, and no longer than anybody could see of it."""
    match section:
        case Text() | Markdown() | Code() | Choices():
            text = printable(section.text[:_LONGEST])
            return replace(section, text=text + ENDLESS if len(section.text) > _LONGEST else text)
        case _:
            return section


def is_heading(section: Text) -> bool:
    """Whether the text is a heading: a few quiet words that are no sentence."""
    return section.weight is Weight.MUTED and 0 < len(section.text) <= _LABEL and section.text[-1].isalnum()


def prose(text: str, *, bold: bool = False) -> Passage:
    """`text` with its `**words**` in bold, or all of it."""
    pieces = emphasised(text)
    return joined(styled(piece, Kind.BOLD) if bold or stands_out else plain(piece) for piece, stands_out in pieces)


def quoted(inside: Passage) -> Passage:
    """`inside` behind a bar; folded when it is longer than what a folded quote shows anyway."""
    lines = inside.text.count("\n") + 1
    is_short = lines <= _FOLDED_LINES and len(inside.text) <= _FOLDED_UNITS
    return styled(inside, Kind.QUOTE if is_short else Kind.FOLDED)


def text_shown(section: Text, *, room: int, loud: bool = True) -> Shown:
    """A paragraph; a long one is folded after its beginning. What can be done next is bold where the card is `loud`."""
    text = section.text.strip()
    match section.weight:
        case Weight.MUTED:
            return _cut(styled(text, Kind.ITALIC) if len(text) <= _SHORT else plain(text), room=room)
        case Weight.PROBLEM:
            shown = _cut(prose(text), room=room)
            return replace(shown, passage=quoted(shown.passage)) if text else shown
        case Weight.NEXT:
            return folding(prose(text, bold=loud), room=room)
        case Weight.NORMAL:
            return folding(prose(text), room=room)


def code_shown(section: Code, *, room: int) -> Shown:
    """Text to the letter; long code is folded after its first lines."""
    text = section.text.strip("\n").rstrip()
    return folding(styled(text, Kind.PRE, value=one_line(section.language, width=limits.LANGUAGE)), room=room)


def meter_shown(section: Meter) -> Shown:
    """`Budget ▰▰▰▱▱▱▱▱ $0.71 of $2.00`."""
    share = section.share if section.share == section.share else 0.0  # not a number is no share
    full = min(_METER_CELLS, max(int(share > 0), round(min(1.0, max(0.0, share)) * _METER_CELLS)))
    bar = "▰" * full + "▱" * (_METER_CELLS - full)
    sign = "⚠️" if share >= 1 else ""
    parts = (sign, one_line(section.label, width=_LABEL), bar, one_line(section.text, width=_LABEL * 2))
    return Shown(passage=plain(" ".join(filter(None, parts))))


def fields_shown(section: Fields, *, room: int, aside: bool = False) -> Shown:
    """A line for each fact; where they are told in passing, as `aside` says, they are folded away."""
    facts = [field for field in section.fields if one_line(field.value, width=_LABEL)]
    each = max(_LEAST_ROOM, room // max(1, len(facts)) - _LABEL)
    lines = joined((_fact(field, width=each) for field in facts), "\n")
    return Shown(passage=quoted(lines) if aside and lines.text else lines)


def folding(passage: Passage, *, room: int) -> Shown:
    """`passage`; when it is long its beginning, then a folded quote with the rest as far as there is `room` (bytes)."""
    text = passage.text
    is_little = text.count("\n") < _SEEN_LINES + _A_LITTLE_LINES
    if is_little and len(text.encode()) <= min(room, SEEN_BYTES + _A_LITTLE_BYTES):
        return Shown(passage=passage)
    seen, rest = beginning(text, room=max(_LEAST_ROOM, min(room, SEEN_BYTES)), lines=_SEEN_LINES)
    folded, hidden = beginning(rest, room=room - len(seen.encode()))
    begun = len(text) - len(rest)
    quote = part(passage, begun, begun + len(folded)) if folded.strip() else NOTHING
    parts = [part(passage, 0, len(seen)), _folded(quote), _more(hidden if quote.text else rest)]
    return Shown(passage=joined(parts, "\n"), cut=bool((hidden if quote.text else rest).strip()))


def _folded(inside: Passage) -> Passage:
    """`inside` as one folded quote; blocks of code in it become lines of code, as not every phone draws them there."""
    spans = (replace(span, kind=Kind.CODE, value="") if span.kind is Kind.PRE else span for span in inside.spans)
    return styled(without(replace(inside, spans=tuple(spans)), QUOTES), Kind.FOLDED)


def _cut(passage: Passage, *, room: int) -> Shown:
    """The beginning of `passage`, and how much more there is."""
    kept, rest = beginning(passage.text, room=max(_LEAST_ROOM, room))
    return Shown(passage=joined([part(passage, 0, len(kept)), _more(rest)], "\n"), cut=bool(rest.strip()))


def _more(rest: str) -> Passage:
    """How much is left out; nothing for nothing."""
    return styled(left_out(rest), Kind.ITALIC) if rest.strip() else NOTHING


def _fact(field: Field, *, width: int) -> Passage:
    """`Project: shop`."""
    label = one_line(field.label, width=_LABEL)
    colon = "" if label.endswith(("…", ":", "?", "`")) else ":"
    value = _value(field, width=width)
    return joined([styled(label + colon, Kind.BOLD), value], " ") if label else value


def _value(field: Field, *, width: int) -> Passage:
    line = one_line(field.value, width=width)
    if field.at is not None:
        return styled(line, Kind.MOMENT, value=str(int(field.at.timestamp())))
    if can_be_link(field.value):
        shown = shown_address(field.value, width=_LINK)
        return Passage(text=shown, spans=(Span(kind=Kind.LINK, start=0, end=len(shown), value=field.value),))
    return plain(line)
