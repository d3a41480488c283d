"""One moment in people's words: `tomorrow at 9`, `in 2 hours`, `on 2026-12-01 18:00`; pure."""

import re
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from core.domain.errors import InvalidInputError
from core.schedules.clock import clock_at

FARTHEST = timedelta(days=2 * 366)
_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_DAY = r"(?:mon|tues?|wed(?:nes)?|thu(?:rs?)?|fri|sat(?:ur)?|sun)(?:day)?"
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = r"(?P<month>jan|feb|mar|apr|may|june?|july?|aug|sept?|oct|nov|dec)[a-z]*"
_NTH = r"(?P<day>\d{1,2})(?:st|nd|rd|th)?"
_SPANS = {"min": timedelta(minutes=1), "hour": timedelta(hours=1), "day": timedelta(days=1), "week": timedelta(days=7)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Once:
    """A moment (UTC), and where in the text its words end."""

    at: datetime
    end: int


def read_once(text: str, *, now: datetime, zone: ZoneInfo) -> Once | None:
    """What `text` begins with, None when that is no moment; InvalidInputError for one that cannot be, or is over."""
    found = _later(text, now=now) or _on_a_day(text, now=now, zone=zone)
    if found is None:
        return None
    said = text[: found.end].strip()
    if found.at <= now:
        raise InvalidInputError(f"{said!r} is over already.", hint="Name a moment that is still to come.")
    if found.at - now > FARTHEST:
        raise InvalidInputError(f"{said!r} is more than two years away.", hint="Name a nearer one.")
    return found


def _later(text: str, *, now: datetime) -> Once | None:
    found = _IN.match(text)
    if found is None:
        return None
    count = {"a": 1, "an": 1, "one": 1, "half an": 0.5}.get(found["count"].lower())
    span = next(span for name, span in _SPANS.items() if found["unit"].lower().startswith(name))
    return Once(at=(now + span * (count or int(found["count"]))).astimezone(UTC), end=found.end())


def _on_a_day(text: str, *, now: datetime, zone: ZoneInfo) -> Once | None:
    today = now.astimezone(zone).date()
    for pattern in (_NEAR, _WEEKDAY, _ISO, _NAMED, _NAMED_TURNED):
        if found := pattern.match(text):
            clock = clock_at(text, found.end())
            day = _day_of(found, today)
            at = datetime.combine(day, clock.at, tzinfo=zone).astimezone(UTC)
            if at <= now and pattern is _WEEKDAY:
                # said on that very day, after that time: the one in a week
                at = datetime.combine(day + timedelta(days=7), clock.at, tzinfo=zone).astimezone(UTC)
            return Once(at=at, end=clock.end)
    if found := _AT.match(text):
        clock = clock_at(text, 0)
        at = datetime.combine(today, clock.at, tzinfo=zone)
        at = at if at > now else datetime.combine(today + timedelta(days=1), clock.at, tzinfo=zone)
        return Once(at=at.astimezone(UTC), end=clock.end)
    return None


def _day_of(found: re.Match[str], today: date) -> date:
    groups = found.groupdict()
    if near := groups.get("near"):
        return today + timedelta(days={"today": 0, "tonight": 0, "tomorrow": 1}[near.lower()])
    if name := groups.get("weekday"):
        ahead = (_DAYS.index(name[:3].lower()) - today.weekday()) % 7
        # "next friday" said on a friday is the one in a week
        return today + timedelta(days=ahead or (7 if groups.get("next") else 0))
    month = groups["month"]
    number = int(month) if month.isdigit() else _MONTHS.index(month[:3].lower()) + 1
    year = groups.get("year")
    # without a year it is the next one of that name; between two 29ths of February lie up to eight years
    for each in (int(year),) if year else range(today.year, today.year + 9):
        with suppress(ValueError):
            day = date(each, number, int(groups["day"]))
            if year or day >= today:
                return day
    raise InvalidInputError(f"{found[0].strip()!r} is no date.", hint="Write it such as 2026-12-01.")


def _words(pattern: str) -> re.Pattern[str]:
    return re.compile(rf"(?:{pattern})(?![\w-])", re.IGNORECASE | re.ASCII)


_IN = _words(r"in (?P<count>\d{1,4}|an?|one|half an) (?P<unit>min(?:ute)?s?|hours?|days?|weeks?)")
_NEAR = _words(r"(?P<near>today|tonight|tomorrow)")
_WEEKDAY = _words(rf"(?:on |this )?(?P<next>next )?(?P<weekday>{_DAY})")
_ISO = _words(r"(?:on )?(?P<year>20\d\d)-(?P<month>\d{1,2})-(?P<day>\d{1,2})")
_NAMED = _words(rf"(?:on )?(?:the )?{_NTH}(?: of)? {_MONTH}\.?(?:,? (?P<year>20\d\d))?")
_NAMED_TURNED = _words(rf"(?:on )?{_MONTH}\.? (?:the )?{_NTH}(?:,? (?P<year>20\d\d))?")
_AT = _words(r"(?:at|@) (?=\d|noon|midnight|midday).*?")
