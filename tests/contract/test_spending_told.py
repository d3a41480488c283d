"""Whatever is told twice, dies in between or comes in another order: sums are right, and each alert is told once."""

import asyncio
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from core.allowances import allowance_of
from core.budgets.book import BudgetBook
from core.budgets.thresholds import reached
from core.domain.budget_event import BudgetThresholdReached
from core.domain.identity import PersonId, agent_run_id, task_id
from core.domain.limit import WARN_AT, Budget, BudgetScope
from core.domain.period import PeriodUnit
from core.engine.charging import tell_spending
from core.engine.shared_budgets import raise_shared
from core.store import Store
from tests.support.values import a_call, a_run, a_task

pytestmark = pytest.mark.money

ALICE = PersonId("console:alice")
LIMIT = Decimal(10)
BOOK = BudgetBook(settled=[Budget(scope=BudgetScope(project="shop"), unit=PeriodUnit.MONTH, usd=LIMIT)])
KEY = "project=shop/month"


class DiedError(Exception):
    """The process is gone before its transaction is committed."""


COSTS = st.integers(1, 400).map(lambda cents: Decimal(cents) / 100)
HAPPENINGS = st.lists(
    st.tuples(st.sampled_from(["call", "call", "call", "death", "raise"]), st.integers(0, 9), st.integers(1, 2)),
    max_size=30,
)


@pytest.fixture(autouse=True)
async def runs(store: Store) -> None:
    async with store.transaction() as unit:
        for number in (1, 2):
            await unit.tasks.add(a_task(number))
            await unit.agent_runs.add(a_run(task_id(number)))


async def one_call(store: Store, name: int, cost: Decimal, *, run: int, dies: bool) -> None:
    """A model call is told, once more or for the first time; the run of another task may tell it after a fork."""
    async with store.transaction() as unit:
        known = await unit.agent_runs.get(agent_run_id(task_id(run), 1))
        call = a_call(f"m{name}", known.id, cost_usd=cost, at=unit.now)
        if await unit.ledger.record(call):
            await tell_spending(unit, BOOK, known, model=call.model, cost_usd=cost)
        if dies:
            raise DiedError


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25)
@given(happenings=HAPPENINGS, costs=st.lists(COSTS, min_size=10, max_size=10))
async def test_sums_are_right_and_each_crossing_is_told_once(
    store: Store, happenings: list[tuple[str, int, int]], costs: list[Decimal]
) -> None:
    async with store.transaction() as unit:
        for table in ("model_calls", "spending", "budget_tallies", "events"):
            await unit.connection.execute(text(f"DELETE FROM {table}"))
    begin = await store.journal.last_seq()
    counted: dict[int, Decimal] = {}
    limit, expected, highest = LIMIT, list[int](), 0
    for kind, name, number in happenings:
        before = sum(counted.values(), start=Decimal(0))
        if kind == "raise":
            step = max(before - limit, Decimal(0)) + number
            async with store.transaction() as unit:
                await raise_shared(unit, BOOK, KEY, step, by=ALICE)
            limit += step
            highest = min(highest, reached(before, limit, WARN_AT))
            continue
        try:
            await one_call(store, name, costs[name], run=number, dies=kind == "death")
        except DiedError:
            continue
        counted.setdefault(name, costs[name])
        now = reached(sum(counted.values(), start=Decimal(0)), limit, WARN_AT)
        if now > highest:
            expected.append(now)
        highest = max(highest, now)

    async with store.reading() as unit:
        stands = await allowance_of(unit, BOOK, KEY)
        tasks = [(await unit.ledger.of_task(task_id(number))).cost_usd for number in (1, 2)]
    assert stands is not None
    assert (stands.spent_usd, stands.limit_usd) == (sum(counted.values(), start=Decimal(0)), limit)
    assert sum(tasks, start=Decimal(0)) == stands.spent_usd
    told = [
        entry.event.percent
        for entry in await store.journal.read(after=begin, limit=1000)
        if isinstance(entry.event, BudgetThresholdReached)
    ]
    assert told == expected


async def test_calls_at_the_same_moment_miss_no_crossing_and_tell_none_twice(store: Store) -> None:
    calls = [one_call(store, name, Decimal("1.30"), run=1 + name % 2, dies=False) for name in range(8)]
    await asyncio.gather(*calls)
    told = [
        entry.event.percent
        for entry in await store.journal.read(limit=1000)
        if isinstance(entry.event, BudgetThresholdReached)
    ]
    assert told == [50, 75, 90, 100]
