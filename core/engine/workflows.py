"""The durable workflows: thin drivers that ask for the next move and hand each effect to a step.

Nothing is decided here. A replay after a crash repeats the recorded answers, then asks the store again.
"""

import asyncio
import contextlib
from collections.abc import Callable, Coroutine, Generator
from typing import Any, TypeVar

import structlog
from dbos import DBOS, SetEnqueueOptions, SetWorkflowID, StepOptions
from dbos import error as dbos_error

from core.domain.errors import AgentUnavailableError, OrchestratorError, StoreError
from core.domain.identity import AgentRunId, TaskId, task_of
from core.engine.client import EngineClient
from core.engine.effects import TaskEffects
from core.engine.names import (
    AGENT_QUEUE,
    AGENT_WORKFLOW,
    NORMAL_PRIORITY,
    TASK_WORKFLOW,
    WAKE_TOPIC,
    agent_workflow_id,
)
from core.engine.progress import TaskProgress
from core.engine.run_agent import AgentWork
from core.engine.watch import Watch

MAX_AGENT_RECOVERIES = 5
"""An agent whose process takes ours down this often is given up."""
MAX_TASK_RECOVERIES = 100_000
"""A task may wait for people through any number of restarts; what could bring us down sits in its agents."""
RESULT_POLL_S = 0.1
PARK_S = 7 * 24 * 3600.0
"""A parked workflow looks at its state at least this often, even when nobody wakes it."""

STOP_S = 10.0
"""How long an agent may take to end its processes."""
STORE_ATTEMPTS = 10
FIRST_RETRY_S = 0.5
"""Each pause is twice as long as the one before: a store that is locked, full or away is waited for, for 4 minutes."""

Id = TypeVar("Id", TaskId, AgentRunId)
Result = TypeVar("Result")

log = structlog.get_logger(__name__)


