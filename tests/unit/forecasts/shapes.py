"""Spending of many shapes, made from a seed: what a day costs, by how far it is from today and which weekday it is."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from math import exp
from random import Random

from core.domain.period import month
from core.forecasts.projection import Projection, history_of, projected

NOW = datetime(2026, 11, 10, tzinfo=UTC)
"""A Tuesday's midnight: nothing of the day is over."""
TODAY = NOW.date()
NOVEMBER = month(NOW, "UTC")
AHEAD = 21
"""Days of November that are left."""

Shape = Callable[[Random, int, int], float]
"""What the day costs that is so many days after today (before it: negative), of this weekday."""


def noisy(random: Random, far: float = 0.4) -> float:
    """About 1, log-normal, with a mean of 1."""
    return random.lognormvariate(-far * far / 2, far)


def flat(random: Random, _ahead: int, _weekday: int) -> float:
    return 10 * noisy(random)


def weekdays(random: Random, _ahead: int, weekday: int) -> float:
    return (14, 12, 12, 11, 9, 4, 3)[weekday] * noisy(random)


def free_weekends(random: Random, _ahead: int, weekday: int) -> float:
    return 14 * noisy(random) if weekday < 5 else 0.0


def growing(random: Random, ahead: int, _weekday: int) -> float:
    return 10 * exp(0.01 * ahead) * noisy(random)


def growing_by_weekdays(random: Random, ahead: int, weekday: int) -> float:
    return exp(0.01 * ahead) * weekdays(random, ahead, weekday)


def falling(random: Random, ahead: int, _weekday: int) -> float:
    return 10 * exp(-0.01 * ahead) * noisy(random)


def growing_slowly(random: Random, ahead: int, _weekday: int) -> float:
    return 10 * (1 + (ahead + 56) / 250) * noisy(random, 0.5)


def falling_slowly(random: Random, ahead: int, _weekday: int) -> float:
    return 10 * exp(-(ahead + 56) / 250) * noisy(random, 0.5)


def sporadic(random: Random, _ahead: int, _weekday: int) -> float:
    return 40 * noisy(random, 0.6) if random.random() < 0.2 else 0.0


def heavy_tailed(random: Random, _ahead: int, _weekday: int) -> float:
    return 10 * noisy(random, 1.2)


def bursts(random: Random, _ahead: int, _weekday: int) -> float:
    return random.lognormvariate(1, 0.5) + (random.lognormvariate(3, 0.5) if random.random() < 0.12 else 0)


def step(times: float, *, days_ago: int) -> Shape:
    """Another level since then."""

    def shape(random: Random, ahead: int, _weekday: int) -> float:
        return 10 * (times if ahead >= -days_ago else 1) * noisy(random)

    return shape


NEW_PROJECTS: tuple[Shape, ...] = (
    flat, weekdays, free_weekends, growing, falling, heavy_tailed, sporadic, bursts,
)  # fmt: skip
"""What a new project may turn out to be; nobody knows which."""


def days_of(shape: Shape, seed: object, *, before: int = 56) -> list[tuple[date, Decimal]]:
    """Days of this shape, so many before today and all that is left of the month."""
    random = Random(f"{seed}")
    dates = [(number, TODAY + timedelta(days=number)) for number in range(-before, AHEAD)]
    return [(each, Decimal(f"{shape(random, number, each.weekday()):.4f}")) for number, each in dates]


def november(days: list[tuple[date, Decimal]]) -> Decimal:
    """What the month came to."""
    return sum((usd for each, usd in days if each >= NOVEMBER.begin.date()), start=Decimal(0))


def seen_today(days: list[tuple[date, Decimal]]) -> Projection:
    """What the month will come to, by what is known this morning."""
    past = [each for each in days if each[0] < TODAY]
    found = projected(history_of(past, today=TODAY), NOVEMBER, spent_usd=november(past), now=NOW, zone="UTC")
    assert isinstance(found, Projection)
    return found
