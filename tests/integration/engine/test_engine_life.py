"""An engine begins and ends: work goes on where it stood, one process does it, and nothing is left behind."""

import asyncio
import sys
import threading
import traceback
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
import sqlalchemy as sa

from core.agents.memory import Stage
from core.domain.approval import ApprovalState
from core.domain.errors import LeaseHeldError, StoreError
from core.domain.identity import TaskId
from core.domain.project import PlanGate, Project
from core.domain.task import Task, TaskState
from core.engine import worker as worker_module
from core.engine.client import EngineClient
from core.engine.engine import Engine
from core.forge import Issue, PullRequest, PullRequestDraft
from core.orchestrator import Decision
from core.store.database import dbos_sync_engine
from tests.support.engine import (
    ALICE,
    PATIENCE_S,
    YES,
    Workshop,
    at_work,
    copied_database,
    make_repository,
    open_workshop,
)
from tests.support.engine_plays import Held, runs, runs_together
from tests.support.engine_process import HELD, PROJECT, Errand
from tests.support.engine_processes import engine_processes
from tests.support.waiting import eventually, eventually_awaited, fair_s

pytestmark = pytest.mark.slow


@pytest.fixture
def before() -> frozenset[threading.Thread]:
    """What an earlier test may have left in this process: somebody who waits for a database that is gone, say."""
    return frozenset(threading.enumerate())


def left_behind(before: frozenset[threading.Thread]) -> list[str]:
    """Names of what an engine could have forgotten to end."""
    threads = [thread.name for thread in threading.enumerate() if thread not in before]
    tasks = [task.get_name() for task in asyncio.all_tasks() if task is not asyncio.current_task()]
    ours = ("dbos", "queue", "engine", "agent-", "ended-")
    return [name for name in (*threads, *tasks) if name.startswith(ours)]


async def nothing_left(before: frozenset[threading.Thread]) -> None:
    """Wait until everything of an engine has ended; the failure says what has not."""
    try:
        await eventually(lambda: left_behind(before) == [])
    except AssertionError:
        frames = sys._current_frames()
        doing = ["".join(traceback.format_stack(frames[each.ident])) for each in threading.enumerate() if each.ident]
        raise AssertionError("\n".join([*left_behind(before), *doing])) from None


async def test_a_closed_engine_leaves_no_task_and_no_thread_and_the_next_one_goes_on(
    workshop: Workshop, before: frozenset[threading.Thread]
):
    held = Held()
    project = workshop.project("shop", plays={"builder": held})
    async with at_work(workshop):
        task = await workshop.submit(project)
        await asyncio.wait_for(held.began.wait(), PATIENCE_S)
    assert held.interrupted.is_set()
    await nothing_left(before)
    assert (await workshop.orchestrator.task(task.id)).task.state == TaskState.RUNNING

    held.go_on.set()
    async with at_work(workshop):
        view = await workshop.ended(task.id)
    assert view.task.state == TaskState.COMPLETED
    assert [spec.session for spec in workshop.starts(task.id)] == [view.steps[0].runs[0].run.session] * 2
    await nothing_left(before)


async def test_a_closed_engine_opens_the_database_no_more_so_nothing_of_it_waits_for_one_that_is_away(
    workshop_on_both: Workshop, monkeypatch: pytest.MonkeyPatch
):
    made: list[sa.Engine] = []

    def make(url: str) -> sa.Engine:
        made.append(dbos_sync_engine(url))
        return made[-1]

    monkeypatch.setattr(worker_module, "dbos_sync_engine", make)
    async with at_work(workshop_on_both):
        with made[0].connect() as connection:
            assert connection.scalar(sa.select(1)) == 1
    with pytest.raises(StoreError, match="has stopped"):
        made[0].connect()


