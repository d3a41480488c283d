"""A stored task whose agents and git are played by the test: the engine's own code moves it."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, cast

from core.domain.cost import Price, PriceList, Tariff
from core.domain.identity import PersonId, TaskId
from core.domain.project import Project
from core.domain.role import ResultKind, Role
from core.domain.task import AgentRun, AgentRunState, Step, Task
from core.domain.workflow import Workflow
from core.engine.changes import move_run
from core.engine.client import EngineClient
from core.engine.moves import Effect, Settle
from core.engine.parts import EngineParts
from core.engine.progress import TaskProgress
from core.engine.settling import Settling
from core.estimates.estimating import Estimating
from core.estimates.priors import Priors
from core.store import Store
from core.store.unit_of_work import UnitOfWork
from core.workspaces.workspace import Workspace

ALICE = PersonId("console:alice")


class NoChanges:
    """Workspaces in which agents never change anything."""

    async def open(self, _project: Project, *, task: TaskId, **facts: str) -> Workspace:
        return Workspace(task=task, path=Path("/nowhere"), **facts)

    async def open_lane(self, own: Workspace, *, lane: str, start: str) -> Workspace:
        return replace(own, path=Path("/nowhere") / lane, lane=lane)

    async def drop_lane(self, _own: Workspace, *, lane: str) -> None: ...

    async def undo(self, _workspace: Workspace) -> None: ...


class Enqueued:
    """An engine that only notes which lives were enqueued."""

    def __init__(self) -> None:
        self.lives: list[tuple[TaskId, int]] = []

    async def enqueue_task(self, _uow: UnitOfWork, task: TaskId, *, life: int = 1) -> None:
        self.lives.append((task, life))


def parts(store: Store) -> EngineParts:
    """Just what moving steps needs: every role hands back a test report."""
    nothing = cast("Any", None)
    role = Role(name="builder", description="", prompt="", model="claude-sonnet", result=ResultKind.TEST_REPORT)
    price = Price(input_usd=nothing, output_usd=nothing, cache_read_usd=nothing, cache_write_usd=nothing)
    prices = PriceList(tariffs={}, fallback=Tariff(first=price))
    return EngineParts(
        store=store,
        workspaces=cast("Any", NoChanges()),
        runner=nothing,
        forge=nothing,
        roles=lambda _: {role.name: role},
        prices=prices,
        estimating=Estimating(store, prices=prices, priors=Priors()),
        policy=nothing,
        project=lambda name: Project(name=name, repository="/nowhere"),
        environment=lambda _: {},
        log_folder=Path("/nowhere"),
        notes_folder=Path("/nowhere"),
        mask=str,
    )


@dataclass(slots=True)
class Story:
    """A stored task. `ended` holds each round of each step that an agent has worked on."""

    store: Store
    task_id: TaskId
    parts: EngineParts
    enqueued: Enqueued = field(default_factory=Enqueued)
    ended: list[tuple[str, int]] = field(default_factory=list[tuple[str, int]])

    @property
    def engine(self) -> EngineClient:
        return cast("EngineClient", self.enqueued)

    async def advance(self) -> tuple[Effect, ...]:
        task = await self.task()
        return await TaskProgress(self.parts).advance(self.task_id, life=task.life)

    async def step_ends(self, name: str, *, well: bool) -> None:
        """The agent of `name`, which must be waiting for its place, hands back a good or a bad result."""
        await self.advance()
        (run,) = [run for run in await self.runs() if run.step == name and run.state == AgentRunState.QUEUED]
        async with self.store.transaction() as uow:
            result = {"summary": "Ran them.", "passed": well}
            run = await move_run(uow, run, AgentRunState.STARTING)
            run = await move_run(uow, run, AgentRunState.RUNNING)
            await move_run(uow, run, AgentRunState.COMPLETED, result=result)
        self.ended.append((run.step, run.round))
        assert Settle(run.id) in await self.advance()
        progress = TaskProgress(self.parts)
        await Settling(self.parts, progress).settle(run.id, by_hand=False)

    async def task(self) -> Task:
        async with self.store.reading() as uow:
            return await uow.tasks.get(self.task_id)

    async def steps(self) -> dict[str, Step]:
        async with self.store.reading() as uow:
            return {step.name: step for step in await uow.steps.of(self.task_id)}

    async def runs(self) -> list[AgentRun]:
        async with self.store.reading() as uow:
            return await uow.agent_runs.of(self.task_id)

    async def rounds(self) -> dict[str, int]:
        return {name: step.round for name, step in (await self.steps()).items()}

    async def states(self) -> dict[str, str]:
        return {name: step.state.value for name, step in (await self.steps()).items()}


Tell = Callable[[Workflow], Awaitable[Story]]
