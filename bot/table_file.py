"""Rows as CSV or JSON text, written as they come; CSV cells never become formulas in a spreadsheet."""

import csv
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Literal, Protocol

Format = Literal["csv", "json"]
Cell = str | int | float | Decimal | None
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "|", "%")
"""First characters that make a spreadsheet calculate, or a shell behind it run something."""


class RowText(Protocol):
    """Rows as text, piece by piece: the pieces in order are the file."""

    def head(self) -> str:
        """What comes before all rows."""
        ...

    def rows(self, rows: Iterable[Mapping[str, Cell]]) -> str:
        """The text of some rows."""
        ...

    def foot(self) -> str:
        """What comes after all rows."""
        ...


def row_text(form: Format, columns: Sequence[str]) -> RowText:
    """The writer of that format."""
    return CsvText(columns) if form == "csv" else JsonText()


class CsvText:
    """Comma separated, a heading first, every line ended by a line feed."""

    def __init__(self, columns: Sequence[str]) -> None:
        self._columns = columns

    def head(self) -> str:
        """The names of the columns."""
        return self._lines([self._columns])

    def rows(self, rows: Iterable[Mapping[str, Cell]]) -> str:
        """One line for each row; nothing stands for None."""
        return self._lines([safe_cell(row[column]) for column in self._columns] for row in rows)

    def foot(self) -> str:
        """Nothing."""
        return ""

    def _lines(self, rows: Iterable[Sequence[Cell]]) -> str:
        page = io.StringIO()
        csv.writer(page, lineterminator="\n").writerows(rows)
        return page.getvalue()


class JsonText:
    """One array, one object a line."""

    def __init__(self) -> None:
        self._begun = False

    def head(self) -> str:
        """The beginning of the array."""
        return "["

    def rows(self, rows: Iterable[Mapping[str, Cell]]) -> str:
        """Objects, with a comma before each but the first of all."""
        text = ""
        for row in rows:
            text += f"{',' if self._begun else ''}\n{json.dumps(row, ensure_ascii=False, default=_exact)}"
            self._begun = True
        return text

    def foot(self) -> str:
        """The end of the array."""
        return "\n]\n" if self._begun else "]\n"


def _exact(value: object) -> str:
    """Money as text: a number of JSON would lose digits in most readers."""
    if isinstance(value, Decimal):
        return f"{value:f}"
    raise TypeError(f"{value!r} has no place in a row")


def safe_cell(value: Cell) -> Cell:
    """`value` to the letter, but an apostrophe comes before a text that a spreadsheet would calculate with."""
    if isinstance(value, Decimal):
        # exact, and never with an exponent
        return f"{value:f}"
    return f"'{value}" if isinstance(value, str) and value.lstrip(" ").startswith(_FORMULA) else value