@pytest.mark.parametrize("decision", [YES, Decision(approved=False, reason="not on a Friday")])
async def test_a_decision_made_while_nothing_runs_is_honoured_at_the_next_start(
    workshop_on_both: Workshop, decision: Decision
):
    workshop = workshop_on_both
    project = workshop.project("shop", plan_gate=PlanGate.ALWAYS, plays={"builder": runs("risky deploy")})
    async with at_work(workshop):
        task = await workshop.submit(project, workflow="plan_build")
        (plan,) = await workshop.asked(task.id)
    await workshop.approve(plan)
    async with at_work(workshop):
        (call,) = await workshop.asked(task.id, times=2)
    await workshop.orchestrator.decide(call.id, decision, by=ALICE)
    async with at_work(workshop):
        view = await workshop.ended(task.id)
    assert view.task.state == TaskState.COMPLETED
    summary = view.steps[-1].step.summary
    assert summary == "done" if decision.approved else "not on a Friday" in summary
    assert [approval.used_at is not None for approval in view.approvals] == [False, decision.approved]


@pytest.mark.parametrize("first", [0, 1])
async def test_two_risky_calls_of_one_turn_wait_for_both_decisions(workshop: Workshop, first: int):
    ran: list[object] = []
    project = workshop.project("shop", plays={"builder": runs_together("risky one", "risky two")})

    async with at_work(workshop):
        task = await workshop.submit(project)
        asked = await workshop.asked(task.id, times=2)
        assert [call.tool_input["command"] for call in asked] == ["risky one", "risky two"]
        await workshop.orchestrator.decide(asked[first].id, YES, by=ALICE)
        seen = await workshop.until(task.id, lambda events: events[-1].type == "approval_decided")
        assert len(workshop.starts(task.id)) == 1, ran
        await workshop.deny(asked[1 - first], "one is enough")
        view = await workshop.ended(task.id)
    assert seen[-1].type == "approval_decided"
    assert view.task.state == TaskState.COMPLETED
    assert len(workshop.starts(task.id)) == 2
    replies = view.steps[0].step.summary.split("; ")
    assert replies[first] == "done"
    assert "one is enough" in replies[1 - first]
    states = [ApprovalState.DENIED, ApprovalState.DENIED]
    states[first] = ApprovalState.APPROVED
    assert [approval.state for approval in view.approvals] == states


async def test_a_run_that_waits_for_one_decision_of_two_is_not_started_again(workshop: Workshop):
    async def slow(stage: Stage):
        return await runs_together("risky one", "risky two")(stage)

    project = workshop.project("shop", plays={"builder": slow})
    async with at_work(workshop):
        task = await workshop.submit(project)
        one, two = await workshop.asked(task.id, times=2)
        await workshop.approve(one)
    # an engine that starts anew finds one decision of two
    async with at_work(workshop):
        other = await workshop.submit(workshop.project("other"))
        await workshop.ended(other.id)
        assert len(workshop.starts(task.id)) == 1
        await workshop.approve(two)
        assert (await workshop.ended(task.id)).task.state == TaskState.COMPLETED


class LateClient(EngineClient):
    """Somebody submits a task just after this client has looked which are alive."""

    submit: Callable[[], Awaitable[Task]]
    submitted: Task | None = None

    async def live_tasks(self) -> frozenset[TaskId]:
        found = await super().live_tasks()
        self.submitted = await self.submit()
        return found


async def test_a_task_submitted_while_the_engine_starts_is_not_taken_for_lost(workshop: Workshop):
    project = workshop.project("shop")
    client = await LateClient.open(workshop.store.url)
    assert isinstance(client, LateClient)
    client.submit = lambda: workshop.submit(project)
    workshop.client = client
    async with at_work(workshop):
        assert client.submitted is not None
        view = await workshop.ended(client.submitted.id)
    await client.close()
    assert view.task.state == TaskState.COMPLETED


async def test_a_queued_task_that_is_cancelled_never_begins(workshop: Workshop):
    task = await workshop.submit(workshop.project("shop"))
    await workshop.orchestrator.cancel(task.id, by=ALICE)
    async with at_work(workshop):
        other = await workshop.submit(workshop.project("other"))
        await workshop.ended(other.id)
    assert workshop.starts(task.id) == []
    assert (await workshop.orchestrator.task(task.id)).task.branch == ""


