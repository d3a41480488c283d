"""People are told of each threshold once in a period, and again only when it is crossed anew."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.budgets.thresholds import reached, told_after
from core.domain.limit import ALL, WARN_AT, Tally

pytestmark = pytest.mark.money

NEW = Tally(budget="everything/day", begin=datetime(2026, 11, 21, tzinfo=UTC))
AMOUNTS = st.integers(1, 400).map(lambda cents: Decimal(cents) / 100)
ACTS = st.lists(st.tuples(st.sampled_from(["call", "limit"]), AMOUNTS), min_size=1, max_size=60)


def told(limit: int, *spent: int) -> list[int]:
    """What is told while spending grows from one of `spent` to the next."""
    tally, found = NEW, list[int]()
    for before, after in zip((0, *spent), spent, strict=False):
        tally, percent = told_after(
            tally, before=Decimal(before), after=Decimal(after), limit=Decimal(limit), warn_at=WARN_AT
        )
        found.append(percent)
    return found


def test_each_threshold_is_told_once() -> None:
    assert told(100, 10, 50, 60, 75, 80, 90, 99, 100, 130) == [0, 50, 0, 75, 0, 90, 0, 100, 0]


def test_a_jump_tells_the_highest_alone() -> None:
    assert told(100, 40, 95) == [0, 90]


def test_a_budget_that_is_set_when_much_is_spent_already_tells_at_the_next_call() -> None:
    _, percent = told_after(NEW, before=Decimal(80), after=Decimal(81), limit=Decimal(100), warn_at=WARN_AT)
    assert percent == 75


def test_a_raise_forgets_what_is_no_longer_reached_and_nothing_else() -> None:
    tally, percent = told_after(NEW, before=Decimal(0), after=Decimal(92), limit=Decimal(100), warn_at=WARN_AT)
    assert percent == 90
    # 92 of 120 is above 75 %, which was told; 90 % is crossed anew at 108
    tally, percent = told_after(tally, before=Decimal(92), after=Decimal(93), limit=Decimal(120), warn_at=WARN_AT)
    assert percent == 0
    tally, percent = told_after(tally, before=Decimal(93), after=Decimal(108), limit=Decimal(120), warn_at=WARN_AT)
    assert percent == 90


def test_a_limit_that_was_lowered_tells_what_is_reached_under_it() -> None:
    tally, _ = told_after(NEW, before=Decimal(0), after=Decimal(55), limit=Decimal(100), warn_at=WARN_AT)
    _, percent = told_after(tally, before=Decimal(55), after=Decimal(56), limit=Decimal(60), warn_at=WARN_AT)
    assert percent == 90


@given(acts=ACTS, first=AMOUNTS)
def test_whatever_is_spent_and_changed_what_is_reached_was_told_and_told_again_only_when_crossed_anew(
    acts: list[tuple[str, Decimal]], first: Decimal
) -> None:
    tally, limit, spent, limit_before, highest = NEW, first, Decimal(0), first, 0
    for kind, amount in acts:
        if kind == "limit":
            limit = amount
            continue
        before, spent = spent, spent + amount
        tally, percent = told_after(tally, before=before, after=spent, limit=limit, warn_at=WARN_AT)
        now = reached(spent, limit, WARN_AT)
        assert percent in (0, now)
        if 0 < percent <= highest:
            # by this very call, or because somebody lowered the limit since the call before
            assert reached(before, limit, WARN_AT) < percent or limit < limit_before
        highest, limit_before = max(highest, percent), limit
        assert now <= highest


@given(calls=st.lists(AMOUNTS, max_size=60), limit=AMOUNTS)
def test_under_one_limit_nothing_is_told_twice_and_the_last_word_is_how_it_stands(
    calls: list[Decimal], limit: Decimal
) -> None:
    tally, spent, said = NEW, Decimal(0), list[int]()
    for cost in calls:
        before, spent = spent, spent + cost
        tally, percent = told_after(tally, before=before, after=spent, limit=limit, warn_at=WARN_AT)
        said += [percent] if percent else []
    assert said == sorted(set(said))
    assert (said[-1] if said else 0) == reached(spent, limit, WARN_AT)


def test_all_of_it_is_a_hundred_per_cent() -> None:
    assert reached(Decimal(5), Decimal(5), ()) == ALL
    assert reached(Decimal("4.999999"), Decimal(5), ()) == 0
