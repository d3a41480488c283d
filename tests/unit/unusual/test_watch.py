"""When spending is unusual: twice the usual of enough like ones, far above the spread, and never over cents."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain.unusual import Thresholds
from core.unusual.watch import (
    ENOUGH,
    CacheUse,
    Usual,
    has_collapsed,
    is_dear,
    spike_bound,
    usual_cache,
    usual_of,
)

pytestmark = pytest.mark.money

AS_SET = Thresholds()
USD = st.decimals(0, 1000, places=2)


def usd(*values: str) -> list[Decimal]:
    return [Decimal(value) for value in values]


def test_the_usual_is_the_middle_of_at_least_five() -> None:
    assert usual_of(usd("1", "2", "3", "4")) is None
    assert usual_of(usd("1", "2", "3", "400", "0")) == Usual(value=Decimal(2), over=5)


@pytest.mark.parametrize(
    ("found", "usual", "dear"),
    [
        ("4.01", "2", True),
        ("4.00", "2", False),
        ("0.99", "0.10", False),
        ("1.00", "0.10", True),
        ("1.00", "0", True),
    ],
)
def test_a_task_is_dear_above_twice_the_usual_and_a_dollar(found: str, usual: str, dear: bool) -> None:
    assert is_dear(Decimal(found), Usual(value=Decimal(usual), over=5), AS_SET) is dear


def test_nothing_is_dear_without_its_like() -> None:
    assert not is_dear(Decimal(1000), None, AS_SET)


@given(found=USD, more=USD, values=st.lists(USD, min_size=ENOUGH))
def test_what_costs_more_is_not_less_unusual(found: Decimal, more: Decimal, values: list[Decimal]) -> None:
    usual = usual_of(values)
    assert is_dear(found + more, usual, AS_SET) or not is_dear(found, usual, AS_SET)


def test_a_spike_is_far_above_what_days_differ_anyway() -> None:
    calm = spike_bound(usd(*["10"] * 20), AS_SET, enough=7)
    assert calm is not None
    assert (calm.usual, calm.usd) == (Usual(value=Decimal(10), over=20), Decimal(20))
    wild = spike_bound(usd(*["2", "10", "30"] * 7), AS_SET, enough=7)
    assert wild is not None
    assert wild.usd > 60
    cents = spike_bound(usd(*["0.05"] * 20), AS_SET, enough=7)
    assert cents is not None
    assert cents.usd == Decimal("10.05")


def test_days_without_spending_do_not_make_the_others_unusual() -> None:
    assert spike_bound(usd(*["0"] * 20, *["10"] * 6), AS_SET, enough=7) is None
    found = spike_bound(usd(*["0"] * 20, *["10"] * 7), AS_SET, enough=7)
    assert found is not None
    assert found.usual.value == 10


@given(values=st.lists(USD, min_size=7, max_size=60))
def test_one_wild_day_hardly_moves_the_bound(values: list[Decimal]) -> None:
    before = spike_bound([each + 1 for each in values], AS_SET, enough=7)
    after = spike_bound([*(each + 1 for each in values), Decimal(10) ** 6], AS_SET, enough=7)
    assert before is not None
    assert after is not None
    assert after.usual.value <= max(values) + 1


def test_a_cache_collapses_below_half_of_a_share_worth_speaking_of() -> None:
    days = [CacheUse(cached=800_000, read=1_000_000)] * 5
    usual = usual_cache(days, AS_SET)
    assert usual == Usual(value=Decimal("0.8"), over=5)
    assert has_collapsed(CacheUse(cached=300_000, read=1_000_000), usual, AS_SET)
    assert not has_collapsed(CacheUse(cached=400_000, read=1_000_000), usual, AS_SET)
    # too little to matter
    assert not has_collapsed(CacheUse(cached=0, read=499_999), usual, AS_SET)
    assert usual_cache(days[1:], AS_SET) is None
    assert usual_cache([CacheUse(cached=1, read=499_999)] * 9, AS_SET) is None
    assert usual_cache([CacheUse(cached=100_000, read=1_000_000)] * 9, AS_SET) is None
    assert CacheUse().share == 0
