"""Processes that die under one agent: it goes on, is not taken up for ever, and what people said meanwhile counts."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from core.domain.event import MessageDelivered
from core.domain.identity import TaskId
from core.domain.task import AgentRunState, TaskState
from core.engine.run_agent import MAX_INTERRUPTIONS
from tests.support.engine import ALICE, Workshop, copied_database, make_repository, open_workshop
from tests.support.engine_process import HELD, PROJECT, STOP, Errand
from tests.support.engine_processes import EngineProcesses, engine_processes, log_of
from tests.support.waiting import eventually, eventually_awaited

pytestmark = [pytest.mark.slow, pytest.mark.long]

TASK = TaskId("T1")


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """An errand whose builder is held, and those who look at it from outside."""

    processes: EngineProcesses
    workshop: Workshop
    errand: Errand

    @property
    def diary(self) -> str:
        file = Path(self.errand.home) / "diary.txt"
        return file.read_text() if file.exists() else ""

    async def die_under_the_builder(self, *, times: int) -> None:
        """Start a process, and kill it as soon as the builder is at work; again and again."""
        for number in range(1, times + 1):
            process = await self.processes.start(self.errand)
            await eventually(
                lambda wanted=number: self.diary.count("start T1.2") == wanted, within_s=90, what="the builder"
            )
            await process.kill()

    def let_go(self) -> None:
        (Path(self.errand.home) / HELD).unlink()


@pytest.fixture
async def scene(tmp_path: Path, sqlite_template: Path) -> AsyncGenerator[Scene]:
    """A home with a held builder."""
    async with opened(tmp_path / "home", sqlite_template) as scene:
        yield scene


@asynccontextmanager
async def opened(home: Path, template: Path) -> AsyncGenerator[Scene]:
    errand = Errand(home=str(home), url=copied_database(template, home))
    make_repository(home / "repositories" / PROJECT)
    (home / HELD).touch()
    async with engine_processes() as processes, open_workshop(home, errand.url) as workshop:
        yield Scene(processes=processes, workshop=workshop, errand=errand)


async def test_an_agent_under_which_processes_die_again_and_again_is_given_up_with_a_reason(scene: Scene):
    await scene.die_under_the_builder(times=MAX_INTERRUPTIONS)
    assert await scene.processes.run(scene.errand) == 0, log_of(scene.errand)
    view = await scene.workshop.orchestrator.task(TASK)
    assert view.task.state == TaskState.FAILED
    assert f"Agent run T1.2 was interrupted {MAX_INTERRUPTIONS} times and is given up." in view.task.failure
    assert "retry the task" in view.task.failure
    assert scene.diary.count("start T1.2") == MAX_INTERRUPTIONS


async def test_an_agent_under_which_fewer_processes_died_goes_on(scene: Scene):
    await scene.die_under_the_builder(times=2)
    scene.let_go()
    assert await scene.processes.run(scene.errand) == 0, log_of(scene.errand)
    view = await scene.workshop.orchestrator.task(TASK)
    assert view.task.state == TaskState.COMPLETED, view.task.failure
    assert view.steps[1].runs[0].run.interruptions == 2


async def test_what_a_person_said_before_a_process_died_is_heard_once_afterwards(scene: Scene):
    process = await scene.processes.start(scene.errand)
    await eventually(lambda: "start T1.2" in scene.diary, within_s=90, what="the builder")
    (message,) = await scene.workshop.orchestrator.steer(TASK, "mind the gap", by=ALICE)
    await process.kill()
    scene.let_go()
    assert await scene.processes.run(scene.errand) == 0, log_of(scene.errand)
    delivered = [event for event in await scene.workshop.events(TASK) if isinstance(event, MessageDelivered)]
    assert [event.message for event in delivered] == [message.id]


async def test_a_pause_made_after_a_process_died_gives_the_agents_place_back_and_keeps_its_session(scene: Scene):
    await scene.die_under_the_builder(times=1)
    orchestrator = scene.workshop.orchestrator
    await orchestrator.pause(TASK, by=ALICE)
    before = (await orchestrator.task(TASK)).steps[1].runs[0].run
    assert before.state == AgentRunState.RUNNING
    worker = await scene.processes.start(replace(scene.errand, stop=True))

    async def given_back() -> bool:
        return (await orchestrator.task(TASK)).steps[1].runs[0].run.state == AgentRunState.QUEUED

    await eventually_awaited(given_back, within_s=90, what="the place given back")
    (Path(scene.errand.home) / STOP).touch()
    assert await worker.ended() == 0, log_of(scene.errand)
    scene.let_go()
    await orchestrator.resume(TASK, by=ALICE)
    assert await scene.processes.run(scene.errand) == 0, log_of(scene.errand)
    view = await orchestrator.task(TASK)
    assert view.task.state == TaskState.COMPLETED, view.task.failure
    assert view.steps[1].runs[0].run.session == before.session
