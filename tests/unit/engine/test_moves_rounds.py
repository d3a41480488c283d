"""Loops back in the store: a round is never repeated, or its old gate would speak for new work."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

import pytest

from core.domain.cost import Price, PriceList
from core.domain.identity import StepName
from core.domain.project import Project
from core.domain.role import ResultKind, Role
from core.domain.task import AgentRunState, StepState, TaskState
from core.engine.changes import move_run
from core.engine.effects import TaskEffects
from core.engine.parts import EngineParts
from core.engine.progress import TaskProgress
from core.store import Store
from tests.support.values import a_step, a_task
from tests.support.workflow_strategy import a_definition, a_loop, a_workflow

LOOPS_ASIDE = a_workflow(
    a_definition("plan"),
    a_definition("build", "plan"),
    a_definition("test", "build", loop=a_loop("build")),
    a_definition("audit", "plan", loop=a_loop("plan")),
)
TASK = a_task(workflow=LOOPS_ASIDE, branch="orchestrate/T1-fix", state=TaskState.PLANNING)


class NoChanges:
    """Workspaces in which agents never change anything."""

    async def open(self, *_: object, **__: object) -> None: ...

    async def undo(self, _: object) -> None: ...


def parts(store: Store) -> EngineParts:
    """Just what moving steps needs: every role hands back a test report."""
    nothing = cast("Any", None)
    role = Role(name="builder", description="", prompt="", model="claude-sonnet", result=ResultKind.TEST_REPORT)
    price = Price(input_usd=nothing, output_usd=nothing, cache_read_usd=nothing, cache_write_usd=nothing)
    return EngineParts(
        store=store,
        workspaces=cast("Any", NoChanges()),
        runner=nothing,
        forge=nothing,
        roles={role.name: role},
        prices=PriceList(prices={}, fallback=price),
        policy=nothing,
        project=lambda name: Project(name=name, repository="/nowhere"),
        environment=lambda _: {},
        log_folder=Path("/nowhere"),
        mask=str,
    )


@dataclass(slots=True)
class Story:
    """A task whose agents end as they are told."""

    store: Store
    progress: TaskProgress
    effects: TaskEffects
    ended: list[tuple[str, int]] = field(default_factory=list[tuple[str, int]])

    async def step_ends(self, name: str, *, well: bool) -> None:
        """The step that is due must be `name`; its agent hands back a good or a bad result."""
        due = await self.progress.advance(TASK.id)
        assert due["kind"] == "run_agent"
        async with self.store.transaction() as uow:
            run = await uow.agent_runs.get(due["agent_run"])
            assert run.step == name
            result = {"summary": "Ran them.", "passed": well}
            await move_run(uow, run, AgentRunState.COMPLETED, result=result)
        self.ended.append((run.step, run.round))
        settle = await self.progress.advance(TASK.id)
        assert settle["kind"] == "settle"
        await self.effects.settle(run.id)

    async def round_of(self, name: str) -> int:
        """The current round of a step."""
        async with self.store.reading() as uow:
            return (await uow.steps.get(TASK.id, StepName(name))).round


@pytest.fixture
async def story(tmp_path: Path, sqlite_template: Path, open_store: Callable[..., Awaitable[Store]]) -> Story:
    """The task, prepared, in a database of its own."""
    path = tmp_path / "orchestrator.sqlite3"
    path.write_bytes(sqlite_template.read_bytes())
    store = await open_store(f"sqlite:///{path}")
    steps = [
        a_step(name=name, position=position, role="builder")
        for position, name in enumerate(LOOPS_ASIDE.order(), start=1)
    ]
    async with store.transaction() as uow:
        await uow.tasks.add(TASK)
        await uow.steps.add_all(steps)
    return Story(store, TaskProgress(parts(store)), TaskEffects(parts(store)))


async def test_a_loop_back_takes_all_it_reaches_to_the_next_round_and_nothing_else(story: Story) -> None:
    await story.step_ends("plan", well=True)
    await story.step_ends("build", well=True)
    await story.step_ends("test", well=False)
    assert [await story.round_of(name) for name in ("plan", "build", "test", "audit")] == [1, 2, 2, 1]
    await story.step_ends("build", well=True)


async def test_a_loop_that_is_used_up_fails_the_task_and_says_after_how_many_rounds(story: Story) -> None:
    await story.step_ends("plan", well=True)
    for _ in range(3):
        await story.step_ends("build", well=True)
        await story.step_ends("test", well=False)
    async with story.store.reading() as uow:
        task = await uow.tasks.get(TASK.id)
        states = {step.name: step.state for step in await uow.steps.of(TASK.id)}
    assert task.state == TaskState.FAILED
    assert "Step test did not succeed after 3 rounds" in task.failure
    assert states == {
        "plan": StepState.COMPLETED,
        "build": StepState.COMPLETED,
        "test": StepState.FAILED,
        "audit": StepState.CANCELLED,
    }


async def test_no_round_of_a_step_is_repeated_when_loops_of_different_reach_take_turns(story: Story) -> None:
    await story.step_ends("plan", well=True)
    await story.step_ends("build", well=True)
    await story.step_ends("test", well=False)
    await story.step_ends("build", well=True)
    await story.step_ends("test", well=True)
    await story.step_ends("audit", well=False)
    await story.step_ends("plan", well=True)
    await story.step_ends("build", well=True)
    assert len(story.ended) == len(set(story.ended)), story.ended
