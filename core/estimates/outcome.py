"""What a task was expected to take beside what it took (pure)."""

from dataclasses import dataclass
from enum import StrEnum

from core.domain.estimate import Band, Estimate


class Within(StrEnum):
    """Where the outcome came to lie."""

    P50 = "p50"
    """At or under the middle."""
    P90 = "p90"
    """Over the middle, and at or under what nine in ten stay within."""
    OVER = "over"


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """One figure of the outcome. `ratio` is the outcome over the middle of the band; None for a band at nothing."""

    value: float
    band: Band
    within: Within
    ratio: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """All three figures; `tasks` is how many completed tasks were behind the estimate."""

    cost_usd: Judged
    tokens: Judged
    duration_s: Judged
    tasks: int


def judged(value: float, band: Band) -> Judged:
    """`value` against `band`; what is as good as equal counts as equal, because bands are rounded."""
    slack = 1e-6 * max(1.0, abs(value))
    within = Within.P50 if value <= band.p50 + slack else Within.P90 if value <= band.p90 + slack else Within.OVER
    return Judged(value=value, band=band, within=within, ratio=value / band.p50 if band.p50 > 0 else None)


def outcome(estimate: Estimate, *, cost_usd: float, tokens: float, duration_s: float) -> Outcome:
    """`estimate` against what it took: all model calls, and working time without waiting for people."""
    return Outcome(
        cost_usd=judged(cost_usd, estimate.cost_usd),
        tokens=judged(tokens, estimate.tokens),
        duration_s=judged(duration_s, estimate.duration_s),
        tasks=estimate.tasks,
    )
