"""The sender: takes what is due from the outbox and lets it go, in order within a lane, at the platform's pace."""

import asyncio
from collections.abc import Callable, Hashable

import structlog

from adapters.chat.port import ChatAdapter
from bot.delivery.attempt import Attempts
from bot.delivery.flights import Flights
from bot.delivery.pacing import Pacing, channel_of
from bot.delivery.waking import wait_for
from core.domain.conversation import Delivery
from core.domain.errors import NotFoundError, OrchestratorError
from core.store.store import Store

AT_ONCE = 8
"""Deliveries under way at once."""
PAGE = 200
POLL_S = 1.0
"""How often the outbox is looked at when nobody says that there is something new."""
REST_S = 5.0
"""How long a lane rests after a defect or while the store is away."""

log = structlog.get_logger(__name__)


class Sender:
    """Sends what is due on one platform. `now_s` is a clock in seconds that only goes forward."""

    def __init__(
        self,
        store: Store,
        adapter: ChatAdapter,
        *,
        attempts: Attempts,
        pacing: Pacing,
        now_s: Callable[[], float],
        at_once: int = AT_ONCE,
    ) -> None:
        self._store = store
        self._platform = adapter.platform
        self._attempts = attempts
        self._pacing = pacing
        self._now_s = now_s
        self._flights = Flights(most=at_once)
        self._resting: dict[Hashable, float] = {}
        self._awake = asyncio.Event()

    def wake(self) -> None:
        """Say that there may be something new to send."""
        self._awake.set()

    async def run(self) -> None:
        """Send until cancelled. What is under way then is cancelled too, and found again at the next start."""
        try:
            while True:
                self._awake.clear()
                wait_s = POLL_S
                try:
                    wait_s = min(await self.begin_due(), POLL_S)
                except OrchestratorError as error:
                    log.warning("outbox_not_read", reason=error.message)
                await wait_for(self._awake, wait_s)
        finally:
            await self._flights.close()

    async def begin_due(self) -> float:
        """Begin to send what may be sent now; seconds until the pace lets the next one go, at most the usual pause."""
        async with self._store.reading() as uow:
            due = await uow.deliveries.due(self._platform, PAGE)
            threads = {each.task: await uow.threads.of(each.task) for each in due if each.task and not each.place}
        wait_s = POLL_S
        for delivery in due:
            if self._flights.full:
                break
            thread = threads.get(delivery.task) if delivery.task else None
            target = delivery.place or (thread.place if thread else None)
            channel = channel_of(target) if target else str(delivery.person)
            wait_s = min(wait_s, self._begin(delivery, channel=channel) or POLL_S)
        return wait_s

    async def settle(self) -> None:
        """Wait until nothing is under way."""
        await self._flights.settle()

    async def close(self) -> None:
        """End what is under way."""
        await self._flights.close()

    def _begin(self, delivery: Delivery, *, channel: str) -> float:
        """Begin with one delivery, unless its lane is busy; the seconds it has to wait for the pace, else 0."""
        lane = _lane(delivery)
        if self._flights.busy(lane):
            return 0.0
        now_s = self._now_s()
        wait_s = max(self._pacing.post_wait_s(channel, now_s=now_s), self._resting.get(lane, now_s) - now_s)
        if wait_s <= 0:
            self._resting.pop(lane, None)
            self._pacing.posted(channel, now_s=now_s)
            self._flights.start(lane, self._send(delivery.key, lane=lane), wake=self._awake)
        return wait_s

    async def _send(self, key: str, *, lane: Hashable) -> None:
        try:
            await self._attempts.make(key)
        except NotFoundError as error:
            # what it is about is not there, and may never be
            self._resting[lane] = self._now_s() + REST_S
            await self._put_off(key, error.message)
        except OrchestratorError as error:
            log.warning("delivery_waits_for_the_store", key=key, reason=error.message)
            self._resting[lane] = self._now_s() + REST_S
        except Exception as error:  # one card that cannot be drawn must not hold up the others; it is tried again
            log.exception("delivery_not_attempted", key=key)
            self._resting[lane] = self._now_s() + REST_S
            await self._put_off(key, type(error).__name__)

    async def _put_off(self, key: str, reason: str) -> None:
        try:
            await self._attempts.put_off(key, reason)
        except OrchestratorError as error:
            log.warning("delivery_waits_for_the_store", key=key, reason=error.message)


def _lane(delivery: Delivery) -> Hashable:
    """Where order matters, as the outbox itself sees it: within a task, else a person, else a place."""
    return delivery.task or delivery.person or delivery.place
