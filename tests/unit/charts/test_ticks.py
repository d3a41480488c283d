"""Round numbers of an axis: few, in order, inside what is drawn, and written in little room."""

from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.charts.ticks import tick_text, ticks
from core.costs.picture import Unit

pytestmark = pytest.mark.money

# no sum has more digits than Decimal counts with (28), nor has what the test makes of it
highs = st.decimals("0.0000001", "1e15", places=10)


@given(high=highs, below=st.decimals(0, 3, places=2), unit=st.sampled_from(Unit), about=st.integers(2, 5))
def test_an_axis_has_few_even_steps_within_what_is_drawn_and_zero_among_them(
    high: Decimal, below: Decimal, unit: Unit, about: int
) -> None:
    low = -high * below
    values = ticks(low, high, unit, about=about)
    assert 0 in values
    assert 1 <= len(values) <= about + 1
    assert low <= values[0]
    assert values[-1] <= high
    assert len({late - early for early, late in pairwise(values)}) <= 1
    assert len({tick_text(value, unit) for value in values}) == len(values)


@pytest.mark.parametrize(
    ("high", "unit", "told"),
    [
        ("10", Unit.USD, ["$0", "$5", "$10"]),
        ("0.0005", Unit.USD, ["$0", "$0.0002", "$0.0004"]),
        ("1.8", Unit.USD, ["$0", "$1"]),
        ("1.1", Unit.USD, ["$0", "$0.50", "$1"]),
        ("4200", Unit.USD, ["$0", "$2k", "$4k"]),
        ("12000000", Unit.COUNT, ["0", "5M", "10M"]),
        ("2", Unit.COUNT, ["0", "1", "2"]),
        ("20000", Unit.SECONDS, ["0", "2h", "4h"]),
        ("400000", Unit.SECONDS, ["0", "2d", "4d"]),
        ("1", Unit.SHARE, ["0 %", "50 %", "100 %"]),
    ],
)
def test_numbers_are_written_short(high: str, unit: Unit, told: list[str]) -> None:
    assert [tick_text(value, unit) for value in ticks(Decimal(0), Decimal(high), unit)] == told


def test_what_is_beyond_a_limit_has_a_sign() -> None:
    assert [tick_text(each, Unit.USD) for each in ticks(Decimal(-100), Decimal(200), Unit.USD)] == [
        *("−$100", "$0", "$100", "$200"),
    ]
