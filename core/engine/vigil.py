"""Watches over one process of a run: no sign of progress for too long is answered by a nudge, a new start, the end."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, Literal, Protocol

from core.agents.runner import AgentFailed, AgentOutcome, FailureKind
from core.domain.task import AgentRun

Action = Literal["nudged", "restarted", "failed"]
MAX_RESTARTS = 1


class VigilClock(Protocol):
    """What time a vigil goes by."""

    def now_s(self) -> float:
        """Seconds since some moment in the past."""
        ...

    async def until(self, at_s: float, working: asyncio.Future[Any]) -> None:
        """Return when it is `at_s`, or when `working` is done before."""
        ...


class LoopClock:
    """The clock of the event loop, which no change of the wall clock moves."""

    def now_s(self) -> float:
        """Seconds on the running loop's clock."""
        return asyncio.get_running_loop().time()

    async def until(self, at_s: float, working: asyncio.Future[Any]) -> None:
        """Wait for `working`, at most until then."""
        await asyncio.wait({working}, timeout=max(at_s - self.now_s(), 0.0))


class Vigil:
    """The progress of one process, by the clock that it is given."""

    def __init__(self, run: AgentRun, *, stuck_after_s: float, clock: VigilClock) -> None:
        self._run = run
        self._stuck_after_s = stuck_after_s
        self._clock = clock
        self._last = 0.0
        self._nudged = False

    def progressed(self) -> None:
        """Note a sign of life."""
        self._last = self._clock.now_s()
        self._nudged = False

    async def over(
        self,
        work: Coroutine[Any, Any, AgentOutcome],
        *,
        nudge: Callable[[], None],
        tell: Callable[[Action, float], Awaitable[None]],
    ) -> AgentOutcome:
        """Await `work`; when it shows no progress, call `nudge`, and the next time end it.

        The outcome is then a failure of kind STUCK: transient when the run has a new start left.
        `tell` hears each action.
        """
        self.progressed()
        working = asyncio.create_task(work, name=f"agent-{self._run.id}")
        try:
            while True:
                await self._clock.until(self._last + self._stuck_after_s, working)
                if working.done():
                    # nobody of ours cancelled it: a library's own clean-up can reach past its end
                    return _BROKEN_OFF if working.cancelled() else working.result()
                if self._clock.now_s() < self._last + self._stuck_after_s:
                    continue
                if self._nudged:
                    return await self._given_up(tell)
                self.progressed()
                self._nudged = True
                nudge()
                await tell("nudged", self._minutes)
        finally:
            await _ended(working)

    async def _given_up(self, tell: Callable[[Action, float], Awaitable[None]]) -> AgentFailed:
        again = self._run.restarts < MAX_RESTARTS
        await tell("restarted" if again else "failed", 2 * self._minutes)
        message = (
            f"The {self._run.role} showed no progress for {2 * self._minutes:g} minutes, was asked to go on, and did "
            f"not. Read its log, then retry the step; a smaller request or another model may help."
        )
        return AgentFailed(message=message, transient=again, kind=FailureKind.STUCK)

    @property
    def _minutes(self) -> float:
        return round(self._stuck_after_s / 60, 1)


_BROKEN_OFF = AgentFailed(
    message="The connection to the agent program broke off.", transient=True, kind=FailureKind.CRASHED, at_once=True
)


async def _ended(working: asyncio.Task[AgentOutcome]) -> None:
    """Cancel the work, and let it clean up even when we are cancelled again meanwhile."""
    if working.done():
        return
    working.cancel()
    cancelled = False
    while not working.done():
        try:
            await asyncio.wait({working})
        except asyncio.CancelledError:
            cancelled = True
    if not working.cancelled():
        working.exception()  # looked at, so that asyncio does not complain
    if cancelled:
        raise asyncio.CancelledError
