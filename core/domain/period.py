"""Days, weeks and months of a time zone as half-open spans of UTC time; pure. Weeks begin on Monday."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import assert_never
from zoneinfo import ZoneInfo


class PeriodUnit(StrEnum):
    """What is counted together."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """From `begin` on, and before `end`: both aware, in UTC."""

    begin: datetime
    end: datetime

    def __contains__(self, at: datetime) -> bool:
        return self.begin <= at < self.end


def day(at: datetime, zone: str) -> Period:
    """The day of `zone` (IANA name) that `at` (aware) is in: 23 or 25 hours where the clock is changed."""
    return days(_date(at, zone), _date(at, zone), zone=zone)


def week(at: datetime, zone: str) -> Period:
    """The week of `zone` that `at` is in."""
    monday = _date(at, zone) - timedelta(days=_date(at, zone).weekday())
    return days(monday, monday + timedelta(days=6), zone=zone)


def month(at: datetime, zone: str) -> Period:
    """The month of `zone` that `at` is in."""
    today = _date(at, zone)
    return month_of(today.year, today.month, zone=zone)


def month_of(year: int, number: int, *, zone: str) -> Period:
    """Month `number` (1 to 12) of `year`."""
    following = date(year + number // 12, number % 12 + 1, 1)
    return Period(begin=midnight(date(year, number, 1), zone), end=midnight(following, zone))


def period_of(unit: PeriodUnit, at: datetime, *, zone: str) -> Period:
    """The day, week or month of `zone` that `at` is in."""
    match unit:
        case PeriodUnit.DAY:
            return day(at, zone)
        case PeriodUnit.WEEK:
            return week(at, zone)
        case PeriodUnit.MONTH:
            return month(at, zone)
        case _:
            assert_never(unit)


def previous(unit: PeriodUnit, at: datetime, *, zone: str) -> Period:
    """The day, week or month before the one that `at` is in."""
    begin = period_of(unit, at, zone=zone).begin
    return period_of(unit, begin - timedelta(microseconds=1), zone=zone)


def days(first: date, last: date, *, zone: str) -> Period:
    """From the beginning of `first` to the end of `last`."""
    return Period(begin=midnight(first, zone), end=midnight(last + timedelta(days=1), zone))


def last_days(count: int, at: datetime, *, zone: str) -> Period:
    """Today and the days before it, `count` in all."""
    today = _date(at, zone)
    return days(today - timedelta(days=count - 1), today, zone=zone)


def midnight(on: date, zone: str) -> datetime:
    """The first moment of a day, in UTC; where the clock jumps over midnight, the moment of the jump."""
    return datetime.combine(on, time(), tzinfo=ZoneInfo(zone)).astimezone(UTC)


def _date(at: datetime, zone: str) -> date:
    said = at.astimezone(ZoneInfo(zone)).date()
    following = said + timedelta(days=1)
    # A clock that is set back over midnight says yesterday's date once more, in the day that has begun
    return following if midnight(following, zone) <= at else said
