"""A house that estimates each task before it does it, and learns from those it has done: its bands hold."""

import math
import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from core.domain.identity import StepName
from core.domain.task import Complexity, TaskType
from core.estimates.calibration import Calibrated, Verdict, calibrated
from core.estimates.outcome import Outcome, outcome
from core.estimates.reckoning import estimate_of
from core.store.past_tasks import PastTask
from tests.support.past_work import BUILD_AND_TEST, PRICES, PRIORS, a_past_task, some_work
from tests.support.values import NOON

pytestmark = pytest.mark.money

SIZES = {Complexity.SIMPLE: 0.4, Complexity.MODERATE: 1.0, Complexity.COMPLEX: 2.6}
"""How much more work larger tasks really are; what is stated says a half and twice."""
LEARNING = 30


def a_task_done(number: int, size: Complexity, chance: random.Random, *, heavy: bool, by: float) -> PastTask:
    hard = by * SIZES[size] * math.exp(chance.gauss(0, 0.5))
    if heavy:
        hard *= (2.5 if chance.random() < 1 / 6 else 1.0) * (1 - chance.random()) ** -0.15
    tokens = {step.name: 1e6 * hard * math.exp(chance.gauss(0, 0.3)) for step in BUILD_AND_TEST.steps}
    seconds = {StepName(name): count / 1e4 for name, count in tokens.items()}
    task = a_past_task(number, tokens=tokens, complexity=size)
    return replace(task, seconds=seconds, duration_s=sum(seconds.values()) * 1.1)


def lived(*, seed: int, heavy: bool, by: float, tasks: int = 330) -> list[Outcome]:
    """What was expected of each task when those before it were known, beside what it took."""
    chance = random.Random(seed)
    past: list[PastTask] = []
    outcomes: list[Outcome] = []
    for number in range(1, tasks + 1):
        size = chance.choices(list(SIZES), weights=(3, 5, 2))[0]
        now = NOON + timedelta(minutes=number)
        expected = estimate_of(some_work(complexity=size), past[:100], priors=PRIORS, prices=PRICES, now=now)
        task = a_task_done(number, size, chance, heavy=heavy, by=by)
        cost, tokens = (sum(part.cost_usd for part in task.parts), sum(part.usage.input_tokens for part in task.parts))
        outcomes.append(outcome(expected, cost_usd=cost, tokens=tokens, duration_s=task.duration_s))
        past.insert(0, task)
    return outcomes


def judged(outcomes: Sequence[Outcome]) -> Calibrated:
    found = calibrated((TaskType.BUG_FIX, each) for each in outcomes).whole
    assert found is not None
    return found


@pytest.mark.parametrize("heavy", [False, True])
@pytest.mark.parametrize("by", [1.0, 4.0])
def test_once_there_is_history_the_bands_hold_and_are_called_good(heavy: bool, by: float) -> None:
    found = judged([each for seed in (1, 2) for each in lived(seed=seed, heavy=heavy, by=by)[LEARNING:]])
    for share in (found.cost_usd, found.tokens, found.duration_s):
        assert 0.42 <= share.p50 <= 0.58
        assert 0.85 <= share.p90 <= 0.95
        assert share.verdict is Verdict.WELL


@pytest.mark.parametrize("heavy", [False, True])
def test_while_it_learns_the_bands_are_not_overconfident(heavy: bool) -> None:
    early = [each for seed in range(30) for each in lived(seed=seed, heavy=heavy, by=2.0, tasks=12)[2:]]
    assert judged(early).cost_usd.p90 >= 0.8


def test_estimates_that_never_learn_from_wrong_figures_are_called_too_low() -> None:
    chance = random.Random(5)
    guess = estimate_of(some_work(), [], priors=PRIORS, prices=PRICES, now=NOON)
    tasks = [a_task_done(number, Complexity.MODERATE, chance, heavy=False, by=3.0) for number in range(40)]
    found = judged([outcome(guess, cost_usd=sum(p.cost_usd for p in t.parts), tokens=0, duration_s=0) for t in tasks])
    assert found.cost_usd.verdict is Verdict.TOO_LOW
    assert found.tokens.verdict is Verdict.TOO_HIGH
