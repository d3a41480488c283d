"""Stored tasks for the engine's rules."""

from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from core.domain.identity import StepName
from core.domain.task import TaskState
from core.domain.workflow import Workflow
from core.store import Store
from tests.support.stored_task import Story, Tell, parts
from tests.support.values import a_step, a_task


@pytest.fixture
async def tell(tmp_path: Path, sqlite_template: Path, open_store: Callable[..., Awaitable[Store]]) -> Tell:
    """Begins the story of a prepared task of a workflow, in a database of its own."""

    async def begin(workflow: Workflow) -> Story:
        path = tmp_path / "orchestrator.sqlite3"
        path.write_bytes(sqlite_template.read_bytes())
        store = await open_store(f"sqlite:///{path}")
        task = a_task(workflow=workflow, branch="orchestrate/T1-fix", base_commit="b" * 40, state=TaskState.PLANNING)
        steps = [
            a_step(name=StepName(name), position=position, role="builder")
            for position, name in enumerate(workflow.order(), start=1)
        ]
        async with store.transaction() as uow:
            assert await uow.tasks.next_number() == task.number
            await uow.tasks.add(task)
            await uow.steps.add_all(steps)
        return Story(store, task.id, parts(store))

    return begin
