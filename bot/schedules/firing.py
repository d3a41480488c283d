"""Wakes when a schedule is due and begins what it says, once for each of its times however many processes do so.

The rows of the store are the only truth: it is looked at them after each change, when the next time has come, and now
and then besides, because a clock may be set and a machine may sleep.
"""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing, asynccontextmanager, suppress
from datetime import UTC, datetime
from typing import Protocol

import structlog

from core.domain.errors import OrchestratorError, StoreError
from core.domain.event import HOUSE, ScheduleChanged
from core.domain.schedule import Due, Schedule
from core.scheduling import Scheduling, due_now, next_wake, settle
from core.store.store import Store
from core.store.unit_of_work import UnitOfWork

log = structlog.get_logger(__name__)

LONGEST_WAIT_S = 30.0
RETRY_S = 5.0
"""Before what the database could not take is tried again."""

Also = Callable[[UnitOfWork], Awaitable[None]]
"""What else is written in the transaction that notes a run."""


class Begin(Protocol):
    """Begins what a schedule says."""

    async def __call__(self, schedule: Schedule, *, at: datetime, key: str) -> tuple[str, Also | None]:
        """Begin it for its time `at`; what it became, such as a task's id.

        `key` names this run: the same one again begins nothing new. OrchestratorError when it cannot be begun, which
        trying again would not change; StoreError when it would.
        """
        ...


class Firing:
    """One process's part in running schedules. `given_up` is told of each that cannot be begun and is paused for it."""

    def __init__(
        self,
        store: Store,
        scheduling: Scheduling,
        *,
        begin: Begin,
        given_up: Callable[[Schedule, OrchestratorError], Awaitable[None]],
        clock: Callable[[], datetime],
        longest_wait_s: float = LONGEST_WAIT_S,
    ) -> None:
        self._store = store
        self._scheduling = scheduling
        self._begin = begin
        self._given_up = given_up
        self._clock = clock
        self._longest_wait_s = longest_wait_s
        self._changed = asyncio.Event()

    @asynccontextmanager
    async def running(self) -> AsyncGenerator[None]:
        """Run schedules while this is entered; it raises nothing of its own."""
        owners = [
            asyncio.create_task(self._run(), name="schedules"),
            asyncio.create_task(self._listen(), name="schedules listening"),
        ]
        try:
            yield
        finally:
            for each in owners:
                each.cancel()
            await asyncio.gather(*owners, return_exceptions=True)

    async def look(self) -> float:
        """Begin all that is due now; how many seconds may pass until it is worth looking again."""
        for schedule, at in due_now(await self._scheduling.active(), now=self._clock()):
            await self._settle(schedule, at)
        now = self._clock()
        wake = next_wake(await self._scheduling.active(), now=now)
        return self._longest_wait_s if wake is None else min((wake - now).total_seconds(), self._longest_wait_s)

    async def _settle(self, schedule: Schedule, at: Due) -> None:
        became, also = "", None
        if at.run is not None:
            try:
                became, also = await self._begin(schedule, at=at.run, key=run_key(schedule, at.run))
            except StoreError:
                raise
            except OrchestratorError as error:
                log.warning("schedule_not_begun", schedule=schedule.id, error=error.message)
                await self._given_up(schedule, error)
                return
        async with self._store.transaction() as uow:
            settled = await settle(uow, schedule, at, became=became)
            if settled and also is not None:
                await also(uow)
        if settled:
            log.info("schedule_ran" if became else "schedule_skipped", schedule=schedule.id, became=became)

    async def _run(self) -> None:
        while True:
            self._changed.clear()
            try:
                wait_s = await self.look()
            except StoreError as error:
                log.warning("schedules_not_read", error=error.message)
                wait_s = RETRY_S
            except Exception:
                # whatever one schedule ran into must not end the others for good; the log has it
                log.exception("schedules_broke")
                wait_s = self._longest_wait_s
            with suppress(TimeoutError):
                async with asyncio.timeout(max(wait_s, 0.0)):
                    await self._changed.wait()

    async def _listen(self) -> None:
        """Look again when somebody changed a schedule, in whatever process."""
        async with self._store.reading() as uow:
            after = await uow.events.last_seq()
        async with aclosing(self._store.journal.follow(after=after, task=HOUSE)) as entries:
            async for entry in entries:
                if isinstance(entry.event, ScheduleChanged):
                    self._changed.set()


def run_key(schedule: Schedule, at: datetime) -> str:
    """Names one run, so that two processes make one task of it."""
    return f"schedule:{schedule.id}:{at.astimezone(UTC):%Y-%m-%dT%H:%MZ}"
