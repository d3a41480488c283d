"""One update on its way in: where it stands, whether it answers a form or asks back, and then it is handed over."""

import logging
from dataclasses import replace

from adapters.chat.errors import ChatError
from adapters.chat.inbound import ButtonPressed, CommandReceived, Inbound, MessagePicked
from adapters.chat.keyvalue import KeyValueStore
from adapters.chat.payload import Payload, map_at, text_at, truth_at
from adapters.chat.port import Heard
from adapters.chat.turns import Turns
from adapters.telegram.asking import CHOSEN
from adapters.telegram.chats import Chats
from adapters.telegram.forms import Forms
from adapters.telegram.ids import ThreadId, place, user_of
from adapters.telegram.journal import Journal
from adapters.telegram.keyboard import ASKS, PUTS_BACK, asking_back, from_payload, put_back
from adapters.telegram.look import number_at
from adapters.telegram.lost import Lost
from adapters.telegram.names import Names
from adapters.telegram.page import Page
from adapters.telegram.parse import parse, somebody, speaks_masked, writer
from adapters.telegram.patience import patiently
from adapters.telegram.presses import Presses
from adapters.telegram.questions import Questions
from adapters.telegram.sending import Sending
from adapters.telegram.spoken import spoken
from adapters.telegram.threads import Standing, Threads, standing
from adapters.telegram.topics import Topics
from adapters.telegram.triggers import Triggers
from adapters.telegram.undone import written
from adapters.telegram.us import Us
from adapters.telegram.whispers import Whispers
from core.domain.identity import Place

MASKED = "Administrators who remain anonymous cannot be told apart, so I cannot do that. Turn off “Remain anonymous”."
_MASKED_EVERY_S = 3600.0
_LOG = logging.getLogger(__name__)


