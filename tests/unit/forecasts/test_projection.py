"""Projections: the band holds about as often as it says, over pasts of many shapes, and what must hold always holds."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from math import exp
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain.period import Period, day, month, week
from core.forecasts.projection import ENOUGH_DAYS, History, Outlook, Projection, TooEarly, history_of, projected

pytestmark = pytest.mark.money

NOW = datetime(2026, 11, 10, tzinfo=UTC)
"""A Tuesday's midnight: nothing of the day is over."""
TODAY = NOW.date()
NOVEMBER = month(NOW, "UTC")
AHEAD = 21
"""Days of November that are left."""
CASES = 250


def flat(random: Random, _number: int, _weekday: int) -> float:
    return 10 * random.lognormvariate(-0.08, 0.4)


def weekdays(random: Random, _number: int, weekday: int) -> float:
    return (14, 12, 12, 11, 9, 4, 3)[weekday] * random.lognormvariate(-0.08, 0.4)


def free_weekends(random: Random, _number: int, weekday: int) -> float:
    return 14 * random.lognormvariate(-0.08, 0.4) if weekday < 5 else 0.0


def growing(random: Random, number: int, _weekday: int) -> float:
    return 10 * (1 + number / 250) * random.lognormvariate(-0.12, 0.5)


def falling(random: Random, number: int, _weekday: int) -> float:
    return 10 * exp(-number / 250) * random.lognormvariate(-0.12, 0.5)


def bursts(random: Random, _number: int, _weekday: int) -> float:
    return random.lognormvariate(1, 0.5) + (random.lognormvariate(3, 0.5) if random.random() < 0.12 else 0)


Shape = Callable[[Random, int, int], float]
SHAPES: tuple[Shape, ...] = (flat, weekdays, free_weekends, growing, falling, bursts)


def days_of(shape: Shape, seed: int, *, before: int = 56) -> list[tuple[date, Decimal]]:
    """Days of this shape, so many before today and all that is left of the month."""
    random = Random(f"{shape.__name__} {seed}")
    first = TODAY - timedelta(days=before)
    dates = [first + timedelta(days=number) for number in range(before + AHEAD)]
    return [(each, Decimal(f"{shape(random, number, each.weekday()):.4f}")) for number, each in enumerate(dates)]


def ahead(days: list[tuple[date, Decimal]], period: Period = NOVEMBER, *, now: datetime = NOW) -> Outlook:
    """What the period will come to, as seen today."""
    past = [each for each in days if each[0] <= now.date()]
    spent = sum((usd for each, usd in past if each >= period.begin.date()), start=Decimal(0))
    return projected(history_of(past, today=now.date()), period, spent_usd=spent, now=now, zone="UTC")


def told(found: Outlook) -> Projection:
    assert isinstance(found, Projection)
    return found


@pytest.mark.parametrize("shape", SHAPES)
def test_the_band_holds_as_often_as_it_says(shape: Shape) -> None:
    held = below = 0
    for seed in range(CASES):
        days = days_of(shape, seed)
        known = [each if each[0] < TODAY else (each[0], Decimal(0)) for each in days]
        found = told(ahead(known))
        came = sum((usd for each, usd in days if each >= NOVEMBER.begin.date()), start=Decimal(0))
        held += found.low_usd <= came <= found.high_usd
        below += came < found.low_usd
    assert 0.7 <= held / CASES <= 0.9
    assert below / CASES <= 0.2


@pytest.mark.parametrize("shape", [flat, weekdays, free_weekends])
def test_a_short_past_makes_a_wide_band_that_holds(shape: Shape) -> None:
    held, widths = 0, {14: 0.0, 56: 0.0}
    for seed in range(CASES):
        for before in widths:
            days = days_of(shape, seed, before=before)
            found = told(ahead([each for each in days if each[0] < TODAY]))
            widths[before] += float(found.high_usd - found.low_usd)
            came = sum((usd for each, usd in days if each >= NOVEMBER.begin.date()), start=Decimal(0))
            held += before == 14 and found.low_usd <= came <= found.high_usd
    assert held / CASES >= 0.7
    assert widths[14] > widths[56]


