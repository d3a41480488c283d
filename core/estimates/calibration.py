"""Whether estimates hold what they say: of ten tasks five should stay under p50, and nine under p90.

A share is judged against what chance alone would make of a band that is right: with n tasks a share of p is off by
sqrt(p * (1 - p) / n) one time in three. Beyond 1.96 of those (one time in forty on each side) and beyond the tolerance
of bands that are good enough (42 to 58 %, 85 to 95 %) the estimates are called too low or too high.

Only completed tasks are judged. One that was cancelled halfway stayed under its estimate for other reasons; follow-ups
count, because past tasks are looked at with theirs.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import sqrt

from core.domain.identity import ProjectName
from core.domain.period import Period
from core.domain.task import TaskType
from core.estimates.outcome import Judged, Outcome, Within, outcome
from core.store.past_tasks import PastTasks
from core.store.store import Store

ENOUGH = 10
"""With fewer tasks it is too early to tell."""
_LOOKED_AT = 1000
_SIGMAS = 1.96
_GOOD = ((0.42, 0.5, 0.58), (0.85, 0.9, 0.95))


class Verdict(StrEnum):
    """What can be said of the bands."""

    TOO_EARLY = "too_early"
    WELL = "well"
    TOO_LOW = "too_low"
    """Work takes more than the estimates say."""
    TOO_HIGH = "too_high"
    """Work takes less than the estimates say."""
    UNEVEN = "uneven"
    """The middle and the upper end are off in different ways: the bands are too narrow or too wide."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """How many of the outcomes stayed at or under p50 and p90, as shares, and what that says; `ratio` is the median."""

    p50: float
    p90: float
    ratio: float
    """The median of outcome over the middle of the estimate."""
    verdict: Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Calibrated:
    """Some tasks' estimates; `assumed` of them rested on stated priors alone."""

    tasks: int
    assumed: int
    cost_usd: Share
    tokens: Share
    duration_s: Share


@dataclass(frozen=True, slots=True, kw_only=True)
class Calibration:
    """All of them, and each type with at least one; None when nothing that was estimated is completed yet."""

    whole: Calibrated | None
    by_type: Mapping[TaskType, Calibrated]


async def calibration(
    store: Store, *, projects: Collection[ProjectName] | None, period: Period | None = None
) -> Calibration:
    """How the estimates of the newest completed tasks held, at most 1000, of `projects` unless None.

    `period` is when they ended, None for all of the past.
    """
    async with store.reading() as uow:
        found = await PastTasks(uow.connection).forecast(projects=projects, period=period, limit=_LOOKED_AT)
    outcomes = [
        (each.type, outcome(each.estimate, cost_usd=each.cost_usd, tokens=each.tokens, duration_s=each.duration_s))
        for each in found
    ]
    return calibrated(outcomes)


def calibrated(outcomes: Iterable[tuple[TaskType, Outcome]]) -> Calibration:
    """The same from outcomes that are known."""
    by_type: dict[TaskType, list[Outcome]] = {}
    for kind, each in outcomes:
        by_type.setdefault(kind, []).append(each)
    every = [each for some in by_type.values() for each in some]
    return Calibration(
        whole=_calibrated(every) if every else None,
        by_type={kind: _calibrated(by_type[kind]) for kind in TaskType if kind in by_type},
    )


def share(judged: Sequence[Judged]) -> Share:
    """One figure of at least one outcome."""
    count = len(judged)
    p50 = sum(each.within is Within.P50 for each in judged) / count
    p90 = sum(each.within is not Within.OVER for each in judged) / count
    ratios = sorted(each.ratio for each in judged if each.ratio is not None)
    ratio = ratios[len(ratios) // 2] if ratios else 1.0
    return Share(p50=p50, p90=p90, ratio=ratio, verdict=_verdict(p50, p90, count))


def _calibrated(outcomes: Sequence[Outcome]) -> Calibrated:
    return Calibrated(
        tasks=len(outcomes),
        assumed=sum(each.tasks == 0 for each in outcomes),
        cost_usd=share([each.cost_usd for each in outcomes]),
        tokens=share([each.tokens for each in outcomes]),
        duration_s=share([each.duration_s for each in outcomes]),
    )


def _verdict(p50: float, p90: float, count: int) -> Verdict:
    if count < ENOUGH:
        return Verdict.TOO_EARLY
    sides = [_side(is_, good, count) for is_, good in zip((p50, p90), _GOOD, strict=True)]
    if 1 in sides and -1 in sides:
        return Verdict.UNEVEN
    return Verdict.TOO_LOW if -1 in sides else Verdict.TOO_HIGH if 1 in sides else Verdict.WELL


def _side(is_: float, good: tuple[float, float, float], count: int) -> int:
    """-1 when fewer outcomes stayed below than chance explains, 1 when more did, else 0."""
    lowest, expected, highest = good
    chance = _SIGMAS * sqrt(expected * (1 - expected) / count)
    if is_ < min(lowest, expected - chance):
        return -1
    return 1 if is_ > max(highest, expected + chance) else 0
