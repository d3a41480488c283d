"""Tables as text in columns: Discord has none of its own."""

from collections.abc import Sequence

from rich.cells import cell_len, set_cell_size

from adapters.chat.card import Table
from adapters.chat.measure import units
from adapters.chat.text import one_line
from adapters.discord import markup

_WIDTH = 56
"""Columns of text that a window of usual width shows without breaking lines."""
_LEAST_CELL = 6
_GAP = "  "


def table_text(table: Table, *, room: int) -> str:
    """Headings, as many rows as fit into about `room` characters, and the total, in a block of equal letters."""
    if not table.columns:
        return ""
    numbers = [column.number for column in table.columns]
    total = [list(table.total)] if table.total else []
    rows = [[column.label for column in table.columns], *map(list, table.rows), *total]
    cells = [[one_line(row[at] if at < len(row) else "") for at in range(len(numbers))] for row in rows]
    widths = _widths(cells)
    lines = [_line(row, widths=widths, numbers=numbers) for row in cells]
    head, body, foot = lines[0], lines[1 : len(lines) - len(total)], lines[len(lines) - len(total) :]
    rule = ["─" * min(_WIDTH, max(map(cell_len, lines)))] if foot else []
    kept = len(body)
    while True:
        shown = "\n".join([head, *body[:kept], *rule, *foot])
        more = markup.small(f"… {len(body) - kept} more rows") if kept < len(body) else ""
        text = "\n".join(filter(None, [markup.code(shown), more]))
        if units(text) <= room or kept <= 1:
            return text
        kept = max(1, min(kept - 1, kept * room // units(text)))


def _widths(rows: Sequence[Sequence[str]]) -> list[int]:
    """How wide each column is: the widest give way first."""
    widths = [max(1, *(cell_len(row[at]) for row in rows)) for at in range(len(rows[0]))]
    room = max(_LEAST_CELL, _WIDTH - len(_GAP) * (len(widths) - 1))
    while sum(widths) > room and max(widths) > _LEAST_CELL:
        widths[widths.index(max(widths))] -= 1
    return widths


def _line(row: Sequence[str], *, widths: Sequence[int], numbers: Sequence[bool]) -> str:
    return _GAP.join(map(_aligned, row, widths, numbers)).rstrip()


def _aligned(cell: str, width: int, right: bool) -> str:
    cell = one_line(cell, width=width)
    return " " * (width - cell_len(cell)) + cell if right else set_cell_size(cell, width)
