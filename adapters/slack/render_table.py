"""Tables as blocks: Slack's own where it takes one, else text in columns."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate, groupby

from rich.cells import cell_len, set_cell_size

from adapters.chat.card import Table
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


@dataclass(frozen=True, slots=True, kw_only=True)
class _Row:
    cells: list[str]
    bold: bool = False


def table_blocks(tables: Sequence[Table], *, room: int, surface: Surface, first: bool, caption: str) -> list[Block]:
    """Tables that stand together; `first` says whether the message has no other one yet, since Slack takes only one.

    So those with the same kinds of columns become one table with more than one row of headings.
    """
    made: list[Block] = []
    tables = [table for table in tables if table.columns]
    for numbers, group in groupby(tables, key=lambda table: [column.number for column in table.columns]):
        native = first and not made and surface is Surface.MESSAGE
        made += _one(list(group), room=room, native=native, numbers=numbers[: limits.TABLE_COLUMNS], caption=caption)
    return made


def _one(tables: Sequence[Table], *, room: int, native: bool, numbers: list[bool], caption: str) -> list[Block]:
    rows = _rows(tables, columns=len(numbers), width=_CELL if native else _NARROW_CELL)
    # the last row is a sum more often than not; what is between gives way
    last = rows[-1:] if len(rows) > 1 and rows[-1].bold else []
    body = rows[: len(rows) - len(last)]
    kept = _that_fit(body, room=max(_LEAST_ROOM, room - weight([row.cells for row in last])))
    more = [muted(f"… {len(body) - len(kept)} more rows")] if len(kept) < len(body) else []
    shown = [*kept, *last]
    if not native:
        return [_in_columns(shown, numbers=numbers), *more]
    if len(shown) > _PAGE + 1 and not any(row.bold for row in shown[1:]):
        return [_pages(shown, numbers=numbers, caption=caption), *more]
    return [_whole(shown, numbers=numbers), *more]


def _rows(tables: Sequence[Table], *, columns: int, width: int) -> list[_Row]:
    """Headings, rows and sums of all of them."""
    rows: list[_Row] = []
    for table in tables:
        heading = [one_line(column.label, width=width) for column in table.columns[:columns]]
        rows.append(_Row(cells=heading, bold=True))
        rows += [_Row(cells=_cells(row, columns=columns, width=width)) for row in table.rows]
        if table.total:
            rows.append(_Row(cells=_cells(table.total, columns=columns, width=width), bold=True))
    return rows


def _cells(row: Sequence[str], *, columns: int, width: int) -> list[str]:
    """One cell for each column, whatever the row has."""
    return [one_line(cell, width=width) for cell in (*row[:columns], *[""] * (columns - len(row)))]


def _that_fit(rows: list[_Row], *, room: int) -> list[_Row]:
    sums = accumulate(weight(row.cells) + _CELL_WEIGHT * len(row.cells) for row in rows)
    fitting = sum(total <= room for total in sums)
    return rows[: max(1, min(fitting, limits.TABLE_ROWS - 1))]


def _whole(rows: list[_Row], *, numbers: list[bool]) -> Block:
    """Slack makes the first row bold by itself."""
    cells = [[_bold(cell) if row.bold and at else _raw(cell) for cell in row.cells] for at, row in enumerate(rows)]
    return blocks.table(cells, numbers=numbers)


def _pages(rows: list[_Row], *, numbers: list[bool], caption: str) -> Block:
    cells = [[_raw(cell) for cell in rows[0].cells]]
    cells += [
        [_number(cell) if number else _raw(cell) for cell, number in zip(row.cells, numbers, strict=True)]
        for row in rows[1:]
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


def _in_columns(rows: list[_Row], *, numbers: list[bool]) -> Block:
    """The table as text in columns, for places that have no tables."""
    widths = [max(cell_len(row.cells[at]) for row in rows) for at in range(len(numbers))]
    lines = ["  ".join(map(_aligned, row.cells, widths, numbers)) for row in rows]
    return blocks.rich_text([rich.preformatted("\n".join(line.rstrip() for line in lines).strip("\n") or _EMPTY)])


def _aligned(cell: str, width: int, right: bool) -> str:
    return " " * (width - cell_len(cell)) + cell if right else set_cell_size(cell, width)
