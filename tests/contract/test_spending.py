"""Sums over the ledger, the same on every database."""

from datetime import timedelta
from decimal import Decimal

from core.domain.identity import ProjectName, agent_run_id
from core.domain.task import TaskState, TaskType
from core.spending import spent_since, total_by
from core.store import Store
from tests.support.values import NOON, a_call, a_run, a_task

SHOP, DOCS = ProjectName("shop"), ProjectName("docs")


async def charge(store: Store, number: int, *costs: str, project: ProjectName = SHOP, minutes: int = 10) -> None:
    """A completed bug fix whose model calls cost that much, the later ones a day later each."""
    ended = {"started_at": NOON, "finished_at": NOON + timedelta(minutes=minutes)}
    task = a_task(number, state=TaskState.COMPLETED, project=project, type=TaskType.BUG_FIX, **ended)
    async with store.transaction() as uow:
        await uow.tasks.add(task)
        await uow.agent_runs.add(a_run(task.id))
        for day, cost in enumerate(costs):
            at = NOON + timedelta(days=day)
            run = agent_run_id(task.id, 1)
            await uow.ledger.record(a_call(f"msg_{number}_{day}", run, cost_usd=Decimal(cost), at=at))


async def test_what_was_spent_is_summed_from_a_moment_on_and_per_project(store: Store) -> None:
    await charge(store, 1, "0.10", "0.20")
    await charge(store, 2, "1.00", project=DOCS)
    spent = await spent_since(store, NOON, projects=None)
    assert [(each.agent_run, each.calls, each.cost_usd) for each in spent] == [
        ("T2.1", 1, Decimal("1.00")),
        ("T1.1", 2, Decimal("0.30")),
    ]
    assert total_by(spent, "project") == {"docs": (1, Decimal("1.00")), "shop": (2, Decimal("0.30"))}
    (later,) = await spent_since(store, NOON + timedelta(hours=1), projects={SHOP, DOCS})
    assert later.cost_usd == Decimal("0.20")
    assert await spent_since(store, NOON, projects=set()) == []
