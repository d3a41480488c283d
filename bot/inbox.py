"""The inbox: what comes in from a chat is kept first, then acted on once, in the order in which each person said it."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TypeVar

import structlog
from structlog.contextvars import bound_contextvars

from adapters.chat.inbound import HomeOpened, Inbound, MessageReceived
from bot.asked_before import MEMORY, may_go_on, memory_key
from bot.heard import inbound_of, masked, reference_of, said_of, without_trigger
from bot.lanes import Lane, Lanes
from core.domain.conversation import Hearing
from core.domain.errors import StoreError
from core.domain.identity import Place
from core.store.store import Store
from core.store.unit_of_work import UnitOfWork

log = structlog.get_logger(__name__)

T = TypeVar("T")
Act = Callable[[Inbound], Awaitable[None]]
Coming = tuple[Hearing, Inbound]

KEPT_FOR = timedelta(days=7)
"""No platform delivers anything again after that long."""
FORGET_EVERY_S = 6 * 3600.0
LOOK_EVERY_S = 30.0
"""How often what was kept without our knowing is looked for: the answer to a commit can be lost on its way."""
ACT_WITHIN_S = 120.0
FINISH_WITHIN_S = 5.0
"""What is being acted on when the program stops gets this long."""
AT_ONCE = 8
_MOST_LEFT = 100_000
PAUSES_S = (0.1, 0.3, 1.0, 3.0, 10.0, 30.0)
"""Between tries to write to a database that is locked or full."""
OPENING_PAUSES_S = (0.1, 0.2, 0.4, 0.8, 1.6, 3.2, 5.0, 5.0, 5.0, 5.0)
"""Between looks whether a card that may stand is known to: a lost answer is given up and looked for within seconds."""


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
    look_every_s: float = LOOK_EVERY_S
    pauses_s: Sequence[float] = PAUSES_S
    opening_pauses_s: Sequence[float] = OPENING_PAUSES_S
    _lanes: Lanes = field(default_factory=Lanes)
    _unmarked: set[str] = field(default_factory=set[str])
    """Events that were acted on, which could not be written down yet."""
    _workers: set["asyncio.Task[None]"] = field(default_factory=set["asyncio.Task[None]"])
    _coming: list[Coming] = field(default_factory=list[Coming])
    """Heard and not kept yet."""
    _keeping: asyncio.Lock = field(default_factory=asyncio.Lock)
    """Between what is kept and what is in the lanes nobody looks."""
    _at_once: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(AT_ONCE))
    _runs: bool = False

    async def hear(self, inbound: Inbound) -> None:
        """Keep what came in; returns once it is in the database, or was known. Raises nothing.

        What people say to each other in threads that are none of ours is not kept at all, nor is that somebody looks at
        our page: that asks for nothing that a second look would not bring. A thread that may turn out to be a task's,
        since the answer to posting its card is still on its way, is waited for. While the database cannot be written it
        tries again for less than a minute, then it is lost, and logged.
        """
        if isinstance(inbound, HomeOpened):
            self._enqueue(inbound)
            return
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
                for _ in range(max(round(FORGET_EVERY_S / self.look_every_s), 1)):
                    await asyncio.sleep(self.look_every_s)
                    await self._look_again()
        finally:
            self._runs = False
            await self._finish()

    async def _is_chatter(self, inbound: Inbound) -> bool:
        """Whether it is said to others: neither to us, nor in the thread of a task, nor after a question to us."""
        if not isinstance(inbound, MessageReceived) or inbound.direct or inbound.mentions_us:
            return False
        for pause_s in self.opening_pauses_s:
            if not await self._may_open(inbound.place):
                break
            # the card stands and its answer is on its way, or lost and looked for: then its thread is one of ours
            await asyncio.sleep(pause_s)
        async with self.store.reading() as uow:
            if await uow.threads.at(inbound.place) is not None:
                return False
            key = memory_key(inbound.person.id, inbound.place)
            return not (may_go_on(inbound.text, inbound.place) and await uow.chat_values.get(MEMORY, key))

    async def _may_open(self, place: Place) -> bool:
        """Whether `place` may be the thread of a task's card of which nobody knows yet that it stands."""
        if not place.thread:
            return False
        async with self.store.reading() as uow:
            return await uow.threads.at(place) is None and await uow.deliveries.may_stand(place)

    async def _keep(self, mine: Coming) -> None:
        """Keep everything that has come in by now in one transaction, so that a burst waits for few of them."""
        async with self._keeping:
            if not any(each is mine for each in self._coming):
                # whoever had the lock before has kept it too
                return
            batch, self._coming = self._coming, []
            try:
                async with self.store.transaction() as uow:
                    kept = [inbound for hearing, inbound in batch if await self._is_ours(uow, hearing)]
            except BaseException:
                self._coming = [*batch, *self._coming]
                raise
            for inbound in kept:
                self._enqueue(inbound)

    async def _is_ours(self, uow: UnitOfWork, hearing: Hearing) -> bool:
        """Whether it is to be acted on: it is new, or an earlier try has kept it and did not hear that it had."""
        if await uow.hearings.keep(hearing):
            return True
        # nobody else acts on this platform, so what waits and is not in hand is forgotten
        return not self._knows(hearing.event_id) and await uow.hearings.is_waiting(self.platform, hearing.event_id)

    def _knows(self, event_id: str) -> bool:
        return event_id in self._lanes or event_id in self._unmarked

    async def _take_up(self) -> None:
        """Put into the lanes what an earlier run of the program has left, before what came in since."""
        async with self._keeping:
            waiting = await self._patiently(self._waiting)
            fresh = self._lanes.clear()
            unknown = self._enqueue_all(waiting, fresh)
            for inbound in fresh.values():
                if isinstance(inbound, HomeOpened):
                    self._enqueue(inbound)
        await self._put_aside(unknown)

    async def _look_again(self) -> None:
        """Find what was kept and is in nobody's hand, and write down what could not be written down before."""
        for event_id in tuple(self._unmarked):
            await self._handled(event_id)
        try:
            async with self._keeping:
                lost = await self._lost()
                if lost:
                    log.warning("hearings_found", events=len(lost))
                unknown = self._enqueue_all(lost, {hearing.event_id: inbound for hearing, inbound in self._coming})
        except StoreError as error:
            log.warning("hearings_not_looked_at", error=error.message)
            return
        await self._put_aside(unknown)

    async def _lost(self) -> list[Hearing]:
        """What waits in the database and is in nobody's hand."""
        found = [each for each in await self._waiting() if not self._knows(each.event_id)]
        if not found:
            return []
        # what was finished while we were looking has been written down before it left our hands: a second look tells
        still = {each.event_id for each in await self._waiting()}
        return [each for each in found if each.event_id in still]

    def _enqueue_all(self, waiting: Sequence[Hearing], fresh: Mapping[str, Inbound]) -> list[Hearing]:
        """Put what waits into the lanes, as it came in or as it is some time later; what nobody understands."""
        known = [(each, fresh.get(each.event_id) or _left_behind(each)) for each in waiting]
        for _, inbound in known:
            if inbound is not None:
                self._enqueue(inbound)
        return [hearing for hearing, inbound in known if inbound is None]

    async def _put_aside(self, unknown: Sequence[Hearing]) -> None:
        for hearing in unknown:
            log.warning("hearing_not_understood", event_id=hearing.event_id)
            await self._handled(hearing.event_id)

    async def _waiting(self) -> list[Hearing]:
        async with self.store.reading() as uow:
            return await uow.hearings.waiting(self.platform, limit=_MOST_LEFT)

    def _enqueue(self, inbound: Inbound) -> None:
        lane = self._lanes.add(inbound)
        if lane is not None and self._runs:
            self._begin(lane)

    def _begin(self, lane: Lane) -> None:
        worker = asyncio.create_task(self._work(lane), name=f"inbox-{self.platform}")
        self._workers.add(worker)
        worker.add_done_callback(self._workers.discard)

    async def _work(self, lane: Lane) -> None:
        while self._runs and (inbound := self._lanes.first(lane)) is not None:
            async with self._at_once:
                await self._act_on(inbound)
            self._lanes.done(lane)

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
            if not isinstance(inbound, HomeOpened):
                await self._handled(inbound.event_id)

    async def _handled(self, event_id: str) -> None:
        async def write() -> None:
            async with self.store.transaction() as uow:
                await uow.hearings.handled(self.platform, event_id)

        try:
            await self._patiently(write)
            self._unmarked.discard(event_id)
        except StoreError as error:
            # written down later; after a crash it is acted on again, and then found done
            self._unmarked.add(event_id)
            log.error("handled_not_kept", event_id=event_id, error=error.message)  # noqa: TRY400 - no defect

    async def _forget(self) -> None:
        try:
            async with self.store.transaction() as uow:
                await uow.hearings.forget(before=self.clock() - KEPT_FOR)
        except StoreError as error:
            log.warning("hearings_not_forgotten", error=error.message)

    async def _patiently(self, write: Callable[[], Awaitable[T]]) -> T:
        """What `write` says, tried again while the database is locked or full."""
        for pause_s in self.pauses_s:
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
