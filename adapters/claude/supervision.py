"""Keeps one agent process within its time and memory, and sees that everything it started ends with it."""

import asyncio
import contextlib
from collections.abc import Callable, Coroutine
from typing import Any

from adapters.claude import outcome
from adapters.claude.launch import mark
from adapters.claude.leftovers import end_leftovers
from adapters.claude.resources import Measured, ResourceWatch
from core.agents.runner import AgentOutcome, AgentSpec

END_WITHIN_S = 1.0
"""How long the launcher gets to end everything before we look for ourselves; it needs some 0.05 s."""
KILL_WITHIN_S = 0.4
CLOSE_WITHIN_S = 10.0
"""How long what the processes said last may take to be stored once they are gone: it would be done again without."""


def memory_limit(spec: AgentSpec) -> int | None:
    """What all processes of the run together may use, in bytes: the role's own limit counts before the house's."""
    own_mb = spec.role.limits.max_memory_mb
    return spec.limits.memory_bytes if own_mb is None else own_mb * outcome.MEBIBYTE


class Supervision:
    """Watches over one process; `end` makes it end with all it started."""

    def __init__(
        self,
        spec: AgentSpec,
        *,
        end: Callable[[], None],
        watch: ResourceWatch,
        close_within_s: float = CLOSE_WITHIN_S,
    ) -> None:
        self._spec = spec
        self._end = end
        self._watch = watch
        self._close_within_s = close_within_s

    async def over(self, talk: Coroutine[object, object, AgentOutcome]) -> AgentOutcome:
        """Await `talk` as long as it may go on; whatever ends the wait, the processes end before it returns."""
        work = asyncio.create_task(talk, name=f"agent {self._spec.agent_run}")
        watching = asyncio.create_task(self._watch.until_too_much(), name=f"resources of {self._spec.agent_run}")
        try:
            ended = await self._first(work, watching)
        finally:
            watching.cancel()
            await self._settle(work)
        await _settled(watching, within_s=KILL_WITHIN_S)
        await self._watch.tell()
        return ended

    async def _first(self, work: asyncio.Task[AgentOutcome], watching: asyncio.Task[Measured]) -> AgentOutcome:
        clock = asyncio.get_running_loop()
        deadline = clock.time() + self._spec.role.limits.timeout_s
        waited: set[asyncio.Task[AgentOutcome] | asyncio.Task[Measured]] = {work, watching}
        while True:
            left_s = max(0.0, deadline - clock.time())
            done, _ = await asyncio.wait(waited, timeout=left_s, return_when=asyncio.FIRST_COMPLETED)
            if work in done:
                return work.result()
            if not done:
                return outcome.timed_out(self._spec)
            if watching.exception() is None:
                return self._too_much(watching.result())
            # What it was told to could not be told: that ends the work, whose error is the one to come out.
            waited.discard(watching)

    def _too_much(self, measured: Measured) -> AgentOutcome:
        return outcome.out_of_memory(
            self._spec,
            used_bytes=measured.memory_bytes,
            limit_bytes=memory_limit(self._spec) or 0,
            biggest=measured.biggest,
        )

    async def _settle(self, work: asyncio.Task[AgentOutcome]) -> None:
        if work.done():
            return
        self._end()
        await _settled(work, within_s=END_WITHIN_S)
        leftovers = asyncio.to_thread(end_leftovers, mark(self._spec), within_s=KILL_WITHIN_S)
        await _settled(asyncio.create_task(leftovers), within_s=KILL_WITHIN_S)
        await _settled(work, within_s=self._close_within_s)
        work.cancel()
        await _settled(work, within_s=KILL_WITHIN_S)


async def _settled(work: asyncio.Task[Any], *, within_s: float) -> None:
    """Wait for the end of `work` even when the waiting task is cancelled meanwhile; its outcome does not matter."""
    clock = asyncio.get_running_loop()
    deadline = clock.time() + within_s
    while not work.done() and (left := deadline - clock.time()) > 0:
        with contextlib.suppress(asyncio.CancelledError):
            await asyncio.wait({work}, timeout=left)
    if work.done() and not work.cancelled():
        # Marks an exception as seen: the caller has its own reason to end.
        work.exception()
