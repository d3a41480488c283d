"""Markdown, as models write it, in Discord's own: structure is kept, and what could call or deceive anybody is text.

Discord reads mentions and hides where links lead. Here after the words of a link comes its address, and whatever is
not structure is escaped.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from markdown_it import MarkdownIt
from markdown_it.token import Token

from adapters.chat.address import is_address
from adapters.chat.folding import beginning, left_out
from adapters.chat.measure import units
from adapters.discord import markup

_NESTING = 20
"""How deep quotes and lists are read at all."""
_INDENT = "  "
_LEAST_ROOM = 40
_SHRINK = 0.8
_MARGIN = 60


def markdown_text(text: str, *, room: int) -> str:
    """The text in about `room` characters; a longer one says at its end how much more there is."""
    text = text.strip("\n").rstrip()
    if units(whole := discord_markdown(text)) <= room:
        return whole
    width = max(_LEAST_ROOM, room - _MARGIN)
    while True:
        kept, rest = beginning(text, room=width)
        more = markup.small(left_out(rest)) if rest.strip() else ""
        made = "\n".join(part for part in (discord_markdown(kept), more) if part)
        if units(made) <= room or width <= _LEAST_ROOM:
            return made
        width = max(_LEAST_ROOM, int(width * _SHRINK))


def discord_markdown(text: str) -> str:
    """`text` in Markdown (CommonMark with tables and strikethrough) as Discord shows the same."""
    parser = MarkdownIt("commonmark", {"html": False, "maxNesting": _NESTING}).enable(["table", "strikethrough"])
    writer = _Writer()
    for token in parser.parse(text):
        writer.take(token)
    return "\n".join(writer.lines).strip("\n")


@dataclass(slots=True)
class _Writer:
    """Takes the parser's tokens one after the other and writes lines."""

    lines: list[str] = field(default_factory=list[str])
    lists: list[int | None] = field(default_factory=list["int | None"])
    """The lists that are open: the number of the next item, None for bullets."""
    quotes: int = 0
    heading: bool = False
    fresh: bool = False
    """Whether an item was begun and nothing of it is written yet."""
    rows: list[list[str]] | None = None

    def take(self, token: Token) -> None:
        match token.type:
            case "inline":
                self._inline(token)
            case "fence" | "code_block":
                self._write(markup.code(token.content.rstrip("\n"), language=token.info.strip().split(" ")[0]))
            case "bullet_list_open" | "ordered_list_open":
                self._gap()
                self.lists.append(int(token.attrGet("start") or 1) if token.type.startswith("o") else None)
            case "bullet_list_close" | "ordered_list_close":
                self.lists.pop()
            case "list_item_open":
                self.fresh = True
            case "blockquote_open" | "blockquote_close":
                self.quotes += token.nesting
            case "heading_open" | "heading_close":
                self.heading = token.nesting > 0
            case "table_open":
                self.rows = []
            case "tr_open" if self.rows is not None:
                self.rows.append([])
            case "table_close":
                self._table()
            case "hr":
                self._write("———")
            case _:
                pass

    def _inline(self, token: Token) -> None:
        if self.rows:
            self.rows[-1].append(" ".join(token.content.split()))
            return
        text = "".join(_styled(token.children or []))
        if not text.strip():
            return
        self._write(f"**{text}**" if self.heading and "**" not in text else text)

    def _gap(self) -> None:
        """An empty line between paragraphs, none within lists."""
        if self.lines and not self.lists and self.lines[-1]:
            self.lines.append("")

    def _write(self, text: str) -> None:
        self._gap()
        indent = _INDENT * max(0, len(self.lists) - 1)
        head = indent + self._bullet() if self.lists and self.fresh else _INDENT * len(self.lists)
        rest = _INDENT * len(self.lists)
        bar = "> " if self.quotes else ""
        for number, line in enumerate(text.split("\n")):
            self.lines.append(f"{bar}{head if number == 0 else rest}{line}")
        self.fresh = False

    def _bullet(self) -> str:
        number = self.lists[-1]
        if number is None:
            return "- "
        self.lists[-1] = number + 1
        return f"{number}. "

    def _table(self) -> None:
        rows, self.rows = self.rows or [], None
        if text := "\n".join("  ".join(cell for cell in row) for row in rows).strip("\n"):
            self._write(markup.code(text))


def _styled(tokens: list[Token]) -> Iterator[str]:
    """Inline tokens as text; after the words of a link comes where it goes."""
    label: list[str] | None = None
    target = ""
    for token in tokens:
        if token.type == "link_open":
            label, target = [], str(token.attrGet("href") or "")
            continue
        if token.type == "link_close":
            yield _going_to(target, label="".join(label or []))
            label = None
            continue
        words = _words(token)
        if label is None:
            yield words
        else:
            label.append(words)


def _words(token: Token) -> str:
    match token.type:
        case "strong_open" | "strong_close":
            return "**"
        case "em_open" | "em_close":
            return "*"
        case "s_open" | "s_close":
            return "~~"
        case "softbreak" | "hardbreak":
            return "\n"
        case "image":
            return _going_to(str(token.attrGet("src") or ""), label=markup.escaped(token.content or "picture"))
        case "code_inline":
            return markup.inline_code(token.content)
        case _:
            return markup.escaped(token.content)


def _going_to(target: str, *, label: str) -> str:
    """A link's words, and where it goes in full; words that are an address themselves would say another place."""
    said = label.strip()
    if not target or said == target:
        return label
    if not said or is_address(said.replace("\\", "")):
        return markup.escaped(target)
    return f"{label} ({markup.escaped(target)})"
