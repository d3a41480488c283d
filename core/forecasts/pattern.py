"""How days of spending look: their level, their weekdays, their trend, and how far they scatter; pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

_HALF_LIFE_DAYS = 14.0
"""After so many days a day counts half."""
_WEEKDAY_PRIOR = 2.0
"""A weekday counts for what it was once it was seen more often than so many times."""
_SCATTER_PRIOR = 2.0
"""So many days of imagined scatter (as much as a day costs) keep a short past from looking certain."""
_TREND_DOUBT = 2.0
"""How much larger than its error (squared) a trend must be to count for half."""
_TREND_DAYS = 14
"""No trend is followed for longer."""
_LEAST_TREND, _MOST_TREND = 0.4, 2.5
"""What a trend may make of a usual day."""
_LAGS = 7
"""Days in a row are compared up to a week apart."""
_MOST_ROWS = 6.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Pattern:
    """What is known of the days of a scope. `days` is how many there are; day `days` is today."""

    days: int
    level: float
    weekdays: tuple[float, ...]
    """Share of the level for Monday to Sunday; 1 is a usual day."""
    middle: float
    """The day in the weighted middle of the past …"""
    trend: float
    """… from which on spending grows by this share of the level each day."""
    trend_error: float
    scatter: float
    """Variance of a usual day, as a share of the level squared."""
    rows: float
    """How much more a sum of days scatters because expensive days come in rows; 1 for not at all."""
    weight: float
    """How many days of equal weight the past is worth."""

    def expected(self, ahead: int, weekday: int) -> float:
        """What the day costs that comes `ahead` days after today."""
        grown = 1 + self.trend * self._off(ahead)
        return self.level * self.weekdays[weekday] * min(max(grown, _LEAST_TREND), _MOST_TREND)

    def variance(self, left: Sequence[tuple[int, int, float]], mean: float) -> float:
        """Of the sum of these days (ahead, weekday, share of it), whose mean is `mean`."""
        flat = sum(self.level * self.weekdays[weekday] * share for _, weekday, share in left)
        lever = sum(self.level * self.weekdays[weekday] * share * self._off(ahead) for ahead, weekday, share in left)
        days = self.scatter * self.level * mean * self.rows
        level = flat**2 * self.scatter * self.rows / self.weight
        # where few days make most of the sum, their scatter itself is a guess
        doubt = 1 + 2 * self.scatter / self.weight
        return (days + level + (lever * self.trend_error / 2) ** 2) * doubt

    def _off(self, ahead: int) -> float:
        return min(self.days + ahead - self.middle, self.days - self.middle + _TREND_DAYS)


def pattern_of(first_weekday: int, usd: Sequence[float]) -> Pattern:
    """The pattern of at least two days of spending, the oldest first, of which the first is a `first_weekday`."""
    days, whole = len(usd), sum(0.5 ** (age / _HALF_LIFE_DAYS) for age in range(1, len(usd) + 1))
    weights = [0.5 ** ((days - at) / _HALF_LIFE_DAYS) / whole for at in range(days)]
    weekday = [(first_weekday + at) % 7 for at in range(days)]
    level = _sum(weights, usd)
    if level <= 0:
        return Pattern(
            days=days, level=0.0, weekdays=(1.0,) * 7, middle=0.0, trend=0.0, trend_error=0.0, scatter=0.0, rows=1.0,
            weight=1.0,
        )  # fmt: skip
    weight = 1 / sum(each * each for each in weights)
    shares = _weekdays(weights, weekday, [each / level for each in usd], weight=weight)
    usual = [shares[each] for each in weekday]
    middle = _sum(weights, range(days))
    spread = _sum(weights, [(at - middle) ** 2 for at in range(days)])
    off = [each / level - expected for each, expected in zip(usd, usual, strict=True)]
    slope = _sum(weights, [(at - middle) * each for at, each in enumerate(off)]) / spread
    rest = [each - slope * (at - middle) * usual[at] for at, each in enumerate(off)]
    scatter = _sum(weights, [each * each / expected for each, expected in zip(rest, usual, strict=True)])
    scatter = (scatter * weight * weight / max(weight - 2, 1.0) + _SCATTER_PRIOR) / (weight + _SCATTER_PRIOR)
    rows = _rows([each / sqrt(expected) for each, expected in zip(rest, usual, strict=True)])
    error = scatter * rows / (weight * spread)
    return Pattern(
        days=days,
        level=level,
        weekdays=shares,
        middle=middle,
        trend=slope * slope**2 / (slope**2 + _TREND_DOUBT * error),
        trend_error=sqrt(error),
        scatter=scatter,
        rows=rows,
        weight=weight,
    )


def _weekdays(
    weights: Sequence[float], weekday: Sequence[int], shares: Sequence[float], *, weight: float
) -> tuple[float, ...]:
    """What each weekday costs against a usual day, drawn towards the mean, so that the past adds up to its level."""
    drawn: list[float] = []
    for number in range(7):
        here = [at for at, each in enumerate(weekday) if each == number]
        seen = sum(weights[at] for at in here) * weight
        cost = sum(weights[at] * shares[at] for at in here) * weight
        drawn.append((cost + _WEEKDAY_PRIOR) / (seen + _WEEKDAY_PRIOR))
    mean = _sum(weights, [drawn[each] for each in weekday])
    return tuple(each / mean for each in drawn)


def _rows(rest: Sequence[float]) -> float:
    """How much more a sum of neighbours scatters than one of strangers: from how alike days in a row are."""
    whole, days = sum(each * each for each in rest), len(rest)
    if whole <= 0:
        return 1.0
    found = 1.0
    for lag in range(1, min(_LAGS, days - 1) + 1):
        alike = sum(rest[at] * rest[at - lag] for at in range(lag, days)) / whole
        # chance alone makes days look unlike one another by about one in their number
        found += 2 * (1 - lag / (_LAGS + 1)) * (alike + 1 / days)
    return min(max(found, 1.0), _MOST_ROWS)


def _sum(weights: Sequence[float], values: Sequence[float]) -> float:
    return sum(weight * value for weight, value in zip(weights, values, strict=True))