class Hearing:
    """Takes updates, each once and those of one person in one chat in order."""

    def __init__(
        self,
        *,
        sending: Sending,
        chats: Chats,
        threads: Threads,
        topics: Topics,
        journal: Journal,
        presses: Presses,
        questions: Questions,
        triggers: Triggers,
        forms: Forms,
        names: Names,
        lost: Lost,
        whispers: Whispers,
        values: KeyValueStore,
    ) -> None:
        self._sending = sending
        self._chats = chats
        self._threads = threads
        self._topics = topics
        self._journal = journal
        self._presses = presses
        self._questions = questions
        self._triggers = triggers
        self._forms = forms
        self._names = names
        self._lost = lost
        self._whispers = whispers
        self._values = values
        self._turns = Turns()

    async def take(self, update: Payload, us: Us, heard: Heard) -> None:
        """Hand over what an update says; returns when it is kept."""
        press = map_at(update, "callback_query")
        message = map_at(press, "message") if press else map_at(update, "message")
        user = map_at(press or message, "from")
        async with self._turns.turn((number_at(user, "id"), number_at(message, "chat", "id"))):
            if press:
                await self._pressed(update, press, us, heard)
            elif message:
                await self._written(update, message, us, heard)
            else:
                self._note_membership(map_at(update, "my_chat_member"))

    async def _written(self, update: Payload, message: Payload, us: Us, heard: Heard) -> None:
        await self._note_move(message)
        at = standing(message)
        await self._lost.theirs(at.chat, at.message)
        where, thread = await self._place(message, at)
        if speaks_masked(update, us):
            await self._say_masked(where)
            return
        person = writer(message)
        if person is None:
            return
        self._names.learn(number_at(message, "from", "id"), person.name)
        said = spoken(written(message), us)
        taken = await self._forms.takes_message(
            person, where, text=said.whole, answers=at.answers, event_id=_event(update), heard=heard
        )
        inbound = None if taken else parse(update, us, place=where)
        if inbound is None or (
            said.command == "start" and await self._shows_what_waited(number_at(message, "from", "id"))
        ):
            return
        self._make_trigger(inbound)
        await heard(inbound)
        if said.mentions_us or said.command or await self._is_ours(at, us):
            await self._threads.note(at.chat, at.message, thread)

    async def _shows_what_waited(self, user: int) -> bool:
        """Whether somebody who pressed Start was waited for by an answer: then that is what they see."""
        try:
            return await self._whispers.started(user)
        except ChatError as error:
            _LOG.warning("what waited for somebody was not shown: %s", error)
            return False

    async def _is_ours(self, at: Standing, us: Us) -> bool:
        """Whether the message answers one of us, or one in a thread that is remembered."""
        return at.answers_whom == us.id or (await self._threads.of_message(at.chat, at.answers)).root != at.answers

    async def _pressed(self, update: Payload, press: Payload, us: Us, heard: Heard) -> None:
        query, data = text_at(press, "id"), text_at(press, "data")
        message, person = map_at(press, "message"), somebody(map_at(press, "from"))
        where = await self._pressed_at(message)
        self._names.learn(user_of(person.id), person.name)
        if data.startswith(CHOSEN):
            words = await self._forms.takes_press(person, where, data=data, event_id=_event(update), heard=heard)
            await self._presses.tell(query, words)
            return
        if data.startswith((ASKS, PUTS_BACK)):
            if not await self._asks_back(query, where, message, data):
                return
            press = {**press, "data": data.removeprefix(ASKS)}
        inbound = parse({**update, "callback_query": press}, us, place=where)
        if not isinstance(inbound, ButtonPressed):
            return
        self._presses.begin(query, user_of(person.id))
        number = number_at(message, "message_id")
        self._questions.settle(where.channel, number)
        self._make_trigger(inbound)
        first = await self._journal.first_of(where.channel, number)
        await heard(replace(inbound, message=str(first)))

    async def _pressed_at(self, message: Payload) -> Place:
        """Where the message with the button stands; of one that begins a thread that is its chat, as for a new one.

        Telegram does not show of an old message what it answers: the thread is remembered.
        """
        at = standing(message)
        where, _ = await self._place(message, at)
        thread = ThreadId(topic=at.topic) if at.topic else await self._threads.of_message(at.chat, at.message)
        return replace(where, thread="" if thread.root == at.message else str(thread))

    async def _asks_back(self, query: str, where: Place, message: Payload, data: str) -> bool:
        """Let a dangerous button ask first, or let it stand again as it was; whether it was pressed for good.

        Of a message that is old Telegram does not show the buttons: there the second press of the same one counts.
        """
        number = number_at(message, "message_id")
        stands = from_payload(map_at(message, "reply_markup"))
        if not stands:
            if self._questions.asks(where.channel, number, data):
                return True
            self._questions.ask(where.channel, number, data)
            await self._presses.tell(query, "Press once more to do it.")
            return False
        await self._presses.tell(query, "")
        if data.startswith(ASKS):
            self._questions.ask(where.channel, number, data)
            shown = asking_back(put_back(stands), data)
        else:
            self._questions.settle(where.channel, number)
            shown = put_back(stands)
        await patiently(lambda: self._sending.rekey(where, number, shown), what="buttons were not changed")
        return False

    async def _place(self, message: Payload, at: Standing) -> tuple[Place, ThreadId]:
        channel = await self._chats.channel(at.chat)
        self._topics.seen(channel, is_forum=truth_at(message, "chat", "is_forum"))
        self._names.learn(at.chat, text_at(message, "chat", "title"))
        thread = await self._threads.of(at)
        return place(channel, str(thread)), thread

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

    def _note_membership(self, change: Payload) -> None:
        now = text_at(change, "new_chat_member", "status")
        if now in {"left", "kicked"}:
            private = text_at(change, "chat", "type") == "private"
            _LOG.info("%s: %s", "a person blocked the bot" if private else "the bot is no longer in a group", now)

    def _make_trigger(self, inbound: Inbound) -> None:
        match inbound:
            case CommandReceived() | MessagePicked() | ButtonPressed():
                self._triggers.make(inbound.trigger, inbound.person, inbound.place)
            case _:
                pass


def _event(update: Payload) -> str:
    return f"update:{number_at(update, 'update_id')}"
