"""Markdown, as models write it, as passages: read by telegramify-markdown, made fit for a phone, nothing of it lost.

That library drops HTML, and takes `$…$` for a formula and `||…||` for hidden text; models write about code, where all
three mean themselves. So those characters pass it in disguise. Its links get their address written after their words,
its tables the width of a phone.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import chain

from telegramify_markdown import MessageEntity, RenderConfig
from telegramify_markdown.converter import Segment, convert_with_segments

from adapters.chat.address import is_address
from adapters.chat.text import one_line, printable
from adapters.telegram import limits
from adapters.telegram.markup import Kind, Passage, Span, joined, part, plain, styled, without
from adapters.telegram.render_harmless import can_be_link
from adapters.telegram.render_table import in_columns

_KINDS = {
    "bold": Kind.BOLD,
    "italic": Kind.ITALIC,
    "strikethrough": Kind.STRIKE,
    "code": Kind.CODE,
    "pre": Kind.PRE,
    "text_link": Kind.LINK,
    "blockquote": Kind.QUOTE,
    "expandable_blockquote": Kind.FOLDED,
}
"""Its entities that are ours too; of the others only the words are kept."""
# disguises are characters nobody writes: those of private use
_TAG, _DOLLAR, _BAR, _CELL_BAR = "\ue000", "\ue001", "\ue002", "\ue003"
_PRIVATE = re.compile(r"[\ue000-\ue0ff]")
_DISGUISE = (("<", _TAG), ("$", _DOLLAR), ("||", _BAR * 2), ("\\|", _CELL_BAR))
_UNMASK = str.maketrans({_TAG: "<", _DOLLAR: "$", _BAR: "|", _CELL_BAR: "|"})
_AUTOLINK = re.compile(r"<(https?://[^<>\s]+)>")
_RULE = re.compile(r"-+(?:-\+-+)*")
_LANGUAGE = re.compile(r"[A-Za-z0-9+#_.-]+")
_NUMBER = re.compile(rf"[-+]?[{_DOLLAR}€£]?\d[\d.,]*\s?(?:%|ms|s|x)?")
_DEEPEST = 12
"""How deep quotes and lists are read; what is deeper is text."""


def markdown_passage(text: str) -> Passage:
    """`text` in Markdown (CommonMark with tables, strikethrough and task lists); nothing is folded."""
    masked = _PRIVATE.sub("�", printable(text))
    masked = _AUTOLINK.sub(lambda found: found[1], _shallow(masked))
    for written, disguise in _DISGUISE:
        masked = masked.replace(written, disguise)
    shown, styles, segments = convert_with_segments(masked, latex_escape=False, config=_config())
    passage = _passage(shown, styles)
    passage = _with_tables(passage, code=segments)
    passage = _with_addresses(passage)
    spans = tuple(replace(span, value=span.value.translate(_UNMASK)) for span in passage.spans)
    return Passage(text=passage.text.translate(_UNMASK), spans=spans)


def _config() -> RenderConfig:
    """How the library shows what Telegram has no style for: as quietly as it can."""
    config = RenderConfig.isolated()
    config.cite_expandable = True
    symbols = config.markdown_symbol
    symbols.heading_level_1 = symbols.heading_level_2 = symbols.heading_level_3 = symbols.heading_level_4 = ""
    symbols.image = ""
    symbols.task_uncompleted = "☐"
    symbols.unordered_list_item = "•"
    return config


def _shallow(text: str) -> str:
    """`text` with no line deeper in quotes than anybody reads: each level costs the library a level of its own."""
    return re.sub(rf"(?m)^((?:[ \t]*>){{{_DEEPEST}}})[ \t>]+", r"\1 ", text)


def _passage(text: str, styles: Sequence[MessageEntity]) -> Passage:
    """The library's text and entities as a passage."""
    positions = _characters(text)
    spans = (
        Span(
            kind=_KINDS[each.type],
            start=positions[each.offset],
            end=positions[each.offset + each.length],
            value=_value(each),
        )
        for each in styles
        if each.type in _KINDS
    )
    return Passage(text=text, spans=tuple(spans))


def _characters(text: str) -> list[int]:
    """For each UTF-16 unit of `text` which character it is in."""
    units = chain.from_iterable([at] * (2 if ord(character) > 0xFFFF else 1) for at, character in enumerate(text))
    return [*units, len(text)]


def _value(entity: MessageEntity) -> str:
    if entity.type == "text_link":
        return entity.url or ""
    language = _LANGUAGE.match(entity.language or "")
    return language[0][: limits.LANGUAGE] if language and entity.type == "pre" else ""


def _with_tables(passage: Passage, *, code: Sequence[Segment]) -> Passage:
    """`passage` with its tables as wide as a phone; those are the blocks that the library does not count as code."""
    written = {segment.text_start for segment in code}
    blocks = sorted((span for span in passage.spans if span.kind is Kind.PRE), key=lambda span: span.start)
    pieces: list[Passage] = []
    begun = 0
    for block in blocks:
        lines = passage.text[block.start : block.end].split("\n")
        if block.start in written or len(lines) < 2 or not _RULE.fullmatch(lines[1]):
            continue
        pieces += [part(passage, begun, block.start), _table([lines[0], *lines[2:]])]
        begun = block.end
    return joined([*pieces, part(passage, begun, len(passage.text))])


def _table(lines: Sequence[str]) -> Passage:
    """A table from the library's lines."""
    rows = [[one_line(cell) for cell in line.split(" | ")] for line in lines]
    columns = max(map(len, rows))
    heads, *body = [[*row, *[""] * (columns - len(row))] for row in rows]
    numbers = [all(_NUMBER.fullmatch(row[at]) for row in body) for at in range(columns)]
    table = in_columns(heads, body, [], numbers=numbers)
    if table is not None:
        return table
    told = (
        joined(
            [
                styled(row[0], Kind.BOLD),
                *(
                    plain(f"{head}: {cell}" if head else cell)
                    for head, cell in zip(heads[1:], row[1:], strict=True)
                    if cell
                ),
            ],
            "\n",
        )
        for row in body
    )
    return joined(told, "\n\n")


def _with_addresses(passage: Passage) -> Passage:
    """`passage` with where each link goes after its words; words that are another address are not said at all."""
    links = sorted((span for span in passage.spans if span.kind is Kind.LINK), key=lambda span: span.start)
    rest = without(passage, [Kind.LINK])
    pieces: list[Passage] = []
    begun = 0
    for link in links:
        if link.start < begun or any(
            span.kind is Kind.PRE and span.end > link.start >= span.start for span in rest.spans
        ):
            continue
        pieces.append(part(rest, begun, link.start))
        pieces += _going_to(link.value.translate(_UNMASK), said=part(rest, link.start, link.end))
        begun = link.end
    return joined([*pieces, part(rest, begun, len(rest.text))])


def _going_to(target: str, *, said: Passage) -> Iterator[Passage]:
    words = said.text.translate(_UNMASK).strip()
    target = one_line(target)
    if not target or words == target:
        yield said
    elif not words or is_address(words):
        yield plain(target)
    else:
        yield said
        yield plain(" (")
        yield plain(target) if can_be_link(target) else styled(target, Kind.CODE)
        yield plain(")")
