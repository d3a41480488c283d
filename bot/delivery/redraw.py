"""One edit of one card: draw it as things are, put it in the place of the old one, write down what stands there now."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from enum import StrEnum

import structlog

from adapters.chat.card import Card
from adapters.chat.errors import ChatError, MessageGoneError, NotReachableError, RateLimitedError, RejectedError
from adapters.chat.port import ChatAdapter, Posted
from bot.delivery.attempt import CALL_TIMEOUT_S, Limited, WithTokens
from bot.delivery.drawing import Drawn, drawn_again
from bot.delivery.pacing import channel_of
from bot.delivery.plain import plain_card
from core.budgets.book import BudgetBook
from core.domain.conversation import PostedCard
from core.domain.identity import Place
from core.store.store import Store

STATUS_LASTS_S = 90.0
"""What a thread says is said again after this long: platforms let it fade after two minutes."""
STATUSES_KEPT = 1000

log = structlog.get_logger(__name__)


class Outcome(StrEnum):
    """What is to be done with the card next."""

    AGAIN = "again"
    """It could not be drawn now."""
    LIMITED = "limited"
    """The platform said when."""
    CLOSED = "closed"
    """The place is closed to us, until somebody opens it again."""
    DRAWN = "drawn"
    """It shows how things were a moment ago."""
    NOTHING = "nothing"
    """There was nothing to draw, or never will be."""


class Redraws:
    """Edits cards on one platform."""

    def __init__(
        self,
        store: Store,
        adapter: ChatAdapter,
        *,
        with_tokens: WithTokens,
        limited: Limited,
        clock: Callable[[], datetime],
        now_s: Callable[[], float],
        timeout_s: float = CALL_TIMEOUT_S,
        book: BudgetBook | None = None,
    ) -> None:
        self._store = store
        self._adapter = adapter
        self._with_tokens = with_tokens
        self._limited = limited
        self._clock = clock
        self._timeout_s = timeout_s
        self._book = book
        self._now_s = now_s
        self._statuses: dict[Place, tuple[str, float]] = {}

    async def make(self, card: PostedCard, *, always: bool = False) -> Outcome:
        """Draw the card once, when it is stale or `always`.

        Whatever the platform answers ends up in the outcome, not in an error.
        """
        async with self._store.reading() as uow:
            known = await uow.cards.get(card.key, card.place)
            if known.gone or not (always or known.wanted_seq > known.drawn_seq):
                return Outcome.NOTHING
            drawn = await drawn_again(uow, card.key, place=card.place, now=self._clock(), book=self._book)
        if drawn is None:
            await self._saved(card, gone=True)
            return Outcome.NOTHING
        async with self._store.transaction() as uow:
            shown = await self._with_tokens(uow, drawn.card)
        try:
            async with asyncio.timeout(self._timeout_s):
                await self._edit(card, shown)
        except TimeoutError:
            return Outcome.AGAIN
        except ChatError as error:
            return await self._failed(card, error, drawn=drawn)
        await self._tell_status(card, drawn)
        await self._saved(card, drawn_seq=drawn.seq)
        return Outcome.DRAWN

    async def leave(self, card: PostedCard) -> None:
        """Leave the card as it stands, until something about it changes again."""
        await self._saved(card, drawn_seq=card.wanted_seq)

    async def _edit(self, card: PostedCard, shown: Card) -> None:
        posted = Posted(place=card.place, message=card.message, thread=card.thread)
        try:
            await self._adapter.edit(posted, shown)
        except RejectedError as error:
            log.warning("card_rejected", key=card.key, reason=error.message, code=error.code)
            await self._adapter.edit(posted, plain_card(shown))

    async def _failed(self, card: PostedCard, error: ChatError, *, drawn: Drawn) -> Outcome:
        log.warning("card_not_edited", key=card.key, reason=error.message, code=error.code)
        match error:
            case RateLimitedError():
                self._limited(None if error.everywhere else channel_of(card.place), error.retry_after_s)
                return Outcome.LIMITED
            case MessageGoneError():
                await self._saved(card, gone=True)
                return Outcome.NOTHING
            case NotReachableError():
                return Outcome.CLOSED
            case RejectedError():
                # nothing to be done about this state; the next one may be better
                await self._saved(card, drawn_seq=drawn.seq)
                return Outcome.NOTHING
            case _:
                return Outcome.AGAIN

    async def _saved(self, card: PostedCard, *, drawn_seq: int = 0, gone: bool = False) -> None:
        async with self._store.transaction() as uow:
            known = await uow.cards.get(card.key, card.place)
            changed = replace(known, drawn_seq=max(known.drawn_seq, drawn_seq), gone=known.gone or gone)
            await uow.cards.save(changed)

    async def _tell_status(self, card: PostedCard, drawn: Drawn) -> None:
        """Let the thread itself say whether work goes on; nothing depends on it, so what fails is only logged."""
        if drawn.status is None or not self._adapter.capabilities.status:
            return
        # unknown after a restart, and then said once whatever it is
        said, said_s = self._statuses.get(card.thread, (None, 0.0))
        if said == drawn.status and (not said or self._now_s() - said_s < STATUS_LASTS_S):
            return
        try:
            async with asyncio.timeout(self._timeout_s):
                await self._adapter.set_status(card.thread, drawn.status)
        except (ChatError, TimeoutError) as error:
            log.debug("status_not_set", key=card.key, reason=str(error))
        else:
            if len(self._statuses) >= STATUSES_KEPT:
                self._statuses.clear()
            self._statuses[card.thread] = (drawn.status, self._now_s())
