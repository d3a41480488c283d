"""Something else happens in the middle of the engine's work: a task ends, begins anew, or a place becomes free."""

import asyncio
import os
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from typing import Any, cast

import pytest

from core.agents.runner import AgentCompleted, AgentOutcome, AgentSpec
from core.domain.event import ConflictFound, NoticeRaised
from core.domain.identity import TaskId
from core.domain.task import AgentRun, AgentRunState, RunPurpose, StepState, Task, TaskState
from core.domain.workflow import Mode
from core.engine import room as room_module
from core.engine import run_agent as run_agent_module
from core.engine.changes import move_run
from core.engine.effects import TaskEffects
from core.engine.outcomes import RunOutcomes
from core.engine.parts import EngineParts, Retention
from core.engine.progress import TaskProgress
from core.engine.retention import clean, due
from core.engine.room import make_room
from core.engine.run_agent import AgentWork
from core.engine.settling import Settling
from core.engine.signals import Process
from core.engine.specs import open_workspaces
from core.engine.watch import Watch
from tests.support.engine import ALICE, PATIENCE_S, Workshop
from tests.support.waiting import eventually

pytestmark = pytest.mark.slow

DONE = AgentCompleted(result={"summary": "Done."})
LONG_AGO_S = 30 * 86_400


@dataclass
class Interrupted:
    """Workspaces after whose call of `name` something else happens; `calls` counts all of them."""

    inner: Any
    name: str
    meanwhile: Callable[[], Awaitable[object]]
    calls: list[str] = field(default_factory=list[str])

    def __getattr__(self, name: str) -> Any:
        work = getattr(self.inner, name)
        if name != self.name:
            return work

        async def done_and_then(*arguments: Any, **options: Any) -> Any:
            result = await work(*arguments, **options)
            self.calls.append(name)
            await self.meanwhile()
            return result

        return done_and_then


def with_workspaces(parts: EngineParts, workspaces: object) -> EngineParts:
    return replace(parts, workspaces=cast("Any", workspaces))


async def nothing() -> None: ...


async def prepared(workshop: Workshop, name: str = "meanwhile", **options: Any) -> Task:
    project = workshop.projects.get(cast("Any", name)) or workshop.project(name)
    task = await workshop.submit(project, **options)
    await TaskEffects(workshop.parts).prepare(task.id)
    return (await workshop.orchestrator.task(task.id)).task


async def at_work(workshop: Workshop, task: Task) -> dict[str, AgentRun]:
    """The runs of the task's first steps, at work as far as the store knows, by step."""
    await TaskProgress(workshop.parts).advance(task.id, life=1)
    async with workshop.store.transaction() as uow:
        runs = await uow.agent_runs.of(task.id)
        for state in (AgentRunState.STARTING, AgentRunState.RUNNING):
            runs = [await move_run(uow, run, state) for run in runs]
    return {run.step: run for run in runs}


async def clashing(workshop: Workshop) -> tuple[Task, dict[str, AgentRun]]:
    """Two builders that are done in their lanes, and changed the same line; the first one's work is on the branch."""
    task = await prepared(workshop, workflow="pair", mode=Mode.PARALLEL)
    runs = await at_work(workshop, task)
    for name, run in runs.items():
        async with workshop.store.reading() as uow:
            step = await uow.steps.get(task.id, run.step)
        _, lane = await open_workspaces(workshop.parts, task, step)
        (lane.path / "sum.py").write_text(f"print('{name}')\n")
        trailers = {"Task": task.id, "Step": name, "Round": "1"}
        await workshop.parts.workspaces.commit(lane, subject=name, trailers=trailers)
        await RunOutcomes(workshop.parts).record(run.id, DONE, Process())
    await settling(workshop.parts).settle(runs["left"].id, by_hand=False)
    return task, runs


def settling(parts: EngineParts) -> Settling:
    return Settling(parts, TaskProgress(parts))


async def conflicts(workshop: Workshop, task: Task) -> list[ConflictFound]:
    return [event for event in await workshop.events(task.id) if isinstance(event, ConflictFound)]


# settling


async def test_a_conflict_that_a_person_says_is_settled_but_that_nobody_began_is_laid_out_in_the_lane(
    workshop: Workshop,
):
    task, runs = await clashing(workshop)
    await settling(workshop.parts).settle(runs["right"].id, by_hand=True)
    (found,) = await conflicts(workshop, task)
    assert (found.step, found.files) == ("right", ("sum.py",))
    text = (workshop.home / "worktrees" / f"{task.id}.lane-right" / "sum.py").read_text()
    assert "<<<<<<<" in text
    async with workshop.store.reading() as uow:
        last = (await uow.agent_runs.of(task.id))[-1]
    assert (last.step, last.purpose, last.state) == ("right", RunPurpose.MERGE, AgentRunState.QUEUED)


async def test_a_conflict_of_a_task_that_was_cancelled_meanwhile_asks_nobody(workshop: Workshop):
    task, runs = await clashing(workshop)

    async def cancel() -> None:
        await workshop.orchestrator.cancel(task.id, by=ALICE)

    workspaces = Interrupted(workshop.parts.workspaces, "merge_lane", cancel)
    await settling(with_workspaces(workshop.parts, workspaces)).settle(runs["right"].id, by_hand=False)
    assert workspaces.calls == ["merge_lane"]
    assert await conflicts(workshop, task) == []
    async with workshop.store.reading() as uow:
        assert len(await uow.agent_runs.of(task.id)) == len(runs)


