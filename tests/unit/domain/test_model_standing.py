"""A model's standing: opened by failures in a row, for longer each time, half open after that, closed by a success."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain.model import FAILURES_TO_OPEN, FIRST_HOLD_S, LONGEST_HOLD_S, ModelStanding
from tests.support.values import NOON

FRESH = ModelStanding(model="opus")
MINUTE = timedelta(minutes=1)
moments = st.integers(0, 100_000).map(lambda seconds: NOON + timedelta(seconds=seconds))


def failed(times: int, *, standing: ModelStanding = FRESH, at: datetime = NOON) -> ModelStanding:
    for _ in range(times):
        standing = standing.after_failure(now=at, reason="529 Overloaded")
    return standing


@given(moments)
def test_a_model_that_never_failed_is_free(now: datetime) -> None:
    assert FRESH.held_until(now) is None
    assert not FRESH.broken(now)
    assert not FRESH.limited(now)


@pytest.mark.parametrize("times", range(FAILURES_TO_OPEN))
def test_fewer_failures_than_it_takes_leave_it_free_and_remember_why(times: int) -> None:
    standing = failed(times)
    assert standing.failures == times
    assert standing.held_until(NOON) is None
    assert standing.reason == ("529 Overloaded" if times else "")


@pytest.mark.parametrize(
    ("times", "held_s"), [(3, 60), (4, 120), (5, 240), (6, 480), (7, 960), (8, 1800), (9, 1800), (5000, 1800)]
)
def test_it_is_left_alone_twice_as_long_with_each_failure_up_to_half_an_hour(times: int, held_s: int) -> None:
    standing = failed(times)
    end = NOON + timedelta(seconds=held_s)
    assert standing.held_until(NOON) == end
    assert standing.broken(end - timedelta(microseconds=1))
    assert not standing.broken(end), "then one may try"
    assert standing.broken_until == end, "that it was broken is remembered until a success"


def test_the_bounds_are_a_minute_and_half_an_hour() -> None:
    assert (FIRST_HOLD_S, LONGEST_HOLD_S) == (60.0, 1800.0)


@pytest.mark.parametrize("times", [1, 3, 8])
def test_a_success_makes_it_as_new_but_the_provider_still_wants_its_peace(times: int) -> None:
    limited = failed(times).limited_by_provider(until=NOON + MINUTE, reason="429")
    assert limited.after_success() == ModelStanding(model="opus", limited_until=NOON + MINUTE)


@given(st.lists(moments, min_size=1))
def test_a_limit_only_ever_grows(ends: list[datetime]) -> None:
    standing = FRESH
    for end in ends:
        standing = standing.limited_by_provider(until=end, reason="429")
    assert standing.limited_until == max(ends)
    assert standing.failures == 0, "a limit is no failure"
    assert standing.reason == "429"


@given(st.none() | moments, st.none() | moments, moments)
def test_it_is_held_exactly_while_it_is_limited_or_broken_and_until_both_are_over(
    limited: datetime | None, broken: datetime | None, now: datetime
) -> None:
    standing = replace(FRESH, limited_until=limited, broken_until=broken)
    held = standing.held_until(now)
    assert (held is not None) == (standing.limited(now) or standing.broken(now))
    if held is not None:
        assert held > now
        assert standing.held_until(held) is None
        assert standing.held_until(held - timedelta(microseconds=1)) == held


def test_a_failure_of_the_one_that_tries_opens_it_again_for_longer() -> None:
    first = failed(3)
    assert first.broken_until is not None
    again = failed(1, standing=first, at=first.broken_until)
    assert again.broken_until == first.broken_until + timedelta(seconds=120)
