"""What the past of each scope is read as: the same on every database, in days of the zone, only what one may see."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from core.budgets.allowance import Allowance
from core.budgets.book import BudgetBook
from core.costs.query import Group, Where
from core.domain.identity import PersonId, ProjectName, agent_run_id
from core.domain.limit import Budget, BudgetScope
from core.domain.period import PeriodUnit, day, month
from core.forecasts.daily import Forecasts, histories
from core.forecasts.projection import WHOLE, Outlook, Projection, TooEarly
from core.store import Store
from tests.support.values import a_call, a_run, a_task

pytestmark = pytest.mark.money

NOW = datetime(2026, 11, 18, 10, tzinfo=UTC)
ALICE, BOB = PersonId("slack:T1/U1"), PersonId("slack:T1/U2")
OPUS, SONNET = "claude-opus-4-1", "claude-sonnet-4-5"


async def spends(store: Store, number: int, usd: str, at: list[datetime], **who: str) -> None:
    """A task whose agent makes a call of so many dollars at each of these times."""
    task = a_task(
        number, project=ProjectName(who.get("project", "api")), requested_by=PersonId(who.get("person", ALICE))
    )
    async with store.transaction() as uow:
        await uow.tasks.add(task)
        await uow.agent_runs.add(a_run(task.id, 1, role=who.get("role", "builder")))
        for ordinal, when in enumerate(at):
            call = a_call(f"m{number}_{ordinal}", agent_run_id(task.id, 1), model=who.get("model", SONNET))
            await uow.ledger.record(replace(call, cost_usd=Decimal(usd), at=when))


def evenings(count: int, *, hour: int = 23) -> list[datetime]:
    """Half past eleven (of UTC) of each of the last days before today."""
    return [NOW.replace(hour=hour, minute=30) - timedelta(days=number) for number in range(1, count + 1)]


@pytest.fixture
async def forecasts(store: Store) -> Forecasts:
    """Alice's builder costs $2 each evening in api, Bob's reviewer $1 at noon in web for two days."""
    await spends(store, 1, "2", evenings(20))
    await spends(store, 2, "1", evenings(2, hour=12), project="web", person=BOB, role="reviewer", model=OPUS)
    return Forecasts(store, clock=lambda: NOW)


def told(found: Outlook) -> tuple[Decimal, int]:
    assert isinstance(found, Projection)
    return found.spent_usd, found.days


async def test_everything_and_each_of_a_group_are_told(forecasts: Forecasts) -> None:
    november = month(NOW, "UTC")
    found = await forecasts.of(Where(), november, group=Group.PROJECT, projects=None, zone="UTC")
    assert set(found) == {WHOLE, "api", "web"}
    assert told(found[WHOLE]) == (Decimal(36), 20)
    assert told(found["api"]) == (Decimal(34), 20)
    assert found["web"] == TooEarly(spent_usd=Decimal(2), on=NOW.date() + timedelta(days=1))
    people = await forecasts.of(Where(), november, group=Group.PERSON, projects=None, zone="UTC")
    assert set(people) == {WHOLE, ALICE, BOB}
    likely = found["api"]
    # thirteen days and a half are left
    assert isinstance(likely, Projection)
    assert Decimal(55) < likely.likely_usd < Decimal(65)


async def test_what_is_named_or_hidden_narrows(forecasts: Forecasts) -> None:
    november = month(NOW, "UTC")
    hidden = await forecasts.of(Where(), november, group=Group.PROJECT, projects=frozenset({"web"}), zone="UTC")
    assert set(hidden) == {WHOLE, "web"}
    none = await forecasts.of(Where(), november, group=Group.ROLE, projects=frozenset(), zone="UTC")
    assert none == {WHOLE: TooEarly(spent_usd=Decimal(0), on=None)}
    named = await forecasts.of(Where(models=("OPUS",)), november, group=Group.ROLE, projects=None, zone="UTC")
    assert set(named) == {WHOLE, "reviewer"}


async def test_each_budget_is_told_by_what_it_counts_and_in_its_own_days(forecasts: Forecasts) -> None:
    book = BudgetBook(zones={"api": "Europe/Berlin"})
    scopes = [
        BudgetScope(),
        BudgetScope(project="api", role="builder"),
        BudgetScope(person=BOB, model="opus"),
        BudgetScope(project="docs"),
    ]
    budgets = [Budget(scope=each, unit=PeriodUnit.DAY, usd=Decimal(50)) for each in scopes]
    standing = [Allowance(budget=each, period=book.period(each, NOW), spent_usd=Decimal(1)) for each in budgets]
    found = await forecasts.of_budgets(standing, book)
    whole, builder, opus, nothing = (found[each.key] for each in budgets)
    assert told(whole) == (Decimal(1), 20)
    # the last of its twenty evenings is today in Berlin
    assert told(builder) == (Decimal(1), 19)
    assert isinstance(opus, TooEarly)
    assert nothing == TooEarly(spent_usd=Decimal(1), on=None)
    assert await forecasts.of_budgets([], book) == {}


async def test_days_are_those_of_the_zone(forecasts: Forecasts, store: Store) -> None:
    zone = "Europe/Berlin"
    async with store.reading() as uow:
        found = await histories(uow, Where(projects=("api",)), group=None, projects=None, zone=zone, now=NOW)
    # half past eleven of UTC is the next day there: the last of them is spent today
    assert found[WHOLE].first == (NOW - timedelta(days=19)).date()
    assert found[WHOLE].usd == (Decimal(2),) * 19
    today = await forecasts.of(Where(projects=("api",)), day(NOW, zone), group=None, projects=None, zone=zone)
    assert told(today[WHOLE]) == (Decimal(2), 19)
