"""Cancelling: the state is final at once, agents stop within two seconds, and nothing changes afterwards."""

import asyncio
from collections.abc import AsyncIterator, Iterator, Mapping
from pathlib import Path

import psutil
import pytest
import pytest_asyncio

from core.agents.memory import Stage
from core.domain.approval import ApprovalState
from core.domain.errors import ConflictError
from core.domain.identity import TaskId
from core.domain.task import AgentRunState, StepState, TaskState
from core.engine.names import task_workflow_id
from core.views import TaskView
from tests.support.engine import ALICE, PATIENCE_S, Workshop, copied_database, has_ended, make_repository, open_workshop
from tests.support.engine_plays import Held, runs, usual
from tests.support.engine_process import HELD, PROJECT, Errand
from tests.support.engine_processes import EngineProcesses, log_of
from tests.support.waiting import eventually, eventually_awaited, fair_s

pytestmark = pytest.mark.asyncio(loop_scope="module")

AT_ONCE_S = 2.0


async def cancelled(workshop: Workshop, task: TaskId) -> TaskView:
    """Cancel `task`, wait until the durable engine is through with it, and check that it all ended at once."""
    ended = await workshop.orchestrator.cancel(task, by=ALICE, reason="not needed")
    at_once = await workshop.orchestrator.task(task)
    assert ended.state == at_once.task.state == TaskState.CANCELLED

    async def at_rest() -> bool:
        return await workshop.client.workflow_ended(task_workflow_id(task))

    await eventually_awaited(at_rest, what="the end of the workflows")
    later = await workshop.orchestrator.task(task)
    assert (later.task, later.approvals) == (at_once.task, at_once.approvals)
    assert [part.step for part in later.steps] == [part.step for part in at_once.steps]
    assert [run.run for part in later.steps for run in part.runs] == [
        run.run for part in at_once.steps for run in part.runs
    ]
    # what was spent in the last moment is told even after the end
    assert has_ended([event for event in await workshop.events(task) if event.type != "model_called"][-1])
    return later


@pytest.fixture(autouse=True)
def _quiet(caplog: pytest.LogCaptureFixture) -> Iterator[None]:  # pyright: ignore[reportUnusedFunction] # pytest uses it
    """A cancel is no fault: nothing is said about it in the log, which may be a person's terminal."""
    yield
    assert [record.getMessage() for record in caplog.get_records("call")] == []


async def test_a_running_agent_is_stopped(busy: Workshop):
    held = Held()
    task = await busy.submit(busy.project("running", plays={"builder": held}))
    await asyncio.wait_for(held.began.wait(), 90)
    interrupted = asyncio.create_task(held.interrupted.wait())
    view = await cancelled(busy, task.id)
    await asyncio.wait_for(interrupted, fair_s(AT_ONCE_S))
    (run,) = view.steps[0].runs
    assert (view.steps[0].step.state, run.run.state) == (StepState.CANCELLED, AgentRunState.CANCELLED)
    assert run.run.error == "not needed"


async def test_a_waiting_task_takes_its_questions_with_it(busy: Workshop):
    task = await busy.submit(busy.project("waiting", plays={"builder": runs("risky deploy")}))
    (asked,) = await busy.asked(task.id)
    view = await cancelled(busy, task.id)
    assert [approval.state for approval in view.approvals] == [ApprovalState.CANCELLED]
    with pytest.raises(ConflictError, match=r"already cancelled by console:alice"):
        await busy.approve(asked)


async def test_a_task_that_has_ended_cannot_be_cancelled_again(busy: Workshop):
    task = await busy.submit(busy.project("twice", plays={"builder": Held()}))
    await cancelled(busy, task.id)
    before = await busy.events(task.id)
    with pytest.raises(ConflictError, match=rf"{task.id} has already ended: it is cancelled"):
        await busy.orchestrator.cancel(task.id, by=ALICE)
    assert await busy.events(task.id) == before


@pytest.mark.slow
async def test_the_projects_check_is_ended_with_all_its_processes(busy: Workshop, tmp_path: Path):
    note = tmp_path / "pids"
    verify = f"sleep 600 & echo $! > {note}.part; echo $$ >> {note}.part; mv {note}.part {note}; wait"
    task = await busy.submit(busy.project("checking", verify=verify), workflow="everything")
    await eventually(note.exists, what="the check")
    pids = [int(line) for line in note.read_text().split()]
    assert len(pids) == 2
    assert all(map(psutil.pid_exists, pids))
    await cancelled(busy, task.id)
    await eventually(lambda: not any(map(psutil.pid_exists, pids)), what="the end of the check")


async def test_what_a_stubborn_agent_does_after_the_end_is_ignored(busy: Workshop):
    began, finished = asyncio.Event(), asyncio.Event()
    went_through: list[str] = []

    async def stubborn(stage: Stage) -> Mapping[str, object]:
        began.set()
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            try:
                # refused because the run has ended, or cut off by the durable engine's own cancel
                went_through.append((await stage.use("Bash", {"command": "echo still here"})).text)
            finally:
                finished.set()
        return await usual(stage)

    task = await busy.submit(busy.project("stubborn", plays={"builder": stubborn}))
    await asyncio.wait_for(began.wait(), 90)
    view = await cancelled(busy, task.id)
    await asyncio.wait_for(finished.wait(), PATIENCE_S)
    assert went_through == []
    assert not [event for event in await busy.events(task.id) if event.type == "agent_acted"]
    assert view.steps[0].runs[0].run.state == AgentRunState.CANCELLED
    assert view.steps[0].runs[0].run.result is None


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def errand(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Errand]:
    """An errand whose builder is held."""
    home = tmp_path_factory.mktemp("held")
    make_repository(home / "repositories" / PROJECT)
    (home / HELD).touch()
    yield Errand(home=str(home), url=copied_database(sqlite_template, home))


@pytest.mark.slow
async def test_an_agent_of_another_process_is_stopped_as_fast(processes: EngineProcesses, errand: Errand):
    diary = Path(errand.home) / "diary.txt"
    process = await processes.start(errand)
    await eventually(lambda: diary.exists() and "start T1.2" in diary.read_text(), within_s=90, what="the builder")
    async with open_workshop(Path(errand.home), errand.url) as workshop:
        await workshop.orchestrator.cancel(TaskId("T1"), by=ALICE)
        await eventually(lambda: "interrupted T1.2" in diary.read_text(), within_s=fair_s(AT_ONCE_S), what="the stop")
        assert await process.ended() == 0, log_of(errand)
        assert (await workshop.orchestrator.task(TaskId("T1"))).task.state == TaskState.CANCELLED
