"""What fails is tried again later when it may pass, goes to another model, is nudged, or ends with a reason."""

import asyncio
from collections.abc import Mapping

import pytest

from core.agents.memory import Play, Stage
from core.agents.runner import AgentFailed, FailureKind
from core.domain.event import AgentRunPostponed, AgentStuck, Event, ModelHeld, ModelSwitched
from core.domain.identity import TaskId, task_of
from core.domain.task import AgentRun, AgentRunState, TaskState
from core.engine.parts import AgentLimits
from core.engine.run_agent import MAX_INTERRUPTIONS
from tests.support.engine import PATIENCE_S, QUICK, Workshop, at_work, utc_now
from tests.support.engine_plays import Held, usual
from tests.support.turned_clock import TurnedClock
from tests.support.waiting import eventually, longer_and_longer

pytestmark = pytest.mark.slow


def breaks(times: int, *, kind: FailureKind = FailureKind.CRASHED, retry_after_s: float | None = None) -> Play:
    """A builder that fails in a way that may pass by itself, `times` times, and then does the usual."""
    left = [times]

    async def play(stage: Stage) -> Mapping[str, object] | AgentFailed:
        if left[0] == 0:
            return await usual(stage)
        left[0] -= 1
        return AgentFailed(message="It broke.", transient=True, kind=kind, retry_after_s=retry_after_s)

    return play


async def house_events(workshop: Workshop) -> list[Event]:
    return [entry.event for entry in await workshop.store.journal.read(limit=10_000)]


async def the_run(workshop: Workshop) -> AgentRun:
    (view,) = await workshop.orchestrator.tasks()
    (run,) = (await workshop.orchestrator.task(view.task.id)).steps[0].runs
    return run.run


async def test_what_may_pass_by_itself_is_tried_again_with_the_same_session_each_pause_longer(
    workshop_on_both: Workshop,
):
    workshop = workshop_on_both
    project = workshop.project("shop", plays={"builder": breaks(3)})
    async with at_work(workshop):
        view = await workshop.ended((await workshop.submit(project)).id)
    assert view.task.state == TaskState.COMPLETED, view.task.failure
    assert len({spec.session for spec in workshop.starts(view.task.id)}) == 1
    assert len(workshop.starts(view.task.id)) == 4
    run = view.steps[0].runs[0].run
    assert (run.attempts, run.transient_failures, run.interruptions) == (4, 0, 0)
    entries = await workshop.store.journal.read(task=view.task.id, limit=1000)
    told = [(entry.at, entry.event) for entry in entries if isinstance(entry.event, AgentRunPostponed)]
    assert [event.reason for _, event in told] == ["It broke."] * 3
    pauses = [(event.until - at).total_seconds() for at, event in told]
    assert pauses == pytest.approx([0.05, 0.1, 0.2], abs=0.01)


async def test_a_run_that_keeps_failing_is_given_up_after_the_attempts_it_has(workshop: Workshop):
    project = workshop.project("shop", plays={"builder": breaks(100)})
    async with at_work(workshop):
        view = await workshop.ended((await workshop.submit(project)).id)
    assert view.task.state == TaskState.FAILED
    assert "It broke." in view.task.failure
    assert len(workshop.starts(view.task.id)) == QUICK.transient_attempts


async def test_a_pause_before_another_try_outlives_the_engine_and_is_not_cut_short(workshop: Workshop):
    for number, pause_s in enumerate(longer_and_longer(4.0)):
        project = workshop.project(f"shop{number}", plays={"builder": breaks(1)})
        patient = AgentLimits(first_pause_s=pause_s, longest_pause_s=pause_s)
        async with at_work(workshop, limits=patient):
            task = await workshop.submit(project)
            await workshop.until(task.id, lambda events: isinstance(events[-1], AgentRunPostponed))
        (part,) = (await workshop.orchestrator.task(task.id)).steps[0].runs
        run = part.run
        assert run.state == AgentRunState.QUEUED
        assert run.not_before is not None
        async with at_work(workshop, limits=patient):
            outlived = utc_now() < run.not_before
            view = await workshop.ended(task.id, within_s=PATIENCE_S + pause_s)
            assert utc_now() >= run.not_before
        assert view.task.state == TaskState.COMPLETED, view.task.failure
        assert {spec.session for spec in workshop.starts(task.id)} == {run.session}
        if outlived:
            break


