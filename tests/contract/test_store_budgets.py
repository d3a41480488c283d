"""Budgets that people set, their tallies, and the sums of the ledger they are measured by, on both databases."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from core.domain.identity import PersonId, agent_run_id, task_id
from core.domain.limit import BudgetScope, Draw, KeptBudget, Tally
from core.domain.period import PeriodUnit, day
from core.store import Store
from tests.support.values import NOON, a_call, a_run, a_task

pytestmark = pytest.mark.money

ALICE = PersonId("console:alice")
KEPT = KeptBudget(
    key="project=shop,role=builder/month",
    scope=BudgetScope(project="shop", role="builder"),
    unit=PeriodUnit.MONTH,
    usd=Decimal("200.000001"),
    warn_at=(50, 90),
    owners=(ALICE, PersonId("slack:T1/U2")),
    by=ALICE,
    at=NOON,
)
TALLY = Tally(budget="everything/day", begin=NOON)
TODAY = day(NOON, "UTC")


async def test_a_budget_that_was_set_comes_back_and_is_replaced(store: Store) -> None:
    async with store.transaction() as unit:
        await unit.budgets.keep(KEPT)
        await unit.budgets.keep(replace(KEPT, key="everything/day", scope=BudgetScope(), unit=PeriodUnit.DAY))
    async with store.transaction() as unit:
        await unit.budgets.keep(replace(KEPT, usd=None))
    async with store.reading() as unit:
        kept = {each.key: each for each in await unit.budgets.kept()}
    assert kept[KEPT.key] == replace(KEPT, usd=None)
    assert len(kept) == 2


async def test_a_tally_begins_with_what_is_given_and_is_kept_for_each_period(store: Store) -> None:
    told = replace(TALLY, extra_usd=Decimal(5), told_percent=90, told_limit_usd=Decimal("10.5"))
    async with store.transaction() as unit:
        assert await unit.budgets.hold_tally(TALLY) == TALLY
        await unit.budgets.save_tally(told)
    async with store.reading() as unit:
        assert await unit.budgets.tally(TALLY) == told
        tomorrow = replace(TALLY, begin=NOON + timedelta(days=1))
        assert await unit.budgets.tally(tomorrow) == tomorrow


async def test_who_holds_a_tally_is_alone_with_it(store: Store) -> None:
    async def raise_by_one() -> None:
        async with store.transaction() as unit:
            known = await unit.budgets.hold_tally(TALLY)
            await unit.budgets.save_tally(replace(known, extra_usd=known.extra_usd + 1))

    await asyncio.gather(*(raise_by_one() for _ in range(8)))
    async with store.reading() as unit:
        assert (await unit.budgets.tally(TALLY)).extra_usd == 8


@pytest.fixture
async def calls(store: Store) -> list[tuple[Draw, Decimal]]:
    """Two people, two roles and two models in two projects; each call costs another power of two."""
    made: list[tuple[Draw, Decimal]] = []
    run = agent_run_id(task_id(1), 1)
    async with store.transaction() as unit:
        for number, (project, person) in enumerate((("shop", ALICE), ("shop", "slack:T1/U2"), ("api_x", ALICE)), 1):
            await unit.tasks.add(a_task(number, project=project, requested_by=PersonId(person)))
            for ordinal, role in enumerate(("builder", "tester"), 1):
                run = agent_run_id(task_id(number), ordinal)
                await unit.agent_runs.add(a_run(task_id(number), ordinal, role=role))
                for model in ("claude-opus-4", "claude_haiku"):
                    cost = Decimal(2) ** len(made)
                    call = a_call(f"m{len(made)}", run, model=model, cost_usd=cost)
                    await unit.ledger.record(call)
                    made.append((Draw(project=project, person=PersonId(person), role=role, model=model), cost))
        await unit.ledger.record(a_call("before", run, at=TODAY.begin - timedelta(microseconds=1)))
        await unit.ledger.record(a_call("after", run, at=TODAY.end))
    return made


@pytest.mark.parametrize(
    "scope",
    [
        BudgetScope(),
        BudgetScope(project="shop"),
        BudgetScope(project="api_x"),
        BudgetScope(person=ALICE, role="tester"),
        BudgetScope(model="OPUS"),
        BudgetScope(model="e_h"),
        BudgetScope(project="shop", person=ALICE, role="builder", model="haiku"),
        BudgetScope(project="web"),
    ],
)
async def test_the_ledger_counts_for_a_budget_what_its_scope_covers(
    store: Store, calls: list[tuple[Draw, Decimal]], scope: BudgetScope
) -> None:
    async with store.reading() as unit:
        spent = await unit.budgets.spent_usd(scope, TODAY)
    assert spent == sum(cost for draw, cost in calls if scope.covers(draw))
