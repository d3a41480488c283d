"""One process of one agent run: start it, hear its signals, pass on what people say, record how it ended."""

import asyncio
import contextlib
from collections.abc import AsyncGenerator

import structlog

from core.agents.runner import AgentCompleted, AgentFailed, AgentOutcome, FailureKind
from core.correlation import bound
from core.domain.errors import OrchestratorError, StoreError
from core.domain.identity import AgentRunId, task_of
from core.domain.task import FINAL_TASK_STATES, AgentRun, AgentRunState
from core.engine.changes import hear_message, move_run
from core.engine.inbox import RunInbox
from core.engine.outcomes import RunOutcomes
from core.engine.parts import EngineParts
from core.engine.signals import Process, RunSignals
from core.engine.specs import RunSpecs, pending_for
from core.engine.vigil import Vigil
from core.engine.watch import Watch

log = structlog.get_logger(__name__)

MAX_INTERRUPTIONS = 5
"""A run under which our own process died this often is given up: it may be what takes us down."""
PUT_BACK_WITHIN_S = 5.0
MAY_FINISH_S = 1.5
"""Less than a cancel may take, which waits for this too."""


class AgentWork:
    """Does the work of an agent run that has its place."""

    def __init__(self, parts: EngineParts, watch: Watch) -> None:
        self._parts = parts
        self._watch = watch
        self._specs = RunSpecs(parts)
        self._outcomes = RunOutcomes(parts)
        self._begun_here: set[AgentRunId] = set()
        self._processes: dict[AgentRunId, Process] = {}

    async def run(self, agent_run: AgentRunId) -> None:
        """Work until the run's process ends; what came of it is in the store then.

        Cancelled, it ends every process of the run and puts it back into the queue, where its session goes on later.
        """
        run = await self._begin(agent_run)
        if run.state != AgentRunState.RUNNING:
            return
        process = self._processes[run.id] = Process()
        try:
            await self._work(run, process)
        finally:
            del self._processes[run.id]

    async def _work(self, run: AgentRun, process: Process) -> None:
        self._begun_here.add(run.id)
        try:
            with bound(task=run.task, agent_run=run.id):
                outcome = await self._outcome(run, process)
        except asyncio.CancelledError:
            await self._put_back(run.id)
            raise
        await self._outcomes.record(run.id, outcome, process)
        self._begun_here.discard(run.id)

    async def comes_to_rest(self, agent_run: AgentRunId, work: asyncio.Task[None]) -> None:
        """Wait a moment for `work` on a run without money: for its end, or until it is held at its next call.

        The call that used the money up may have been the last one, and nobody need be asked for more then.
        """
        process = self._processes.get(agent_run)
        if process is None:
            return
        held = asyncio.create_task(process.held.wait())
        try:
            await asyncio.wait({work, held}, timeout=MAY_FINISH_S, return_when=asyncio.FIRST_COMPLETED)
        finally:
            held.cancel()

    async def _begin(self, agent_run: AgentRunId) -> AgentRun:
        """Mark the run as running, and count the process that dies under it; given up after too many."""
        async with self._parts.store.transaction() as uow:
            task = await uow.tasks.get(task_of(agent_run))
            run = await uow.agent_runs.get(agent_run)
            if task.state in FINAL_TASK_STATES or run.state not in (AgentRunState.STARTING, AgentRunState.RUNNING):
                return run
            # begun by this process, it was only the store that was away for a moment
            interrupted = run.state == AgentRunState.RUNNING and run.id not in self._begun_here
            interruptions = run.interruptions + interrupted
            if interruptions >= MAX_INTERRUPTIONS:
                message = (
                    f"Agent run {run.id} was interrupted {interruptions} times and is given up. Look at the worker's "
                    f"log for what ended it, then retry the task."
                )
                return await move_run(
                    uow, run, AgentRunState.FAILED, error=message, detail=message, interruptions=interruptions
                )
            if run.attempts == 0:
                # what people said before it began is in its prompt
                for message in pending_for(run, await uow.messages.of(run.task), await uow.agent_runs.of(run.task)):
                    await hear_message(uow, message, run)
            return await move_run(
                uow,
                run,
                AgentRunState.RUNNING,
                started_at=run.started_at or uow.now,
                attempts=run.attempts + 1,
                interruptions=interruptions,
            )

    async def _outcome(self, run: AgentRun, process: Process) -> AgentOutcome:
        """Let the runner work; what keeps it from working at all is a failed run with that reason."""
        parts = self._parts
        vigil = Vigil(run, stuck_after_s=parts.limits.stuck_after_s, clock=parts.vigil_clock)
        signals = RunSignals(self._parts, run, process, progressed=vigil.progressed)
        try:
            async with self._told(run) as inbox:
                spec = await self._specs.spec(run, side_signals=signals.hear_aside)
                if spec is None:
                    return AgentCompleted(result={"summary": "Nothing was left to settle."})
                process.worktree, process.spends_the_rest = spec.worktree, spec.spends_the_rest
                work = self._parts.runner.run(spec, on_signal=signals.hear, inbox=inbox)
                return await vigil.over(work, nudge=inbox.nudge, tell=signals.stuck)
        except StoreError:
            raise
        except OrchestratorError as error:
            told = f"{error.message} {error.hint}".strip()
            return AgentFailed(message=told, transient=False, kind=FailureKind.UNAVAILABLE)
        except Exception as error:  # a fault of a runner ends its run with a reason, at once, and nothing else
            log.exception("agent_run_broke", agent_run=run.id)
            message = f"The agent program broke unexpectedly ({type(error).__name__}). The log has the details."
            return AgentFailed(message=message, transient=False)

    @contextlib.asynccontextmanager
    async def _told(self, run: AgentRun) -> AsyncGenerator[RunInbox]:
        """What people say while the run works."""
        with self._watch.steering(run.task) as bell:
            yield RunInbox(self._parts.store, run, bell=bell)

    async def _put_back(self, agent_run: AgentRunId) -> None:
        """Back into the queue, also while being cancelled; when even that fails, it counts as an interruption."""
        putting = asyncio.create_task(self._queue_again(agent_run))
        done, _ = await asyncio.wait({putting}, timeout=PUT_BACK_WITHIN_S)
        if not done:
            putting.cancel()
        with contextlib.suppress(asyncio.CancelledError, StoreError):
            await putting

    async def set_aside(self, agent_run: AgentRunId) -> None:
        """Put a run whose process has ended back into the queue; one that has come to its end stays there."""
        await self._queue_again(agent_run)

    async def _queue_again(self, agent_run: AgentRunId) -> None:
        async with self._parts.store.transaction() as uow:
            run = await uow.agent_runs.get(agent_run)
            if run.state in (AgentRunState.STARTING, AgentRunState.RUNNING):
                await move_run(uow, run, AgentRunState.QUEUED)