async def test_a_provider_without_room_is_waited_for_while_other_models_go_on(workshop: Workshop):
    limited = workshop.project(
        "limited", plays={"builder": breaks(QUICK.transient_attempts, kind=FailureKind.RATE_LIMITED)}, model="m-full"
    )
    free = workshop.project("free", model="m-free")
    async with at_work(workshop):
        task = await workshop.submit(limited)
        await workshop.until(task.id, lambda events: isinstance(events[-1], AgentRunPostponed))
        other = await workshop.submit(free)
        assert (await workshop.ended(other.id)).task.state == TaskState.COMPLETED
        assert (await workshop.orchestrator.task(task.id)).task.state != TaskState.FAILED
        view = await workshop.ended(task.id)
    assert view.task.state == TaskState.COMPLETED, view.task.failure
    run = view.steps[0].runs[0].run
    assert run.attempts == QUICK.transient_attempts + 1, "waiting for room uses up no attempt"
    held = [event for event in await house_events(workshop) if isinstance(event, ModelHeld)]
    assert {event.model for event in held} == {"m-full"}


async def test_nothing_starts_on_a_model_before_the_provider_has_room_again(workshop: Workshop):
    plays = {"builder": breaks(1, kind=FailureKind.RATE_LIMITED, retry_after_s=2.0)}
    first = workshop.project("first", plays=plays, model="m-full")
    second = workshop.project("second", model="m-full")
    async with at_work(workshop):
        task = await workshop.submit(first)
        await workshop.until(task.id, lambda events: isinstance(events[-1], AgentRunPostponed))
        (held,) = [event for event in await house_events(workshop) if isinstance(event, ModelHeld)]
        other = await workshop.submit(second)
        views = [await workshop.ended(each.id) for each in (task, other)]
    assert [view.task.state for view in views] == [TaskState.COMPLETED] * 2
    started = views[1].steps[0].runs[0].run.started_at
    assert started is not None
    assert started >= held.until


async def test_a_model_that_fails_again_and_again_is_left_alone_and_the_roles_next_one_takes_over(workshop: Workshop):
    async def overloaded(stage: Stage) -> Mapping[str, object] | AgentFailed:
        if stage.spec.model == "claude-sonnet-5-5":
            return AgentFailed(message="Overloaded.", transient=True, kind=FailureKind.OVERLOADED)
        return await usual(stage)

    project = workshop.project("shop", plays={"builder": overloaded})
    async with at_work(workshop):
        view = await workshop.ended((await workshop.submit(project)).id)
    assert view.task.state == TaskState.COMPLETED, view.task.failure
    models = [spec.model for spec in workshop.starts(view.task.id)]
    assert models == ["claude-sonnet-5-5"] * 3 + ["claude-sonnet-5"]
    (switched,) = [event for event in await workshop.events(view.task.id) if isinstance(event, ModelSwitched)]
    assert (switched.source, switched.target) == ("claude-sonnet-5-5", "claude-sonnet-5")
    (held,) = [event for event in await house_events(workshop) if isinstance(event, ModelHeld)]
    assert (held.model, held.reason) == ("claude-sonnet-5-5", "Overloaded.")


def hangs(times: int) -> Play:
    """A builder that shows no sign of life in its first `times` processes."""
    left = [times]

    async def play(stage: Stage) -> Mapping[str, object]:
        if left[0]:
            left[0] -= 1
            await asyncio.Event().wait()
        return await usual(stage)

    return play


