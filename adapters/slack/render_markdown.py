"""Markdown, as models write it, as rich text: structure is kept, and no text of it is ever parsed by Slack.

Slack's own markdown block would show a link's words and hide its address, reads mentions, and is taken neither on a
home page nor in a container. Here a link shows where it goes, and the rest is text.
"""

from dataclasses import dataclass, field
from itertools import accumulate

from markdown_it import MarkdownIt
from markdown_it.token import Token
from rich.cells import cell_len, set_cell_size

from adapters.chat.card import Markdown
from adapters.chat.folding import beginning, left_out
from adapters.slack import blocks, rich
from adapters.slack.blocks import Block
from adapters.slack.measure import weight
from adapters.slack.render_inline import styled
from adapters.slack.render_text import SEEN_BYTES, muted
from adapters.slack.surface import Surface

_DEEPEST = 8
"""Indents of a list (SDK: RichTextList)."""
_NESTING = 20
"""How deep quotes and lists are read at all."""
_CELL = 30
_THE_REST = "The rest of it"


def markdown_blocks(section: Markdown, *, room: int, surface: Surface) -> list[Block]:
    """The text as rich text; a long one is folded after its beginning, and at the end says how much more there is."""
    text = section.text.strip("\n").rstrip()
    kept, rest = beginning(text, room=room)
    elements = rich_elements(kept)
    more = [muted(left_out(rest))] if rest.strip() else []
    seen = _seen(elements) if surface is Surface.MESSAGE else len(elements)
    made = [blocks.rich_text(elements[:seen])] if elements else []
    if seen == len(elements):
        return [*made, *more]
    return [*made, blocks.container(_THE_REST, [blocks.rich_text(elements[seen:]), *more])]


def _seen(elements: list[Block]) -> int:
    """How many elements are seen before the rest is unfolded."""
    sums = list(accumulate(weight(element) for element in elements))
    if not sums or sums[-1] <= SEEN_BYTES * 2:
        return len(elements)
    return max(1, sum(total <= SEEN_BYTES for total in sums))


def rich_elements(text: str) -> list[Block]:
    """The elements of a rich text block for `text` in Markdown (CommonMark with tables and strikethrough)."""
    parser = MarkdownIt("commonmark", {"html": False, "maxNesting": _NESTING}).enable(["table", "strikethrough"])
    writer = _Writer()
    for token in parser.parse(text):
        writer.take(token)
    return writer.done()


@dataclass(slots=True)
class _Writer:
    """Takes the parser's tokens one after the other and keeps what is to be shown."""

    made: list[Block] = field(default_factory=list[Block])
    running: list[Block] = field(default_factory=list[Block])
    """Running text that was not put anywhere yet."""
    lists: list["_List"] = field(default_factory=list["_List"])
    quotes: int = 0
    heading: bool = False
    rows: list[list[str]] | None = None

    def take(self, token: Token) -> None:
        match token.type:
            case "inline":
                self._inline(token)
            case "fence" | "code_block":
                self._code(token.content)
            case "bullet_list_open" | "ordered_list_open":
                self._flush()
                self.lists.append(_List(number=int(token.attrGet("start") or 1) if token.type[0] == "o" else None))
            case "bullet_list_close" | "ordered_list_close":
                self._flush()
                self.lists.pop()
            case "list_item_close":
                self._flush()
                self.lists[-1].next_item()
            case "blockquote_open":
                self._flush()
                self.quotes += 1
            case "blockquote_close":
                self._flush()
                self.quotes -= 1
            case "heading_open" | "heading_close":
                self.heading = token.nesting > 0
            case "table_open":
                self._flush()
                self.rows = []
            case "tr_open" if self.rows is not None:
                self.rows.append([])
            case "table_close":
                self._table()
            case _:
                pass

    def done(self) -> list[Block]:
        """Everything, the last running text included."""
        self._flush()
        return self.made

    def _inline(self, token: Token) -> None:
        if self.rows:
            self.rows[-1].append(" ".join(token.content.split()))
            return
        words = list(styled(token.children or [], bold=self.heading))
        if not words:
            return
        if self.running:
            self.running.append(rich.span("\n" if self.lists else "\n\n"))
        self.running += words

    def _code(self, content: str) -> None:
        self._flush()
        if content.strip("\n"):
            self.made.append(rich.preformatted(content.rstrip("\n")))

    def _table(self) -> None:
        rows, self.rows = self.rows or [], None
        if text := _in_columns(rows):
            self.made.append(rich.preformatted(text))

    def _flush(self) -> None:
        """Put the running text where it belongs: a list's item, a quote, or a paragraph."""
        words, self.running = self.running, []
        if not words:
            return
        if self.lists:
            self._item(words)
        elif self.quotes:
            self.made.append(rich.quote(words))
        else:
            self.made.append(rich.paragraph(words))

    def _item(self, words: list[Block]) -> None:
        """One item; it joins the list before it when it goes on with it."""
        here, indent = self.lists[-1], min(_DEEPEST, len(self.lists) - 1)
        ordered = here.number is not None
        before = self.made[-1] if self.made else {}
        style = "ordered" if ordered else "bullet"
        if not here.fresh:
            # a second paragraph of the same item
            self.made.append(rich.paragraph(words))
        elif before is here.shown and before.get("indent") == indent:
            before["elements"].append(rich.paragraph(words))
        elif ordered and here.number != 1:
            # Slack counts every list from 1
            self.made.append(rich.paragraph([rich.span(f"{here.number}. "), *words]))
        else:
            here.shown = rich.listing([words], ordered=style == "ordered", indent=indent)
            self.made.append(here.shown)
        here.fresh = False


@dataclass(slots=True)
class _List:
    """A list that is open; `number` is that of its next item, None for bullets."""

    number: int | None
    fresh: bool = True
    """Whether nothing of the current item was shown yet."""
    shown: Block | None = None

    def next_item(self) -> None:
        self.fresh = True
        self.number = None if self.number is None else self.number + 1


def _in_columns(rows: list[list[str]]) -> str:
    """A table as text."""
    columns = max((len(row) for row in rows), default=0)
    full = [[*row, *[""] * (columns - len(row))] for row in rows]
    widths = [min(_CELL, max(cell_len(row[at]) for row in full)) for at in range(columns)]
    lines = ["  ".join(set_cell_size(cell, width) for cell, width in zip(row, widths, strict=True)) for row in full]
    return "\n".join(line.rstrip() for line in lines).strip("\n")
