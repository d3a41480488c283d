"""Whether money lasts: by where the limit stands in the band."""

from datetime import date
from decimal import Decimal

import pytest

from core.forecasts.projection import Projection, TooEarly
from core.forecasts.verdict import Verdict, verdict, worst

pytestmark = pytest.mark.money


def band(spent: int, low: int, likely: int, high: int) -> Projection:
    return Projection(
        spent_usd=Decimal(spent), low_usd=Decimal(low), likely_usd=Decimal(likely), high_usd=Decimal(high), days=56
    )


@pytest.mark.parametrize(
    ("limit", "expected"),
    [
        (300, Verdict.YES),
        (260, Verdict.YES),
        (230, Verdict.PROBABLY),
        (200, Verdict.PROBABLY_NOT),
        (150, Verdict.NO),
        (100, Verdict.NO),
    ],
)
def test_the_verdict_follows_from_where_the_limit_stands(limit: int, expected: Verdict) -> None:
    assert verdict(band(100, 180, 212, 260), Decimal(limit)) is expected


def test_too_little_past_is_no_verdict_unless_the_money_is_gone() -> None:
    early = TooEarly(spent_usd=Decimal(10), on=date(2026, 11, 27))
    assert verdict(early, Decimal(20)) is Verdict.UNKNOWN
    assert verdict(early, Decimal(10)) is Verdict.NO


def test_of_several_budgets_the_worst_counts() -> None:
    assert worst([Verdict.YES, Verdict.PROBABLY_NOT, Verdict.UNKNOWN]) is Verdict.PROBABLY_NOT
    assert worst([Verdict.PROBABLY, Verdict.UNKNOWN]) is Verdict.UNKNOWN
    assert worst([]) is Verdict.UNKNOWN
