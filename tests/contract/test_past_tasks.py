"""What completed tasks took, and estimates from it, the same on every database."""

from collections.abc import Collection
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from core.domain.cost import TokenUsage
from core.domain.estimate import Band, Estimate, Likeness
from core.domain.identity import ProjectName, StepName, agent_run_id, task_id
from core.domain.period import Period
from core.domain.task import AgentRunState, TaskState, TaskType
from core.estimates.calibration import Verdict, calibration
from core.estimates.estimating import Estimating
from core.store import Store
from core.store.past_tasks import PastTasks
from tests.support.clock import FakeClock
from tests.support.past_work import BUILD_AND_TEST, CHEAP, PRICES, PRIORS, SHOP, some_work
from tests.support.values import NOON, a_call, a_run, a_task

pytestmark = pytest.mark.money

DOCS = ProjectName("docs")
USAGE = TokenUsage(input_tokens=100, output_tokens=20, cache_read_tokens=800, cache_write_tokens=80)


async def completed(
    store: Store, number: int, *costs: str, minutes: float = 10, minutes_a_step: float = 3, **changes: Any
) -> None:
    """A bug fix whose steps cost that much, one call of a thousand tokens each."""
    begun = {"started_at": NOON, "finished_at": NOON + timedelta(minutes=minutes)}
    facts = {"state": TaskState.COMPLETED, "type": TaskType.BUG_FIX, "workflow": BUILD_AND_TEST, **begun, **changes}
    task = a_task(number, **facts)
    async with store.transaction() as uow:
        await uow.tasks.add(task)
        for at, (cost, step) in enumerate(zip(costs, BUILD_AND_TEST.steps, strict=False), 1):
            ended = NOON + timedelta(minutes=minutes_a_step)
            run = a_run(
                task.id,
                at,
                step=step.name,
                role=step.role,
                state=AgentRunState.COMPLETED,
                started_at=NOON,
                finished_at=ended,
                rested_s=60.0,
            )
            await uow.agent_runs.add(run)
            call = a_call(f"m{number}.{at}", agent_run_id(task.id, at), cost_usd=Decimal(cost))
            await uow.ledger.record(replace(call, model=CHEAP, usage=USAGE, at=NOON))


def estimating(store: Store) -> Estimating:
    return Estimating(store, prices=PRICES, priors=PRIORS)


async def test_the_newest_completed_tasks_of_a_kind_are_found(store: Store) -> None:
    await completed(store, 1, "1")
    await completed(store, 2, "1", project=DOCS)
    await completed(store, 3, "1", type=TaskType.FEATURE)
    await completed(store, 4, "1", state=TaskState.FAILED)
    await completed(store, 5, "1", forked_from=task_id(1))
    await completed(store, 6, "1")

    async def found(*, projects: Collection[ProjectName] | None, limit: int = 100) -> list[str]:
        async with store.reading() as uow:
            keys = await PastTasks(uow.connection).newest(TaskType.BUG_FIX, projects=projects, limit=limit)
        return [key.task for key in keys]

    assert await found(projects=None) == ["T6", "T2", "T1"]
    assert await found(projects={SHOP}) == ["T6", "T1"]
    assert await found(projects={SHOP}, limit=1) == ["T6"]
    assert await found(projects=set()) == []


async def test_a_past_task_is_read_step_by_step(store: Store) -> None:
    await completed(store, 1, "0.25", "0.50", rested_s=120.0)
    async with store.reading() as uow:
        (task,) = await PastTasks(uow.connection).read([task_id(1)])
    assert (task.project, task.duration_s, task.finished_at) == (SHOP, 480.0, NOON + timedelta(minutes=10))
    assert sorted((part.step, part.role, part.model, part.cost_usd) for part in task.parts) == [
        ("build", "builder", CHEAP, 0.25),
        ("test", "tester", CHEAP, 0.5),
    ]
    assert [part.usage for part in task.parts] == [USAGE, USAGE]
    assert task.seconds == pytest.approx({"build": 120.0, "test": 120.0}, abs=0.01)


