"""Rows as CSV and JSON: whole, in order, and harmless in a spreadsheet."""

import csv
import io
import json
from collections.abc import Sequence
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.table_file import Cell, RowText, row_text, safe_cell

COLUMNS = ("name", "count", "cost")
ROWS: list[dict[str, Cell]] = [
    {"name": 'a, "b"\nc', "count": 1, "cost": Decimal("0.00001")},
    {"name": None, "count": -2, "cost": "0.5"},
]


def written(text: RowText, *pages: Sequence[dict[str, Cell]]) -> str:
    return text.head() + "".join(text.rows(page) for page in pages) + text.foot()


def test_csv_has_a_heading_and_a_record_for_each_row_however_they_come() -> None:
    at_once = written(row_text("csv", COLUMNS), ROWS)

    assert at_once == written(row_text("csv", COLUMNS), ROWS[:1], [], ROWS[1:])
    assert list(csv.reader(io.StringIO(at_once))) == [
        list(COLUMNS),
        ['a, "b"\nc', "1", "0.00001"],
        ["", "-2", "0.5"],
    ]


def test_json_is_one_array_with_a_line_for_each_row() -> None:
    text = written(row_text("json", COLUMNS), ROWS[:1], [], ROWS[1:])

    assert json.loads(text) == [
        {"name": 'a, "b"\nc', "count": 1, "cost": "0.00001"},
        {"name": None, "count": -2, "cost": "0.5"},
    ]
    assert len(text.splitlines()) == 4


@pytest.mark.parametrize("form", ["csv", "json"])
def test_no_rows_are_a_file_all_the_same(form: str) -> None:
    text = written(row_text("json" if form == "json" else "csv", COLUMNS), [])

    assert text == ("[]\n" if form == "json" else "name,count,cost\n")


@pytest.mark.parametrize(
    "formula",
    ["=1+1", "+1", "-1+1", "@SUM(A1)", "\t=1", "\r=1", "  =HYPERLINK(1)", "|calc", "%0A=1", '=cmd|" /C calc"'],
)
def test_a_text_that_a_spreadsheet_would_calculate_with_is_kept_as_text(formula: str) -> None:
    assert safe_cell(formula) == f"'{formula}"


def test_numbers_and_harmless_texts_stay_as_they_are() -> None:
    for value in (-1, -0.5, None, "", "fix issue #1", "a=b", "Decimal"):
        assert safe_cell(value) == value
    assert safe_cell(Decimal("1E-7")) == "0.0000001"


@given(st.text())
def test_no_text_cell_begins_like_a_formula(text: str) -> None:
    assert not str(safe_cell(text)).lstrip(" ").startswith(("=", "+", "-", "@"))