class Workflows:
    """Registers our workflows with DBOS under their pinned names, and owns those that run in this process."""

    def __init__(
        self,
        *,
        progress: TaskProgress,
        effects: TaskEffects,
        agents: AgentWork,
        watch: Watch,
        client: EngineClient,
    ) -> None:
        self._client = client
        self._progress = progress
        self._effects = effects
        self._agents = agents
        self._watch = watch
        self._running: set[asyncio.Task[Any]] = set()
        self._closing = False

    def register(self) -> None:
        """To be called before launch, once per launch."""

        # plain functions, not bound methods: DBOS keeps its notes on the function object
        async def run_agent(agent_run: str) -> str:
            with self._owned():
                return await self._step("work", self._work_until_ended, AgentRunId(agent_run), preemptible=True)

        async def run_task(task: str) -> str:
            with self._owned():
                return await self._drive(TaskId(task))

        self._run_agent = DBOS.workflow(name=AGENT_WORKFLOW, max_recovery_attempts=MAX_AGENT_RECOVERIES)(run_agent)
        DBOS.workflow(name=TASK_WORKFLOW, max_recovery_attempts=MAX_TASK_RECOVERIES)(run_task)

    async def stop(self) -> None:
        """Stop what runs here; it stays pending in the database and goes on at the next launch."""
        self._closing = True
        running = list(self._running)
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)

    async def _step(
        self, name: str, work: Callable[[Id], Coroutine[Any, Any, Result]], argument: Id, *, preemptible: bool = False
    ) -> Result:
        """Run `work` as a durable step: recorded once done, run again after a crash before that.

        It is also run again while the store cannot be used: without it there is no way to say what is wrong.
        """
        options: StepOptions = {
            "name": name,
            "preemptible": preemptible,
            "retries_allowed": True,
            "max_attempts": STORE_ATTEMPTS,
            "interval_seconds": FIRST_RETRY_S,
            "backoff_rate": 2.0,
            "should_retry": _is_of_the_store,
        }
        try:
            return await DBOS.run_step_async(options, work, argument)
        except dbos_error.DBOSMaxStepRetriesExceeded as error:
            raise error.errors[-1] from error

    async def _drive(self, task: TaskId) -> str:
        """Do one move after the other; what goes wrong beyond repair ends the task with a reason."""
        try:
            while await self._do_next(task) != "end":
                pass
        except (dbos_error.DBOSWorkflowCancelledError, dbos_error.DBOSAwaitedWorkflowCancelledError):
            raise
        except Exception as error:
            reason = _told(error)
            if isinstance(error, OrchestratorError):
                log.warning("task_failed", task=task, reason=reason)
            else:
                log.exception("task_workflow_failed", task=task)
            await self._fail(task, reason)
            return "failed"
        return "end"

    async def _fail(self, task: TaskId, reason: str) -> None:
        async def fail(task: TaskId) -> None:
            await self._effects.fail(task, reason)

        await self._step("fail", fail, task)

    async def _do_next(self, task: TaskId) -> str:
        move = await self._step("advance", self._progress.advance, task)
        kind = str(move["kind"])
        match kind:
            case "prepare":
                await self._step("prepare", self._effects.prepare, task, preemptible=True)
            case "run_agent":
                await self._child(AgentRunId(move["agent_run"]), move["attempt"])
            case "settle":
                await self._step("settle", self._effects.settle, AgentRunId(move["agent_run"]), preemptible=True)
            case "await":
                await DBOS.recv_async(WAKE_TOPIC, timeout_seconds=PARK_S)
            case "publish":
                await self._step("publish", self._effects.publish, task)
            case _:
                pass
        return kind

    async def _child(self, agent_run: AgentRunId, attempt: int) -> None:
        """Queue one attempt of an agent run, and wait for it without holding anything."""
        workflow_id = agent_workflow_id(agent_run, attempt)
        with SetWorkflowID(workflow_id), SetEnqueueOptions(priority=NORMAL_PRIORITY):
            handle = await DBOS.enqueue_workflow_async(AGENT_QUEUE, self._run_agent, agent_run)
        await self._watch.run_at_rest(agent_run, given_up=lambda: self._client.workflow_ended(workflow_id))
        try:
            await handle.get_result(polling_interval_sec=RESULT_POLL_S)
        except dbos_error.DBOSAwaitedWorkflowMaxRecoveryAttemptsExceeded as error:
            raise AgentUnavailableError(
                f"Agent run {agent_run} was interrupted {MAX_AGENT_RECOVERIES} times and is given up.",
                hint="Look at the worker's log for what ended it, then start the task again.",
            ) from error

    async def _work_until_ended(self, agent_run: AgentRunId) -> str:
        """Run the agent, but not beyond the end of its task: a cancel stops it as soon as the journal says so."""
        task = task_of(agent_run)
        working = asyncio.create_task(self._agents.run(agent_run), name=f"agent-{agent_run}")
        ended = asyncio.create_task(self._watch.task_ended(task), name=f"ended-{agent_run}")
        try:
            await asyncio.wait({working, ended}, return_when=asyncio.FIRST_COMPLETED)
            return working.result() if working.done() else "cancelled"
        finally:
            await _stopped(working, ended)

    @contextlib.contextmanager
    def _owned(self) -> Generator[None]:
        """Remember the running workflow, so that `stop` can end it."""
        current = asyncio.current_task()
        assert current is not None
        if self._closing:
            raise asyncio.CancelledError
        self._running.add(current)
        try:
            yield
        finally:
            self._running.discard(current)


async def _stopped(*tasks: asyncio.Task[Any]) -> None:
    """Cancel each task once, and let it clean up even when we are cancelled again meanwhile."""
    for task in tasks:
        task.cancel()
    waiting = asyncio.create_task(asyncio.wait(tasks, timeout=STOP_S))
    cancelled = False
    while not waiting.done():
        try:
            await asyncio.shield(waiting)
        except asyncio.CancelledError:
            cancelled = True
    for task in tasks:
        if task.done() and not task.cancelled():
            task.exception()  # looked at, so that asyncio does not complain
    if cancelled:
        raise asyncio.CancelledError


def _is_of_the_store(error: BaseException) -> bool:
    if not isinstance(error, StoreError):
        return False
    log.warning("store_not_usable", reason=error.message)
    return True


def _told(error: Exception) -> str:
    """What people are told about a fault that has no better words."""
    if isinstance(error, OrchestratorError):
        return f"{error.message} {error.hint}".strip()
    return f"Something went wrong inside the orchestrator ({type(error).__name__}). The log has the details."
