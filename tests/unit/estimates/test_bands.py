"""Bands from samples: what always holds, and how often reality stays inside them."""

import math
import random
from collections.abc import Callable
from dataclasses import astuple
from statistics import NormalDist

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain.estimate import Band
from core.estimates.bands import predicted, scaled, summed

pytestmark = pytest.mark.money

AMOUNTS = st.floats(1e-4, 1e4)
SAMPLES = st.lists(AMOUNTS, max_size=40)
ONE = Band(p50=1.0, p90=2.5)


@st.composite
def bands(draw: st.DrawFn) -> Band:
    middle = draw(AMOUNTS)
    return Band(p50=middle, p90=middle * draw(st.floats(1.0, 10.0)))


def near(one: Band, two: Band) -> bool:
    return astuple(one) == pytest.approx(astuple(two), rel=1e-9)


@given(SAMPLES, bands())
def test_p90_is_never_below_p50(samples: list[float], expected: Band) -> None:
    band = predicted(samples, expected)
    assert 0 < band.p50 <= band.p90


@given(bands())
def test_without_samples_the_band_is_what_was_stated(expected: Band) -> None:
    assert near(predicted([], expected), expected)


@given(SAMPLES, bands(), st.randoms(use_true_random=False))
def test_the_order_of_samples_does_not_matter(samples: list[float], expected: Band, chance: random.Random) -> None:
    mixed = chance.sample(samples, len(samples))
    assert near(predicted(mixed, expected), predicted(samples, expected))


@given(SAMPLES, bands(), st.floats(0.01, 100))
def test_other_units_give_the_same_band_in_those_units(samples: list[float], expected: Band, factor: float) -> None:
    there = predicted([each * factor for each in samples], scaled(expected, factor))
    assert near(there, scaled(predicted(samples, expected), factor))


@given(st.lists(AMOUNTS, min_size=1, max_size=40), bands(), st.floats(1.0, 50.0), st.data())
def test_a_larger_sample_never_lowers_the_middle(
    samples: list[float], expected: Band, factor: float, data: st.DataObject
) -> None:
    at = data.draw(st.integers(0, len(samples) - 1))
    grown = [each * factor if index == at else each for index, each in enumerate(samples)]
    before, after = predicted(samples, expected), predicted(grown, expected)
    assert after.p50 >= before.p50 * (1 - 1e-9)


@given(st.lists(AMOUNTS, min_size=1, max_size=40), bands(), st.floats(1.0, 50.0))
def test_the_largest_sample_never_lowers_p90_by_growing_when_it_is_over_what_was_expected(
    samples: list[float], expected: Band, factor: float
) -> None:
    ordered = sorted([*samples, expected.p50 * 2])
    grown = [*ordered[:-1], ordered[-1] * factor]
    assert predicted(grown, expected).p90 >= predicted(ordered, expected).p90 * (1 - 1e-9)


def test_what_was_stated_counts_as_much_as_two_samples() -> None:
    assert predicted([4.0], ONE).p50 == pytest.approx(4.0 ** (1 / 3))
    assert predicted([4.0, 4.0], ONE).p50 == pytest.approx(2.0)
    assert predicted([4.0] * 400, ONE).p50 == pytest.approx(4.0, rel=0.01)


def test_what_is_not_above_zero_is_refused() -> None:
    with pytest.raises(ValueError, match="logarithm"):
        predicted([1.0, 0.0], ONE)


@given(st.lists(bands(), min_size=1, max_size=8), st.randoms(use_true_random=False))
def test_a_sum_lies_over_each_of_its_parts_in_any_order(parts: list[Band], chance: random.Random) -> None:
    total = summed(parts)
    assert total.p90 >= total.p50 >= max(each.p50 for each in parts) * (1 - 1e-9)
    assert near(summed(chance.sample(parts, len(parts))), total)


@pytest.mark.parametrize("count", [2, 5, 12])
def test_the_upper_end_of_a_sum_is_below_the_sum_of_the_upper_ends(count: int) -> None:
    total = summed([ONE] * count)
    assert count * ONE.p50 < total.p50
    assert total.p90 < count * ONE.p90
    assert total.p90 > summed([ONE] * count, alike=0.0).p90, "parts that go up together spread more"


def test_one_part_is_its_own_sum_and_nothing_adds_up_to_nothing() -> None:
    assert near(summed([ONE]), ONE)
    assert summed([]) == Band(p50=0.0, p90=0.0)


def log_normal(chance: random.Random) -> float:
    return math.exp(chance.gauss(0.0, 0.7))


def heavy(chance: random.Random) -> float:
    """Log-normal with a long tail, and one in seven goes back and takes three times as much."""
    again = 3.0 if chance.random() < 1 / 7 else 1.0
    return math.exp(chance.gauss(0.0, 0.5)) * again * (1 - chance.random()) ** -0.2


def held(draw: Callable[[random.Random], float], expected: Band, *, history: int, times: int = 1500) -> Band:
    """How often the next one stayed at or under p50 and p90, as shares."""
    chance = random.Random(f"{draw.__name__} {history}")
    outcomes: list[tuple[bool, bool]] = []
    for _ in range(times):
        band = predicted([draw(chance) for _ in range(history)], expected)
        value = draw(chance)
        outcomes.append((value <= band.p50, value <= band.p90))
    return Band(p50=sum(one for one, _ in outcomes) / times, p90=sum(two for _, two in outcomes) / times)


@pytest.mark.parametrize("draw", [log_normal, heavy])
@pytest.mark.parametrize("history", [30, 100])
@pytest.mark.parametrize("wrong_by", [1 / 3, 1.0, 4.0])
def test_with_history_the_bands_hold_as_often_as_they_say_whatever_was_stated(
    draw: Callable[[random.Random], float], history: int, wrong_by: float
) -> None:
    shares = held(draw, scaled(ONE, wrong_by), history=history, times=600)
    assert 0.42 <= shares.p50 <= 0.58
    assert 0.85 <= shares.p90 <= 0.95


@pytest.mark.parametrize("draw", [log_normal, heavy])
@pytest.mark.parametrize("history", [3, 5, 8])
def test_with_few_samples_the_band_is_not_overconfident(draw: Callable[[random.Random], float], history: int) -> None:
    assert held(draw, ONE, history=history).p90 >= 0.8
    assert held(draw, scaled(ONE, 1 / 3), history=history).p90 >= 0.75, "what was stated was far too low"


def test_few_samples_make_a_wider_band_than_many_like_them() -> None:
    spread = NormalDist(0.0, 0.4)
    few, many = ([math.exp(spread.inv_cdf((at + 0.5) / count)) for at in range(count)] for count in (4, 100))
    narrow, wide = predicted(many, ONE), predicted(few, ONE)
    assert wide.p90 / wide.p50 > narrow.p90 / narrow.p50 > 1.5


def test_samples_that_have_nothing_in_common_make_a_band_and_no_error() -> None:
    wild = predicted([1e-9, 1e9], Band(p50=1e-9, p90=1e9))
    assert 0 < wild.p50 <= wild.p90 < math.inf
    assert summed([wild, ONE, wild]).p90 < math.inf
