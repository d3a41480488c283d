"""One update on its way in, each once and those of one person in one chat in order."""

import logging
from collections import Counter

from adapters.chat.payload import Payload, map_at, text_at
from adapters.chat.port import Heard
from adapters.chat.turns import Turns
from adapters.telegram.look import number_at
from adapters.telegram.presses import Presses
from adapters.telegram.pressing import Pressing
from adapters.telegram.us import Us
from adapters.telegram.writing import Writing
from core.domain.errors import OrchestratorError

MOST_TRIES = 5
_LOG = logging.getLogger(__name__)


class Hearing:
    """Takes updates of every kind we ask for."""

    def __init__(self, *, presses: Presses, pressing: Pressing, writing: Writing) -> None:
        self._presses = presses
        self._pressing = pressing
        self._writing = writing
        self._turns = Turns()
        self._failures: Counter[int] = Counter()

    async def take(self, update: Payload, us: Us, heard: Heard) -> None:
        """Hand over what an update says; returns when it is kept."""
        try:
            await self._take(update, us, heard)
        except OrchestratorError:
            # the database is away: Telegram shows the update again, however long that takes
            raise
        except Exception:
            # a defect of ours about one update must not keep all that come after it from being confirmed
            number = number_at(update, "update_id")
            self._failures[number] += 1
            if self._failures[number] < MOST_TRIES:
                raise
            del self._failures[number]
            _LOG.exception("an update cannot be understood, and is given up")

    async def _take(self, update: Payload, us: Us, heard: Heard) -> None:
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
