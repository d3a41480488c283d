"""How often the band holds, over hundreds of pasts of each shape; docs/money.md tells these figures."""

import pytest

from tests.unit.forecasts.shapes import (
    NEW_PROJECTS,
    Shape,
    bursts,
    days_of,
    falling,
    falling_slowly,
    flat,
    free_weekends,
    growing,
    growing_by_weekdays,
    growing_slowly,
    heavy_tailed,
    november,
    seen_today,
    sporadic,
    step,
    weekdays,
)

pytestmark = [pytest.mark.money, pytest.mark.slow]

CASES = 300
LEAST, MOST = 0.70, 0.92
STEADY: tuple[Shape, ...] = (
    flat, weekdays, free_weekends, growing, growing_by_weekdays, falling, growing_slowly, falling_slowly, sporadic,
    heavy_tailed, bursts,
)  # fmt: skip


def held(shape: Shape, seed: int, *, before: int = 56) -> tuple[bool, bool]:
    """Whether the month ended within the band, and whether below it."""
    days = days_of(shape, f"{shape.__name__} {seed}", before=before)
    came, found = november(days), seen_today(days)
    return found.low_usd <= came <= found.high_usd, came < found.low_usd


@pytest.mark.parametrize("shape", STEADY)
def test_bands_hold_about_eight_times_of_ten(shape: Shape) -> None:
    ends = [held(shape, seed) for seed in range(CASES)]
    assert LEAST <= sum(within for within, _ in ends) / CASES <= MOST
    assert sum(below for _, below in ends) / CASES <= 0.2


@pytest.mark.parametrize("times", [2, 0.5])
def test_bands_hold_after_a_step_on_any_day_of_the_last_month(times: float) -> None:
    ends = [held(step(times, days_ago=7 + seed % 28), seed) for seed in range(CASES)]
    assert LEAST <= sum(within for within, _ in ends) / CASES <= MOST
    assert sum(below for _, below in ends) / CASES <= 0.2


@pytest.mark.parametrize("before", [3, 7, 14])
def test_bands_hold_for_a_new_project_whatever_it_turns_out_to_be(before: int) -> None:
    shapes = [NEW_PROJECTS[seed % len(NEW_PROJECTS)] for seed in range(CASES)]
    seen = [
        held(shape, seed, before=before)
        for seed, shape in enumerate(shapes)
        if days_of(shape, f"{shape.__name__} {seed}", before=before)[0][1] > 0
    ]
    assert len(seen) > CASES / 2
    assert LEAST <= sum(within for within, _ in seen) / len(seen) <= MOST


@pytest.mark.parametrize(("shape", "most"), [(flat, 0.02), (growing, 0.05), (growing_by_weekdays, 0.05)])
def test_what_is_likely_is_not_off_to_one_side(shape: Shape, most: float) -> None:
    months = [days_of(shape, f"{shape.__name__} {seed}") for seed in range(CASES)]
    likely = sum(seen_today(days).likely_usd for days in months)
    came = sum(november(days) for days in months)
    assert abs(float(likely / came) - 1) <= most
