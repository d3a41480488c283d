"""Neutral cards as one rich message (Bot API 10.1): tables of Telegram's own, and eight times the room.

Where a server has `sendRichMessage` a card is one message however long it is, so there are no pages and hardly a file.
Telegram is told to look for nothing in the text by itself; what stands in it is escaped, and made harmless besides.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from html import escape
from itertools import zip_longest

from adapters.chat.card import Card, Markdown, Table
from adapters.chat.file import File
from adapters.chat.text import one_line
from adapters.telegram import limits
from adapters.telegram.keyboard import Keyboard, keyboard_of
from adapters.telegram.markup import QUOTES, Kind, Passage, Span, part, plain
from adapters.telegram.measure import MOMENT_FORMAT, settled
from adapters.telegram.render_file import file_of
from adapters.telegram.render_harmless import harmless
from adapters.telegram.render_head import head, links_of, typed
from adapters.telegram.render_markdown import markdown_passage
from adapters.telegram.render_section import section_shown
from adapters.telegram.render_text import readable
from core.domain.identity import PersonId

_ROOMS = (24_000, 12_000, 6_000, 3_000, 1_500, 700, 300, 100)
"""Bytes each section may have, tried one after the other until the whole card fits."""
_ROWS = 200
"""Rows of a table that are shown; the rest is in the file."""
_ROW = 50
"""Bytes a row is thought to take."""
_CELL = 120
_BLOCKS = ("<p>", "<pre>", "<blockquote>", "<details>", "<tr>", "<table")
_INLINE = {Kind.BOLD: "b", Kind.ITALIC: "i", Kind.STRIKE: "s", Kind.CODE: "code"}
_MORE = "More"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rich:
    """A card as a rich message; `file` holds what it leaves out, if anything."""

    html: str
    keyboard: Keyboard = ()
    file: File | None = None

    def payload(self) -> dict[str, object]:
        """The message as the Bot API takes it (InputRichMessage)."""
        return {"html": self.html, "skip_entity_detection": True}


def rich(card: Card, *, names: Mapping[PersonId, str] | None = None) -> Rich | None:
    """`card` as one rich message, None when it does not fit any; `names` are those of whom it calls."""
    card = replace(card, sections=tuple(readable(section) for section in card.sections))
    read = {at: markdown_passage(each.text) for at, each in enumerate(card.sections) if isinstance(each, Markdown)}
    above, below = _blocks(head(card, names=names or {})), _blocks(typed(card.actions))
    for room in _ROOMS:
        shown = [section_shown(each, card=card, room=room, read=read.get(at)) for at, each in enumerate(card.sections)]
        parts = [
            _table(each, room=room) if isinstance(each, Table) else _blocks(as_shown.passage)
            for each, as_shown in zip(card.sections, shown, strict=True)
        ]
        html = "".join([above, *parts, below]) or _blocks(plain("Nothing to show."))
        if _fits(html):
            pairs = zip(card.sections, shown, strict=True)
            cut = [
                each
                for each, as_shown in pairs
                if (len(each.rows) > _rows(room) if isinstance(each, Table) else as_shown.cut)
            ]
            return Rich(html=html, keyboard=keyboard_of(card, links=links_of(card)), file=file_of(card, cut))
    return None


def _fits(html: str) -> bool:
    return len(html.encode()) <= limits.RICH_TEXT and sum(map(html.count, _BLOCKS)) <= limits.RICH_BLOCKS


def _blocks(passage: Passage) -> str:
    """`passage` as paragraphs, blocks of code and quotes; a folded quote is what unfolds."""
    passage = harmless(passage)
    spans = list(settled(passage))
    blocks = [span for span in spans if span.kind in QUOTES or span.kind is Kind.PRE]
    outer = sorted(
        (each for each in blocks if not any(_is_in(each, other) for other in blocks)), key=lambda each: each.start
    )
    made: list[str] = []
    at = 0
    for block in outer:
        made.append(_paragraphs(part(passage, at, block.start)))
        made.append(_block(block, part(passage, block.start, block.end)))
        at = block.end
    return "".join([*made, _paragraphs(part(passage, at, len(passage.text)))])


def _is_in(span: Span, other: Span) -> bool:
    return span is not other and other.kind in QUOTES and other.start <= span.start and span.end <= other.end


def _block(block: Span, inside: Passage) -> str:
    if block.kind is Kind.PRE:
        language = f' class="language-{escape(block.value)}"' if block.value else ""
        return f"<pre><code{language}>{escape(inside.text)}</code></pre>"
    bare = replace(inside, spans=tuple(span for span in inside.spans if span.kind not in QUOTES))
    if block.kind is Kind.QUOTE:
        return f"<blockquote>{_inline(bare)}</blockquote>"
    return f"<details><summary>{_MORE}</summary>{_blocks(bare)}</details>"


def _paragraphs(passage: Passage) -> str:
    """Running text; an empty line ends a paragraph."""
    made: list[str] = []
    at = 0
    for text in passage.text.split("\n\n"):
        if text.strip():
            lead = len(text) - len(text.lstrip("\n"))
            made.append(f"<p>{_inline(part(passage, at + lead, at + len(text.rstrip())))}</p>")
        at += len(text) + 2
    return "".join(made)


def _inline(passage: Passage) -> str:
    ordered = sorted(settled(passage), key=lambda span: (span.start, -span.end, span.kind not in _INLINE))
    return "".join(_nodes(passage.text, ordered, 0, len(passage.text)))


def _nodes(text: str, spans: Sequence[Span], start: int, end: int) -> Iterator[str]:
    """The characters from `start` to before `end`, with the spans in their tags."""
    at, waiting = start, list(spans)
    while waiting:
        first, *waiting = waiting
        inside = [span for span in waiting if span.start < first.end]
        waiting = waiting[len(inside) :]
        yield _said(text[at : first.start])
        opening, closing = _tags(first)
        yield opening
        yield from _nodes(text, inside, first.start, first.end)
        yield closing
        at = first.end
    yield _said(text[at:end])


def _tags(span: Span) -> tuple[str, str]:
    match span.kind:
        case Kind.LINK:
            return f'<a href="{escape(span.value)}">', "</a>"
        case Kind.PERSON:
            return f'<a href="tg://user?id={escape(span.value)}">', "</a>"
        case Kind.MOMENT:
            return f'<tg-time unix="{escape(span.value)}" format="{MOMENT_FORMAT}">', "</tg-time>"
        case kind if kind in _INLINE:
            return f"<{_INLINE[kind]}>", f"</{_INLINE[kind]}>"
        case _:
            return "", ""


def _said(text: str) -> str:
    return escape(text).replace("\n", "<br>")


def _rows(room: int) -> int:
    return max(1, min(room // _ROW, _ROWS))


def _table(section: Table, *, room: int) -> str:
    """A table of Telegram's own; numbers to the right, the sum in bold, rows that do not fit are counted."""
    columns = section.columns[: limits.RICH_COLUMNS]
    if not columns:
        return ""
    shown = section.rows[: _rows(room)]
    sides = ["right" if column.number else "left" for column in columns]
    lines = [_row([column.label for column in columns], sides, tag="th")]
    lines += [_row(row, sides, tag="td") for row in shown]
    lines += [_row(section.total, sides, tag="th")] if section.total else []
    missing = len(section.rows) - len(shown)
    more = f"<p><i>… {missing:,} more {'row' if missing == 1 else 'rows'}</i></p>" if missing else ""
    return f"<table bordered>{''.join(lines)}</table>{more}"


def _row(cells: Sequence[str], sides: Sequence[str], *, tag: str) -> str:
    filled = zip_longest(cells[: len(sides)], sides, fillvalue="")
    return "<tr>" + "".join(f'<{tag} align="{side}">{_cell(str(cell))}</{tag}>' for cell, side in filled) + "</tr>"


def _cell(text: str) -> str:
    return _inline(harmless(plain(one_line(text, width=_CELL))))
