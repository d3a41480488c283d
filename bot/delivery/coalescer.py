"""The coalescer: draws stale cards again; the newest state wins, one edit at a time for each card, at the pace.

What people wait for goes before mere progress, and among equals the card that was longest not drawn. That a card is
stale is in the store, so its final state arrives also after a restart.
"""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import structlog

from adapters.chat.port import ChatAdapter
from bot.delivery.flights import Flights
from bot.delivery.pacing import Pacing
from bot.delivery.redraw import Outcome, Redraws
from bot.delivery.verdict import pause_s
from bot.delivery.waking import wait_for
from core.domain.conversation import PostedCard
from core.domain.errors import OrchestratorError
from core.domain.identity import Place
from core.domain.task import TaskState
from core.store.store import Store

AT_ONCE = 8
PAGE = 200
POLL_S = 1.0
CLOCK_S = 60.0
"""How often the times on the card of a running task move when nothing else happens."""
PROGRESS_ROOM = 0.4
"""Progress is drawn only while so much of a burst stays free for what people wait for."""
CLOCK_ROOM = 0.8
MOST_CLOSED = 20
"""Tries to draw a card in a place that is closed to us, more than an hour with their pauses."""
KEPT = 2000
"""Cards that are remembered at most."""
_OPEN = (TaskState.PLANNING, TaskState.RUNNING)

NOTHING: Mapping[str, int] = {}

Name = tuple[str, Place]
"""Which card, and where."""

log = structlog.get_logger(__name__)


@dataclass(slots=True, kw_only=True)
class _Memory:
    """What is remembered of a card while the program runs."""

    drawn_s: float
    attempts: int = 0
    not_before_s: float = field(default=0.0)


