"""Writing one message of an answer piece by piece: what a pen does, and the one that edits a message it posted."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from adapters.chat.card import Card, Markdown
from adapters.chat.errors import ChatError, OutcomeUnknownError
from adapters.chat.port import Posted
from core.domain.identity import Place


class NoStreamError(ChatError):
    """Nothing can be streamed here: not in this conversation, or not by this app."""


class Pen(Protocol):
    """Writes one message. A piece that raises is not written, but for one whose outcome is unknown."""

    @property
    def text(self) -> str:
        """What was written."""
        ...

    async def add(self, text: str) -> None:
        """Write `text` behind what is there."""
        ...

    async def end(self) -> None:
        """Say that the message is whole."""
        ...


NewPen = Callable[[str], Pen]
"""Makes the pen for the message with this key."""


class Wall(Protocol):
    """Where messages are posted and edited."""

    async def post(self, place: Place, card: Card, *, key: str, again: bool) -> Posted: ...

    async def edit(self, posted: Posted, card: Card) -> None: ...


@dataclass(slots=True, kw_only=True)
class EditedPen:
    """Writes by posting a message, and editing it."""

    messages: Wall
    place: Place
    key: str
    text: str = ""
    _posted: Posted | None = None
    _sure: bool = True

    async def add(self, text: str) -> None:
        card = answer_card(self.key, self.text + text)
        if self._posted is not None:
            await self.messages.edit(self._posted, card)
        else:
            try:
                self._posted = await self.messages.post(self.place, card, key=self.key, again=not self._sure)
            except OutcomeUnknownError:
                self._sure = False
                raise
        self.text += text

    async def end(self) -> None:
        """Nothing is left to do: each addition left a whole message."""


def answer_card(key: str, text: str) -> Card:
    """An answer as a message of its own."""
    return Card(key=key, title="", sections=(Markdown(text=text),))