def test_less_than_two_weeks_say_when_there_is_enough() -> None:
    first = TODAY - timedelta(days=ENOUGH_DAYS - 1)
    days = [(first + timedelta(days=number), Decimal(3)) for number in range(ENOUGH_DAYS)]
    found = ahead(days)
    assert found == TooEarly(spent_usd=Decimal(30), on=TODAY + timedelta(days=1))
    assert isinstance(ahead(days, now=NOW + timedelta(days=1)), Projection)
    assert ahead([]) == TooEarly(spent_usd=Decimal(0), on=None)
    assert ahead([(TODAY, Decimal(1))]) == TooEarly(spent_usd=Decimal(1), on=TODAY + timedelta(days=ENOUGH_DAYS))


def test_a_period_that_is_over_comes_to_what_was_spent() -> None:
    found = told(
        projected(
            history_of([], today=TODAY),
            month(NOW - timedelta(days=20), "UTC"),
            spent_usd=Decimal(7),
            now=NOW,
            zone="UTC",
        )
    )
    assert (found.low_usd, found.likely_usd, found.high_usd) == (7, 7, 7)


def test_a_week_of_free_weekends_is_known_by_friday_evening() -> None:
    friday = datetime(2026, 11, 13, 23, 59, tzinfo=UTC)
    days = [
        (each, Decimal(14 if each.weekday() < 5 else 0))
        for each in (friday.date() - timedelta(days=number) for number in range(57))
    ]
    found = told(ahead(days, week(friday, "UTC"), now=friday))
    assert found.spent_usd == 70
    assert found.likely_usd < 78


def test_the_rest_of_today_counts_by_the_clock_also_where_it_has_25_hours() -> None:
    zone = "Europe/Berlin"
    days = tuple(Decimal(24) for _ in range(56))
    history = History(first=date(2026, 8, 30), usd=days)
    noon = datetime(2026, 10, 25, 11, 0, tzinfo=UTC)
    found = told(projected(history, day(noon, zone), spent_usd=Decimal(0), now=noon, zone=zone))
    # the day began at 22:00 of UTC: 13 of its 25 hours are over
    middle = float(found.low_usd + found.high_usd) / 2
    assert 24 * 12 / 25 * 0.8 < middle < 24 * 12 / 25 * 1.3


PASTS = st.lists(st.decimals(0, 500, places=2), min_size=ENOUGH_DAYS, max_size=57)


@given(usd=PASTS, hours=st.integers(0, 24 * 30), scale=st.sampled_from([3, 10, 1000]))
def test_it_is_never_less_than_spent_and_as_large_as_its_past(usd: list[Decimal], hours: int, scale: int) -> None:
    now = NOVEMBER.begin + timedelta(hours=hours)
    first = now.date() - timedelta(days=len(usd))
    one = projected(History(first=first, usd=tuple(usd)), NOVEMBER, spent_usd=Decimal(5), now=now, zone="UTC")
    many = History(first=first, usd=tuple(each * scale for each in usd))
    found, larger = told(one), told(projected(many, NOVEMBER, spent_usd=Decimal(5) * scale, now=now, zone="UTC"))
    assert found.spent_usd <= found.low_usd <= found.likely_usd <= found.high_usd
    for part in ("low_usd", "likely_usd", "high_usd"):
        assert abs(getattr(larger, part) - getattr(found, part) * scale) <= Decimal("0.0001") * 2 * scale


@given(usd=PASTS, more=st.decimals(0, 100, places=2))
def test_more_that_is_spent_today_comes_on_top(usd: list[Decimal], more: Decimal) -> None:
    history = History(first=TODAY - timedelta(days=len(usd)), usd=tuple(usd))
    less = told(projected(history, NOVEMBER, spent_usd=Decimal(1), now=NOW, zone="UTC"))
    found = told(projected(history, NOVEMBER, spent_usd=Decimal(1) + more, now=NOW, zone="UTC"))
    assert found.likely_usd - less.likely_usd == more