class Coalescer:
    """Keeps the cards of one platform true. `now_s` is a clock in seconds that only goes forward."""

    def __init__(
        self,
        store: Store,
        adapter: ChatAdapter,
        *,
        redraws: Redraws,
        pacing: Pacing,
        now_s: Callable[[], float],
        at_once: int = AT_ONCE,
        page: int = PAGE,
        most_closed: int = MOST_CLOSED,
    ) -> None:
        """At most `page` cards are read at a time, and one is left after `most_closed` tries in a closed place."""
        self._store = store
        self._platform = adapter.platform
        self._edits = adapter.capabilities.edits
        self._redraws = redraws
        self._pacing = pacing
        self._now_s = now_s
        self._begun_s = now_s()
        self._flights = Flights(most=at_once)
        self._page = page
        self._most_closed = most_closed
        self._urgent: dict[str, int] | None = None
        self._cards: dict[Name, _Memory] = {}
        self._ticked_s = self._begun_s
        self._awake = asyncio.Event()

    def wake(self, urgent: Mapping[str, int] = NOTHING) -> None:
        """Say that cards may be stale; `urgent` holds those people wait for, with the journal number of the news."""
        if self._urgent is not None:
            self._urgent |= urgent
        self._awake.set()

    async def run(self) -> None:
        """Draw until cancelled. What is under way then is cancelled too, and drawn anew at the next start."""
        try:
            while True:
                self._awake.clear()
                wait_s = POLL_S
                try:
                    wait_s = min(await self.begin_due(), POLL_S)
                except OrchestratorError as error:
                    log.warning("cards_not_read", reason=error.message)
                await wait_for(self._awake, wait_s)
        finally:
            await self._flights.close()

    async def begin_due(self) -> float:
        """Begin to draw what may be drawn now; seconds until the pace lets the next one go, at most the usual pause."""
        if not self._edits:
            return POLL_S
        # those that wait for another try must not take the room of all others
        most = self._page + sum(each.not_before_s > self._now_s() for each in self._cards.values())
        async with self._store.reading() as uow:
            stale = await uow.cards.stale(self._platform, most)
        if self._urgent is None:
            # whatever is stale at the start has been so for an unknown time
            self._urgent = {card.key: card.wanted_seq for card in stale}
        elif len(stale) < most:
            self._urgent = {card.key: self._urgent[card.key] for card in stale if card.key in self._urgent}
        wait_s = POLL_S
        ready = [card for card in stale if not self._is_put_off(card)]
        for card in sorted(ready, key=self._rank):
            if self._flights.full:
                break
            room = 0.0 if self._is_urgent(card) else PROGRESS_ROOM
            wait_s = min(wait_s, self._begin(card, room=room) or POLL_S)
        if not ready:
            await self._tick()
        return wait_s

    async def settle(self) -> None:
        """Wait until nothing is under way."""
        await self._flights.settle()

    async def close(self) -> None:
        """End what is under way."""
        await self._flights.close()

    def _rank(self, card: PostedCard) -> tuple[bool, float]:
        known = self._cards.get((card.key, card.place))
        return not self._is_urgent(card), known.drawn_s if known else self._begun_s

    def _is_put_off(self, card: PostedCard) -> bool:
        known = self._cards.get((card.key, card.place))
        return known is not None and known.not_before_s > self._now_s()

    def _is_urgent(self, card: PostedCard) -> bool:
        return self._urgent is not None and self._urgent.get(card.key, 0) > card.drawn_seq

    def _begin(self, card: PostedCard, *, room: float, always: bool = False) -> float:
        """Begin with one card, unless it is under way; the seconds it has to wait for the pace, else 0."""
        name, now_s = (card.key, card.place), self._now_s()
        if self._flights.busy(name):
            return 0.0
        known = self._cards.get(name)
        wait_s = max(
            self._pacing.edit_wait_s(card.message, place=card.place, now_s=now_s),
            (known.not_before_s if known else now_s) - now_s,
        )
        if wait_s > 0:
            return wait_s
        if self._pacing.room(card.place, now_s=now_s) < room:
            return POLL_S
        self._pacing.edited(card.message, place=card.place, now_s=now_s)
        self._flights.start(name, self._draw(card, always=always), wake=self._awake)
        return 0.0

    async def _draw(self, card: PostedCard, *, always: bool) -> None:
        name = (card.key, card.place)
        try:
            outcome = await self._redraws.make(card, always=always)
        except OrchestratorError as error:
            log.warning("card_waits_for_the_store", key=card.key, reason=error.message)
            outcome = Outcome.AGAIN
        except Exception:  # one card that cannot be drawn must not hold up the others; it is tried again
            log.exception("card_not_drawn", key=card.key)
            outcome = Outcome.AGAIN
        attempts = self._cards[name].attempts + 1 if name in self._cards else 1
        now_s = self._now_s()
        if outcome is Outcome.CLOSED and attempts >= self._most_closed and await self._left(card):
            self._cards.pop(name, None)
            return
        match outcome:
            case Outcome.AGAIN | Outcome.CLOSED:
                not_before_s = now_s + pause_s(attempts)
                self._cards[name] = _Memory(drawn_s=now_s, attempts=attempts, not_before_s=not_before_s)
            case Outcome.LIMITED:
                pass
            case Outcome.DRAWN:
                self._cards[name] = _Memory(drawn_s=now_s)
            case Outcome.NOTHING:
                pass
        self._forget()

    async def _left(self, card: PostedCard) -> bool:
        try:
            await self._redraws.leave(card)
        except OrchestratorError as error:
            log.warning("card_waits_for_the_store", key=card.key, reason=error.message)
            return False
        return True

    def _forget(self) -> None:
        """Keep what is remembered bounded: of the cards that were longest not drawn nothing is lost but their turn."""
        if len(self._cards) > KEPT:
            oldest = sorted(self._cards, key=lambda name: self._cards[name].drawn_s)
            for name in oldest[: KEPT // 2]:
                del self._cards[name]

    async def _tick(self) -> None:
        """Move the clocks of running tasks that were not drawn for a minute, while there is room for it."""
        now_s = self._now_s()
        if now_s - self._ticked_s < CLOCK_S / 4:
            return
        self._ticked_s = now_s
        async with self._store.reading() as uow:
            tasks = await uow.tasks.list(states=_OPEN, limit=self._page)
            found = [card for task in tasks for card in await uow.cards.of(task.id)]
        mine = [card for card in found if card.place.platform == self._platform and not card.gone]
        for card in sorted(mine, key=self._rank):
            known = self._cards.setdefault((card.key, card.place), _Memory(drawn_s=now_s))
            if now_s - known.drawn_s >= CLOCK_S and not self._flights.full:
                self._begin(card, room=CLOCK_ROOM, always=True)
