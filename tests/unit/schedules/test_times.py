"""Which times a schedule has, and what is due."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from core.domain.identity import PersonId, ProjectName
from core.domain.schedule import Due, Missed, Schedule, ScheduledWork, ScheduleState, When, schedule_id
from core.schedules.times import checked_cron, due, last_time, next_time, upcoming

pytestmark = pytest.mark.money

BERLIN = "Europe/Berlin"
DAILY = When(cron="30 2 * * *", time_zone=BERLIN)
NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
CRONS = ("30 2 * * *", "*/15 * * * *", "0 9 * * 1-5", "0 0 1 * *", "0 9 L * *", "0 * * * *", "15 3 29 2 *")
ZONES = (BERLIN, "UTC", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "Pacific/Apia")


def a_schedule(when: When = DAILY, *, since: datetime, missed: Missed = Missed.RUN, **other: object) -> Schedule:
    known = {"state": ScheduleState.ACTIVE, **other}
    return Schedule(
        id=schedule_id(1),
        project=ProjectName("shop"),
        by=PersonId("console:alice"),
        when=when,
        what=ScheduledWork(request="fix flaky tests"),
        missed=missed,
        counted_from=since,
        created_at=since,
        **known,  # type: ignore[arg-type]
    )


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[arg-type, misc]


def test_a_time_of_day_that_does_not_exist_runs_at_the_next_moment_that_does() -> None:
    assert next_time(DAILY, after=utc(2026, 3, 28, 12)) == utc(2026, 3, 29, 1)
    assert next_time(DAILY, after=utc(2026, 3, 29, 1)) == utc(2026, 3, 30, 0, 30)


def test_a_time_of_day_that_comes_twice_runs_once() -> None:
    first = next_time(DAILY, after=utc(2026, 10, 24, 12))
    assert first == utc(2026, 10, 25, 0, 30)
    assert next_time(DAILY, after=utc(2026, 10, 25, 0, 30)) == utc(2026, 10, 26, 1, 30)


@pytest.mark.parametrize("minute", [30, 59, 60, 75, 89, 90, 120])
def test_in_the_hour_that_comes_twice_the_last_time_is_the_one_that_ran(minute: int) -> None:
    now = utc(2026, 10, 25) + timedelta(minutes=minute)
    ran = utc(2026, 10, 25, 0, 30)
    assert last_time(DAILY, until=now) == ran
    assert due(a_schedule(since=utc(2026, 10, 23, 12)), now=now) == Due(run=ran, counted_to=ran)
    assert due(a_schedule(since=ran), now=now) is None


@pytest.mark.parametrize(
    ("friday", "monday"),
    [((2026, 3, 27, 8), (2026, 3, 30, 7)), ((2026, 10, 23, 7), (2026, 10, 26, 8))],
    ids=["into summer", "out of summer"],
)
def test_nine_on_weekdays_stays_nine_there_when_the_clock_is_changed(
    friday: tuple[int, ...], monday: tuple[int, ...]
) -> None:
    nine = When(cron="0 9 * * 1-5", time_zone=BERLIN)
    assert next_time(nine, after=utc(*friday[:3])) == utc(*friday)
    assert next_time(nine, after=utc(*friday)) == utc(*monday)


def test_nothing_is_due_before_its_time_nor_twice() -> None:
    schedule = a_schedule(since=NOON)
    at = utc(2026, 11, 22, 1, 30)
    assert due(schedule, now=at - timedelta(seconds=1)) is None
    assert due(schedule, now=at) == Due(run=at, counted_to=at)
    assert due(a_schedule(since=at), now=at + timedelta(hours=1)) is None


def test_of_many_missed_times_only_the_last_is_run() -> None:
    schedule = a_schedule(When(cron="*/5 * * * *", time_zone=BERLIN), since=utc(2024, 1, 1))
    found = due(schedule, now=NOON + timedelta(minutes=4))
    assert found == Due(run=NOON, counted_to=NOON)


def test_missed_times_are_skipped_where_that_is_wished() -> None:
    schedule = a_schedule(since=utc(2026, 11, 1), missed=Missed.SKIP)
    assert due(schedule, now=NOON) == Due(run=None, counted_to=utc(2026, 11, 21, 1, 30))


def test_a_little_late_is_not_missed() -> None:
    schedule = a_schedule(since=utc(2026, 11, 20, 12), missed=Missed.SKIP)
    at = utc(2026, 11, 21, 1, 30)
    assert due(schedule, now=at + timedelta(seconds=90)) == Due(run=at, counted_to=at)


def test_one_moment_is_due_once() -> None:
    schedule = a_schedule(When(at=NOON, time_zone=BERLIN), since=utc(2026, 11, 1))
    assert upcoming(schedule, now=utc(2026, 11, 2)) == NOON
    assert due(schedule, now=NOON) == Due(run=NOON, counted_to=NOON)
    assert due(a_schedule(schedule.when, since=NOON), now=NOON + timedelta(days=1)) is None
    assert upcoming(schedule, now=NOON) is None


@pytest.mark.parametrize("state", [ScheduleState.PAUSED, ScheduleState.DONE])
def test_what_rests_is_never_due(state: ScheduleState) -> None:
    schedule = a_schedule(since=utc(2026, 1, 1), state=state)
    assert due(schedule, now=NOON) is None
    assert upcoming(schedule, now=NOON) is None


def test_blanks_of_a_cron_expression_do_not_matter() -> None:
    assert checked_cron("  0  9 * *  1-5 ") == "0 9 * * 1-5"


@example(cron="30 2 * * *", zone=BERLIN, now=utc(2025, 10, 26, 1, 15))
@given(
    cron=st.sampled_from(CRONS),
    zone=st.sampled_from(ZONES),
    now=st.datetimes(datetime(2025, 1, 1), datetime(2029, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001 - given a zone
)
def test_the_last_time_is_the_one_before_the_next(cron: str, zone: str, now: datetime) -> None:
    when = When(cron=cron, time_zone=zone)
    last = last_time(when, until=now)
    assert last is not None
    assert last <= now
    following = next_time(when, after=last)
    assert following is not None
    assert following > now


@example(zone=BERLIN, looks=[60 * 24 + 35, 60 * 25 + 15], cron="30 2 * * *")
@given(
    zone=st.sampled_from(ZONES),
    looks=st.lists(st.integers(0, 60 * 24 * 3), min_size=1, max_size=20),
    cron=st.sampled_from(CRONS[:3]),
)
def test_however_often_it_is_looked_at_each_time_runs_at_most_once_and_the_last_always(
    zone: str, looks: list[int], cron: str
) -> None:
    begin = utc(2026, 10, 24)
    when, counted, ran = When(cron=cron, time_zone=zone), begin, list[datetime]()
    for minutes in sorted(looks):
        now = begin + timedelta(minutes=minutes)
        found = due(a_schedule(when, since=counted), now=now)
        if found is not None:
            assert found.run is not None
            ran.append(found.run)
            counted = found.counted_to
    assert ran == sorted(set(ran))
    newest = last_time(when, until=begin + timedelta(minutes=max(looks)))
    assert newest is not None
    assert (newest in ran) == (newest > begin)
