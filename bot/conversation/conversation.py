"""The conversation: for whatever comes in from one chat, what is done about it, and the one answer to it."""

import asyncio
from dataclasses import replace

import structlog

from adapters.chat.card import Card, Code
from adapters.chat.errors import ChatError
from adapters.chat.inbound import (
    ButtonPressed,
    CommandReceived,
    FormSubmitted,
    HomeOpened,
    Inbound,
    MessagePicked,
    MessageReceived,
    StopPressed,
)
from adapters.chat.port import Posted
from bot.commands.context import Asker, Context
from bot.commands.notes import error_note, note_card
from bot.commands.registry import Registry
from bot.commands.reply import AskForm, Nothing, Private, Reply
from bot.commands.requests import asked_first, chosen_card
from bot.conversation.answering import Answering
from bot.conversation.attached import attached
from bot.conversation.errand import CHANGING, SHOWN, Errand
from bot.conversation.filled import words_in
from bot.conversation.home import home_of
from bot.conversation.understanding import Asked, Understanding
from bot.heard import reference_of
from bot.tokens import with_tokens
from core.domain.errors import OrchestratorError
from core.domain.identity import Person, PersonId

log = structlog.get_logger(__name__)

ACT_WITHIN_S = 60.0
"""Far more than anything takes; what takes longer is given up, and the person told."""