async def test_an_estimate_comes_from_tasks_of_the_same_project_first(store: Store) -> None:
    for number in range(1, 6):
        await completed(store, number, "4", project=DOCS)
    found = await estimating(store).estimate(some_work())
    assert found.tasks == 0, "nobody said that others may be looked at"
    found = await estimating(store).estimate(some_work(), others={DOCS})
    assert (found.tasks, Likeness.PROJECT in found.alike) == (5, False)
    assert (await estimating(store).estimate(some_work(), others=None)).tasks == 5
    for number in range(11, 16):
        await completed(store, number, "1")
    found = await estimating(store).estimate(some_work(), others={DOCS})
    assert (found.tasks, Likeness.PROJECT in found.alike) == (5, True)


async def test_tasks_that_cost_nothing_say_nothing(store: Store) -> None:
    await completed(store, 1)
    assert (await estimating(store).estimate(some_work())).tasks == 0


async def test_a_task_that_was_asked_for_more_is_looked_at_again(store: Store) -> None:
    for number in range(1, 6):
        await completed(store, number, "1")
    knows = estimating(store)
    before = await knows.estimate(some_work())
    assert await knows.estimate(some_work()) == before
    async with store.transaction() as uow:
        for number in range(1, 6):
            task = await uow.tasks.get(task_id(number))
            await uow.tasks.save(replace(task, finished_at=NOON + timedelta(hours=1)))
            call = a_call(f"more{number}", agent_run_id(task.id, 1), cost_usd=Decimal(30))
            await uow.ledger.record(replace(call, model=CHEAP, usage=USAGE, at=NOON))
    after = await knows.estimate(some_work())
    assert after.cost_usd.p50 > 3 * before.cost_usd.p50
    assert after == await estimating(store).estimate(some_work())


async def test_no_more_is_kept_in_mind_than_stated(store: Store) -> None:
    for number in range(1, 9):
        await completed(store, number, "1")
    knows = Estimating(store, prices=PRICES, priors=PRIORS, keeps=3)
    assert [(await knows.estimate(some_work())).tasks for _ in range(3)] == [8, 8, 8]


async def test_estimates_are_held_against_what_completed_tasks_took(store: Store, clock: FakeClock) -> None:
    def expected(usd: float, *, tasks: int = 3) -> Estimate:
        like, time = Band(p50=1000, p90=3000), Band(p50=700, p90=900)
        return Estimate(cost_usd=Band(p50=usd, p90=2 * usd), tokens=like, duration_s=time, tasks=tasks)

    await completed(store, 1, "1", "1", estimate=expected(3))
    await completed(store, 2, "1", "1", estimate=expected(1.5, tasks=0), project=DOCS, type=TaskType.FEATURE)
    await completed(store, 3, "1", "1", estimate=expected(0.5), rested_s=300.0)
    await completed(store, 4, "1", "1")
    await completed(store, 5, "1", "1", estimate=expected(9), state=TaskState.CANCELLED)

    found = await calibration(store, projects=None)
    assert found.whole is not None
    assert (found.whole.tasks, found.whole.assumed) == (3, 1)
    cost = found.whole.cost_usd
    assert (cost.p50, cost.p90, cost.verdict) == (pytest.approx(1 / 3), pytest.approx(2 / 3), Verdict.TOO_EARLY)
    assert (found.whole.tokens.p50, found.whole.tokens.p90) == (0.0, 1.0)
    assert found.whole.duration_s.p50 == 1.0
    assert set(found.by_type) == {TaskType.BUG_FIX, TaskType.FEATURE}
    seen = await calibration(store, projects={DOCS})
    assert seen.whole is not None
    assert set(seen.by_type) == {TaskType.FEATURE}
    assert (await calibration(store, projects=set())).whole is None
    ended = NOON + timedelta(minutes=10)
    for begin, tasks in ((ended - timedelta(seconds=1), 3), (ended + timedelta(days=9), 0)):
        at = Period(begin=begin, end=begin + timedelta(days=9))
        within = (await calibration(store, projects=None, period=at)).whole
        assert (within.tasks if within else 0) == tasks


async def test_an_estimate_comes_back_from_the_store_as_it_was(store: Store) -> None:
    for number in range(1, 4):
        await completed(store, number, "1", "2")
    found = await estimating(store).estimate(some_work())
    async with store.transaction() as uow:
        await uow.tasks.add(a_task(9, estimate=found))
    async with store.reading() as uow:
        assert (await uow.tasks.get(task_id(9))).estimate == found
    assert [step.step for step in found.steps] == [StepName("build"), StepName("test")]
