"""What is asked twice with the same key happens once, also when two processes ask at the same moment."""

import asyncio

import pytest

from core.domain.errors import ConflictError
from core.domain.identity import agent_run_id
from core.domain.task import AgentRunState, Task, TaskState
from core.store import Store
from tests.support.engine import ALICE, Workshop, at_work
from tests.support.engine_plays import Held
from tests.support.values import a_run

pytestmark = pytest.mark.slack


async def tasks(workshop: Workshop) -> list[str]:
    return [view.task.id for view in await workshop.orchestrator.tasks()]


async def test_the_same_request_again_is_the_same_task_and_changes_nothing(workshop_on_both: Workshop) -> None:
    workshop = workshop_on_both
    project = workshop.project("shop")
    first = await workshop.submit(project, key="Ev1")
    events = await workshop.events(first.id)

    again = await workshop.submit(project, "something else entirely", key="Ev1")

    assert again == first
    assert await tasks(workshop) == ["T1"]
    assert await workshop.events(first.id) == events
    assert (await workshop.submit(project, key="Ev2")).id == "T2"


async def test_requests_without_a_key_are_tasks_of_their_own(workshop: Workshop) -> None:
    project = workshop.project("shop")
    assert [(await workshop.submit(project)).id for _ in range(2)] == ["T1", "T2"]


async def test_a_repeat_is_answered_after_the_project_was_archived_and_the_task_has_ended(workshop: Workshop) -> None:
    project = workshop.project("shop")
    task = await workshop.submit(project, key="Ev1")
    await workshop.orchestrator.cancel(task.id, by=ALICE)
    await workshop.orchestrator.archive_project(project.name, by=ALICE)
    again = await workshop.submit(project, key="Ev1")
    assert (again.id, again.state) == (task.id, TaskState.CANCELLED)


async def test_of_many_repeats_at_the_same_moment_one_makes_the_task(workshop_on_both: Workshop) -> None:
    workshop = workshop_on_both
    project = workshop.project("shop")
    found = await asyncio.gather(*(workshop.submit(project, key="Ev1") for _ in range(8)))
    assert {task.id for task in found} == {"T1"}
    assert (await workshop.submit(project)).id == "T2", "no number was lost"


async def running(store: Store, task: Task, *, ordinal: int) -> None:
    """Have a run of `task` at work."""
    async with store.transaction() as uow:
        step = (await uow.steps.of(task.id))[0]
        await uow.agent_runs.add(a_run(task.id, ordinal, step=step.name, state=AgentRunState.RUNNING))


async def test_the_same_words_again_are_the_same_messages(workshop_on_both: Workshop) -> None:
    workshop, steer = workshop_on_both, workshop_on_both.orchestrator.steer
    task = await workshop.submit(workshop.project("shop"))
    first = await steer(task.id, "Mind the tax.", by=ALICE, key="Ev1")
    assert [message.to for message in first] == [None]

    await running(workshop.store, task, ordinal=1)
    assert await steer(task.id, "Mind the tax.", by=ALICE, key="Ev1") == first

    await running(workshop.store, task, ordinal=2)
    both = await steer(task.id, "And the discount.", by=ALICE, key="Ev2")
    assert [message.to for message in both] == [agent_run_id(task.id, 1), agent_run_id(task.id, 2)]
    assert await steer(task.id, "And the discount.", by=ALICE, key="Ev2") == both
    assert len((await workshop.orchestrator.task(task.id)).messages) == 3


async def test_one_event_may_speak_to_two_tasks_and_words_without_a_key_are_always_said(workshop: Workshop) -> None:
    steer, project = workshop.orchestrator.steer, workshop.project("shop")
    one, other = await workshop.submit(project), await workshop.submit(project)
    said = [await steer(task.id, "Stop at noon.", by=ALICE, key="Ev1") for task in (one, other)]
    assert [messages[0].task for messages in said] == [one.id, other.id]
    plain = [await steer(one.id, "Hurry.", by=ALICE) for _ in range(2)]
    assert plain[0][0].id != plain[1][0].id


async def test_words_are_repeated_after_the_end_but_no_new_ones_said(workshop: Workshop) -> None:
    steer = workshop.orchestrator.steer
    task = await workshop.submit(workshop.project("shop"))
    said = await steer(task.id, "Mind the tax.", by=ALICE, key="Ev1")
    await workshop.orchestrator.cancel(task.id, by=ALICE)
    assert await steer(task.id, "Mind the tax.", by=ALICE, key="Ev1") == said
    with pytest.raises(ConflictError, match="has already ended"):
        await steer(task.id, "Mind the tax.", by=ALICE, key="Ev2")


async def test_of_many_repeated_words_at_the_same_moment_one_is_said(workshop_on_both: Workshop) -> None:
    workshop = workshop_on_both
    task = await workshop.submit(workshop.project("shop"))
    steer = workshop.orchestrator.steer
    said = await asyncio.gather(*(steer(task.id, "Mind the tax.", by=ALICE, key="Ev1") for _ in range(8)))
    assert {message.id for messages in said for message in messages} == {"M1"}


@pytest.mark.slow
async def test_a_fork_asked_for_twice_is_one_fork_with_a_key_of_its_own(workshop: Workshop) -> None:
    held = Held()
    project = workshop.project("shop", plays={"builder": held})
    async with at_work(workshop):
        parent = await workshop.submit(project, key="Ev1")
        await asyncio.wait_for(held.began.wait(), 90)
        step = parent.workflow.order()[0]
        first = await workshop.orchestrator.fork(parent.id, by=ALICE, at_step=step, key="Ev2")
        again = await workshop.orchestrator.fork(parent.id, by=ALICE, at_step=step, key="Ev2")
        plain = await workshop.orchestrator.fork(parent.id, by=ALICE, at_step=step)
        held.go_on.set()
    assert (first.id, again.id, plain.id) == ("T2", "T2", "T3")
    assert (first.request_key, plain.request_key, parent.request_key) == ("Ev2", "", "Ev1")
