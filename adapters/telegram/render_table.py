"""Tables for a phone: columns side by side where they fit its width, else some lines for each row."""

import re
from collections.abc import Sequence
from itertools import zip_longest

from rich.cells import cell_len, set_cell_size

from adapters.chat.card import Table
from adapters.chat.text import cut, one_line
from adapters.telegram.markup import Kind, Passage, joined, plain, styled
from adapters.telegram.render_text import Shown

WIDTH = 34
"""Columns of fixed width that a phone shows in one line."""
_GAP = 2
_NARROWEST = 8
"""Columns under which no words are squeezed."""
_LEAST_KEPT = 0.6
"""Share of the longest words that must be left when they are squeezed."""
_CELL = 120
_BARE = re.compile(r"[\d.,]+")
"""A number that says nothing by itself, as `2m 41s` and `$0.31` do."""
_COLUMNS = 12
_NAME = 18
"""Columns of a second cell that still stands beside the first."""
_AIRY = 6
"""Rows up to which there is space between them."""
_ROW_WEIGHT = 8
_LEAST_ROOM = 80


def table_shown(section: Table, *, room: int) -> Shown:
    """The table; rows that do not fit `room` are counted, the sum is always there."""
    columns = section.columns[:_COLUMNS]
    if not columns:
        return Shown()
    heads = [one_line(column.label, width=_CELL) for column in columns]
    rows = [_cells(row, len(columns)) for row in section.rows]
    total = _cells(section.total, len(columns)) if section.total else []
    kept = _that_fit(rows, room=max(_LEAST_ROOM, room))
    shown = in_columns(heads, kept, total, numbers=[column.number for column in columns])
    passage = shown or _in_lines(heads, kept, total)
    missing = len(rows) - len(kept)
    more = styled(f"… {missing:,} more {'row' if missing == 1 else 'rows'}", Kind.ITALIC) if missing else plain("")
    return Shown(passage=joined([passage, more], "\n"), cut=missing > 0)


def in_columns(
    heads: Sequence[str], rows: Sequence[Sequence[str]], total: Sequence[str], *, numbers: Sequence[bool]
) -> Passage | None:
    """The table in columns of fixed width, None when it is too wide for a phone; all rows have a cell for each head."""
    everything = [heads, *rows, *([total] if total else [])]
    widths = [max(cell_len(row[at]) for row in everything) for at in range(len(heads))]
    room = WIDTH - _GAP * (len(widths) - 1)
    if (too_much := sum(widths) - room) > 0:
        widest = max(range(len(widths)), key=lambda at: (not numbers[at], widths[at]))
        if numbers[widest] or widths[widest] - too_much < max(_NARROWEST, widths[widest] * _LEAST_KEPT):
            return None
        widths[widest] -= too_much
    lines = [(" " * _GAP).join(map(_aligned, row, widths, numbers)).rstrip() for row in everything]
    lines.insert(1, "─" * (sum(widths) + _GAP * (len(widths) - 1)))
    return styled("\n".join(lines), Kind.PRE)


def _in_lines(heads: Sequence[str], rows: Sequence[Sequence[str]], total: Sequence[str]) -> Passage:
    """For each row what names it, and under it the rest; bare numbers are told with their heading."""
    everything = [*rows, *([total] if total else [])]
    return joined((_row(heads, row) for row in everything), "\n\n" if len(everything) <= _AIRY else "\n")


def _row(heads: Sequence[str], row: Sequence[str]) -> Passage:
    told = [f"{head} {cell}" if _BARE.fullmatch(cell) and head else cell for head, cell in zip(heads, row, strict=True)]
    named = 2 if len(row) > 2 and told[1] == row[1] and cell_len(row[1]) <= _NAME else 1
    first = joined([styled(row[0], Kind.BOLD), *map(plain, told[1:named])], " · ")
    return joined([first, plain(" · ".join(filter(None, told[named:])))], "\n")


def _cells(row: Sequence[str], number: int) -> list[str]:
    """One cell for each column, whatever the row has."""
    filled = zip_longest(row[:number], range(number), fillvalue="")
    return [one_line(str(cell), width=_CELL) for cell, _ in filled]


def _that_fit(rows: Sequence[list[str]], *, room: int) -> list[list[str]]:
    kept: list[list[str]] = []
    for row in rows:
        room -= sum(map(len, row)) + _ROW_WEIGHT
        if room < 0 and kept:
            break
        kept.append(row)
    return kept


def _aligned(cell: str, width: int, right: bool) -> str:
    cell = cut(cell, width=width)
    return " " * (width - cell_len(cell)) + cell if right else set_cell_size(cell, width)
