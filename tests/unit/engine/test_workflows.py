"""The durable workflow of a task: it drives the task, ends when its worker stops, and never begins after that."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, cast

import pytest
from dbos import DBOS

from core.domain.identity import TaskId
from core.engine.driver import TaskDriver
from core.engine.names import OLD_AGENT_WORKFLOW, TASK_WORKFLOW
from core.engine.workflows import Workflows

Registered = dict[str, Callable[..., Awaitable[str]]]


class Driver:
    """Drives until it is let go."""

    def __init__(self) -> None:
        self.driven: list[tuple[TaskId, int]] = []
        self.go_on = asyncio.Event()

    async def drive(self, task: TaskId, *, life: int) -> None:
        self.driven.append((task, life))
        await self.go_on.wait()


@pytest.fixture
def driver() -> Driver:
    return Driver()


@pytest.fixture
def registered(monkeypatch: pytest.MonkeyPatch) -> Registered:
    """What is registered with the durable engine, by name."""
    found: Registered = {}

    def workflow(*, name: str, **_options: Any) -> Callable[[Any], Any]:
        return lambda function: found.setdefault(name, function)

    monkeypatch.setattr(DBOS, "workflow", workflow)
    return found


@pytest.fixture
def workflows(driver: Driver, registered: Registered) -> Workflows:
    workflows = Workflows(cast("TaskDriver", driver))
    workflows.register()
    assert set(registered) == {TASK_WORKFLOW, OLD_AGENT_WORKFLOW}
    return workflows


async def test_it_drives_the_life_it_was_started_for(workflows: Workflows, registered: Registered, driver: Driver):
    driver.go_on.set()
    assert await registered[TASK_WORKFLOW]("T1") == "end"
    assert await registered[TASK_WORKFLOW]("T1", 3) == "end"
    assert driver.driven == [(TaskId("T1"), 1), (TaskId("T1"), 3)]
    await workflows.stop()


async def test_stopping_ends_what_runs_and_nothing_begins_after_it(
    workflows: Workflows, registered: Registered, driver: Driver
):
    running = asyncio.ensure_future(registered[TASK_WORKFLOW]("T1"))
    while not driver.driven:
        await asyncio.sleep(0)
    await workflows.stop()
    assert running.cancelled()
    with pytest.raises(asyncio.CancelledError):
        await registered[TASK_WORKFLOW]("T2")
    assert driver.driven == [(TaskId("T1"), 1)]


@pytest.mark.usefixtures("workflows")
async def test_an_agent_workflow_of_the_first_version_ends_at_once(registered: Registered, driver: Driver):
    assert await registered[OLD_AGENT_WORKFLOW]("T1.1") == "T1.1"
    assert driver.driven == []
