"""One update on its way in, each once and those of one person in one chat in order."""

import logging

from adapters.chat.payload import Payload, map_at, text_at
from adapters.chat.port import Heard
from adapters.chat.turns import Turns
from adapters.telegram.look import number_at
from adapters.telegram.presses import Presses
from adapters.telegram.pressing import Pressing
from adapters.telegram.us import Us
from adapters.telegram.writing import Writing

_LOG = logging.getLogger(__name__)


class Hearing:
    """Takes updates of every kind we ask for."""

    def __init__(self, *, presses: Presses, pressing: Pressing, writing: Writing) -> None:
        self._presses = presses
        self._pressing = pressing
        self._writing = writing
        self._turns = Turns()

    async def take(self, update: Payload, us: Us, heard: Heard) -> None:
        """Hand over what an update says; returns when it is kept."""
        press = map_at(update, "callback_query")
        message = map_at(press, "message") if press else map_at(update, "message")
        user = number_at(press or message, "from", "id")
        if press:
            # answered in time, also when what came before it takes long
            self._presses.begin(text_at(press, "id"), user)
        async with self._turns.turn((user, number_at(message, "chat", "id"))):
            if press:
                await self._pressing.take(update, us, heard)
            elif message:
                await self._writing.take(update, us, heard)
            else:
                _note_membership(map_at(update, "my_chat_member"))


def _note_membership(change: Payload) -> None:
    now = text_at(change, "new_chat_member", "status")
    if now in {"left", "kicked"}:
        private = text_at(change, "chat", "type") == "private"
        _LOG.info("%s: %s", "a person blocked the bot" if private else "the bot is no longer in a group", now)
