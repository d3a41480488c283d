"""The durable workflow of a task: DBOS starts it once, and again after a crash; what it does is the driver's.

Nothing is recorded in it: after a crash it asks the store what is due, as it does after every change.
"""

import asyncio
from typing import Any

from dbos import DBOS

from core.domain.identity import TaskId
from core.engine.driver import TaskDriver
from core.engine.names import OLD_AGENT_WORKFLOW, TASK_WORKFLOW

MAX_TASK_RECOVERIES = 100_000
"""A task may wait for people through any number of restarts; what could bring us down sits in its agents."""


class Workflows:
    """Registers our workflow with DBOS under its pinned name, and owns those that run in this process."""

    def __init__(self, driver: TaskDriver) -> None:
        self._driver = driver
        self._running: set[asyncio.Task[Any]] = set()
        self._closing = False

    def register(self) -> None:
        """To be called before launch, once per launch."""

        # a plain function, not a bound method: DBOS keeps its notes on the function object
        async def run_task(task: str, life: int = 1) -> str:
            current = asyncio.current_task()
            assert current is not None
            if self._closing:
                raise asyncio.CancelledError
            self._running.add(current)
            try:
                await self._driver.drive(TaskId(task), life=life)
            finally:
                self._running.discard(current)
            return "end"

        async def run_agent(agent_run: str) -> str:
            return agent_run

        # agents of the first version were workflows of their own; what a database still holds of them ends at once
        DBOS.workflow(name=OLD_AGENT_WORKFLOW)(run_agent)
        DBOS.workflow(name=TASK_WORKFLOW, max_recovery_attempts=MAX_TASK_RECOVERIES)(run_task)

    async def stop(self) -> None:
        """Stop what runs here; it stays pending in the database and goes on at the next launch."""
        self._closing = True
        running = list(self._running)
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)
