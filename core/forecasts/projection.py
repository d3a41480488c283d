"""What a period will have cost in the end, as a band: a pure function over the daily sums of the last weeks.

The method, so that everybody can check it. Days count the less the older they are (half as much after two weeks). Each
weekday has its own share of the usual, drawn towards the mean while it was seen seldom; a trend counts as far as it
stands out from chance. What is still to come is the sum of the days that are left, the rest of today included. How far
it may be off follows from how far the days were off: more where days scatter, where expensive days come in rows, and
where the past is short. `low` and `high` are the ends of an 80 % band: of ten periods, one costs less than `low`, and
one more than `high`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from math import exp, log, sqrt
from zoneinfo import ZoneInfo

from core.domain.period import Period, midnight
from core.forecasts.pattern import Pattern, pattern_of

LOOKED_AT_DAYS = 56
"""Eight weeks: every weekday eight times."""
WHOLE = ""
"""The key of everything together among the outlooks of several groups."""
ENOUGH_DAYS = 14
"""Two whole weeks; before that nothing is told."""
_Z = 1.2815515655446004
"""Nine in ten of a normal distribution lie below so many deviations over its middle."""
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
    pattern = pattern_of(history.first.weekday(), [float(each) for each in history.usd])
    low, likely, high = _band(pattern, _left(period, now=now, zone=zone))
    return Projection(
        spent_usd=spent_usd,
        low_usd=spent_usd + _usd(low),
        likely_usd=spent_usd + _usd(likely),
        high_usd=spent_usd + _usd(high),
        days=days,
    )


def _left(period: Period, *, now: datetime, zone: str) -> list[tuple[int, int, float]]:
    """The days that are left: how many days from today, which weekday, and how much of it (0 to 1)."""
    known = ZoneInfo(zone)
    today, begin = now.astimezone(known).date(), max(period.begin, now)
    day, found = begin.astimezone(known).date(), list[tuple[int, int, float]]()
    while (opens := midnight(day, zone)) < period.end:
        closes = midnight(day + timedelta(days=1), zone)
        open_s = (min(closes, period.end) - max(opens, begin)).total_seconds()
        found.append(((day - today).days, day.weekday(), open_s / (closes - opens).total_seconds()))
        day += timedelta(days=1)
    return found


def _band(pattern: Pattern, left: Sequence[tuple[int, int, float]]) -> tuple[float, float, float]:
    """The ends and the middle of what is still to come: a log-normal, its low end as wide as a normal's."""
    mean = sum(pattern.expected(ahead, weekday) * share for ahead, weekday, share in left)
    if mean <= 0:
        return 0.0, 0.0, 0.0
    deviation = sqrt(pattern.variance(left, mean))
    ratio = log(1 + (deviation / mean) ** 2)
    middle = exp(log(mean) - ratio / 2)
    low = max(0.0, mean - _Z * deviation)
    return min(low, middle), middle, middle * exp(_Z * sqrt(ratio))


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
