"""How far days are off what was expected of them, and whether dear days come in rows; pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

from core.forecasts.past import Past, weighted

_PRIOR_DAYS = 0.5
"""So many imagined days keep a short past from looking certain …"""
_PRIOR_SCATTER = 0.5
"""… which scatter by this share of the level."""
_LAGS = 7
"""Days in a row are compared up to a week apart."""
_MOST_ROWS = 6.0
_NOTHING = 1e-12


@dataclass(frozen=True, slots=True, kw_only=True)
class Scatter:
    """Around what is expected."""

    usd: float
    """Variance of a day in proportion to what is expected of it, in dollars."""
    rows: float
    """How much more a sum of days scatters because dear days come in rows; 1 for not at all."""


def scatter_of(past: Past, expected: Sequence[float], *, free: int) -> Scatter:
    """About `expected`, for which `free` figures were chosen to suit the past."""
    off = [(usd - mean) / sqrt(mean) if mean > 0 else 0.0 for usd, mean in zip(past.usd, expected, strict=True)]
    found = weighted(past.weights, [each * each for each in off]) / sum(past.weights)
    found *= past.worth / max(past.worth - free, 1.0)
    prior = _PRIOR_DAYS * _PRIOR_SCATTER * past.level
    # days that are as expected, but for the last digits of a float, have no rows
    rows = _rows(off) if found > _NOTHING * past.level else 1.0
    return Scatter(usd=(found * past.worth + prior) / (past.worth + _PRIOR_DAYS), rows=rows)


def _rows(off: Sequence[float]) -> float:
    """From how alike days in a row are; near days count the more (W. Newey and K. West, Econometrica 55, 1987)."""
    whole, days, found = sum([each * each for each in off]), len(off), 1.0
    for lag in range(1, min(_LAGS, days - 1) + 1):
        alike = sum([later * earlier for later, earlier in zip(off[lag:], off, strict=False)]) / whole
        # chance alone makes days look unlike one another by about one in their number
        found += 2 * (1 - lag / (_LAGS + 1)) * (alike + 1 / days)
    # and because less than 1 counts as 1, chance would make rows of nothing without this
    return min(max(found - 1 / sqrt(days), 1.0), _MOST_ROWS)
