"""Tables as blocks: Slack's own where it takes one, else text in columns."""

import re
from collections.abc import Sequence
from itertools import takewhile, zip_longest

from rich.cells import cell_len, set_cell_size

from adapters.chat.card import Column, Table
from adapters.chat.text import one_line
from adapters.slack import blocks, limits, rich
from adapters.slack.blocks import Block
from adapters.slack.measure import weight
from adapters.slack.render_text import muted
from adapters.slack.surface import Surface

_CELL = 120
"""Terminal cells of one cell of a table."""
_NARROW_CELL = 26
_PAGE = 10
"""Rows a long table shows at once."""
_EMPTY = " "
"""Cells must not be empty."""
_CELL_WEIGHT = 4
_LEAST_ROOM = 80
_NUMBER = re.compile(r"[^\d.,-]*(-?\d[\d,]*(?:\.\d+)?)[^\d]*")


def table_blocks(section: Table, *, room: int, surface: Surface, first: bool, caption: str) -> list[Block]:
    """A table; `first` says whether the message has no other one yet, since Slack takes only one."""
    columns = section.columns[: limits.TABLE_COLUMNS]
    if not columns:
        return []
    native = first and surface is Surface.MESSAGE
    width = _CELL if native else _NARROW_CELL
    rows = [_cells(row, columns=columns, width=width) for row in section.rows]
    total = _cells(section.total, columns=columns, width=width) if section.total else []
    heading = [one_line(column.label, width=width) for column in columns]
    kept = _that_fit(rows, room=max(_LEAST_ROOM, room - weight(heading) - weight(total)))
    more = [muted(f"… {len(rows) - len(kept)} more rows")] if len(kept) < len(rows) else []
    if not native:
        return [_in_columns(heading, kept, total, columns=columns), *more]
    if len(kept) > _PAGE and not total:
        return [_pages(heading, kept, columns=columns, caption=caption), *more]
    return [_whole(heading, kept, total, columns=columns), *more]


def _cells(row: Sequence[str], *, columns: Sequence[Column], width: int) -> list[str]:
    """One cell for each column, whatever the row has."""
    return [one_line(cell, width=width) for cell, _ in zip_longest(row[: len(columns)], columns, fillvalue="")]


def _that_fit(rows: list[list[str]], *, room: int) -> list[list[str]]:
    used = 0

    def fits(row: list[str]) -> bool:
        nonlocal used
        used += weight(row) + _CELL_WEIGHT * len(row)
        return used <= room

    return list(takewhile(fits, rows[: limits.TABLE_ROWS - 2]))


def _whole(heading: list[str], rows: list[list[str]], total: list[str], *, columns: Sequence[Column]) -> Block:
    cells = [[_raw(cell) for cell in row] for row in (heading, *rows)]
    last = [[_bold(cell) for cell in total]] if total else []
    return blocks.table(cells + last, numbers=[column.number for column in columns])


def _pages(heading: list[str], rows: list[list[str]], *, columns: Sequence[Column], caption: str) -> Block:
    cells = [[_raw(cell) for cell in heading]]
    cells += [
        [_number(cell) if column.number else _raw(cell) for cell, column in zip(row, columns, strict=True)]
        for row in rows
    ]
    return blocks.data_table(cells, caption=caption or "Table", page_size=_PAGE)


def _raw(cell: str) -> Block:
    return {"type": "raw_text", "text": cell or _EMPTY}


def _bold(cell: str) -> Block:
    return blocks.rich_text([rich.paragraph([rich.span(cell, bold=True)])]) if cell else _raw(cell)


def _number(cell: str) -> Block:
    """A number that can be sorted by, shown as it was; text when it is none."""
    found = _NUMBER.fullmatch(cell)
    if not found:
        return _raw(cell)
    return {"type": "raw_number", "value": float(found[1].replace(",", "")), "text": cell}


def _in_columns(heading: list[str], rows: list[list[str]], total: list[str], *, columns: Sequence[Column]) -> Block:
    """The table as text in columns, for places that have no tables."""
    grid = [heading, *rows, *([total] if total else [])]
    widths = [max(cell_len(row[at]) for row in grid) for at in range(len(columns))]
    lines = [
        "  ".join(
            _aligned(cell, width, right=column.number) for cell, width, column in zip(row, widths, columns, strict=True)
        )
        for row in grid
    ]
    return blocks.rich_text([rich.preformatted("\n".join(line.rstrip() for line in lines).strip("\n") or _EMPTY)])


def _aligned(cell: str, width: int, *, right: bool) -> str:
    return " " * (width - cell_len(cell)) + cell if right else set_cell_size(cell, width)
