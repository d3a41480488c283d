"""The inbox: what comes in from a chat is kept first, then acted on once, in the order in which each person said it."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TypeVar

import structlog
from structlog.contextvars import bound_contextvars

from adapters.chat.inbound import Inbound, MessageReceived
from bot.heard import inbound_of, masked, reference_of, said_of, without_trigger
from core.domain.conversation import Hearing
from core.domain.errors import StoreError
from core.domain.identity import PersonId, Place
from core.store.store import Store

log = structlog.get_logger(__name__)

T = TypeVar("T")
Act = Callable[[Inbound], Awaitable[None]]
Lane = tuple[PersonId, Place]
Coming = tuple[Hearing, Inbound]

KEPT_FOR = timedelta(days=7)
"""No platform delivers anything again after that long."""
FORGET_EVERY_S = 6 * 3600.0
ACT_WITHIN_S = 120.0
FINISH_WITHIN_S = 5.0
"""What is being acted on when the program stops gets this long."""
AT_ONCE = 8
_MOST_LEFT = 100_000
_PAUSES_S = (0.1, 0.3, 1.0, 3.0, 10.0, 30.0)
"""Between tries to write to a database that is locked or full."""


@dataclass(slots=True, kw_only=True, eq=False)
class Inbox:
    """What comes in from one platform. `act` does what it asks for and answers; the inbox sees that it happens.

    Give `hear` to the platform's adapter, and keep `run` running. What was kept and not acted on when the program
    stopped is acted on at the next start, without its trigger: forms open within seconds only. So `act` may be called
    again for what it had nearly done, and must find it done.
    """

    store: Store
    act: Act
    platform: str
    clock: Callable[[], datetime]
    mask: Callable[[str], str] = str
    """Hides secrets: nobody's password lies in the database because it was pasted into a chat."""
    _lanes: dict[Lane, deque[Inbound]] = field(default_factory=dict[Lane, deque[Inbound]])
    _workers: set["asyncio.Task[None]"] = field(default_factory=set["asyncio.Task[None]"])
    _coming: list[Coming] = field(default_factory=list[Coming])
    """Heard and not kept yet."""
    _keeping: asyncio.Lock = field(default_factory=asyncio.Lock)
    """Between what is kept and what is in the lanes nobody looks."""
    _at_once: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(AT_ONCE))
    _runs: bool = False

    async def hear(self, inbound: Inbound) -> None:
        """Keep what came in; returns once it is in the database, or was known. Raises nothing.

        What people say to each other in threads that are none of ours is not kept at all. While the database cannot be
        written it tries again for less than a minute, then it is lost, and logged.
        """
        inbound = masked(inbound, self.mask)
        hearing = Hearing(
            platform=self.platform, event_id=inbound.event_id, said=said_of(inbound), heard_at=self.clock()
        )
        coming = (hearing, inbound)
        try:
            if await self._patiently(lambda: self._is_chatter(inbound)):
                return
            self._coming.append(coming)
            await self._patiently(lambda: self._keep(coming))
        except StoreError as error:
            log.error("hearing_lost", event_id=inbound.event_id, error=error.message)  # noqa: TRY400 - no defect
        finally:
            # nobody waits for it any more, and what cannot be kept must not spoil what comes after it
            self._coming = [each for each in self._coming if each is not coming]

    async def run(self) -> None:
        """Act on what was kept, until cancelled; what is being acted on then is finished, for some seconds at most."""
        try:
            # before anything is worked on: what is handled meanwhile must not be found waiting
            await self._take_up()
            self._runs = True
            for lane in self._lanes:
                self._begin(lane)
            while True:
                await self._forget()
                await asyncio.sleep(FORGET_EVERY_S)
        finally:
            self._runs = False
            await self._finish()

    async def _is_chatter(self, inbound: Inbound) -> bool:
        """Whether it is said to others: neither to us nor in the thread of a task."""
        if not isinstance(inbound, MessageReceived) or inbound.direct or inbound.mentions_us:
            return False
        async with self.store.reading() as uow:
            return await uow.threads.at(inbound.place) is None

    async def _keep(self, mine: Coming) -> None:
        """Keep everything that has come in by now in one transaction, so that a burst waits for few of them."""
        async with self._keeping:
            if not any(each is mine for each in self._coming):
                # whoever had the lock before has kept it too
                return
            batch, self._coming = self._coming, []
            try:
                async with self.store.transaction() as uow:
                    kept = [inbound for hearing, inbound in batch if await uow.hearings.keep(hearing)]
            except BaseException:
                self._coming = [*batch, *self._coming]
                raise
            for inbound in kept:
                self._enqueue(inbound)

    async def _take_up(self) -> None:
        """Put into the lanes what an earlier run of the program has left, before what came in since."""
        async with self._keeping:
            waiting = await self._patiently(self._waiting)
            fresh = {each.event_id: each for lane in self._lanes.values() for each in lane}
            self._lanes.clear()
            known = [(each, fresh.get(each.event_id) or _left_behind(each)) for each in waiting]
            for _, inbound in known:
                if inbound is not None:
                    self._enqueue(inbound)
        for hearing, inbound in known:
            if inbound is None:
                log.warning("hearing_not_understood", event_id=hearing.event_id)
                await self._handled(hearing.event_id)

    async def _waiting(self) -> list[Hearing]:
        async with self.store.reading() as uow:
            return await uow.hearings.waiting(self.platform, limit=_MOST_LEFT)

    def _enqueue(self, inbound: Inbound) -> None:
        lane = (inbound.person.id, inbound.place)
        if lane in self._lanes:
            self._lanes[lane].append(inbound)
            return
        self._lanes[lane] = deque([inbound])
        if self._runs:
            self._begin(lane)

    def _begin(self, lane: Lane) -> None:
        worker = asyncio.create_task(self._work(lane), name=f"inbox-{self.platform}")
        self._workers.add(worker)
        worker.add_done_callback(self._workers.discard)

    async def _work(self, lane: Lane) -> None:
        waiting = self._lanes[lane]
        while waiting and self._runs:
            async with self._at_once:
                await self._act_on(waiting[0])
            waiting.popleft()
        if not waiting:
            del self._lanes[lane]

    async def _act_on(self, inbound: Inbound) -> None:
        with bound_contextvars(event=inbound.event_id, correlation=reference_of(inbound.event_id)):
            try:
                async with asyncio.timeout(ACT_WITHIN_S):
                    await self.act(inbound)
            except Exception:
                # one message that cannot be handled must not silence everybody
                log.exception("inbound_failed", kind=inbound.type)
            except asyncio.CancelledError:
                if (worker := asyncio.current_task()) is not None and worker.cancelling():
                    raise
                # something inside gave up, and nobody ended us: what this person says next is heard
                log.warning("inbound_given_up", kind=inbound.type)
            await self._handled(inbound.event_id)

    async def _handled(self, event_id: str) -> None:
        async def write() -> None:
            async with self.store.transaction() as uow:
                await uow.hearings.handled(self.platform, event_id)

        try:
            await self._patiently(write)
        except StoreError as error:
            # it is acted on again at the next start, and then found done
            log.error("handled_not_kept", event_id=event_id, error=error.message)  # noqa: TRY400 - no defect

    async def _forget(self) -> None:
        try:
            async with self.store.transaction() as uow:
                await uow.hearings.forget(before=self.clock() - KEPT_FOR)
        except StoreError as error:
            log.warning("hearings_not_forgotten", error=error.message)

    async def _patiently(self, write: Callable[[], Awaitable[T]]) -> T:
        """What `write` says, tried again while the database is locked or full."""
        for pause_s in _PAUSES_S:
            try:
                return await write()
            except StoreError:
                await asyncio.sleep(pause_s)
        return await write()

    async def _finish(self) -> None:
        workers = set(self._workers)
        if workers:
            await asyncio.wait(workers, timeout=FINISH_WITHIN_S)
        for worker in workers:
            worker.cancel()
        await asyncio.gather(*workers, return_exceptions=True)
        # what is left stands in the database, for the next run
        self._lanes.clear()


def _left_behind(hearing: Hearing) -> Inbound | None:
    inbound = inbound_of(hearing.said)
    return None if inbound is None else without_trigger(inbound)
