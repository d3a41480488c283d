"""Text with styles, put together before it becomes a message: positions are characters, nothing is escaped.

Telegram takes styles as entities beside the text, so no text of anybody can be markup.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum


class Kind(StrEnum):
    """What an entity of ours can be, in Telegram's words (MessageEntity.type)."""

    BOLD = "bold"
    ITALIC = "italic"
    STRIKE = "strikethrough"
    CODE = "code"
    PRE = "pre"
    LINK = "text_link"
    PERSON = "text_mention"
    MOMENT = "date_time"
    QUOTE = "blockquote"
    FOLDED = "expandable_blockquote"
    """A quote of which three lines are seen until it is unfolded."""


STYLES = (Kind.BOLD, Kind.ITALIC, Kind.STRIKE)
QUOTES = frozenset({Kind.QUOTE, Kind.FOLDED})
LITERAL = frozenset({Kind.CODE, Kind.PRE})


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """The characters from `start` to before `end` in one style; `value` is a link's address, a block of code's
    language, a person's number or a moment in seconds since 1970.
    """

    kind: Kind
    start: int
    end: int
    value: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """A piece of text and its styles, in no order."""

    text: str = ""
    spans: tuple[Span, ...] = ()


NOTHING = Passage()


def plain(text: str) -> Passage:
    """`text` as it is."""
    return Passage(text=text)


def styled(inside: Passage | str, kind: Kind, *, value: str = "") -> Passage:
    """All of `inside` in one more style."""
    passage = plain(inside) if isinstance(inside, str) else inside
    if not passage.text:
        return passage
    return replace(passage, spans=(*passage.spans, Span(kind=kind, start=0, end=len(passage.text), value=value)))


def joined(passages: Iterable[Passage], between: str = "") -> Passage:
    """Passages one after the other; empty ones are left out."""
    texts: list[str] = []
    spans: list[Span] = []
    length = 0
    for passage in passages:
        if not passage.text:
            continue
        if texts and between:
            texts.append(between)
            length += len(between)
        spans += (replace(span, start=span.start + length, end=span.end + length) for span in passage.spans)
        texts.append(passage.text)
        length += len(passage.text)
    return Passage(text="".join(texts), spans=tuple(spans))


def part(passage: Passage, start: int, end: int) -> Passage:
    """The characters from `start` to before `end`, with what there is of their styles."""
    spans = (
        replace(span, start=max(span.start, start) - start, end=min(span.end, end) - start)
        for span in passage.spans
        if span.start < end and span.end > start
    )
    return Passage(text=passage.text[start:end], spans=tuple(spans))


def stripped(passage: Passage) -> Passage:
    """`passage` without the space around it, which Telegram would take off."""
    start = len(passage.text) - len(passage.text.lstrip())
    return part(passage, start, max(start, len(passage.text.rstrip())))


def without(passage: Passage, kinds: Iterable[Kind]) -> Passage:
    """`passage` without the styles in `kinds`."""
    left_out = frozenset(kinds)
    return replace(passage, spans=tuple(span for span in passage.spans if span.kind not in left_out))
