"""Asking a forge that may not answer: durable pauses that are told, and an end when it stays away for hours."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal, TypeVar

from core.domain.forge_event import ForgePostponed
from core.domain.identity import TaskId
from core.domain.pull_request import ForgeWait
from core.domain.task import FINAL_TASK_STATES
from core.forge import ForgeBusyError, ForgeUnavailableError
from core.store.store import Store

LOOK_EVERY_S = 60.0
"""A clock that jumps is noticed after that long."""
_GIVEN_UP = "Nothing of the work is lost. Once the forge can be reached, go on with: orchestrator retry {}"

Doing = Literal["prepare", "publish", "review"]
Result = TypeVar("Result")


@dataclass(frozen=True, slots=True, kw_only=True)
class ForgePatience:
    """How long a forge is waited for; each pause is twice as long as the one before, up to the longest."""

    first_pause_s: float = 10.0
    longest_pause_s: float = 900.0
    give_up_after_s: float = 6 * 3600.0
    """Without any answer. A forge that says when to come again is waited for however long that takes."""


def postponed(
    wait: ForgeWait | None, error: ForgeUnavailableError, *, now: datetime, patience: ForgePatience
) -> ForgeWait | None:
    """When to ask again after `error`; None when it has not answered for too long."""
    since = wait.since if wait else now
    failures = wait.failures if wait else 0
    if isinstance(error, ForgeBusyError):
        # it answered: what counts begins anew
        until = now + timedelta(seconds=max(error.retry_after_s, 0.0))
        return ForgeWait(until=until, reason=error.message, since=now, failures=0)
    if now - since >= timedelta(seconds=patience.give_up_after_s):
        return None
    pause_s = min(patience.first_pause_s * 2 ** min(failures, 30), patience.longest_pause_s)
    until = now + timedelta(seconds=pause_s)
    return ForgeWait(until=until, reason=error.message, since=since, failures=failures + 1)


class PatientCalls:
    """Calls of a forge on behalf of tasks, repeated until there is an answer."""

    def __init__(self, *, store: Store, patience: ForgePatience, mask: Callable[[str], str]) -> None:
        self._store = store
        self._patience = patience
        self._mask = mask

    async def call(self, task: TaskId, *, doing: Doing, call: Callable[[], Awaitable[Result]]) -> Result:
        """What `call` answers in the end; it must bear being repeated.

        The pauses are kept with the task, so a restart goes on waiting. ForgeUnavailableError, with what to do, when
        there was no answer for hours; every other error at once.
        """
        while True:
            await self._until_it_may_be_asked(task)
            try:
                return await call()
            except ForgeUnavailableError as error:
                if not await self._postpone(task, error, doing=doing):
                    raise ForgeUnavailableError(error.message, hint=_GIVEN_UP.format(task)) from error

    async def _until_it_may_be_asked(self, task: TaskId) -> None:
        while True:
            async with self._store.reading() as uow:
                wait, now = (await uow.tasks.get(task)).forge_wait, uow.now
            left_s = (wait.until - now).total_seconds() if wait else 0.0
            if left_s <= 0:
                return
            await asyncio.sleep(min(left_s, LOOK_EVERY_S))

    async def _postpone(self, name: TaskId, error: ForgeUnavailableError, *, doing: Doing) -> bool:
        """Write down and tell until when the forge is left alone; False when that was long enough."""
        async with self._store.transaction() as uow:
            task = await uow.tasks.get(name)
            wait = postponed(task.forge_wait, error, now=uow.now, patience=self._patience)
            if wait is None or task.state in FINAL_TASK_STATES:
                return False
            wait = replace(wait, reason=self._mask(wait.reason))
            await uow.tasks.save(replace(task, forge_wait=wait))
            await uow.events.append(name, ForgePostponed(until=wait.until, reason=wait.reason, doing=doing))
            return True
