"""An estimate as one line that a person reads before they approve a plan."""

import pytest

from core.domain.estimate import Band, Estimate, Likeness
from core.estimates.wording import told_count, told_estimate, told_ground

pytestmark = pytest.mark.money

FOUND = Estimate(
    cost_usd=Band(p50=0.42, p90=1.1),
    tokens=Band(p50=123_400, p90=1_310_000),
    duration_s=Band(p50=45, p90=1780),
    tasks=14,
    alike=(Likeness.TYPE, Likeness.COMPLEXITY, Likeness.PROJECT),
)


def test_money_tokens_and_time_are_told_with_what_they_rest_on() -> None:
    assert told_estimate(FOUND) == (
        "$0.42, up to $1.10 · under a minute, up to 30 min · 123k tokens, up to 1.3M. "
        "From 14 completed tasks of the same kind, size and project."
    )


def test_an_estimate_without_any_past_says_that() -> None:
    ground = told_ground(Estimate(cost_usd=FOUND.cost_usd, tokens=FOUND.tokens, duration_s=FOUND.duration_s, tasks=0))
    assert ground == "No task like it was completed yet, so this rests on stated assumptions."


def test_one_task_of_the_same_kind_is_told_as_one() -> None:
    one = Estimate(cost_usd=FOUND.cost_usd, tokens=FOUND.tokens, duration_s=FOUND.duration_s, tasks=1)
    assert told_ground(one) == "From 1 completed task of the same kind."


@pytest.mark.parametrize(
    ("count", "told"), [(0, "0"), (940.4, "940"), (999_400, "999k"), (999_600, "1.0M"), (1_449_000, "1.4M")]
)
def test_tokens_are_told_short(count: float, told: str) -> None:
    assert told_count(count) == told
