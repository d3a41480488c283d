"""A message on its way in: where it stands, whether it answers a form, and then it is handed over."""

import logging

from adapters.chat.errors import ChatError
from adapters.chat.inbound import CommandReceived, MessagePicked
from adapters.chat.keyvalue import KeyValueStore
from adapters.chat.payload import Payload, map_at
from adapters.chat.port import Heard
from adapters.telegram.chats import Chats
from adapters.telegram.forms import Forms
from adapters.telegram.ids import user_of
from adapters.telegram.look import number_at
from adapters.telegram.lost import Lost
from adapters.telegram.names import Names
from adapters.telegram.page import Page
from adapters.telegram.parse import event_of, parse, speaks_masked, writer
from adapters.telegram.patience import patiently
from adapters.telegram.sending import Sending
from adapters.telegram.spoken import spoken
from adapters.telegram.threads import Standing, Threads, standing
from adapters.telegram.triggers import Triggers
from adapters.telegram.undone import written
from adapters.telegram.us import Us
from adapters.telegram.where import Where
from adapters.telegram.whispers import Whispers
from core.domain.identity import Person, Place

MASKED = "Administrators who remain anonymous cannot be told apart, so I cannot do that. Turn off “Remain anonymous”."
_MASKED_EVERY_S = 3600.0
_LOG = logging.getLogger(__name__)


class Writing:
    """Takes what people write."""

    def __init__(
        self,
        *,
        where: Where,
        sending: Sending,
        chats: Chats,
        threads: Threads,
        triggers: Triggers,
        forms: Forms,
        whispers: Whispers,
        names: Names,
        lost: Lost,
        values: KeyValueStore,
    ) -> None:
        self._where = where
        self._sending = sending
        self._chats = chats
        self._threads = threads
        self._triggers = triggers
        self._forms = forms
        self._whispers = whispers
        self._names = names
        self._lost = lost
        self._values = values

    async def take(self, update: Payload, us: Us, heard: Heard) -> None:
        """Hand over the message in `update`, unless it belongs to a conversation that goes on here."""
        message = map_at(update, "message")
        await self._note_move(message)
        at = standing(message)
        await self._lost.theirs(at.chat, at.message)
        where, thread = await self._where.written(message, at)
        if speaks_masked(update, us):
            await self._say_masked(where)
            return
        person = writer(message)
        if person is None:
            return
        self._names.learn(user_of(person.id), person.name)
        if await self._is_taken(update, person=person, where=where, at=at, us=us, heard=heard):
            return
        inbound = parse(update, us, place=where)
        if inbound is None:
            return
        if isinstance(inbound, CommandReceived | MessagePicked):
            self._triggers.make(inbound.trigger, inbound.person, inbound.place)
        await heard(inbound)
        if isinstance(inbound, CommandReceived) or await self._is_ours(at, us):
            await self._threads.note(at.chat, at.message, thread)

    async def _is_taken(
        self, update: Payload, *, person: Person, where: Place, at: Standing, us: Us, heard: Heard
    ) -> bool:
        """Whether it answers a form, or is the Start that an answer waited for."""
        said = spoken(written(map_at(update, "message")), us)
        if await self._forms.takes_message(
            person, where, text=said.whole, answers=at.answers, event_id=event_of(update), heard=heard
        ):
            return True
        return said.command == "start" and await self._shows_what_waited(user_of(person.id))

    async def _shows_what_waited(self, user: int) -> bool:
        try:
            return await self._whispers.started(user)
        except ChatError as error:
            _LOG.warning("what waited for somebody was not shown: %s", error)
            return False

    async def _is_ours(self, at: Standing, us: Us) -> bool:
        """Whether the message answers one of us, or one in a thread that is remembered."""
        return at.answers_whom == us.id or (await self._threads.of_message(at.chat, at.answers)).root != at.answers

    async def _note_move(self, message: Payload) -> None:
        chat = number_at(message, "chat", "id")
        await self._chats.moved(chat, number_at(message, "migrate_to_chat_id"))
        await self._chats.moved(number_at(message, "migrate_from_chat_id"), chat)

    async def _say_masked(self, where: Place) -> None:
        key = f"masked/{where.channel}"
        if await self._values.get(key):
            return
        await self._values.set(key, "said", for_s=_MASKED_EVERY_S)
        await patiently(lambda: self._sending.page(where, Page(text=MASKED)), what="not said")
