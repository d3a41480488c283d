"""A task that is looked at tells which of the budgets it shares it will likely pass, as they stand at that moment."""

from dataclasses import replace
from decimal import Decimal

import pytest

from bot.documents import task_document
from core.budgets.book import BudgetBook
from core.domain.estimate import Band, Estimate, StepEstimate
from core.domain.identity import PersonId, task_id
from core.domain.limit import Budget, BudgetScope
from core.domain.period import PeriodUnit
from core.domain.task import StepState, TaskState
from core.engine.shared_budgets import raise_shared
from core.estimates.passing import first_passing
from core.reader import TaskReader
from core.store import Store
from tests.support.values import WORKFLOW, a_call, a_run, a_step, a_task

pytestmark = pytest.mark.money

DOLLAR = Band(p50=1.0, p90=2.0)
ESTIMATE = Estimate(
    cost_usd=Band(p50=3.0, p90=5.0),
    tokens=DOLLAR,
    duration_s=DOLLAR,
    tasks=7,
    steps=tuple(
        StepEstimate(step=each.name, role=each.role, model="claude-sonnet", cost_usd=DOLLAR, tokens=DOLLAR,
                     duration_s=DOLLAR)
        for each in WORKFLOW.steps
    ),
)  # fmt: skip
SHOP, OPUS, OTHER = BudgetScope(project="shop"), BudgetScope(project="shop", model="opus"), BudgetScope(project="docs")
BOOK = BudgetBook(
    settled=[Budget(scope=scope, unit=PeriodUnit.MONTH, usd=Decimal(10)) for scope in (SHOP, OPUS, OTHER)]
)
KEY = "project=shop/month"


@pytest.fixture(autouse=True)
async def work(store: Store) -> None:
    """T1 is being built; T2 spends of the same budget."""
    states = (StepState.COMPLETED, StepState.RUNNING, StepState.PENDING)
    async with store.transaction() as uow:
        for number in (1, 2):
            await uow.tasks.add(a_task(number, state=TaskState.RUNNING, estimate=ESTIMATE))
            steps = [
                a_step(task_id(number), name=each.name, role=each.role, position=position, state=state)
                for position, (each, state) in enumerate(zip(WORKFLOW.steps, states, strict=True), 1)
            ]
            await uow.steps.add_all(steps)
            await uow.agent_runs.add(a_run(task_id(number)))


async def others_spend(store: Store, usd: str) -> None:
    """A model call of T2."""
    async with store.transaction() as uow:
        await uow.ledger.record(a_call(f"m{usd}", a_run(task_id(2)).id, cost_usd=Decimal(usd), at=uow.now))


async def likely(store: Store) -> tuple[str, str] | None:
    """The budget that T1 will likely pass, and at which step."""
    found = first_passing(await TaskReader(store, BOOK).task(task_id(1)))
    return found and (found.budget.key if found.budget else "", found.at.step)


async def test_what_others_spend_and_a_raise_move_where_it_is_likely_passed(store: Store) -> None:
    assert await likely(store) is None
    await others_spend(store, "8.50")
    assert await likely(store) == (KEY, "review")
    await others_spend(store, "0.75")
    assert await likely(store) == (KEY, "build")
    async with store.transaction() as uow:
        await raise_shared(uow, BOOK, KEY, Decimal(5), by=PersonId("console:alice"))
    assert await likely(store) is None


async def test_scripts_read_it_by_the_key_of_the_budget(store: Store) -> None:
    await others_spend(store, "8.50")
    view = await TaskReader(store, BOOK).task(task_id(1))
    told = task_document(view, now=view.task.created_at, diff="")["task"]["likely_passes"]
    assert told == {"budget": KEY, "step": "review", "number": 3}
    own = replace(view, task=replace(view.task, budget_usd=Decimal("0.5")), shared=())
    assert task_document(own, now=view.task.created_at, diff="")["task"]["likely_passes"] == {
        "budget": None, "step": "build", "number": 2,
    }  # fmt: skip


async def test_nothing_is_looked_up_of_what_has_ended_or_has_no_estimate(store: Store) -> None:
    async with store.transaction() as uow:
        known = await uow.tasks.get(task_id(1))
        await uow.tasks.save(replace(known, state=TaskState.COMPLETED))
        await uow.tasks.save(replace(await uow.tasks.get(task_id(2)), estimate=None))
    for number in (1, 2):
        assert (await TaskReader(store, BOOK).task(task_id(number))).shared == ()
    async with store.transaction() as uow:
        await uow.tasks.save(known)
    assert [each.budget.key for each in (await TaskReader(store, BOOK).task(task_id(1))).shared] == [KEY]
