"""The ledger counts each model call once and adds exactly, on both databases."""

from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from core.domain.cost import Bill, Price, TokenUsage
from core.domain.errors import NotFoundError
from core.domain.identity import AgentRunId, StepName, agent_run_id, task_id
from core.store import Store
from tests.support.values import BUILD, a_call, a_run, a_task

pytestmark = pytest.mark.money

ONCE = Bill(calls=1, usage=a_call().usage, cost_usd=Decimal("0.0042"))


def run_id(ordinal: int, task: int = 1) -> AgentRunId:
    return agent_run_id(task_id(task), ordinal)


@pytest.fixture(autouse=True)
async def runs(store: Store) -> None:
    async with store.transaction() as unit:
        for number in (1, 2, 3):
            await unit.tasks.add(a_task(number))
        await unit.agent_runs.add(a_run())
        await unit.agent_runs.add(a_run(ordinal=2, step=StepName("review"), role="reviewer"))
        await unit.agent_runs.add(a_run(task_id(2)))


async def test_a_call_is_counted_once_however_often_it_is_told(store: Store) -> None:
    async with store.transaction() as unit:
        assert await unit.ledger.record(a_call()) is True
        assert await unit.ledger.record(a_call(cost_usd=Decimal(9))) is False
    async with store.transaction() as unit:
        assert await unit.ledger.record(a_call()) is False
    async with store.reading() as unit:
        assert await unit.ledger.of_task(task_id(1)) == ONCE


async def test_a_call_of_an_unknown_run_is_refused(store: Store) -> None:
    async with store.transaction() as unit:
        with pytest.raises(NotFoundError, match=r"agent run T1\.7"):
            await unit.ledger.record(a_call(run=run_id(7)))


async def test_sums_are_by_task_by_step_by_run_and_for_many_tasks(store: Store) -> None:
    async with store.transaction() as unit:
        await unit.ledger.record(a_call("m1"))
        await unit.ledger.record(a_call("m2"))
        await unit.ledger.record(a_call("m3", run_id(2), cost_usd=Decimal("1.5"), usage=TokenUsage(input_tokens=5)))
        await unit.ledger.record(a_call("m4", run_id(1, task=2)))
    twice = Bill(calls=2, usage=ONCE.usage + ONCE.usage, cost_usd=Decimal("0.0084"))
    review = Bill(calls=1, usage=TokenUsage(input_tokens=5), cost_usd=Decimal("1.5"))
    both = Bill(calls=3, usage=twice.usage + review.usage, cost_usd=Decimal("1.5084"))
    async with store.reading() as unit:
        ledger = unit.ledger
        assert await ledger.of_task(task_id(1)) == both
        assert await ledger.of_run(run_id(1)) == twice
        assert await ledger.by_step(task_id(1)) == {BUILD: twice, StepName("review"): review}
        assert await ledger.by_run(task_id(1)) == {run_id(1): twice, run_id(2): review}
        assert await ledger.totals([task_id(1), task_id(2), task_id(3)]) == {
            task_id(1): both,
            task_id(2): ONCE,
            task_id(3): Bill(),
        }


async def test_what_cost_nothing_has_an_empty_bill(store: Store) -> None:
    async with store.reading() as unit:
        assert await unit.ledger.of_task(task_id(1)) == Bill()
        assert await unit.ledger.of_run(run_id(1)) == Bill()
        assert await unit.ledger.by_step(task_id(1)) == {}
        assert await unit.ledger.by_run(task_id(1)) == {}
        assert await unit.ledger.totals([]) == {}


async def test_a_row_says_whose_money_it_was_without_a_join(store: Store) -> None:
    async with store.transaction() as unit:
        await unit.ledger.record(a_call("m3", run_id(2)))
        row = (await unit.connection.execute(text("SELECT task, step, role, project, person FROM model_calls"))).one()
    assert tuple(row) == ("T1", "review", "reviewer", "shop", "console:alice")


PRICES = st.decimals(min_value=0, max_value=1000, places=6, allow_nan=False, allow_infinity=False)
TOKENS = st.integers(min_value=0, max_value=2_000_000)


@given(st.lists(st.tuples(PRICES, TOKENS, TOKENS), min_size=1, max_size=8))
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_sums_of_money_are_exact_to_the_last_digit(store: Store, calls: list[tuple[Decimal, int, int]]) -> None:
    total = Decimal(0)
    async with store.transaction() as unit:
        await unit.connection.execute(text("DELETE FROM model_calls"))
        for index, (usd, tokens_in, tokens_out) in enumerate(calls):
            price = Price(input_usd=usd, output_usd=usd * 5, cache_read_usd=usd, cache_write_usd=usd)
            usage = TokenUsage(input_tokens=tokens_in, output_tokens=tokens_out)
            cost = price.cost_usd(usage)
            total += cost
            await unit.ledger.record(a_call(f"m{index}", usage=usage, cost_usd=cost))
        assert (await unit.ledger.of_task(task_id(1))).cost_usd == total
