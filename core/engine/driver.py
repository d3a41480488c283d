"""Drives one task: asks what is due, keeps exactly those effects going, and asks again when something has moved."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, TypeVar

import stamina
import structlog

from core.correlation import bound
from core.domain.errors import OrchestratorError, StoreError
from core.domain.identity import TaskId
from core.engine.effects import TaskEffects
from core.engine.leaving import Leaving
from core.engine.moves import (
    AskGate,
    AwaitMoney,
    Effect,
    End,
    Leave,
    Prepare,
    Publish,
    Restore,
    RunAgent,
    SetAside,
    Settle,
)
from core.engine.offering import Offering
from core.engine.progress import TaskProgress
from core.engine.run_agent import AgentWork
from core.engine.settling import Settling
from core.engine.watch import Watch

LOOK_AT_LEAST_EVERY_S = 300.0
"""The journal tells when something moved; this is for the case that it could not."""
STOP_S = 10.0
"""How long an effect may take to end its processes."""
GRACE_S = 0.1
STORE_ATTEMPTS = 10
FIRST_RETRY_S = 0.5
"""Each pause is twice as long as the one before: a store that is locked, full or away is waited for, for 4 minutes."""

Result = TypeVar("Result")

log = structlog.get_logger(__name__)


class TaskDriver:
    """Owns every effect of the tasks that run in this process, one `drive` each."""

    def __init__(
        self,
        *,
        progress: TaskProgress,
        effects: TaskEffects,
        leaving: Leaving,
        offering: Offering,
        settling: Settling,
        agents: AgentWork,
        watch: Watch,
    ) -> None:
        self._progress = progress
        self._effects = effects
        self._leaving = leaving
        self._offering = offering
        self._settling = settling
        self._agents = agents
        self._watch = watch

    async def drive(self, task: TaskId, *, life: int = 1) -> None:
        """Work on one life of `task` until it has ended; what goes wrong beyond repair ends it with a reason."""
        try:
            correlation = await _while_store_is_away(lambda: self._progress.correlation(task))
            with bound(task=task, correlation=correlation):
                await self._work(task, life)
        except Exception as error:  # the last line of defence: a task never hangs without a word
            reason = _told(error)
            if isinstance(error, OrchestratorError):
                log.warning("task_failed", task=task, reason=reason)
            else:
                log.exception("task_workflow_failed", task=task)
            await _while_store_is_away(lambda: self._effects.fail(task, reason, life=life))

    async def _work(self, task: TaskId, life: int) -> None:
        running: dict[Effect, asyncio.Task[None]] = {}
        with self._watch.moves(task) as moved:
            try:
                while True:
                    moved.clear()
                    due = await _while_store_is_away(lambda: self._progress.advance(task, life=life))
                    if due == (End(),):
                        return
                    await self._come_to_rest(running, due)
                    await _stopped(*(running.pop(effect) for effect in set(running) - set(due)))
                    for effect in due:
                        if effect not in running:
                            running[effect] = asyncio.create_task(self._do(task, effect), name=f"{task} {effect}")
                    await self._until_something_moves(moved, running)
            finally:
                await _stopped(*running.values())

    async def _come_to_rest(self, running: dict[Effect, asyncio.Task[None]], due: tuple[Effect, ...]) -> None:
        """Give agents that have no money left the moment in which they may end by themselves."""
        aside = {effect.agent_run for effect in due if isinstance(effect, SetAside)}
        at_work = [(effect, work) for effect, work in running.items() if isinstance(effect, RunAgent)]
        without = [(effect.agent_run, work) for effect, work in at_work if effect.agent_run in aside]
        await asyncio.gather(*(self._agents.comes_to_rest(run, work) for run, work in without))

    async def _until_something_moves(self, moved: asyncio.Event, running: dict[Effect, asyncio.Task[None]]) -> None:
        """Return when the journal tells of the task or an effect is done; raises what an effect raised."""
        bell = asyncio.create_task(moved.wait())
        try:
            waiting = {bell, *running.values()}
            await asyncio.wait(waiting, timeout=LOOK_AT_LEAST_EVERY_S, return_when=asyncio.FIRST_COMPLETED)
        finally:
            bell.cancel()
        for effect, work in list(running.items()):
            if work.done():
                del running[effect]
                if not work.cancelled():
                    # cancelled by nobody of ours it is still due, and begun again
                    work.result()

    async def _do(self, task: TaskId, effect: Effect) -> None:
        await _while_store_is_away(lambda: self._effect(task, effect))

    def _effect(self, task: TaskId, effect: Effect) -> Coroutine[Any, Any, None]:
        match effect:
            case Prepare():
                return self._effects.prepare(task)
            case Restore():
                return self._effects.restore(task)
            case RunAgent():
                return self._agents.run(effect.agent_run)
            case SetAside():
                return self._agents.set_aside(effect.agent_run)
            case AwaitMoney():
                return self._progress.until(effect.until)
            case Settle():
                return self._settling.settle(effect.agent_run, by_hand=effect.after > 0)
            case AskGate():
                return self._progress.ask_gate(task, effect.step)
            case Leave():
                return self._leaving.leave(task, effect.step)
            case Publish():
                return self._offering.publish(task)
            case End():
                raise AssertionError("the end is no work")


async def _while_store_is_away(work: Callable[[], Awaitable[Result]]) -> Result:
    """Await `work()` again while the store cannot be used: without it there is no way to say what is wrong."""
    async for attempt in stamina.retry_context(
        on=_is_of_the_store, attempts=STORE_ATTEMPTS, timeout=None, wait_initial=FIRST_RETRY_S, wait_max=128.0
    ):
        with attempt:
            return await work()
    raise AssertionError("the last attempt returns or raises")


def _is_of_the_store(error: Exception) -> bool:
    if not isinstance(error, StoreError):
        return False
    log.warning("store_not_usable", reason=error.message)
    return True


async def _stopped(*tasks: asyncio.Task[None]) -> None:
    """Wait a moment, then cancel each task once, and let it clean up even when we are cancelled again meanwhile."""
    if not tasks:
        return
    # what is no longer due is often just about to end by itself
    await asyncio.wait(tasks, timeout=GRACE_S)
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


def _told(error: Exception) -> str:
    """What people are told about a fault that has no better words."""
    if isinstance(error, OrchestratorError):
        return f"{error.message} {error.hint}".strip()
    return f"Something went wrong inside the orchestrator ({type(error).__name__}). The log has the details."