async def test_work_of_a_task_that_was_cancelled_while_it_was_committed_is_no_news(workshop: Workshop):
    task = await prepared(workshop)
    (run,) = (await at_work(workshop, task)).values()
    (workshop.home / "worktrees" / task.id / "work.txt").write_text("done\n")
    await RunOutcomes(workshop.parts).record(run.id, DONE, Process())

    async def cancel() -> None:
        await workshop.orchestrator.cancel(task.id, by=ALICE)

    workspaces = Interrupted(workshop.parts.workspaces, "commit", cancel)
    await settling(with_workspaces(workshop.parts, workspaces)).settle(run.id, by_hand=False)
    view = await workshop.orchestrator.task(task.id)
    assert (view.task.state, view.task.commit) == (TaskState.CANCELLED, "")
    assert "commit_created" not in [event.type for event in await workshop.events(task.id)]
    assert [step.step.state for step in view.steps] == [StepState.CANCELLED]


# places and what is kept


async def test_a_task_without_room_says_so_once_and_goes_on_when_another_has_ended(
    workshop: Workshop, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(room_module, "LOOK_EVERY_S", 0.01)
    first = await prepared(workshop)
    second = await workshop.submit(workshop.projects[first.project])
    workspaces = Interrupted(workshop.parts.workspaces, "in_use", nothing)
    parts = replace(with_workspaces(workshop.parts, workspaces), retention=Retention(worktrees_max=1))
    waiting = asyncio.create_task(make_room(parts, second))
    await eventually(lambda: len(workspaces.calls) > 3, within_s=PATIENCE_S, what="some looks")
    notices = [event.text for event in await workshop.events(second.id) if isinstance(event, NoticeRaised)]
    assert len(notices) == 1
    assert "Waits for a free worktree" in notices[0]
    assert not waiting.done()
    await workshop.orchestrator.cancel(first.id, by=ALICE)
    await asyncio.wait_for(waiting, PATIENCE_S)
    assert not (workshop.home / "worktrees" / first.id).exists()


async def test_what_began_anew_while_others_were_cleaned_is_kept_and_not_told_as_gone(workshop: Workshop):
    tasks = [await prepared(workshop) for _ in range(2)]
    for age, task in enumerate(tasks):
        await workshop.orchestrator.cancel(task.id, by=ALICE)
        record = workshop.home / "worktrees" / f"{task.id}.json"
        then = record.stat().st_mtime - LONG_AGO_S + age
        os.utime(record, (then, then))

    async def begin_anew() -> None:
        await workshop.orchestrator.retry(tasks[1].id, by=ALICE)

    workspaces = Interrupted(workshop.parts.workspaces, "remove", begin_anew)
    parts = replace(with_workspaces(workshop.parts, workspaces), retention=Retention(worktrees_days=14))
    order = [TaskId(each.task) for each in await due(parts)]
    assert set(order) == {task.id for task in tasks}
    tasks.sort(key=lambda task: order.index(task.id))
    removed = await clean(parts)
    assert [each.task for each in removed] == [tasks[0].id]
    assert not (workshop.home / "worktrees" / tasks[0].id).exists()
    assert (workshop.home / "worktrees" / tasks[1].id).is_dir()


# being stopped


class Endless:
    """A runner whose agents work until they are stopped."""

    def __init__(self) -> None:
        self.began = asyncio.Event()

    async def run(self, _spec: AgentSpec, **_parts: Any) -> AgentOutcome:
        self.began.set()
        await asyncio.Event().wait()
        raise AssertionError("nobody sets it")


async def stopped_while(workshop: Workshop, *, locked: bool) -> AgentRun:
    """The run of an agent that was stopped while another one wrote to the database for long, or nobody."""
    task = await prepared(workshop)
    (run,) = (await at_work(workshop, task)).values()
    runner = Endless()
    agents = AgentWork(replace(workshop.parts, runner=cast("Any", runner)), Watch(workshop.store))
    working = asyncio.create_task(agents.run(run.id))
    await asyncio.wait_for(runner.began.wait(), PATIENCE_S)
    if locked:
        async with workshop.store.transaction():
            working.cancel()
            await asyncio.wait({working}, timeout=PATIENCE_S)
    else:
        working.cancel()
        await asyncio.wait({working}, timeout=PATIENCE_S)
    assert working.cancelled()
    async with workshop.store.reading() as uow:
        return await uow.agent_runs.get(run.id)


async def test_an_agent_that_is_stopped_goes_back_into_the_queue(workshop: Workshop):
    assert (await stopped_while(workshop, locked=False)).state == AgentRunState.QUEUED


async def test_stopping_waits_for_a_busy_database_only_so_long_and_the_run_counts_as_interrupted_later(
    workshop: Workshop, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(run_agent_module, "PUT_BACK_WITHIN_S", 0.05)
    run = await stopped_while(workshop, locked=True)
    assert run.state == AgentRunState.RUNNING
    runner = Endless()
    anew = AgentWork(replace(workshop.parts, runner=cast("Any", runner)), Watch(workshop.store))
    working = asyncio.create_task(anew.run(run.id))
    await asyncio.wait_for(runner.began.wait(), PATIENCE_S)
    async with workshop.store.reading() as uow:
        assert (await uow.agent_runs.get(run.id)).interruptions == run.interruptions + 1
    monkeypatch.undo()
    working.cancel()
    await asyncio.wait({working}, timeout=PATIENCE_S)
