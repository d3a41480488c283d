"""Why a question about a shared budget needs no answer any more: who gave more, or what else happened."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from core.budgets.allowance import Allowance
from core.domain.approval import ApprovalKind
from core.domain.budget_event import BudgetLimitChanged
from core.domain.identity import PersonId
from core.domain.limit import Budget, BudgetScope
from core.domain.period import Period, PeriodUnit
from core.engine.money_again import Answered, what_answered
from tests.support.values import NOON, an_approval

pytestmark = pytest.mark.money

ADA, BOB = PersonId("slack:T1/UADA"), PersonId("slack:T1/UBOB")
BUDGET = Budget(scope=BudgetScope(project="shop"), unit=PeriodUnit.MONTH, usd=Decimal(100))
MONTH = Period(begin=NOON - timedelta(days=10), end=NOON + timedelta(days=20))
NEXT = Period(begin=MONTH.end, end=MONTH.end + timedelta(days=30))
ASKED = an_approval(kind=ApprovalKind.BUDGET, budget=BUDGET.key, limit_usd=Decimal(100), created_at=NOON)


def stands(limit: str, *, period: Period = MONTH) -> Allowance:
    return Allowance(budget=replace(BUDGET, usd=Decimal(limit)), period=period, spent_usd=Decimal(1))


def raised(target: str, *, by: PersonId = ADA, source: str = "100", budget: str = BUDGET.key) -> BudgetLimitChanged:
    """By [Raise…]: until the month ends."""
    name = "the monthly budget of shop"
    return BudgetLimitChanged(budget=budget, name=name, source=source, target=target, until=MONTH.end, by=by)


def test_who_raised_it_last_is_named_with_what_may_be_spent_now() -> None:
    changes = [raised("150"), raised("200", by=BOB, source="150"), raised("9", budget="project=docs/month")]
    found = what_answered(ASKED, stands("200"), changes)
    assert found == Answered(by=BOB, limit="$200.00", raise_usd=Decimal(100))


def test_who_set_it_for_good_or_took_it_away_is_named_too() -> None:
    larger, gone = replace(raised("200"), until=None), replace(raised(""), until=None)
    assert what_answered(ASKED, stands("200"), [larger]).by == ADA
    assert what_answered(ASKED, None, [larger, gone]) == Answered(by=ADA, limit="no limit")


def test_another_period_is_no_raise_even_after_one() -> None:
    for changes in ([], [raised("150")]):
        assert what_answered(ASKED, stands("100", period=NEXT), changes) == Answered(reason="A new month has begun.")


def test_of_other_settings_only_what_holds_now_is_known() -> None:
    now = "The monthly budget of shop is $200.00 now."
    assert what_answered(ASKED, stands("200"), []) == Answered(reason=now)
    assert what_answered(ASKED, stands("200"), [raised("150")]) == Answered(reason=now), "that was not what gave it"
    assert what_answered(ASKED, None, []) == Answered(reason="There is no such budget any more.")


def test_a_smaller_limit_that_is_not_reached_was_no_raise() -> None:
    smaller = replace(raised("80"), until=None)
    assert what_answered(ASKED, stands("80"), [smaller]).reason == "The monthly budget of shop is $80.00 now."
