"""Presses of buttons and their answers: the button turns until Telegram is told that the press arrived.

The answer may hold words that only who pressed can see. What is to be whispered within the first moments becomes that
answer; after them the press is answered without any.
"""

import asyncio
import logging
from dataclasses import dataclass, field

from adapters.chat.errors import ChatError
from adapters.chat.measure import units
from adapters.chat.owned import OwnedTasks
from adapters.telegram.calls import Calls
from adapters.telegram.limits import ALERT

_LOG = logging.getLogger(__name__)


@dataclass(slots=True, eq=False)
class _Press:
    query: str
    user: int
    taken: asyncio.Event = field(default_factory=asyncio.Event)


class Presses:
    """Presses that are not answered yet. Whoever owns it closes it."""

    def __init__(self, calls: Calls, *, within_s: float) -> None:
        self._calls = calls
        self._within_s = within_s
        self._waiting: list[_Press] = []
        self._tasks = OwnedTasks()

    def begin(self, query: str, user: int) -> None:
        """Answer the press in time, whatever else happens."""
        press = _Press(query, user)
        self._waiting.append(press)
        self._tasks.start(self._answered(press), name="telegram-press")

    async def alert(self, user: int, text: str) -> bool:
        """Show `text` to `user` as the answer to a press of theirs; False when none waits or the text is too long."""
        if not text or units(text) > ALERT or (press := self._next(user)) is None:
            return False
        return await self._answer(press.query, text=text, show_alert=True)

    async def open(self, user: int, start: str) -> bool:
        """Open the conversation with us in front of `user`, as the answer to a press; False when none waits."""
        press = self._next(user)
        return press is not None and await self._answer(press.query, url=start)

    async def say(self, query: str, text: str) -> None:
        """Answer a press that still waits now; `text` is shown until it is tapped away, '' for nothing."""
        press = next((each for each in self._waiting if each.query == query), None)
        if press is not None:
            self._take(press)
            await self._answer(query, text=text or None, show_alert=bool(text) or None)

    async def close(self) -> None:
        """Answer no more."""
        await self._tasks.close(within_s=self._within_s)
        self._waiting.clear()

    async def _answered(self, press: _Press) -> None:
        try:
            async with asyncio.timeout(self._within_s):
                await press.taken.wait()
        except TimeoutError:
            self._take(press)
            await self._answer(press.query)

    def _next(self, user: int) -> _Press | None:
        """The press of `user` that waits, which is answered by whoever asks for it."""
        press = next((each for each in self._waiting if each.user == user), None)
        if press is not None:
            self._take(press)
        return press

    def _take(self, press: _Press) -> None:
        press.taken.set()
        if press in self._waiting:
            self._waiting.remove(press)

    async def _answer(self, query: str, **words: object) -> bool:
        try:
            await self._calls.call("answerCallbackQuery", repeatable=True, callback_query_id=query, **words)
        except ChatError as error:
            # the button stops turning by itself after a while
            _LOG.info("a press was not answered: %s", error)
            return False
        return True
