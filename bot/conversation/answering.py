"""Giving people their answers: alone or for all, as a form or a file, and by another way where the first fails."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import TypeVar, assert_never
from urllib.parse import quote, unquote

import structlog

from adapters.chat.card import Card
from adapters.chat.errors import (
    ChatError,
    ChatUnavailableError,
    FormExpiredError,
    OutcomeUnknownError,
    RateLimitedError,
)
from adapters.chat.port import ChatAdapter
from bot.access import is_own
from bot.commands.context import Asker
from bot.commands.notes import note_card
from bot.commands.reply import AskForm, Followed, Handed, Later, Nothing, Private, Public, Reply
from bot.conversation.following import Following
from bot.conversation.wording import as_typed_after
from bot.delivery.notices import CardNotice, written
from bot.tokens import new_token, with_tokens
from core.domain.conversation import ActionToken, Delivery, DeliveryState, place_at, place_path
from core.domain.errors import NotFoundError, OrchestratorError
from core.domain.identity import PersonId, Place
from core.store.store import Store

log = structlog.get_logger(__name__)

T = TypeVar("T")

FORM = "form:"
"""Begins the subject of a form's token; the place it was asked for in, the event and the person follow."""
_PAUSES_S = (1.0, 3.0)
_SENT_PAUSES_S = (0.05, 0.1, 0.2, 0.4, 0.8, 1.6, 3.2, 5.0)
"""Between two looks whether the answer has gone out."""
PICTURE_WITHIN_S = 45.0
"""Less than one act may take; an answer without its picture is an answer."""
LONGEST_WAIT_S = 20.0
"""Whoever waits longer for an answer is written to alone, by what delivers in its own time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answering:
    """Answers on one platform. `stirred` is called when something is in the outbox that was not there before."""

    adapter: ChatAdapter
    store: Store
    stirred: Callable[[], None]
    following: Following | None = None
    """What owns answers that are written while one reads; without it, or while it does not run, a log is a file."""
    make_token: Callable[[], str] = new_token
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep

    async def give(self, reply: Reply, asker: Asker) -> None:
        """Let the asker have `reply`. One event gets one answer: a second one for the same event is not kept."""
        match reply:
            case Nothing():
                return
            case Private():
                await self._alone(reply.card, asker)
                if reply.picture is not None and self.adapter.capabilities.files:
                    await self._follow_up(reply.picture, reply.card, asker)
            case Public():
                at = asker.place if asker.place.channel else None
                # where the place is closed to us, the person is told alone
                await self._deliver(self._worded(reply.card), asker, place=at, person=asker.person.id)
            case AskForm():
                await self._ask(reply, asker)
            case Handed():
                await self._hand(reply, asker)
            case Followed():
                await self._let_follow(reply, asker)
            case _:
                assert_never(reply)

    async def _follow_up(self, make: Later, card: Card, asker: Asker) -> None:
        """Hand the picture over that goes with `card`, which is there already and says it all."""
        try:
            async with asyncio.timeout(PICTURE_WITHIN_S):
                file = await make()
                if file is not None:
                    await self._until_sent(asker)
                    await self._upload(Handed(file=file, private=True, instead=card), asker)
        except OrchestratorError as error:
            log.warning("picture_not_handed", error=error.message)
        except TimeoutError:
            log.warning("picture_not_handed", error="It took too long.")

    async def _until_sent(self, asker: Asker) -> None:
        """Let what lies in the outbox for this event go first, for a while: a picture stands below its answer."""
        for pause_s in _SENT_PAUSES_S:
            async with self.store.reading() as uow:
                try:
                    sent = await uow.deliveries.get(_key_of(asker, self.adapter.platform))
                except NotFoundError:
                    return
            if sent.state is not DeliveryState.PENDING:
                return
            await self.sleep(pause_s)

    async def acknowledge(self, place: Place, message: str) -> None:
        """Show the writer of `message` that it was taken; ChatError when that cannot be shown."""
        await self._patiently(lambda: self.adapter.acknowledge(place, message))

    def stops_writing(self, place: Place) -> bool:
        """End what is being written in `place`; whether anything was. The platform's Stop then meant that."""
        return self.following is not None and self.following.end_at(place)

    async def _alone(self, card: Card, asker: Asker) -> None:
        card = self._worded(card)
        if is_own(asker.place):
            at = asker.place if asker.place.channel else None
            await self._deliver(card, asker, place=at, person=asker.person.id)
            return
        async with self.store.transaction() as uow:
            card = await with_tokens(uow, card, make=self.make_token)
        try:
            await self._patiently(lambda: self.adapter.whisper(asker.place, asker.person.id, card))
        except OutcomeUnknownError:
            # it may be there already, and nothing can tell
            log.warning("whisper_unsure", person=asker.person.id)
        except ChatError as error:
            log.info("whispered_alone", person=asker.person.id, error=error.message)
            await self._deliver(card, asker, person=asker.person.id)

    def _worded(self, card: Card) -> Card:
        return as_typed_after(card, self.adapter.capabilities.typed_after)

    async def _deliver(
        self, card: Card, asker: Asker, *, place: Place | None = None, person: PersonId | None = None
    ) -> None:
        """Put it into the outbox: it arrives, once, also after a crash."""
        platform = self.adapter.platform
        async with self.store.transaction() as uow:
            added = await uow.deliveries.add(
                Delivery(
                    key=_key_of(asker, platform),
                    platform=platform,
                    place=place,
                    person=person,
                    notice=written(CardNotice(card=await with_tokens(uow, card, make=self.make_token))),
                    made_at=uow.now,
                )
            )
        if added:
            self.stirred()

    async def _ask(self, reply: AskForm, asker: Asker) -> None:
        if not (asker.trigger and self.adapter.capabilities.forms):
            await self._alone(reply.instead, asker)
            return
        subject = f"{FORM}{place_path(asker.place)} {asker.event_id} {quote(asker.person.id)}"
        async with self.store.transaction() as uow:
            token = await uow.action_tokens.for_command(subject, reply.command, make=self.make_token)
        try:
            await self.adapter.ask(asker.trigger, reply.make(token.token))
        except OutcomeUnknownError:
            log.warning("form_unsure", person=asker.person.id)
        except FormExpiredError:
            await self._alone(reply.instead, asker)
        except ChatError as error:
            log.warning("form_not_opened", person=asker.person.id, error=error.message, code=error.code)
            await self._alone(reply.instead, asker)

    async def _hand(self, reply: Handed, asker: Asker) -> None:
        if not self.adapter.capabilities.files:
            await self._alone(reply.instead, asker)
            return
        try:
            await self._upload(reply, asker)
        except ChatError as error:
            log.warning("file_not_handed", name=reply.file.name, error=error.message, code=error.code)
            await self._alone(reply.instead, asker)

    async def _upload(self, reply: Handed, asker: Asker) -> None:
        key = f"event:{self.adapter.platform}:{asker.event_id}:file"
        file = reply.file if reply.file.title else replace(reply.file, title=reply.text)
        place = await self._own_place(reply, asker) if reply.private or not asker.place.channel else asker.place
        await self._surely(lambda again: self.adapter.upload(place, file, key=key, again=again))

    async def _let_follow(self, reply: Followed, asker: Asker) -> None:
        following, name = self.following, reply.name
        if following is not None and (ended := following.end(asker.person.id, reply.task)) == name:
            await self._alone(note_card(f"You follow the log of {ended} no longer."), asker)
            return
        if following is None or not following.has_room:
            await self._hand(await reply.whole(), asker)
            return
        if not self.adapter.capabilities.streams:
            hint = "To have it now, leave --follow out."
            await self._alone(note_card(f"The log of {name} comes here once {name} has ended.", hint=hint), asker)
            following.begin(reply, asker, place=None, give=self.give)
            return
        place = await self._where_to_write(reply, asker)
        following.begin(reply, asker, place=place, give=self.give)
        if place != asker.place and not is_own(asker.place):
            where = "to you alone" if is_own(place) else f"in the thread of {reply.task}"
            await self._alone(note_card(f"The log of {name} is being written {where}."), asker)

    async def _where_to_write(self, reply: Followed, asker: Asker) -> Place:
        """The task's thread; one with the asker alone when the log is private, or the task has no thread yet."""
        async with self.store.reading() as uow:
            thread = await uow.threads.of(reply.task)
        if thread is not None and not reply.private:
            return thread.place
        note = note_card(f"Log of {reply.name}")
        key = f"event:{self.adapter.platform}:{asker.event_id}:before"
        posted = await self._surely(lambda again: self.adapter.direct(asker.person.id, note, key=key, again=again))
        return posted.thread

    async def _own_place(self, reply: Handed, asker: Asker) -> Place:
        """Where the asker is written to alone; a file needs a place, so a word goes before it."""
        if is_own(asker.place) and asker.place.channel:
            return asker.place
        note = replace(reply.instead, title=reply.text or reply.file.title or reply.file.name, sections=(), actions=())
        key = f"event:{self.adapter.platform}:{asker.event_id}:before"
        posted = await self._surely(lambda again: self.adapter.direct(asker.person.id, note, key=key, again=again))
        return posted.place

    async def _surely(self, call: Callable[[bool], Awaitable[T]]) -> T:
        """What `call` says; told `again` once when its outcome was unknown."""
        try:
            return await self._patiently(lambda: call(False))
        except OutcomeUnknownError:
            return await self._patiently(lambda: call(True))

    async def _patiently(self, call: Callable[[], Awaitable[T]]) -> T:
        """What `call` says, tried again after short pauses while the platform does not take it."""
        for pause_s in _PAUSES_S:
            try:
                return await call()
            except RateLimitedError as error:
                if error.retry_after_s > LONGEST_WAIT_S:
                    raise
                await self.sleep(error.retry_after_s)
            except ChatUnavailableError:
                await self.sleep(pause_s)
        return await call()


def _key_of(asker: Asker, platform: str) -> str:
    """Names the answer to an event in the outbox."""
    return f"event:{platform}:{asker.event_id}"


def form_place(row: ActionToken) -> Place | None:
    """Where somebody was when the form of this token was opened; None for the token of a button."""
    if not row.subject.startswith(FORM):
        return None
    return place_at(row.subject.removeprefix(FORM).partition(" ")[0])


def form_owner(row: ActionToken) -> PersonId | None:
    """Who opened the form of this token; None for the token of a button."""
    if not row.subject.startswith(FORM):
        return None
    return PersonId(unquote(row.subject.rpartition(" ")[2]))
