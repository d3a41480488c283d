"""Days, weeks and months where clocks change."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import available_timezones

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from core.domain.period import PeriodUnit, day, days, last_days, midnight, month, month_of, period_of, previous, week

pytestmark = pytest.mark.money

BERLIN = "Europe/Berlin"
MOMENTS = st.integers(631_152_000, 2_140_000_000).map(lambda seconds: datetime.fromtimestamp(seconds, UTC))
ZONES = st.sampled_from(sorted(available_timezones()))


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


def test_a_day_begins_at_midnight_of_its_zone() -> None:
    found = day(at("2026-11-21T23:30:00Z"), BERLIN)
    assert (found.begin, found.end) == (at("2026-11-22T00:00+01:00"), at("2026-11-23T00:00+01:00"))


@pytest.mark.parametrize(("on", "hours"), [("2026-03-29", 23), ("2026-10-25", 25), ("2026-06-01", 24)])
def test_a_day_is_as_long_as_the_clock_says(on: str, hours: int) -> None:
    found = day(at(f"{on}T12:00Z"), BERLIN)
    assert found.end - found.begin == timedelta(hours=hours)


def test_a_week_begins_on_monday() -> None:
    found = week(at("2026-11-22T22:59:59Z"), BERLIN)
    assert (found.begin, found.end) == (at("2026-11-16T00:00+01:00"), at("2026-11-23T00:00+01:00"))


def test_a_month_in_which_the_clock_is_changed() -> None:
    found = month(at("2026-10-31T12:00Z"), BERLIN)
    assert (found.begin, found.end) == (at("2026-10-01T00:00+02:00"), at("2026-11-01T00:00+01:00"))


def test_december_ends_with_the_year() -> None:
    assert month_of(2026, 12, zone="UTC").end == at("2027-01-01T00:00Z")


def test_a_day_whose_midnight_is_skipped_begins_with_the_jump() -> None:
    # Beirut goes from 23:59:59 to 01:00
    assert midnight(date(2026, 3, 29), "Asia/Beirut") == at("2026-03-28T22:00Z")


@pytest.mark.parametrize(
    "moment", ["2010-11-07T00:00:30-02:30", "2010-11-06T23:01:00-03:30", "2010-11-06T23:59:59-03:30"]
)
def test_a_clock_that_is_set_back_over_midnight_begins_no_day_twice(moment: str) -> None:
    # St. John's went from 00:01 back to 23:01 of the day before
    zone = "America/St_Johns"
    found = day(at(moment), zone)
    assert (found.begin, found.end) == (at("2010-11-07T00:00-02:30"), at("2010-11-08T00:00-03:30"))
    assert previous(PeriodUnit.DAY, at(moment), zone=zone).end == found.begin
    assert last_days(1, at(moment), zone=zone) == found


def test_the_last_seven_days_are_today_and_six_before() -> None:
    found = last_days(7, at("2026-11-21T12:00Z"), zone="UTC")
    assert found == days(date(2026, 11, 15), date(2026, 11, 21), zone="UTC")


@example(moment=at("2010-11-06T23:30:00-03:30"), zone="America/St_Johns", unit=PeriodUnit.DAY)
@example(moment=at("2010-03-04T23:30:00+08:00"), zone="Antarctica/Casey", unit=PeriodUnit.DAY)
@given(moment=MOMENTS, zone=ZONES, unit=st.sampled_from(PeriodUnit))
def test_every_moment_is_in_its_period_and_periods_join_without_gaps(
    moment: datetime, zone: str, unit: PeriodUnit
) -> None:
    found = period_of(unit, moment, zone=zone)
    assert moment in found
    assert found.end not in found
    assert previous(unit, moment, zone=zone).end == found.begin
    assert period_of(unit, found.end, zone=zone).begin == found.end
