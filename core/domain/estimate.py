"""What work is expected to take, from what like work took: dollars and seconds."""

from dataclasses import dataclass

ENOUGH = 3
"""Fewer tasks than that say little."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Band:
    """The middle one and the extremes of what was seen."""

    median: float
    least: float
    most: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """What tasks like it took: dollars and seconds. `narrow` says that project and size were alike too."""

    tasks: int
    cost_usd: Band
    duration_s: Band
    narrow: bool