class SlowForge:
    """A forge that takes its time over issues."""

    def __init__(self) -> None:
        self.asked = asyncio.Event()
        self.interrupted = asyncio.Event()

    async def issue(self, project: Project, reference: str) -> Issue:
        self.asked.set()
        try:
            await asyncio.Event().wait()
        finally:
            self.interrupted.set()
        raise AssertionError(project, reference)

    async def publish(self, project: Project, draft: PullRequestDraft) -> PullRequest:
        raise AssertionError(project, draft)


async def test_a_task_cancelled_before_it_has_a_branch_gets_none(workshop: Workshop):
    forge = SlowForge()
    project = workshop.project("shop")
    async with at_work(workshop, forge=forge):
        task = await workshop.submit(project, "fix issue #7")
        await asyncio.wait_for(forge.asked.wait(), PATIENCE_S)
        await workshop.orchestrator.cancel(task.id, by=ALICE)
        await asyncio.wait_for(forge.interrupted.wait(), fair_s(2.0))
    view = await workshop.orchestrator.task(task.id)
    assert (view.task.state, view.task.branch) == (TaskState.CANCELLED, "")


async def test_one_process_does_the_work_of_a_home_until_it_dies(
    tmp_path: Path, sqlite_template: Path, before: frozenset[threading.Thread]
):
    home = tmp_path / "home"
    errand = Errand(home=str(home), url=copied_database(sqlite_template, home))
    make_repository(home / "repositories" / PROJECT)
    (home / HELD).touch()
    diary = home / "diary.txt"
    async with engine_processes() as processes, open_workshop(home, errand.url) as workshop:
        worker = await processes.start(errand)
        await eventually(lambda: diary.exists() and "start T1.2" in diary.read_text(), within_s=90, what="the builder")
        with pytest.raises(LeaseHeldError) as refusal:
            await Engine.launch(workshop.parts, workshop.client)
        assert refusal.value.holder == str(worker.pid)
        assert str(worker.pid) in refusal.value.message
        await nothing_left(before)
        await worker.kill()
        workshop.project(PROJECT)
        async with at_work(workshop):
            view = await workshop.ended(TaskId("T1"))
        assert view.task.state == TaskState.COMPLETED
        assert [spec.role.name for spec in workshop.starts(TaskId("T1"))] == ["builder", "tester"]


async def test_events_end_with_the_task(workshop: Workshop):
    project = workshop.project("shop")
    async with at_work(workshop):
        task = await workshop.submit(project)
        async with asyncio.timeout(PATIENCE_S):
            told = [entry async for entry in workshop.orchestrator.events(task.id)]
    assert [entry.event for entry in told] == await workshop.events(task.id)


async def test_events_of_an_ended_task_end_too_wherever_one_begins(workshop: Workshop):
    task = await workshop.submit(workshop.project("shop"))
    other = await workshop.submit(workshop.project("other"))
    await workshop.orchestrator.cancel(task.id, by=ALICE)
    entries = await workshop.store.journal.read(task=task.id)
    async with asyncio.timeout(PATIENCE_S):
        for after in (0, entries[0].seq, entries[-1].seq, 10_000):
            told = [entry async for entry in workshop.orchestrator.events(task.id, after=after)]
            assert told == [entry for entry in entries if entry.seq > after]
    assert (await workshop.orchestrator.task(other.id)).task.state == TaskState.QUEUED


async def test_events_of_a_task_that_ends_while_they_are_read_end_too(workshop: Workshop):
    task = await workshop.submit(workshop.project("shop"))
    last = (await workshop.store.journal.read(task=task.id))[-1].seq

    async def read() -> list[str]:
        return [entry.event.type async for entry in workshop.orchestrator.events(task.id, after=last)]

    reading = asyncio.create_task(read())

    async def ended() -> bool:
        return reading.done()

    await workshop.orchestrator.cancel(task.id, by=ALICE)
    await eventually_awaited(ended, what="the end of the events")
    assert reading.result()[-1] == "task_state_changed"
