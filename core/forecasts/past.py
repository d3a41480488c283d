"""The days of the past as projections read them: how much each one counts, and what each weekday costs; pure."""

from collections.abc import Sequence
from dataclasses import dataclass

_HALF_LIFE_DAYS = 42.0
"""After six weeks a day counts half; what changed within that time is told by the courses."""
_WEEKDAY_PRIOR = 2.0
"""A weekday counts for what it was once it was seen more often than so many times."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """Days without a gap, the oldest first; the last of them is yesterday. Something was spent on one of them."""

    usd: tuple[float, ...]
    weights: tuple[float, ...]
    """How much each day counts, 1 for yesterday."""
    weekdays: tuple[float, ...]
    """What Monday to Sunday cost against a usual day, which is 1."""
    usual: tuple[float, ...]
    """The same for each day of the past."""
    level: float
    """What a day cost in the weighted mean, in dollars."""
    worth: float
    """How many days of equal weight these are worth (Kish's effective size)."""

    @property
    def days(self) -> int:
        """How many there are."""
        return len(self.usd)


def past_of(first_weekday: int, usd: Sequence[float]) -> Past | None:
    """The past whose first day is a `first_weekday` (0 is Monday); None when nothing was spent."""
    days = len(usd)
    weights = tuple(0.5 ** ((days - 1 - at) / _HALF_LIFE_DAYS) for at in range(days))
    whole, spent = sum(weights), weighted(weights, usd)
    if spent <= 0:
        return None
    level, worth = spent / whole, whole * whole / weighted(weights, weights)
    drawn = [
        _drawn(weights[at::7], usd[at::7], level=level, count=worth / whole)
        for at in ((number - first_weekday) % 7 for number in range(7))
    ]
    usual = [drawn[(first_weekday + at) % 7] for at in range(days)]
    # drawn towards the mean, they must still make up the level
    mean = weighted(weights, usual) / whole
    return Past(
        usd=tuple(usd),
        weights=weights,
        weekdays=tuple(each / mean for each in drawn),
        usual=tuple(each / mean for each in usual),
        level=level,
        worth=worth,
    )


def _drawn(weights: Sequence[float], usd: Sequence[float], *, level: float, count: float) -> float:
    """What a weekday costs against the level, drawn towards it while the weekday was seen seldom."""
    cost = weighted(weights, usd) / level * count
    return (cost + _WEEKDAY_PRIOR) / (sum(weights) * count + _WEEKDAY_PRIOR)


def weighted(weights: Sequence[float], values: Sequence[float]) -> float:
    """The sum of `values`, each times its weight."""
    return sum([weight * value for weight, value in zip(weights, values, strict=True)])
