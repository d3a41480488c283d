"""Times in plain words as periods of a zone: `last week`, `since friday`, `from 3 to 9 march`, `october`; pure."""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from core.costs.words.calendar import MONTHS, NUMBERS, WEEKDAYS, Calendar
from core.domain.period import Period, PeriodUnit, days, last_days, midnight, month_of, period_of

_UNIT_DAYS = {"day": 1, "week": 7, "fortnight": 14}
_MOST = 3660
"""Days back that anybody means."""

_MONTH = "|".join(sorted(MONTHS, key=len, reverse=True))
_WEEKDAY = "|".join(sorted(WEEKDAYS, key=len, reverse=True))
_COUNT = rf"(?:\d{{1,4}}|{'|'.join(sorted(NUMBERS, key=len, reverse=True))})"
_DAY = r"(?:the )?\d{1,2}(?:st|nd|rd|th)?"
_YEAR = r"(?:19|20)\d\d"
_NUMERIC = rf"{_YEAR}-\d\d?-\d\d?|\d{{1,2}}[./]\d{{1,2}}(?:[./](?:{_YEAR}|\d\d))?"
DATE = (
    rf"(?:today|yesterday|(?:the )?day before yesterday|{_NUMERIC}"
    rf"|(?:last |this )?(?:{_WEEKDAY})|{_DAY}(?: of)? (?:{_MONTH})\.?(?:,? {_YEAR})?"
    rf"|(?:{_MONTH})\.? {_DAY}(?:,? {_YEAR})?|{_COUNT} (?:days?|weeks?|months?) ago"
    rf"|(?:the )?(?:beginning|start) of (?:the|this|last) (?:week|month|year|quarter)"
    rf"|(?:last|this) (?:week|month|year|quarter)|(?:{_MONTH})(?: {_YEAR})?|{_YEAR})(?![\w-])"
)
"""What a date may look like; what it means is for `_period_at`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class When:
    """A period as it was said; `period` works it out once the zone is known."""

    said: str
    period: Callable[[Calendar], Period | None]
    """None for a date that is none, such as 31 february."""
    always: bool = False
    """All of the past; then there is no period."""


def _unit(unit: PeriodUnit, *, last: bool) -> Callable[[Calendar], Period]:
    return lambda calendar: calendar.unit(unit, last=last)


_QUARTER = re.compile(
    rf"(?:the )?(?:q(?P<q>[1-4])|(?P<which>first|second|third|fourth) quarter)(?: (?:of )?(?P<y>{_YEAR}))?"
)
_RELATIVE = re.compile(
    rf"(?:in |over |within |during |for )?(?:the )?(?:last|past|previous)(?: (?P<n>{_COUNT}))?"
    r" (?P<unit>hour|day|week|fortnight|month)s?"
)
_LATELY = re.compile(r"lately|recently|these days|of late")
_ORDINAL = {"first": 1, "second": 2, "third": 3, "fourth": 4}
_THIS = re.compile(
    r"(?:(?:in|for|during|over|of|from) )?(?:(?:the )?(?P<which>this|current|last|previous|whole) )"
    r"(?:(?:entire|whole|calendar) )?(?P<unit>day|week|month|quarter|year|weekend)"
)
_WEEKEND = re.compile(r"(?:over|on|at|during) the weekend")
_SO_FAR = re.compile(r"(?P<unit>week|month|quarter|year)[ -]to[ -]date|(?:wtd|mtd|qtd|ytd)\b")
_EVER = re.compile(
    r"(?:of )?all[ -]time|ever|(?:since|from) (?:the )?(?:beginning|start)(?! of)|in all(?: these)? years"
)
_TODAY = re.compile(r"(?:for )?(?:today|this morning|this afternoon|this evening|tonight)(?:'s|s)?")
_YESTERDAY = re.compile(r"(?:for )?(?:yesterday|last night)(?:'s|s)?")
_SINCE = re.compile(rf"(?:since|starting(?: on| from)?|after|beginning(?: on)?) (?P<a>{DATE})")
_FROM = re.compile(
    rf"(?:(?:from |of )?(?P<a>{DATE}) (?:to|until|till|through|-|–) (?P<b>{DATE})"
    rf"|between (?P<c>{DATE}) and (?P<d>{DATE}))"
)
_FROM_SHORT = re.compile(
    rf"(?:from|between) (?P<a>\d{{1,2}}) (?:to|until|till|and|-|–) (?P<b>\d{{1,2}} (?:{_MONTH})(?: {_YEAR})?)"
)
_FROM_ON = re.compile(rf"from (?P<a>{DATE})(?: on(?:wards?)?)?")
_UNTIL = re.compile(rf"(?:until|till|up to|before) (?P<a>{DATE})")
_ON = re.compile(rf"(?:(?:on|in|for|during|over|of) )?(?:the )?(?P<a>{DATE})(?:'s)?")
_SPAN = re.compile(rf"(?:the )?(?:last|this) (?:week|month|year|quarter)|(?:{_MONTH})(?: {_YEAR})?|{_YEAR}")
"""Dates that are more than one day."""
_END = re.compile(r"(?![\w-])")


def read_when(text: str) -> tuple[When, int] | None:
    """The period that `text` begins with and how long its words are; None when it begins with none.

    `text` is in small letters with single blanks.
    """
    found: tuple[When, int] | None = None
    for read in (_ever, _fixed, _relative, _ranged, _dated):
        each = read(text)
        # the longest reading wins: "from 3 march to 9 march" over "from 3 march"
        if each is not None and (found is None or each[1] > found[1]):
            found = each
    return found


def _match(pattern: re.Pattern[str], text: str) -> re.Match[str] | None:
    """A match at the beginning that ends where a word ends."""
    match = pattern.match(text)
    return match if match is not None and match.end() and _END.match(text, match.end()) else None


def _ever(text: str) -> tuple[When, int] | None:
    match = _match(_EVER, text)
    return (When(said="all time", period=lambda _: None, always=True), match.end()) if match else None


def _fixed(text: str) -> tuple[When, int] | None:
    if match := _match(_TODAY, text):
        return When(said="today", period=_unit(PeriodUnit.DAY, last=False)), match.end()
    if match := _match(_YESTERDAY, text):
        return When(said="yesterday", period=_unit(PeriodUnit.DAY, last=True)), match.end()
    if match := _match(_THIS, text):
        last = match["which"] in {"last", "previous"}
        return _this(match["unit"], last=last), match.end()
    if match := _match(_WEEKEND, text):
        return replace(_this("weekend", last=False), said="the weekend"), match.end()
    if match := _match(_SO_FAR, text):
        word = match["unit"] or {"w": "week", "m": "month", "q": "quarter", "y": "year"}[match[0][0]]
        return _this(word, last=False), match.end()
    if match := _match(_QUARTER, text):
        number = int(match["q"]) if match["q"] else _ORDINAL[match["which"]]
        return _quarter(number, year=int(match["y"]) if match["y"] else None), match.end()
    return None


def _this(word: str, *, last: bool) -> When:
    said = f"{'last' if last else 'this'} {word}"
    match word:
        case "quarter":
            return When(
                said=said,
                period=lambda c: c.quarter((c.today.month + 2) // 3 - int(last), year=c.today.year),
            )
        case "year":
            return When(said=said, period=lambda c: c.year(c.today.year - int(last)))
        case "weekend":
            return When(said=said, period=lambda c: _weekend(c, last=last))
        case _:
            return When(said=said, period=_unit(PeriodUnit(word), last=last))


def _weekend(calendar: Calendar, *, last: bool) -> Period:
    """The newest Saturday and Sunday that have begun; `last` those that are over."""
    back = (calendar.today.weekday() - 5) % 7
    saturday = calendar.today - timedelta(days=back + (7 if last and back < 2 else 0))
    return days(saturday, saturday + timedelta(days=1), zone=calendar.zone)


def _quarter(number: int, *, year: int | None) -> When:
    def period(calendar: Calendar) -> Period:
        begun = number <= (calendar.today.month + 2) // 3
        return calendar.quarter(number, year=year or calendar.today.year - int(not begun))

    return When(said=f"Q{number}{f' {year}' if year else ''}", period=period)


def _relative(text: str) -> tuple[When, int] | None:
    """`last 7 days`, today among them; `past week` is seven of them, and `last week` the week before this one."""
    if match := _match(_LATELY, text):
        return When(said="last 7 days", period=lambda c: last_days(7, c.now, zone=c.zone)), match.end()
    match = _match(_RELATIVE, text)
    if match is None or (match["n"] is None and not re.search(r"\bpast ", match[0])):
        return None
    count, unit = _count(match["n"] or "1"), match["unit"]
    if not 0 < count <= _MOST:
        return None
    if unit in {"week", "fortnight"}:
        count, unit = count * _UNIT_DAYS[unit], "day"
    said = f"last {count} {unit}{'s' if count > 1 else ''}"
    match unit:
        case "hour":
            return When(
                said=said, period=lambda c: Period(begin=c.now - timedelta(hours=count), end=c.now)
            ), match.end()
        case "month":
            return When(said=said, period=lambda c: _months_back(c, count)), match.end()
        case _:
            number = min(count, _MOST)
            return When(said=said, period=lambda c: last_days(number, c.now, zone=c.zone)), match.end()


def _months_back(calendar: Calendar, count: int) -> Period:
    """From the same day `count` months ago, or the last one of that month, to the end of today."""
    today = calendar.today
    at = today.year * 12 + today.month - 1 - count
    last = (date((at + 1) // 12, (at + 1) % 12 + 1, 1) - timedelta(days=1)).day
    first = date(at // 12, at % 12 + 1, min(today.day, last)) + timedelta(days=1)
    return days(first, today, zone=calendar.zone)


def _ranged(text: str) -> tuple[When, int] | None:
    if match := _match(_FROM_SHORT, text):
        first, last = f"{match['a']} {match['b'].split(maxsplit=1)[1]}", match["b"]
    elif match := _match(_FROM, text):
        first, last = match["a"] or match["c"], match["b"] or match["d"]
    else:
        return None

    def period(calendar: Calendar) -> Period | None:
        begin, end = _period_at(first, calendar), _period_at(last, calendar)
        if begin is None or end is None:
            return None
        if begin.begin > end.begin:
            begin, end = end, begin
        return Period(begin=begin.begin, end=end.end)

    return When(said=f"{first} to {last}", period=period), match.end()


def _dated(text: str) -> tuple[When, int] | None:
    if match := _match(_SINCE, text) or _match(_FROM_ON, text):
        words = match["a"]
        if match[0].startswith("from") and not match[0].endswith(("on", "onwards")) and _SPAN.fullmatch(words):
            # the tasks from last week, not those since
            return When(said=words, period=lambda c: _period_at(words, c)), match.end()
        return When(said=f"since {words}", period=lambda c: _since(words, c)), match.end()
    if match := _match(_UNTIL, text):
        words = match["a"]
        exclusive = match[0].startswith("before")
        return When(said=match[0], period=lambda c: _until(words, c, exclusive=exclusive)), match.end()
    if match := _match(_ON, text):
        words = match["a"]
        return When(said=words, period=lambda c: _period_at(words, c)), match.end()
    return None


_LONG_AGO = date(2000, 1, 1)
"""Before anything in any ledger."""


def _since(words: str, calendar: Calendar) -> Period | None:
    found = _period_at(words, calendar, since=True)
    return Period(begin=found.begin, end=calendar.unit(PeriodUnit.DAY).end) if found is not None else None


def _until(words: str, calendar: Calendar, *, exclusive: bool) -> Period | None:
    found = _period_at(words, calendar)
    if found is None:
        return None
    return Period(begin=midnight(_LONG_AGO, calendar.zone), end=found.begin if exclusive else found.end)


def _period_at(words: str, calendar: Calendar, *, since: bool = False) -> Period | None:
    """The day, week, month or year that `words` (of the shape DATE) mean; always the newest one, never the future.

    A weekday alone is the newest one before today; `since` it may be today.
    """
    words = words.removeprefix("the ").replace(".", "") if not re.match(r"\d", words) else words
    zone, today = calendar.zone, calendar.today
    if found := _fixed(words):
        return found[0].period(calendar)
    if match := re.fullmatch(r"(?:beginning|start) of (?:the|this|last) (\w+)", words):
        return _this(match[1], last="of last" in words).period(calendar)
    if match := re.fullmatch(rf"(?:last |this )?({_WEEKDAY})", words):
        back = (today.weekday() - WEEKDAYS[match[1]]) % 7
        if words.startswith("last ") or not since:
            back = back or (7 if words.startswith("last ") else 0)
        return days(today - timedelta(days=back), today - timedelta(days=back), zone=zone)
    if match := re.fullmatch(rf"({_MONTH})(?: ({_YEAR}))?", words):
        return calendar.month_named(MONTHS[match[1]], year=int(match[2]) if match[2] else None)
    if re.fullmatch(_YEAR, words):
        return calendar.year(int(words))
    if match := re.fullmatch(rf"({_COUNT}) (day|week|month)s? ago", words):
        return _ago(_count(match[1]), match[2], calendar)
    found_date = _date(words, today)
    return days(found_date, found_date, zone=zone) if found_date is not None else None


def _ago(count: int, unit: str, calendar: Calendar) -> Period | None:
    """The day, week or month that was so long ago."""
    if not 0 < count <= _MOST // 31:
        return None
    if unit == "month":
        at = calendar.today.year * 12 + calendar.today.month - 1 - count
        return month_of(at // 12, at % 12 + 1, zone=calendar.zone)
    then = calendar.today - timedelta(days=count * _UNIT_DAYS[unit])
    noon = datetime(then.year, then.month, then.day, 12, tzinfo=ZoneInfo(calendar.zone)).astimezone(UTC)
    return period_of(PeriodUnit(unit), noon, zone=calendar.zone)


def _date(words: str, today: date) -> date | None:
    """A date by day, month and perhaps year; without a year the newest one that is not in the future."""
    # loaded here, because it takes a third of a second
    from dateparser import parse

    day_first = "." in words
    settings = {
        "RELATIVE_BASE": datetime.combine(today, datetime.min.time()),
        "PREFER_DATES_FROM": "past",
        "DATE_ORDER": "DMY" if day_first else "MDY",
        "PREFER_LOCALE_DATE_ORDER": False,
    }
    if re.fullmatch(rf"{_YEAR}-\d\d?-\d\d?", words):
        settings["DATE_ORDER"] = "YMD"
    found = parse(words.rstrip("."), languages=["en"], settings=settings)
    return found.date() if found is not None else None


def _count(words: str) -> int:
    return int(words) if words.isdigit() else NUMBERS[words]
