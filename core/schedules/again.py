"""Times that come again and again, in people's words, as cron: `every weekday at 9`, `the 1st of the month`; pure."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from core.domain.errors import InvalidInputError
from core.schedules.clock import clock_at

_DAYS = {"sun": 0, "mon": 1, "tue": 2, "wed": 3, "thu": 4, "fri": 5, "sat": 6}
_DAY = r"(?:sun|mon|tues?|wed(?:nes)?|thu(?:rs?)?|fri|sat(?:ur)?)(?:days?|s)?"
_NTH = r"(?P<day>first|last|\d{1,2})(?:st|nd|rd|th)?"


@dataclass(frozen=True, slots=True, kw_only=True)
class Again:
    """A cron expression, and where in the text its words end."""

    cron: str
    end: int


def read_again(text: str) -> Again | None:
    """What `text` begins with, None when that is nothing that comes again; InvalidInputError for what cannot be."""
    for pattern, cron_of in _INTERVALS:
        if found := pattern.match(text):
            return Again(cron=cron_of(found), end=found.end())
    for pattern, days_of in _DATES:
        if found := pattern.match(text):
            clock = clock_at(text, found.end())
            return Again(cron=f"{clock.at.minute} {clock.at.hour} {days_of(found)}", end=clock.end)
    return None


def _minutes(found: re.Match[str]) -> str:
    count = _even(found, within=60, least=5, unit="minutes")
    return "0 * * * *" if count == 60 else f"*/{count} * * * *"


def _hours(found: re.Match[str]) -> str:
    count = _even(found, within=24, least=1, unit="hours")
    return {1: "0 * * * *", 24: "0 0 * * *"}.get(count, f"0 */{count} * * *")


def _even(found: re.Match[str], *, within: int, least: int, unit: str) -> int:
    """How many; only what comes out even in an hour or a day is the same every time."""
    said = found["count"]
    count = 2 if said == "other" else int(said or 1)
    if count < least or within % count:
        fits = ", ".join(str(each) for each in range(least, within + 1) if within % each == 0)
        raise InvalidInputError(f"Every {count} {unit} does not come out even.", hint=f"These do: every {fits} {unit}.")
    return count


def _month_day(found: re.Match[str]) -> str:
    said = (found["day"] or "1").lower()
    day = {"first": "1", "last": "L"}.get(said, said)
    if day != "L" and not 1 <= int(day) <= 31:
        raise InvalidInputError(f"No month has a day {day}.", hint="From the 1st to the 31st, or the last.")
    return f"{day} * *"


def _named_days(found: re.Match[str]) -> str:
    names = re.findall(r"[a-z]{3,}", found["days"].lower())
    days = {_DAYS[name[:3]] for name in names if name != "and"}
    return f"* * {','.join(map(str, sorted(days)))}"


def _fixed(days: str) -> Callable[[re.Match[str]], str]:
    return lambda _: days


def _words(pattern: str) -> re.Pattern[str]:
    return re.compile(rf"(?:{pattern})\b", re.IGNORECASE | re.ASCII)


_INTERVALS = (
    (_words(r"every (?:(?P<count>\d{1,3}|other) )?(?:minutes?|mins?)"), _minutes),
    (_words(r"every (?:(?P<count>\d{1,3}|other) )?(?:hours?|hrs?)|hourly(?P<hourly>)"), _hours),
)
_DATES: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], str]], ...] = (
    (_words(r"(?:every|each) (?:weekday|work(?:ing )?day)|(?:on )?(?:weekdays|work(?:ing )?days)"), _fixed("* * 1-5")),
    (_words(r"(?:every|each) weekend|(?:on )?weekends"), _fixed("* * 0,6")),
    (_words(r"(?:every|each) day|daily"), _fixed("* * *")),
    (
        _words(
            rf"(?:(?:weekly on|(?:weekly )?(?:every|each)) |(?:on )?(?=[a-z]+days\b))"
            rf"(?P<days>{_DAY}(?:(?:, ?and |, ?| and ){_DAY})*)"
        ),
        _named_days,
    ),
    (_words(r"(?:every|each) week|weekly"), _fixed("* * 1")),
    (_words(rf"(?:on )?(?:the )?{_NTH}(?: day)? of (?:the|every|each) month"), _month_day),
    (_words(rf"(?:every month|each month|monthly)(?: on the {_NTH}(?: day)?)?"), _month_day),
)