STUCK_AFTER_S = 600.0
STUCK = AgentLimits(stuck_after_s=STUCK_AFTER_S, first_pause_s=0.05)


def actions(events: list[Event]) -> list[str]:
    return [event.action for event in events if isinstance(event, AgentStuck)]


async def silence(workshop: Workshop, task: TaskId, clock: TurnedClock, *, process: int, then: list[str]) -> None:
    """Let the agent's nth process be silent for as long as is borne, until what is then done about it is told."""
    await eventually(lambda: len(workshop.starts(task)) == process, what=f"process {process}")
    clock.turn(STUCK_AFTER_S)
    await workshop.until(task, lambda events: actions(events) == then)


async def test_a_stuck_agent_is_nudged_and_begun_again(workshop: Workshop):
    clock = TurnedClock()
    project = workshop.project("shop", plays={"builder": hangs(1)})
    async with at_work(workshop, limits=STUCK, vigil_clock=clock):
        task = await workshop.submit(project)
        await silence(workshop, task.id, clock, process=1, then=["nudged"])
        await silence(workshop, task.id, clock, process=1, then=["nudged", "restarted"])
        view = await workshop.ended(task.id)
    assert view.task.state == TaskState.COMPLETED, view.task.failure
    assert actions(await workshop.events(view.task.id)) == ["nudged", "restarted"]
    assert view.steps[0].runs[0].run.restarts == 1


async def test_an_agent_that_stays_stuck_fails_with_what_to_do(workshop: Workshop):
    clock = TurnedClock()
    project = workshop.project("shop", plays={"builder": hangs(5)})
    done = ["nudged", "restarted", "nudged", "failed"]
    async with at_work(workshop, limits=STUCK, vigil_clock=clock):
        task = await workshop.submit(project)
        for number, process in enumerate([1, 1, 2, 2], start=1):
            await silence(workshop, task.id, clock, process=process, then=done[:number])
        view = await workshop.ended(task.id)
    assert view.task.state == TaskState.FAILED
    assert "showed no progress" in view.task.failure
    assert "retry the step" in view.task.failure
    assert actions(await workshop.events(view.task.id)) == done


async def test_a_nudge_reaches_an_agent_that_still_listens(workshop: Workshop):
    clock = TurnedClock()
    heard: list[str] = []

    async def listens(stage: Stage) -> Mapping[str, object]:
        await workshop.until(task_of(stage.spec.agent_run), lambda events: isinstance(events[-1], AgentStuck))
        while not stage.heard:
            await stage.use("Bash", {"command": "echo still here"})
        heard.extend(message.text for message in stage.heard)
        return await usual(stage)

    project = workshop.project("shop", plays={"builder": listens})
    async with at_work(workshop, limits=STUCK, vigil_clock=clock):
        task = await workshop.submit(project)
        await silence(workshop, task.id, clock, process=1, then=["nudged"])
        view = await workshop.ended(task.id)
    assert view.task.state == TaskState.COMPLETED, view.task.failure
    assert "no sign of progress" in heard[0]
    assert actions(await workshop.events(view.task.id)) == ["nudged"]


async def test_polite_stops_of_the_engine_are_no_interruptions(workshop: Workshop):
    held = Held()
    project = workshop.project("shop", plays={"builder": held})
    task = await workshop.submit(project)
    for _ in range(MAX_INTERRUPTIONS + 1):
        held.began.clear()
        async with at_work(workshop):
            await asyncio.wait_for(held.began.wait(), PATIENCE_S)
    assert (await the_run(workshop)).interruptions == 0
    held.go_on.set()
    async with at_work(workshop):
        view = await workshop.ended(task.id)
    assert view.task.state == TaskState.COMPLETED, view.task.failure
    assert view.steps[0].runs[0].run.attempts == MAX_INTERRUPTIONS + 2
