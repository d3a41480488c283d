"""Sums over the ledger and what like tasks took, the same on every database."""

from datetime import timedelta
from decimal import Decimal

from core.domain.estimate import Band, Likeness
from core.domain.identity import ProjectName, agent_run_id
from core.domain.task import Complexity, TaskState, TaskType
from core.spending import PastTask, estimate_from, past_tasks, spent_since, total_by, usual
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


async def test_past_tasks_are_the_completed_ones_of_a_kind_that_cost_something(store: Store) -> None:
    await charge(store, 1, "0.10", "0.20")
    await charge(store, 2, "1.00", project=DOCS, minutes=30)
    await charge(store, 3)
    async with store.transaction() as uow:
        await uow.tasks.add(a_task(4, type=TaskType.BUG_FIX))
    found = await past_tasks(store, TaskType.BUG_FIX, projects=None)
    assert [(each.project, each.cost_usd, each.duration_s) for each in found] == [
        (DOCS, Decimal("1.00"), 1800.0),
        (SHOP, Decimal("0.30"), 600.0),
    ]
    assert [each.project for each in await past_tasks(store, TaskType.BUG_FIX, projects={SHOP})] == [SHOP]
    assert await past_tasks(store, TaskType.FEATURE, projects=None) == []


def past(cost: str, *, project: ProjectName = SHOP, complexity: Complexity = Complexity.SIMPLE) -> PastTask:
    """A task that took a minute."""
    return PastTask(project=project, complexity=complexity, cost_usd=Decimal(cost), tokens=1000, duration_s=60.0)


def test_an_estimate_is_the_middle_and_what_nine_in_ten_stay_within() -> None:
    found = estimate_from([past("1"), past("2"), past("9")])
    assert found is not None
    assert (found.tasks, found.alike) == (3, (Likeness.TYPE,))
    assert (found.cost_usd, found.tokens.p50) == (Band(p50=2.0, p90=9.0), 1000.0)
    assert estimate_from([]) is None


def test_tasks_alike_in_project_and_size_alone_count_when_there_are_enough() -> None:
    tasks = [past("1"), past("2"), past("3"), past("50", project=DOCS), past("60", complexity=Complexity.COMPLEX)]
    narrow, wide = (estimate_from(each, like=(SHOP, "simple")) for each in (tasks, tasks[1:]))
    assert narrow is not None
    assert wide is not None
    assert (narrow.tasks, narrow.cost_usd.p90, Likeness.PROJECT in narrow.alike) == (3, 3.0, True)
    assert (wide.tasks, wide.cost_usd.p90, Likeness.PROJECT in wide.alike) == (4, 60.0, False)


async def test_what_is_usual_in_a_project_is_told_when_there_are_enough_tasks_like_it(store: Store) -> None:
    for number, cost in enumerate(("1", "2"), 1):
        await charge(store, number, cost)
    await charge(store, 3, "50", project=DOCS)

    async def usually() -> float | None:
        found = await usual(store, TaskType.BUG_FIX, project=SHOP, complexity=Complexity.MODERATE)
        return found.cost_usd.p50 if found is not None else None

    assert await usually() is None
    await charge(store, 4, "9")
    assert await usually() == 2.0
