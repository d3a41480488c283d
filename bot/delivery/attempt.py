"""One attempt to send one delivery: draw, write down that it begins, call the platform, write down what came of it.

That an attempt begins is written down before the call. Whoever finds such a delivery after a crash does not know
whether the call was made, and asks the platform for the message before posting it again: nothing is lost or doubled.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime

import structlog

from adapters.chat.card import Card
from adapters.chat.errors import (
    ChatError,
    NotReachableError,
    OutcomeUnknownError,
    RateLimitedError,
    RejectedError,
)
from adapters.chat.port import ChatAdapter, Posted
from bot.access import is_own
from bot.delivery.drawing import drawn_notice
from bot.delivery.follower import cursor_name
from bot.delivery.letter import Letter
from bot.delivery.notices import PictureNotice, read
from bot.delivery.pacing import channel_of
from bot.delivery.picture import drawn_file
from bot.delivery.plain import plain_card
from bot.delivery.subject import task_about
from bot.delivery.verdict import Alone, again_later, asked_alone, given_up, verdict
from core.budgets.book import BudgetBook
from core.costs.picture import Charts
from core.domain.conversation import DeliveryState, PostedCard, Thread
from core.domain.identity import PersonId
from core.domain.task import Task
from core.store.store import Store
from core.store.unit_of_work import UnitOfWork

CALL_TIMEOUT_S = 60.0
"""Far above the adapters' own timeouts: it ends a call that hangs."""
NO_THREAD = "The task has no thread there: its card did not get through."
NOT_ALLOWED = "Who asked for the task may not see it any more."
NOT_NEEDED = "It was not needed any more."

Limited = Callable[[str | None, float], None]
"""Hears that the platform asks for less: in which channel, or of whom (None: everywhere), for how many seconds."""

WithTokens = Callable[[UnitOfWork, Card], Awaitable[Card]]
"""Gives a card's actions their tokens, in a unit that writes."""

log = structlog.get_logger(__name__)


