"""Which budgets hold, for whom, and until when."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.budgets.allowance import Allowance
from core.budgets.book import BudgetBook, drawn_on
from core.budgets.names import budget_name
from core.budgets.raising import raise_step
from core.domain.identity import PersonId
from core.domain.limit import Budget, BudgetScope, Draw, KeptBudget
from core.domain.period import PeriodUnit

pytestmark = pytest.mark.money

NOW = datetime(2026, 11, 21, 23, 30, tzinfo=UTC)
ALICE = PersonId("slack:T1/U1")
DRAW = Draw(project="api", person=ALICE, role="builder", model="claude-opus-4-1-20250805")
API = BudgetScope(project="api")


def budget(scope: BudgetScope = API, usd: int = 20, unit: PeriodUnit = PeriodUnit.MONTH) -> Budget:
    return Budget(scope=scope, unit=unit, usd=Decimal(usd))


def kept(usd: int | None, scope: BudgetScope = API) -> KeptBudget:
    return KeptBudget(
        key=f"{scope.key}/month",
        scope=scope,
        unit=PeriodUnit.MONTH,
        usd=None if usd is None else Decimal(usd),
        warn_at=(80,),
        owners=(ALICE,),
        by=ALICE,
        at=NOW,
    )


@pytest.mark.parametrize(
    ("scope", "counts"),
    [
        (BudgetScope(), True),
        (API, True),
        (BudgetScope(project="web"), False),
        (BudgetScope(person=ALICE), True),
        (BudgetScope(person="slack:T1/U2"), False),
        (BudgetScope(role="builder", project="api"), True),
        (BudgetScope(role="tester"), False),
        (BudgetScope(model="Opus"), True),
        (BudgetScope(model="haiku"), False),
    ],
)
def test_a_budget_counts_what_fits_everything_it_names(scope: BudgetScope, counts: bool) -> None:
    assert bool(drawn_on([budget(scope)], DRAW)) is counts


def test_a_model_that_is_not_chosen_yet_draws_on_no_budget_of_a_model() -> None:
    unknown = Draw(project="api", person=ALICE, role="builder")
    assert drawn_on([budget(BudgetScope(model="opus")), budget()], unknown) == (budget(),)


def test_what_people_set_is_stronger_than_the_settings() -> None:
    book = BudgetBook(settled=[budget(usd=20), budget(BudgetScope(), usd=100)])
    assert [each.usd for each in book.budgets([])] == [100, 20]
    assert [(each.usd, each.warn_at) for each in book.budgets([kept(30)])][1] == (30, (80,))
    assert [each.scope for each in book.budgets([kept(None)])] == [BudgetScope()]


def test_a_day_begins_where_the_project_is() -> None:
    book = BudgetBook(time_zone="UTC", zones={"api": "Europe/Berlin"})
    assert book.period(budget(unit=PeriodUnit.DAY), NOW).begin == datetime(2026, 11, 21, 23, tzinfo=UTC)
    assert book.period(budget(BudgetScope(), unit=PeriodUnit.DAY), NOW).begin == datetime(2026, 11, 21, tzinfo=UTC)


def test_by_how_much_a_budget_was_passed_is_known() -> None:
    period = BudgetBook().period(budget(), NOW)
    stands = Allowance(budget=budget(usd=20), period=period, spent_usd=Decimal("20.03"))
    assert (stands.used_up, stands.passed_by_usd, stands.left_usd, stands.percent) == (True, Decimal("0.03"), 0, 100)
    raised = Allowance(budget=budget(usd=20), period=period, spent_usd=Decimal("20.03"), extra_usd=Decimal(5))
    assert (raised.used_up, raised.passed_by_usd, raised.left_usd) == (False, 0, Decimal("4.97"))


@pytest.mark.parametrize(
    ("limit", "step"), [("20", "5"), ("200", "50"), ("10", "2"), ("5", "1"), ("1", "0.2"), ("1000000", "200000")]
)
def test_a_raise_is_a_round_part_of_the_budget(limit: str, step: str) -> None:
    assert raise_step(Decimal(limit)) == Decimal(step)


@given(limit=st.decimals(min_value="0.000001", max_value=1_000_000, places=6))
def test_a_raise_is_never_nothing_and_at_most_a_quarter(limit: Decimal) -> None:
    assert 0 < raise_step(limit) <= limit / 4 < raise_step(limit) * Decimal("2.5")


@pytest.mark.parametrize(
    ("scope", "name"),
    [
        (BudgetScope(), "the monthly budget of everything"),
        (API, "the monthly budget of api"),
        (BudgetScope(person=ALICE), "the monthly budget of alice"),
        (BudgetScope(role="builder", model="opus", project="api"), "the monthly budget of builder on opus in api"),
        (BudgetScope(model="opus", person=ALICE), "the monthly budget of opus for alice"),
    ],
)
def test_budgets_are_called_by_what_they_count(scope: BudgetScope, name: str) -> None:
    assert budget_name(scope, PeriodUnit.MONTH, {ALICE: "alice"}) == name