class Conversation:
    """Acts on what one platform hears: give `act` to its inbox."""

    def __init__(self, *, context: Context, commands: Registry, answering: Answering) -> None:
        self._context = context
        self._commands = commands
        self._answering = answering
        self._understanding = Understanding(context)
        self._seen: dict[PersonId, Person] = {}
        """Whom we have kept already, so that not every word is a write."""

    async def act(self, inbound: Inbound) -> None:
        """Do what `inbound` asks for and answer it. Raises nothing: what went wrong is the answer."""
        try:
            async with asyncio.timeout(ACT_WITHIN_S):
                await self._act(inbound)
        except OrchestratorError as error:
            log.warning("inbound_not_done", kind=inbound.type, error=error.message)
            await self._apologise(inbound, error_note(error, mask=self._context.seen.mask))
        except Exception:
            # the person waits for an answer, and the next message must be heard all the same
            log.exception("inbound_failed", kind=inbound.type)
            await self._apologise(inbound, _defect(inbound.event_id))

    async def _act(self, inbound: Inbound) -> None:
        asker = await self._asker(inbound)
        if isinstance(inbound, MessageReceived) and not await self._understanding.is_for_us(inbound, asker):
            return
        refusal = self._context.gate.listened_to(asker.person.id, asker.place, bound=asker.bound)
        if refusal is not None:
            if isinstance(inbound, MessageReceived) and not (inbound.mentions_us or inbound.direct):
                return
            refused = await self._context.refuse(asker, inbound.type, refusal)
            await self._answer(refused, inbound, asker)
            return
        await self._see(asker)
        if isinstance(inbound, HomeOpened):
            await self._show_home(asker)
            return
        if isinstance(inbound, StopPressed) and self._answering.stops_writing(asker.place):
            return
        await self._do(inbound, asker)

    async def _do(self, inbound: Asked, asker: Asker) -> None:
        try:
            errand = await self._understanding.of(inbound, asker, attached=await self._attached(inbound))
            reply = await self._run(errand) if isinstance(errand, Errand) else errand
        except OrchestratorError as error:
            errand, reply = None, Private(card=error_note(error, mask=self._context.seen.mask))
            if isinstance(inbound, FormSubmitted):
                reply = _with_words(reply, words_in(inbound.values))
        if reply is None:
            return
        answered = replace(errand.asker, event_id=asker.event_id) if isinstance(errand, Errand) else asker
        if not await self._settled(inbound, errand, reply):
            await self._answer(reply, inbound, answered)
        try:
            if isinstance(inbound, ButtonPressed) and isinstance(errand, Errand) and errand.choice and _is_done(reply):
                await self._choose(inbound, errand)
            if isinstance(inbound, MessageReceived) and _is_done(reply):
                await self._acknowledge(inbound)
            if isinstance(inbound, ButtonPressed | FormSubmitted) and not answered.place.channel:
                await self._show_home(asker)
        except OrchestratorError as error:
            # the answer is given, and one event gets one
            log.warning("not_shown", error=error.message)

    async def _attached(self, inbound: Asked) -> str:
        """What the files of a form say. InvalidInputError for what an agent could not read."""
        if not isinstance(inbound, FormSubmitted) or not inbound.files:
            return ""
        return await attached(inbound.files, adapter=self._answering.adapter, mask=self._context.seen.mask)

    async def _run(self, errand: Errand) -> Reply:
        """Run it, use its button up when it is done, and say no more than the person does not see anyway."""
        command, asker = errand.command, errand.asker
        if not errand.sure:
            return await asked_first(command, asker, self._context)
        reply = await self._commands.run(command, asker, self._context)
        if not _is_done(reply):
            return _with_words(reply, errand.words)
        if errand.token and command.verb in CHANGING:
            async with self._context.seen.store.transaction() as uow:
                await uow.action_tokens.use(errand.token, asker.person.id)
        return Nothing() if errand.on_card and command.verb in SHOWN else reply

    async def _answer(self, reply: Reply, inbound: Inbound, asker: Asker) -> None:
        if isinstance(inbound, HomeOpened) and isinstance(reply, Private):
            await self._put_home((reply.card,), asker)
            return
        await self._answering.give(reply, asker)

    async def _apologise(self, inbound: Inbound, card: Card) -> None:
        try:
            await self._answering.give(
                Private(card=card), Asker(person=inbound.person, place=inbound.place, event_id=inbound.event_id)
            )
        except Exception:
            # there is nobody left to tell
            log.exception("answer_failed", kind=inbound.type)

    async def _asker(self, inbound: Inbound) -> Asker:
        match inbound:
            case CommandReceived() | MessagePicked() | ButtonPressed():
                trigger = inbound.trigger
            case _:
                trigger = ""
        return await self._context.asker(inbound.person, inbound.place, event_id=inbound.event_id, trigger=trigger)

    async def _see(self, asker: Asker) -> None:
        person = asker.person
        if self._seen.get(person.id) == person:
            return
        async with self._context.seen.store.transaction() as uow:
            await uow.people.see(person.id, person.name, groups=person.groups)
        self._seen[person.id] = person

    async def _show_home(self, asker: Asker) -> None:
        if self._answering.adapter.capabilities.home:
            await self._put_home(await home_of(asker, self._context), asker)

    async def _put_home(self, cards: tuple[Card, ...], asker: Asker) -> None:
        async with self._context.seen.store.transaction() as uow:
            shown = [await with_tokens(uow, card, make=self._answering.make_token) for card in cards]
        try:
            await self._answering.adapter.show_home(asker.person.id, shown)
        except ChatError as error:
            # it is drawn anew whenever it is opened
            log.info("home_not_shown", person=asker.person.id, error=error.message)

    async def _settled(self, inbound: Asked, errand: Errand | Reply | None, reply: Reply) -> bool:
        """Whether a card that nobody redraws says in the place of its buttons what came of one: then that is told."""
        if not isinstance(inbound, ButtonPressed) or not isinstance(errand, Errand) or not isinstance(reply, Private):
            return False
        if errand.on_card or errand.choice or errand.command.verb not in SHOWN or not _is_done(reply):
            return False
        return await self._put_instead(inbound, reply.card)

    async def _choose(self, inbound: ButtonPressed, errand: Errand) -> None:
        """Let the card of several ways say which one was taken, without its buttons."""
        if errand.command.verb not in CHANGING or not inbound.message:
            return
        await self._put_instead(inbound, chosen_card(errand.command))

    async def _put_instead(self, inbound: ButtonPressed, card: Card) -> bool:
        """Put `card` in the place of the one that was pressed; False where the platform cannot."""
        posted = Posted(place=inbound.place, message=inbound.message, thread=inbound.place)
        try:
            await self._answering.adapter.edit(posted, card)
        except ChatError as error:
            # the buttons are used up all the same: whoever presses another one is told so
            log.info("pressed_card_not_changed", error=error.message)
            return False
        return True

    async def _acknowledge(self, inbound: MessageReceived) -> None:
        try:
            await self._answering.acknowledge(inbound.place, inbound.message)
        except ChatError as error:
            log.info("not_acknowledged", error=error.message)


def _is_done(reply: Reply) -> bool:
    """Whether what was asked for has happened: a refusal, an error and a form do nothing yet."""
    return reply.done if isinstance(reply, Private) else not isinstance(reply, AskForm)


def _with_words(reply: Reply, words: str) -> Reply:
    """`reply` with what the person wrote, so that it need not be written again."""
    if not words or not isinstance(reply, Private):
        return reply
    return replace(reply, card=replace(reply.card, sections=(*reply.card.sections, Code(text=words))))


def _defect(event_id: str) -> Card:
    return note_card(
        "Something went wrong on my side, and this may not have been done.",
        hint=f"See how things stand with status, and try again. Reference: {reference_of(event_id)}",
    )
