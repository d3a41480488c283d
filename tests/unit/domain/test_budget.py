"""Amounts as people write them, and by how much a budget is raised."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain.budget import MOST_USD, checked_usd, is_used_up, next_raise, usd_of
from core.domain.errors import InvalidInputError

amounts = st.decimals(min_value=Decimal("0.01"), max_value=1000, places=2)


@pytest.mark.parametrize("text", ["5", "5.00", "$5", " $ 5.0 ", "5 usd", "5$", "5 USD"])
def test_five_dollars_can_be_written_in_many_ways(text: str) -> None:
    assert usd_of(text) == 5


@pytest.mark.parametrize("text", ["", "five", "5,50", "-5", "1e3", "NaN", "5.1234567", "€5", "5 5", "\u0665"])
def test_what_is_no_amount_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(InvalidInputError) as caught:
        usd_of(text)
    assert "such as 5 or 7.50" in caught.value.hint


def test_nothing_and_far_too_much_are_no_budgets() -> None:
    assert checked_usd(MOST_USD) == MOST_USD
    for amount in (Decimal(0), Decimal(-1), Decimal("NaN"), Decimal("Infinity"), MOST_USD + 1):
        with pytest.raises(InvalidInputError):
            checked_usd(amount)


def test_without_a_budget_nothing_is_ever_used_up() -> None:
    assert not is_used_up(None, Decimal(10**6))
    assert is_used_up(Decimal(5), Decimal(5))
    assert not is_used_up(Decimal(5), Decimal("4.99"))


@given(budget=amounts, spent=amounts, step=amounts)
def test_a_raise_is_the_fewest_steps_that_leave_something_to_spend(
    budget: Decimal, spent: Decimal, step: Decimal
) -> None:
    offered = next_raise(budget, spent=spent, step=step)
    assert offered % step == 0
    assert budget + offered > spent
    assert offered == step or budget + offered - step <= spent
