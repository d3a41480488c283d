"""When spending is unusual: the rules and their thresholds; pure.

A task is unusual once it costs more than `factor` times what its like cost (the middle one of at least five: completed
tasks of the same type and complexity in the project), and at least `task_usd`. An agent run is measured the same way
against runs of its role in tasks of the same type.

An hour or a day of a project is unusual when it costs more than all of these: `factor` times the middle one of those
before it, that middle one and `SPREADS` times their spread (the median of the distances from the middle, made
comparable with a standard deviation), and that middle one and `spike_usd`. Looked at are hours and days with any
spending, at least `ENOUGH_HOURS` and `ENOUGH_DAYS` of the last four weeks.

The cache is unusual on a day when what is read from it falls below half of its usual share (the middle one of at least
`ENOUGH_CACHED` days), where that share is worth speaking of, and models have read at least `cache_tokens` that day. The
same is looked at for the agents of each role; that is told where the cache of the whole project is as usual.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from statistics import median

from core.domain.unusual import Thresholds

ENOUGH = 5
ENOUGH_DAYS = 7
ENOUGH_HOURS = 24
ENOUGH_CACHED = 5
SPREADS = 5
_AS_DEVIATION = Decimal("1.4826")
"""So many medians of distances are one standard deviation, where values are spread normally."""
_COLLAPSE = Decimal("0.5")
_WORTH_IT = Decimal("0.2")
_SHARE = Decimal("0.0001")


@dataclass(frozen=True, slots=True, kw_only=True)
class Usual:
    """The middle one of so many: dollars, or a share of what was read."""

    value: Decimal
    over: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Bound:
    """From where on an hour or a day is unusual; `usual` is what it is measured against."""

    usual: Usual
    usd: Decimal


def usual_of(values: Sequence[Decimal]) -> Usual | None:
    """What is usual among `values`; None where there are too few to say."""
    return Usual(value=median(values), over=len(values)) if len(values) >= ENOUGH else None


def is_dear(found: Decimal, usual: Usual | None, thresholds: Thresholds) -> bool:
    """Whether a task or agent run that has cost `found` dollars so far costs too much for its kind."""
    return usual is not None and found >= thresholds.task_usd and found > thresholds.factor * usual.value


def spike_bound(before: Sequence[Decimal], thresholds: Thresholds, *, enough: int) -> Bound | None:
    """From where on an hour or a day is a spike after those `before` it; None where there are too few to say."""
    spent = [each for each in before if each > 0]
    if len(spent) < enough:
        return None
    middle = median(spent)
    spread = median([abs(each - middle) for each in spent]) * _AS_DEVIATION
    usd = max(thresholds.factor * middle, middle + SPREADS * spread, middle + thresholds.spike_usd)
    return Bound(usual=Usual(value=middle, over=len(spent)), usd=usd)


@dataclass(frozen=True, slots=True, kw_only=True)
class CacheUse:
    """What models read on a day, in tokens, and how much of it came from the cache."""

    cached: int = 0
    read: int = 0

    @property
    def share(self) -> Decimal:
        """From 0 to 1; 0 where nothing was read."""
        share = Decimal(self.cached) / self.read if self.read else Decimal(0)
        return share.quantize(_SHARE)


def usual_cache(before: Sequence[CacheUse], thresholds: Thresholds) -> Usual | None:
    """The usual share of days on which enough was read; None where there are too few, or it is next to nothing."""
    shares = [each.share for each in before if each.read >= thresholds.cache_tokens]
    if len(shares) < ENOUGH_CACHED:
        return None
    usual = Usual(value=median(shares), over=len(shares))
    return usual if usual.value >= _WORTH_IT else None


def has_collapsed(found: CacheUse, usual: Usual | None, thresholds: Thresholds) -> bool:
    """Whether much less is read from the cache than usual."""
    return usual is not None and found.read >= thresholds.cache_tokens and found.share < usual.value * _COLLAPSE
