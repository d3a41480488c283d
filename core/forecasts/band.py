"""What the days that are left will cost, as a band: every course goes on, and they are heard together; pure.

A course goes on with a damped trend: each day of growth counts a little less than the one before (E. Gardner and
E. McKenzie, Forecasting Trends in Time Series, Management Science 31, 1985). What it comes to has the distribution of a
sum of amounts, a gamma, whose cube root is nearly normal (E. Wilson and M. Hilferty, PNAS 17, 1931); the band is where
the sum of them all leaves a tenth on either side. So courses that lead apart make it wide, as scattered days do.
"""

from collections.abc import Sequence
from math import erf, exp, sqrt
from typing import NamedTuple

from core.forecasts.courses import GROWTHS, Reading, level_of

Left = tuple[int, int, float]
"""A day that is left: how many days after today, which weekday (0 is Monday), and how much of it (0 to 1)."""

_DAMPING = 0.99
"""Each day growth counts so much of the day before."""
_Z = 1.2815515655446004
"""Nine in ten of a normal distribution lie below so many deviations over its middle."""
_TENTH = 0.1
_DOUBT = 6.0
"""How much a guess from few days that scatter far is doubted."""
_HALVINGS = 20


class _End(NamedTuple):
    """What one course comes to: a gamma's cube root as a normal."""

    share: float
    mean: float
    deviation: float
    root: float
    """The cube root of the mean."""
    middle: float
    """The middle of the cube root, as a share of `root` …"""
    spread: float
    """… and its deviation."""


def band_of(reading: Reading, left: Sequence[Left]) -> tuple[float, float, float]:
    """The low end, the middle and the high end of what these days will cost, in dollars."""
    ends = _ends(reading, left)
    if not ends:
        return 0.0, 0.0, 0.0
    likely = _quantile(ends, 0.5)
    # a gamma is never nothing, but where most days cost nothing the days that are left may, too
    normal = sum(end.share * max(0.0, end.mean - _Z * end.deviation) for end in ends)
    return min(_quantile(ends, _TENTH), normal, likely), likely, _quantile(ends, 1 - _TENTH)


def _ends(reading: Reading, left: Sequence[Left]) -> list[_End]:
    """What each course comes to, with the doubts about it."""
    scatter, past = reading.scatter, reading.past
    usual = _usual_days(past.weekdays, left)
    # dear days in rows, Student's t (Abramowitz and Stegun, 26.7.5), and a scatter that is itself a guess
    doubt = (1 + (_Z**2 + 1) / (4 * past.worth)) ** 2 * (1 + _DOUBT * scatter.usd / past.level / past.worth)
    ends = list[_End]()
    for course, share in reading.courses:
        level, rests_on = level_of(course, past, scatter.usd)
        mean, each = level * usual[course.growth], scatter.usd * scatter.rows
        if mean > 0:
            variance = (mean * each + mean**2 * each / (rests_on + each)) * doubt
            deviation = sqrt(variance)
            spread = deviation / 3 / mean
            ends.append(_End(share, mean, deviation, mean ** (1 / 3), 1 - spread**2, spread))
    return ends


def _usual_days(weekdays: Sequence[float], left: Sequence[Left]) -> dict[float, float]:
    """How many usual days of yesterday's size are left, by growth."""
    days = [(_reach(ahead + 1), weekdays[weekday] * share) for ahead, weekday, share in left]
    return {growth: sum([exp(growth * reach) * usual for reach, usual in days]) for growth in GROWTHS}


def _reach(days: int) -> float:
    """For how many days growth counts within so many days."""
    return _DAMPING * (1 - _DAMPING**days) / (1 - _DAMPING)


def _quantile(ends: Sequence[_End], below: float) -> float:
    """Below what it stays so often, in dollars."""
    known = [(end.share, 1 / end.root, end.middle, 1 / (end.spread * sqrt(2))) for end in ends]
    aim = 2 * below - 1
    low, high = 0.0, max(end.root * (end.middle + 5 * end.spread) for end in ends)
    for _ in range(_HALVINGS):
        root = (low + high) / 2
        if sum([share * erf((root * scale - middle) * steep) for share, scale, middle, steep in known]) < aim:
            low = root
        else:
            high = root
    return ((low + high) / 2) ** 3
