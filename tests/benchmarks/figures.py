"""What is made of many measurements: medians, percentiles, and ratios of what was measured side by side."""

import math
import statistics
from collections.abc import Sequence


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest of `values` that at least `share` (0 to 1) of them do not exceed (nearest rank)."""
    ranked = sorted(values)
    return ranked[max(math.ceil(share * len(ranked)), 1) - 1]


def p95(values: Sequence[float]) -> float:
    """All but one in twenty are at most this."""
    return percentile(values, 0.95)


def median(values: Sequence[float]) -> float:
    """The middle one."""
    return statistics.median(values)


def paired_ratio(measured: Sequence[float], reference: Sequence[float]) -> float:
    """The median of the ratios of neighbours: what slows the machine for a while slows both of a pair."""
    return median([one / other for one, other in zip(measured, reference, strict=True)])
