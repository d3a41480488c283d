"""Names of months, weekdays and numbers, and the calendar of a zone as it is now; pure."""

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from core.domain.period import Period, PeriodUnit, days, month_of, period_of, previous

_MONTHS = ("january", "february", "march", "april", "may", "june", "july", "august", "september", "october")
MONTHS = {
    name: number for number, each in enumerate((*_MONTHS, "november", "december"), 1) for name in (each, each[:3])
} | {"sept": 9}
WEEKDAYS = {
    name: number
    for number, each in enumerate(("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"))
    for name in (each, each[:3], f"{each}s")
} | {"tues": 1, "weds": 2, "thur": 3, "thurs": 3}
NUMBERS = {
    **{"a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8},
    **{"nine": 9, "ten": 10, "twelve": 12, "couple of": 2, "few": 3},
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Calendar:
    """Now, in a zone."""

    now: datetime
    zone: str

    @property
    def today(self) -> date:
        """The date there."""
        return self.now.astimezone(ZoneInfo(self.zone)).date()

    def unit(self, unit: PeriodUnit, *, last: bool = False) -> Period:
        """This, or the last, day, week or month."""
        return (previous if last else period_of)(unit, self.now, zone=self.zone)

    def year(self, number: int) -> Period:
        """A whole year."""
        return days(date(number, 1, 1), date(number, 12, 31), zone=self.zone)

    def quarter(self, number: int, *, year: int) -> Period:
        """A quarter, 1 to 4; 0 and below are those of the years before."""
        year, index = year + (number - 1) // 4, (number - 1) % 4
        begin = month_of(year, index * 3 + 1, zone=self.zone).begin
        return Period(begin=begin, end=month_of(year, index * 3 + 3, zone=self.zone).end)

    def month_named(self, number: int, *, year: int | None = None) -> Period:
        """A month by its name: of `year`, else the newest one that has begun."""
        if year is None:
            year = self.today.year if number <= self.today.month else self.today.year - 1
        return month_of(year, number, zone=self.zone)
