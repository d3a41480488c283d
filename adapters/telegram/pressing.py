"""A press on its way in: an answer to a form, a dangerous button that asks back, or what it says."""

from dataclasses import replace

from adapters.chat.inbound import ButtonPressed
from adapters.chat.payload import Payload, map_at, text_at
from adapters.chat.port import Heard
from adapters.telegram.asking import CHOSEN
from adapters.telegram.forms import Forms
from adapters.telegram.ids import user_of
from adapters.telegram.journal import Journal
from adapters.telegram.keyboard import ASKS, PUTS_BACK, asking_back, from_payload, put_back
from adapters.telegram.look import number_at
from adapters.telegram.names import Names
from adapters.telegram.parse import event_of, parse, somebody
from adapters.telegram.patience import patiently
from adapters.telegram.presses import Presses
from adapters.telegram.questions import Questions
from adapters.telegram.sending import Sending
from adapters.telegram.triggers import Triggers
from adapters.telegram.us import Us
from adapters.telegram.where import Where
from core.domain.identity import Place


class Pressing:
    """Takes presses of buttons."""

    def __init__(
        self,
        *,
        where: Where,
        sending: Sending,
        presses: Presses,
        questions: Questions,
        journal: Journal,
        triggers: Triggers,
        forms: Forms,
        names: Names,
    ) -> None:
        self._where = where
        self._sending = sending
        self._presses = presses
        self._questions = questions
        self._journal = journal
        self._triggers = triggers
        self._forms = forms
        self._names = names

    async def take(self, update: Payload, us: Us, heard: Heard) -> None:
        """Hand over the press in `update`, unless the conversation about it goes on here."""
        press = map_at(update, "callback_query")
        query, data = text_at(press, "id"), text_at(press, "data")
        message, person = map_at(press, "message"), somebody(map_at(press, "from"))
        if not number_at(message, "chat", "id"):
            return  # under a message that was sent by way of us, which we never do
        where = await self._where.pressed(message)
        self._names.learn(user_of(person.id), person.name)
        if data.startswith(CHOSEN):
            words = await self._forms.takes_press(person, where, data=data, event_id=event_of(update), heard=heard)
            await self._presses.say(query, words)
            return
        if data.startswith((ASKS, PUTS_BACK)):
            if not await self._is_sure(query, user_of(person.id), where, message, data):
                return
            press = {**press, "data": data.removeprefix(ASKS)}
        inbound = parse({**update, "callback_query": press}, us, place=where)
        if not isinstance(inbound, ButtonPressed):
            return
        number = number_at(message, "message_id")
        self._questions.settle(where.channel, number)
        self._triggers.make(inbound.trigger, inbound.person, inbound.place)
        first = await self._journal.first_of(where.channel, number)
        await heard(replace(inbound, message=str(first)))

    async def _is_sure(self, query: str, user: int, where: Place, message: Payload, data: str) -> bool:
        """Let a dangerous button ask first, or let it stand again as it was; whether it was pressed for good.

        Of a message that is old Telegram does not show the buttons, and under one at which many press they stay as they
        are: there it counts when the same person presses the same one twice.
        """
        number = number_at(message, "message_id")
        stands = from_payload(map_at(message, "reply_markup"))
        if not stands or not self._questions.may_change(where.channel, number):
            return await self._pressed_twice(query, user, where, number, data)
        await self._presses.say(query, "")
        if data.startswith(ASKS):
            self._questions.ask(where.channel, number, data)
            shown = asking_back(put_back(stands), data)
        else:
            self._questions.settle(where.channel, number)
            shown = put_back(stands)
        await patiently(lambda: self._sending.rekey(where, number, shown), what="buttons were not changed")
        return False

    async def _pressed_twice(self, query: str, user: int, where: Place, number: int, data: str) -> bool:
        leaves_it = data.startswith(PUTS_BACK)
        if not leaves_it and self._questions.pressed_again(user, where.channel, number, data):
            return True
        await self._presses.say(query, "" if leaves_it else "Press once more to do it.")
        return False
