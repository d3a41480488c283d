"""Estimates against outcomes, of one task and of many."""

import random

import pytest

from core.domain.estimate import Band, Estimate
from core.domain.task import TaskType
from core.estimates.calibration import Calibrated, Verdict, calibrated, share
from core.estimates.outcome import Judged, Outcome, Within, judged, outcome

pytestmark = pytest.mark.money

BAND = Band(p50=2.0, p90=5.0)
ESTIMATE = Estimate(cost_usd=BAND, tokens=Band(p50=1000, p90=2000), duration_s=Band(p50=60, p90=90), tasks=4)


@pytest.mark.parametrize(
    ("value", "within"),
    [(0.0, Within.P50), (2.0, Within.P50), (2.01, Within.P90), (5.0, Within.P90), (5.01, Within.OVER)],
)
def test_an_outcome_is_within_the_middle_within_the_band_or_over_it(value: float, within: Within) -> None:
    found = judged(value, BAND)
    assert (found.within, found.ratio) == (within, value / 2)


def test_a_band_at_nothing_has_no_ratio() -> None:
    assert judged(0.0, Band(p50=0.0, p90=0.0)).ratio is None
    assert judged(1.0, Band(p50=0.0, p90=0.0)).within is Within.OVER


def test_cost_tokens_and_time_are_judged_apart() -> None:
    found = outcome(ESTIMATE, cost_usd=1.0, tokens=1500, duration_s=100)
    assert (found.cost_usd.within, found.tokens.within, found.duration_s.within) == (
        Within.P50,
        Within.P90,
        Within.OVER,
    )
    assert found.tasks == 4


def some(*counts: int) -> list[Judged]:
    """So many within the middle, within the band, and over it."""
    return [judged(value, BAND) for value, count in zip((1.0, 4.0, 9.0), counts, strict=True) for _ in range(count)]


@pytest.mark.parametrize(
    ("counts", "verdict"),
    [
        ((5, 4, 0), Verdict.TOO_EARLY),
        ((5, 4, 1), Verdict.WELL),
        ((50, 40, 10), Verdict.WELL),
        ((44, 42, 14), Verdict.WELL),
        ((20, 40, 40), Verdict.TOO_LOW),
        ((35, 57, 8), Verdict.TOO_LOW),
        ((80, 20, 0), Verdict.TOO_HIGH),
        ((70, 22, 8), Verdict.TOO_HIGH),
        ((75, 0, 25), Verdict.UNEVEN),
        ((6, 4, 2), Verdict.WELL),
    ],
)
def test_the_verdict_says_what_chance_does_not_explain(counts: tuple[int, int, int], verdict: Verdict) -> None:
    assert share(some(*counts)).verdict is verdict


def test_shares_count_what_stayed_at_or_under() -> None:
    found = share(some(5, 4, 1))
    assert (found.p50, found.p90, found.ratio) == (0.5, 0.9, 2.0)


def whole(found: Calibrated | None) -> Calibrated:
    assert found is not None
    return found


def test_types_are_told_apart_and_what_rests_on_assumptions_alone_is_counted() -> None:
    good = outcome(ESTIMATE, cost_usd=1.0, tokens=500, duration_s=50)
    guessed = Outcome(cost_usd=good.cost_usd, tokens=good.tokens, duration_s=good.duration_s, tasks=0)
    found = calibrated([(TaskType.FEATURE, good), (TaskType.BUG_FIX, guessed), (TaskType.BUG_FIX, good)])
    assert list(found.by_type) == [TaskType.BUG_FIX, TaskType.FEATURE]
    assert (whole(found.whole).tasks, whole(found.whole).assumed) == (3, 1)
    assert found.by_type[TaskType.FEATURE].assumed == 0
    assert calibrated([]).whole is None


def test_bands_that_are_right_are_seldom_called_wrong() -> None:
    chance = random.Random(8)
    called = [
        share([judged(1.0 if (x := chance.random()) < 0.5 else 4.0 if x < 0.9 else 9.0, BAND) for _ in range(25)])
        for _ in range(400)
    ]
    wrong = sum(each.verdict is not Verdict.WELL for each in called) / 400
    assert wrong < 0.15
