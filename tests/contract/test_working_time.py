"""The time that tasks and agents work is told from the time in which they wait for people, on every database."""

import pytest

from core.domain.task import AgentRunState, TaskState
from core.engine.changes import move_run, move_task
from core.store import Store
from tests.support.clock import FakeClock
from tests.support.values import NOON, T1, a_run, a_task

pytestmark = pytest.mark.money


async def walk(store: Store, clock: FakeClock, *states: tuple[TaskState, float]) -> float:
    """Seconds a task worked that was started at noon and went to each state after so many seconds."""
    async with store.transaction() as uow:
        await uow.tasks.add(a_task(state=TaskState.RUNNING, started_at=NOON))
    for state, after_s in states:
        clock.advance(seconds=after_s)
        async with store.transaction() as uow:
            gone = {} if state in (TaskState.COMPLETED, TaskState.FAILED) else {"finished_at": None}
            await move_task(uow, await uow.tasks.get(T1), state, **gone)
    async with store.reading() as uow:
        return (await uow.tasks.get(T1)).worked_s(clock.now)


async def test_a_task_that_waits_for_people_or_is_paused_does_not_work_meanwhile(
    store: Store, clock: FakeClock
) -> None:
    worked = await walk(
        store,
        clock,
        (TaskState.AWAITING_APPROVAL, 60),
        (TaskState.PAUSED, 1000),
        (TaskState.RUNNING, 5000),
        (TaskState.COMPLETED, 30),
    )
    assert worked == 90


async def test_the_time_between_an_end_and_what_is_asked_for_after_it_is_no_work(
    store: Store, clock: FakeClock
) -> None:
    worked = await walk(
        store,
        clock,
        (TaskState.COMPLETED, 60),
        (TaskState.QUEUED, 86_400),
        (TaskState.PLANNING, 5),
        (TaskState.RUNNING, 5),
        (TaskState.COMPLETED, 20),
    )
    assert worked == 90


async def test_a_task_that_rests_now_has_worked_until_it_began_to(store: Store, clock: FakeClock) -> None:
    assert await walk(store, clock, (TaskState.PAUSED, 45), (TaskState.PAUSED, 45)) == 45
    clock.advance(seconds=100)
    async with store.reading() as uow:
        assert (await uow.tasks.get(T1)).worked_s(clock.now) == 45


async def test_an_agent_that_waits_for_an_answer_or_a_place_does_not_work(store: Store, clock: FakeClock) -> None:
    async with store.transaction() as uow:
        await uow.tasks.add(a_task())
        await uow.agent_runs.add(a_run(state=AgentRunState.QUEUED))
    for state, after_s in (
        (AgentRunState.STARTING, 500),
        (AgentRunState.RUNNING, 1),
        (AgentRunState.WAITING, 19),
        (AgentRunState.QUEUED, 300),
        (AgentRunState.STARTING, 200),
        (AgentRunState.RUNNING, 2),
        (AgentRunState.COMPLETED, 8),
    ):
        clock.advance(seconds=after_s)
        async with store.transaction() as uow:
            run = await uow.agent_runs.get(a_run().id)
            begun = {"started_at": run.started_at or uow.now} if state is AgentRunState.RUNNING else {}
            await move_run(uow, run, state, **begun)
    async with store.reading() as uow:
        assert (await uow.agent_runs.get(a_run().id)).worked_s(clock.now) == 19 + 2 + 8
