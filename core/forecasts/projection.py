"""What a period will have cost in the end, as a band: a pure function over the daily sums of the last weeks.

The method, so that everybody can check it. Each weekday has its own share of the usual, drawn towards the mean while it
was seen seldom (`past`). Every course that spending may have taken is held against the days: a growth of up to 2.5 % a
day, up or down, with or without a step to another level on some day; what explains the days better counts for more
(`courses`). How far days are off is measured about the best of them, and whether dear days come in rows (`scatter`).
What is still to come is the sum of the days that are left, the rest of today included: each course goes on with a
damped trend, and all are heard by their shares (`band`). So the band is wide where days scatter, where there are few
days, and where courses that explain them alike lead apart. `low` and `high` are the ends of an 80 % band: of ten
periods, one costs less than `low`, and one more than `high`. A test says how often that holds for pasts of many shapes.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from core.domain.period import Period, midnight
from core.forecasts.band import Left, band_of
from core.forecasts.courses import reading_of
from core.forecasts.past import past_of

LOOKED_AT_DAYS = 56
"""Eight weeks: every weekday eight times."""
WHOLE = ""
"""The key of everything together among the outlooks of several groups."""
ENOUGH_DAYS = 3
"""With fewer whole days nothing is told; the band of three is wide, and holds."""
_CENT = Decimal("0.0001")


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """What each whole day cost, from the first that cost anything up to yesterday, in dollars; `first` is its date."""

    first: date | None
    usd: tuple[Decimal, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Projection:
    """What a period will have cost in the end, in dollars, all that is spent already included."""

    spent_usd: Decimal
    low_usd: Decimal
    likely_usd: Decimal
    high_usd: Decimal
    days: int
    """How many days of the past it rests on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TooEarly:
    """There is too little to go by. `on` is the day from which there is enough; None while nothing is spent."""

    spent_usd: Decimal
    on: date | None


Outlook = Projection | TooEarly


def projected(history: History, period: Period, *, spent_usd: Decimal, now: datetime, zone: str) -> Outlook:
    """What `period` will come to, of which `spent_usd` is spent by `now`; days are those of `zone`.

    A period that is over comes to what was spent.
    """
    days = len(history.usd)
    if now >= period.end:
        return Projection(spent_usd=spent_usd, low_usd=spent_usd, likely_usd=spent_usd, high_usd=spent_usd, days=days)
    if history.first is None or days < ENOUGH_DAYS:
        first = history.first
        return TooEarly(spent_usd=spent_usd, on=first + timedelta(days=ENOUGH_DAYS) if first else None)
    past = past_of(history.first.weekday(), [float(each) for each in history.usd])
    left = _left(period, now=now, zone=zone)
    low, likely, high = band_of(reading_of(past), left) if past else (0.0, 0.0, 0.0)
    return Projection(
        spent_usd=spent_usd,
        low_usd=spent_usd + _usd(low),
        likely_usd=spent_usd + _usd(likely),
        high_usd=spent_usd + _usd(high),
        days=days,
    )


def _left(period: Period, *, now: datetime, zone: str) -> list[Left]:
    """The days of the period that are left."""
    known = ZoneInfo(zone)
    today, begin = now.astimezone(known).date(), max(period.begin, now)
    day, found = begin.astimezone(known).date(), list[Left]()
    while (opens := midnight(day, zone)) < period.end:
        closes = midnight(day + timedelta(days=1), zone)
        open_s = (min(closes, period.end) - max(opens, begin)).total_seconds()
        found.append(((day - today).days, day.weekday(), open_s / (closes - opens).total_seconds()))
        day += timedelta(days=1)
    return found


def _usd(amount: float) -> Decimal:
    return Decimal(repr(amount)).quantize(_CENT)


def history_of(days: Sequence[tuple[date, Decimal]], *, today: date) -> History:
    """Daily sums, in any order and without the empty days, as a history up to `today`."""
    known = dict(days)
    before = [day for day, usd in known.items() if day < today and usd > 0]
    if not before:
        return History(first=today if known.get(today) else None, usd=())
    first = min(before)
    whole = (first + timedelta(days=number) for number in range((today - first).days))
    return History(first=first, usd=tuple(known.get(day, Decimal(0)) for day in whole))
