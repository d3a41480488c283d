"""A passage as Telegram counts it: its entities in UTF-16 units, and pages of it that each stand for themselves."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Any

from rich.cells import split_graphemes

from adapters.telegram import limits
from adapters.telegram.markup import LITERAL, QUOTES, STYLES, Kind, Passage, Span, part, stripped

MOMENT_FORMAT = "Dt"
"""How a moment is shown in the reader's own words and time: the long date, the short time (date_time_format)."""
_LEAST_KEPT = 0.5
"""Share of a page that must be filled for it to end with a paragraph or a line."""
_LONGEST_CHARACTER = 64
"""Code points looked at for where a character begins."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entity:
    """A style of `length` UTF-16 units from `offset`; `value` is as in Span."""

    kind: Kind
    offset: int
    length: int
    value: str = ""

    def payload(self, text: str) -> dict[str, Any]:
        """The entity as the Bot API takes it (MessageEntity), in a message that says `text`."""
        made: dict[str, Any] = {"type": self.kind.value, "offset": self.offset, "length": self.length}
        match self.kind:
            case Kind.LINK:
                made["url"] = self.value
            case Kind.PRE if self.value:
                made["language"] = self.value
            case Kind.PERSON:
                words = text.encode("utf-16-le")[self.offset * 2 : (self.offset + self.length) * 2].decode("utf-16-le")
                made["user"] = {"id": int(self.value), "is_bot": False, "first_name": words}
            case Kind.MOMENT:
                made |= {"unix_time": int(self.value), "date_time_format": MOMENT_FORMAT}
            case _:
                pass
        return made


def entities(passage: Passage) -> tuple[Entity, ...]:
    """The styles of `passage` as Telegram wants them: sorted, one inside the other or apart, quotes never nested.

    Where styles do not go together the outer quote, then code, then the address or person wins (page: Formatting
    options, "Nested entities").
    """
    at = [0, *accumulate(2 if ord(character) > 0xFFFF else 1 for character in passage.text)]
    made = [
        Entity(kind=span.kind, offset=at[span.start], length=at[span.end] - at[span.start], value=span.value)
        for span in settled(passage)
    ]
    return tuple(sorted(made, key=lambda each: (each.offset, -each.length, _RANK[each.kind])))


_OUTER_FIRST = (
    Kind.FOLDED,
    Kind.QUOTE,
    *STYLES,
    Kind.LINK,
    Kind.PERSON,
    Kind.MOMENT,
    Kind.CODE,
    Kind.PRE,
)
_RANK = {kind: rank for rank, kind in enumerate(_OUTER_FIRST)}


def settled(passage: Passage) -> Iterator[Span]:
    """Spans that follow Telegram's rules; none of them holds nothing but space."""
    size = len(passage.text)
    ordered = sorted(passage.spans, key=lambda span: (span.start, -span.end))
    quotes = _painted([span for span in ordered if span.kind in QUOTES], size)
    of_one_kind = [span for span in ordered if span.kind not in QUOTES and span.kind not in STYLES]
    solid = _painted(sorted(of_one_kind, key=lambda span: (span.kind not in LITERAL, span.kind is Kind.MOMENT)), size)
    keys: list[tuple[object, ...]] = [(id(quote),) for quote in quotes]
    yield from _runs(passage.text, quotes, keys)
    keys = [(*key, id(span)) for key, span in zip(keys, solid, strict=True)]
    yield from _runs(passage.text, solid, keys)
    for style in STYLES:
        painted = _painted([span for span in ordered if span.kind is style], size)
        shown = [None if under and under.kind in LITERAL else span for span, under in zip(painted, solid, strict=True)]
        keys = [(*key, span is None) for key, span in zip(keys, shown, strict=True)]
        yield from _runs(passage.text, shown, keys)


def _painted(spans: Sequence[Span], size: int) -> list[Span | None]:
    """For each character the first of `spans` that covers it."""
    painted: list[Span | None] = [None] * size
    for span in spans:
        for position in range(max(0, span.start), min(size, span.end)):
            painted[position] = painted[position] or span
    return painted


def _runs(text: str, painted: Sequence[Span | None], keys: Sequence[object]) -> Iterator[Span]:
    """A span for each run of characters painted alike, without the space at its ends."""
    begun = 0
    for position in range(1, len(text) + 1):
        if position < len(text) and keys[position] == keys[begun]:
            continue
        span = painted[begun]
        words = text[begun:position]
        if span is not None and words.strip():
            # code may begin with space, and so may what is around it
            lead = 0 if span.kind in LITERAL | QUOTES else len(words) - len(words.lstrip())
            yield Span(kind=span.kind, start=begun + lead, end=begun + len(words.rstrip()), value=span.value)
        begun = position


def paged(passage: Passage, *, most: int) -> list[Passage]:
    """`passage` in pages that each fit a message; when more than `most` are needed, one more than that.

    A page ends with a paragraph, a line or a word where that leaves enough of it, and always with a whole character.
    """
    pages: list[Passage] = []
    rest = stripped(passage)
    while rest.text and len(pages) <= most:
        fitting = _fitting(rest)
        end = len(rest.text) if fitting >= len(rest.text) else _break(rest.text, fitting)
        pages.append(stripped(part(rest, 0, end)))
        rest = _begun_anew(part(rest, end, len(rest.text)))
    return [page for page in pages if page.text]


def _fitting(passage: Passage) -> int:
    """How many characters of `passage` one message takes."""
    length = 0
    fitting = len(passage.text)
    for position, character in enumerate(passage.text):
        length += 2 if ord(character) > 0xFFFF else 1
        if length > limits.TEXT:
            fitting = position
            break
    seen = part(passage, 0, fitting)
    starts = sorted(span.start for span in settled(seen))
    return min(fitting, max(1, starts[limits.ENTITIES])) if len(starts) > limits.ENTITIES else fitting


def _break(text: str, most: int) -> int:
    """Where a page of at most `most` characters best ends."""
    for mark in ("\n\n", "\n", " "):
        at = text.rfind(mark, 0, most + 1)
        if at > most * _LEAST_KEPT:
            return at
    tail = max(0, most - _LONGEST_CHARACTER)
    ends = [tail + start for start, _, _ in split_graphemes(text[tail : most + _LONGEST_CHARACTER])[0]]
    return max((end for end in ends if 0 < end <= most), default=most) or 1


def _begun_anew(passage: Passage) -> Passage:
    """`passage` without the empty lines it begins with; the space before its first words belongs to them."""
    return part(passage, len(passage.text) - len(passage.text.lstrip("\n")), len(passage.text))
