"""What stands in a box: a title and notes, wrapped to a width (pure)."""

from rich.cells import cell_len, split_graphemes

from adapters.console.diagram.graph import Node

FRAME = 4
"""Columns that a frame and the blanks in it take."""


def content(node: Node, *, width: int) -> tuple[str, ...]:
    """The lines of a box, each at most `width` columns."""
    return tuple(line for text in (node.title, *node.notes) for line in wrapped(text, width=width))


def wrapped(text: str, *, width: int) -> tuple[str, ...]:
    """`text` in lines of at most `width` (at least 2) columns, broken between words where that is possible."""
    lines: list[str] = []
    line = ""
    for word in text.split():
        for piece in _pieces(word, width=width):
            longer = f"{line} {piece}" if line else piece
            if cell_len(longer) <= width:
                line = longer
            else:
                lines.append(line)
                line = piece
    return (*lines, line) if line else tuple(lines)


def _pieces(word: str, *, width: int) -> list[str]:
    if cell_len(word) <= width:
        return [word]
    pieces = [""]
    for start, stop, _ in split_graphemes(word)[0]:
        sign = word[start:stop]
        if cell_len(pieces[-1] + sign) > width:
            pieces.append("")
        pieces[-1] += sign
    return pieces
