"""A grid of characters: lines that join where they belong together and pass where they do not, and text over them."""

from dataclasses import dataclass, field

from rich.cells import split_graphemes

UP, DOWN, LEFT, RIGHT = 1, 2, 4, 8
_VERTICAL, _HORIZONTAL = UP | DOWN, LEFT | RIGHT
_LINES = {
    UP: "│",
    DOWN: "│",
    UP | DOWN: "│",
    LEFT: "─",
    RIGHT: "─",
    LEFT | RIGHT: "─",
    DOWN | RIGHT: "┌",
    DOWN | LEFT: "┐",
    UP | RIGHT: "└",
    UP | LEFT: "┘",
    UP | DOWN | RIGHT: "├",
    UP | DOWN | LEFT: "┤",
    DOWN | LEFT | RIGHT: "┬",
    UP | LEFT | RIGHT: "┴",
    UP | DOWN | LEFT | RIGHT: "┼",
}
_TO_LETTERS = str.maketrans({**dict.fromkeys("┌┐└┘├┤┬┴┼", "+"), "─": "-", "│": "|", "▼": "v", "◀": "<", "▶": ">"})

_FRAME = ""
Cell = tuple[int, int]
"""Row and column."""


@dataclass(slots=True)
class Canvas:
    """Draw, then read `rows`. A `net` names what belongs together: lines of one net join, others cross as a bridge."""

    _lines: dict[Cell, dict[str, int]] = field(default_factory=dict[Cell, dict[str, int]])
    _text: dict[Cell, str] = field(default_factory=dict[Cell, str])

    def down(self, column: int, *, top: int, bottom: int, net: str) -> None:
        """A line from row `top` to row `bottom`, both drawn."""
        for row in range(top, bottom + 1):
            ways = (UP if row > top else 0) | (DOWN if row < bottom else 0)
            self._add((row, column), ways, net)

    def across(self, row: int, *, left: int, right: int, net: str) -> None:
        """A line from column `left` to column `right`, both drawn."""
        for column in range(left, right + 1):
            ways = (LEFT if column > left else 0) | (RIGHT if column < right else 0)
            self._add((row, column), ways, net)

    def box(self, *, top: int, left: int, bottom: int, right: int) -> None:
        """A frame; lines that end on it join it."""
        for row in (top, bottom):
            self.across(row, left=left, right=right, net=_FRAME)
        for column in (left, right):
            self.down(column, top=top, bottom=bottom, net=_FRAME)

    def write(self, row: int, column: int, text: str) -> None:
        """`text` over whatever is there; a wide character takes two columns."""
        for start, stop, cells in split_graphemes(text)[0]:
            self._text[row, column] = text[start:stop]
            for further in range(1, cells):
                self._text[row, column + further] = ""
            column += cells

    def rows(self, *, letters: bool = False) -> tuple[str, ...]:
        """What was drawn, without blanks at the ends; `letters` for terminals that know no lines."""
        cells = {**{cell: _drawn(nets) for cell, nets in self._lines.items()}, **self._text}
        if not cells:
            return ()
        first = min(0, *(column for _, column in cells))
        lines: list[str] = []
        for row in range(max(row for row, _ in cells) + 1):
            columns = [column for each, column in cells if each == row]
            line = "".join(
                cells.get((row, column), " ") for column in range(first, max(columns, default=-1) + 1)
            ).rstrip()
            lines.append(line.translate(_TO_LETTERS) if letters else line)
        return tuple(lines)

    def _add(self, cell: Cell, ways: int, net: str) -> None:
        nets = self._lines.setdefault(cell, {})
        nets[net] = nets.get(net, 0) | ways


def _drawn(nets: dict[str, int]) -> str:
    ways = list(nets.values())
    upright = any(not each & _HORIZONTAL for each in ways)
    level = any(not each & _VERTICAL for each in ways)
    if len(ways) > 1 and upright and level and _FRAME not in nets:
        # two that have nothing to do with each other: the upright one passes in front
        return _LINES[_VERTICAL]
    joined = 0
    for each in ways:
        joined |= each
    return _LINES.get(joined, " ")
