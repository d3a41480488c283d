"""Quiet hours hold in the zone of whoever wants them, also over midnight and when clocks are changed."""

from datetime import UTC, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain.notification import NotificationRules, QuietHours, quiet_until

BERLIN = "Europe/Berlin"
NIGHT = QuietHours(begin=time(22), end=time(7), time_zone=BERLIN)
LUNCH = QuietHours(begin=time(12), end=time(13, 30), time_zone=BERLIN)


def until(quiet: QuietHours | None, now: str) -> str | None:
    """When quiet hours at `now` (UTC) end, both as `YYYY-MM-DD HH:MM`."""
    found = quiet_until(NotificationRules(quiet=quiet), datetime.fromisoformat(now).replace(tzinfo=UTC))
    return None if found is None else f"{found:%Y-%m-%d %H:%M}"


@pytest.mark.parametrize(
    ("quiet", "now", "end"),
    [
        (None, "2026-03-01 23:00", None),
        (NIGHT, "2026-03-01 20:59", None),
        (NIGHT, "2026-03-01 21:00", "2026-03-02 06:00"),
        (NIGHT, "2026-03-01 23:30", "2026-03-02 06:00"),
        (NIGHT, "2026-03-02 05:59", "2026-03-02 06:00"),
        (NIGHT, "2026-03-02 06:00", None),
        (NIGHT, "2026-07-01 20:30", "2026-07-02 05:00"),
        (LUNCH, "2026-03-01 10:59", None),
        (LUNCH, "2026-03-01 11:00", "2026-03-01 12:30"),
        (LUNCH, "2026-03-01 12:30", None),
        (QuietHours(begin=time(9), end=time(9), time_zone=BERLIN), "2026-03-01 09:00", None),
    ],
)
def test_quiet_hours_end_when_the_persons_own_clock_says_so(
    quiet: QuietHours | None, now: str, end: str | None
) -> None:
    assert until(quiet, now) == end


@pytest.mark.parametrize(
    ("now", "end"),
    [
        # the night in which clocks go forward is an hour shorter, the other one an hour longer
        ("2026-03-28 22:00", "2026-03-29 05:00"),
        ("2026-10-24 21:00", "2026-10-25 06:00"),
    ],
)
def test_nights_in_which_clocks_are_changed_end_at_the_same_hour(now: str, end: str) -> None:
    assert until(NIGHT, now) == end


def test_in_the_hour_that_comes_twice_the_end_is_never_in_the_past() -> None:
    early = QuietHours(begin=time(22), end=time(2, 30), time_zone=BERLIN)
    assert until(early, "2026-10-25 00:15") == "2026-10-25 00:30"
    assert until(early, "2026-10-25 01:15") == "2026-10-25 01:30"


@given(
    st.datetimes(min_value=datetime(2026, 1, 1), max_value=datetime(2026, 12, 30)),  # noqa: DTZ001  # made aware below
    st.times(),
    st.times(),
    st.sampled_from([BERLIN, "UTC", "America/New_York", "Asia/Kathmandu", "Australia/Lord_Howe"]),
)
def test_quiet_hours_end_within_a_day_and_after_now(now: datetime, begin: time, end: time, zone: str) -> None:
    quiet = QuietHours(begin=begin, end=end, time_zone=zone)
    aware = now.replace(tzinfo=UTC)
    found = quiet_until(NotificationRules(quiet=quiet), aware)
    assert found is None or aware < found <= aware + timedelta(hours=25)