class Attempts:
    """Makes attempts on one platform."""

    def __init__(
        self,
        store: Store,
        adapter: ChatAdapter,
        *,
        with_tokens: WithTokens,
        limited: Limited,
        requester: Callable[[UnitOfWork, Task], Awaitable[PersonId | None]],
        clock: Callable[[], datetime],
        timeout_s: float = CALL_TIMEOUT_S,
        book: BudgetBook | None = None,
        charts: Charts | None = None,
    ) -> None:
        """`charts` draws pictures; without it, and where the platform takes no files, none are sent."""
        self._store = store
        self._adapter = adapter
        self._with_tokens = with_tokens
        self._limited = limited
        self._requester = requester
        self._clock = clock
        self._timeout_s = timeout_s
        self._book = book
        self._charts = charts if adapter.capabilities.files else None

    async def make(self, key: str) -> None:
        """Try to send the delivery `key` once. Whatever the platform answers ends up in the store, not in an error."""
        await self._learn_groups(key)
        letter = await self._letter(key)
        if letter is None:
            return
        was_unsure = letter.delivery.unsure
        letter = await self._begun(letter)
        if letter is None:
            return
        try:
            posted = await self._sent(letter, again=was_unsure)
        except ChatError as error:
            await self._failed(letter, error, was_unsure=was_unsure)
        else:
            # what an earlier attempt posted may be older than what was drawn now
            await self._done(letter, posted, drawn_seq=0 if was_unsure else letter.drawn.seq)

    async def put_off(self, key: str, reason: str) -> None:
        """Count an attempt that came to nothing before the platform was asked; in the end it is a dead letter."""
        async with self._store.transaction() as uow:
            delivery = await uow.deliveries.get(key)
            if delivery.state is DeliveryState.PENDING:
                counted = replace(delivery, attempts=delivery.attempts + 1, error=f"It cannot be drawn: {reason}")
                await uow.deliveries.save(again_later(counted, now=uow.now))

    async def _learn_groups(self, key: str) -> None:
        """Note which groups the one is in now who is written to alone: a role may have been taken away since."""
        async with self._store.reading() as uow:
            delivery = await uow.deliveries.get(key)
        if delivery.person is None or delivery.place is not None or delivery.state is not DeliveryState.PENDING:
            return
        groups = await self._adapter.groups_of(delivery.person)
        if groups is not None:
            async with self._store.transaction() as uow:
                seen = await uow.people.get(delivery.person)
                if seen is not None and seen.groups != groups:
                    await uow.people.see(delivery.person, "", groups=groups)

    async def _letter(self, key: str) -> Letter | None:
        """The delivery with its card as things stand, from one snapshot; None when there is nothing to send."""
        async with self._store.reading() as uow:
            delivery = await uow.deliveries.get(key)
            if delivery.state is not DeliveryState.PENDING:
                return None
            notice = read(delivery.notice)
            drawn = await drawn_notice(uow, notice, now=self._clock(), book=self._book)
            about = await task_about(uow, notice)
            task = await uow.tasks.get(about) if about else None
            requester = await self._requester(uow, task) if task else None
            asked_by = task.requested_by if task else None
            thread = await uow.threads.of(delivery.task) if delivery.task else None
        target = delivery.place or (thread.place if thread else None)
        if drawn is None or (isinstance(notice, PictureNotice) and self._charts is None):
            await self._settle(key, NOT_NEEDED)
        elif target is None and delivery.person is None:
            await self._settle(key, NO_THREAD, dead=True)
        elif about is not None and target is None and asked_by == delivery.person and requester is None:
            await self._settle(key, NOT_ALLOWED, dead=True)
        else:
            alone = delivery.person is not None and delivery.place is None
            return Letter(
                delivery=delivery,
                notice=notice,
                drawn=drawn,
                target=None if alone else target,
                about=about,
                requester=requester,
            )
        return None

    async def _settle(self, key: str, reason: str, *, dead: bool = False) -> None:
        async with self._store.transaction() as uow:
            delivery = await uow.deliveries.get(key)
            if delivery.state is DeliveryState.PENDING:
                settled = given_up(delivery, reason, now=uow.now)
                await uow.deliveries.save(settled if dead else replace(settled, state=DeliveryState.SENT))

    async def _begun(self, letter: Letter) -> Letter | None:
        """Note the attempt and give the card its buttons; None when somebody else has settled it meanwhile."""
        async with self._store.transaction() as uow:
            delivery = await uow.deliveries.get(letter.delivery.key)
            if delivery.state is not DeliveryState.PENDING:
                return None
            begun = replace(delivery, attempts=delivery.attempts + 1, unsure=True)
            await uow.deliveries.save(begun)
            card = await self._with_tokens(uow, letter.drawn.card)
        return replace(letter, delivery=begun, drawn=replace(letter.drawn, card=card))

    async def _sent(self, letter: Letter, *, again: bool) -> Posted:
        card = letter.drawn.card
        if isinstance(letter.notice, PictureNotice) and letter.target is not None and self._charts is not None:
            file = await drawn_file(letter.notice.drawing, self._charts)
            return await self._surely(
                letter, self._adapter.upload(letter.target, file, key=letter.delivery.key, again=again)
            )
        try:
            return await self._call(letter, card, again=again)
        except RejectedError as error:
            log.warning("card_rejected", key=letter.delivery.key, reason=error.message, code=error.code)
            return await self._call(letter, plain_card(card), again=again)

    async def _call(self, letter: Letter, card: Card, *, again: bool) -> Posted:
        key, person = letter.delivery.key, letter.delivery.person
        if letter.target is not None:
            return await self._surely(letter, self._adapter.post(letter.target, card, key=key, again=again))
        assert person is not None, "a letter has a place or a person"
        return await self._surely(letter, self._adapter.direct(person, card, key=key, again=again))

    async def _surely(self, letter: Letter, call: Awaitable[Posted]) -> Posted:
        """The platform's answer; whatever else comes of the call, it is an error of the chat."""
        try:
            async with asyncio.timeout(self._timeout_s):
                return await call
        except TimeoutError as error:
            raise OutcomeUnknownError("The platform did not answer.") from error
        except ChatError:
            raise
        except Exception as error:  # a defect of an adapter must not stop what else is to be sent
            log.exception("adapter_failed", key=letter.delivery.key)
            raise OutcomeUnknownError(f"The adapter failed: {type(error).__name__}.") from error

    async def _failed(self, letter: Letter, error: ChatError, *, was_unsure: bool) -> None:
        if isinstance(error, RateLimitedError):
            channel = channel_of(letter.target) if letter.target else letter.delivery.person
            self._limited(None if error.everywhere else channel, error.retry_after_s)
        alone = await self._alone(letter) if isinstance(error, NotReachableError) else None
        async with self._store.transaction() as uow:
            found = verdict(
                letter.delivery,
                error,
                was_unsure=was_unsure,
                target=letter.target,
                about=letter.about,
                alone=alone,
                now=uow.now,
            )
            for made in (found.instead, *found.besides):
                if made is not None:
                    await uow.deliveries.add(made)
            await uow.deliveries.save(found.delivery)
        state = found.delivery.state.value
        log.warning("delivery_failed", key=letter.delivery.key, reason=error.message, code=error.code, state=state)

    async def _alone(self, letter: Letter) -> Alone | None:
        """Who is told alone what cannot be said where the letter was to go; None when nobody is."""
        if letter.target is None or (person := letter.must_reach) is None:
            return None
        try:
            async with asyncio.timeout(self._timeout_s):
                name = await self._adapter.channel_name(letter.target)
        except (ChatError, TimeoutError):
            name = ""
        # an id says nothing to people
        return Alone(person=person, place="" if name == letter.target.channel else name)

    async def _done(self, letter: Letter, posted: Posted, *, drawn_seq: int) -> None:
        """Write down in one transaction that it is sent, and where it stands when it is to be kept true."""
        delivery, drawn = letter.delivery, letter.drawn
        async with self._store.transaction() as uow:
            # locked first: the follower may be telling cards of news right now, and this one is not there yet
            told_seq = await uow.cursors.get(cursor_name(self._adapter.platform)) or 0
            await uow.deliveries.save(
                replace(
                    delivery,
                    state=DeliveryState.SENT,
                    unsure=False,
                    error="",
                    message=posted.message,
                    settled_at=uow.now,
                )
            )
            if letter.target is not None and is_own(letter.target):
                # nobody can be called into somebody else's own conversation
                for question in asked_alone(delivery, letter.requester, now=uow.now):
                    await uow.deliveries.add(question)
            if delivery.task is not None and letter.opens_thread:
                thread = Thread(task=delivery.task, place=posted.thread, message=posted.message, url=posted.url)
                await uow.threads.set(thread)
            if drawn.key:
                await uow.cards.add(
                    PostedCard(
                        key=drawn.key,
                        place=posted.place,
                        message=posted.message,
                        thread=posted.thread,
                        wanted_seq=max(told_seq, drawn.seq),
                        drawn_seq=drawn_seq,
                        posted_at=uow.now,
                    )
                )
