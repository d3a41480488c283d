"""Two ways to write one message of an answer piece by piece: Slack's own stream, and a message that is edited."""

import contextlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from adapters.chat.card import Card, Markdown
from adapters.chat.errors import ChatError, MessageGoneError, NotReachableError, OutcomeUnknownError, RejectedError
from adapters.chat.payload import text_at
from adapters.chat.port import Posted
from adapters.slack.calls import Calls
from adapters.slack.messages import Messages, marked
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


@dataclass(slots=True, kw_only=True)
class StreamedPen:
    """Writes by chat.startStream and its sisters, to the person `recipient` (team, user)."""

    calls: Calls
    messages: Messages
    place: Place
    recipient: tuple[str, str]
    key: str
    text: str = ""
    _message: str = ""
    _sure: bool = True
    """Whether every addition came through, and only once."""

    async def add(self, text: str) -> None:
        """NoStreamError when nothing can be streamed here, MessageGoneError when the stream has ended by itself."""
        if self._message:
            await self._append(text)
        else:
            await self._begin(text)
        self.text += text

    async def end(self) -> None:
        if not self._message:
            return
        with contextlib.suppress(MessageGoneError):  # it has ended by itself
            await self.calls.call(
                "chat.stopStream", channel=self.place.channel, ts=self._message, metadata=marked(self.key)
            )
        if not self._sure:
            posted = self.messages.posted(self.place, self._message)
            await self.messages.edit(posted, answer_card(self.key, self.text))

    async def _begin(self, text: str) -> None:
        team, user = self.recipient
        try:
            answer = await self.calls.call(
                "chat.startStream",
                channel=self.place.channel,
                thread_ts=self.place.thread,
                recipient_team_id=team,
                recipient_user_id=user,
                markdown_text=text,
            )
        except (NotReachableError, RejectedError, OutcomeUnknownError) as error:
            # one that may have begun cannot be found again, and ends by itself
            raise NoStreamError(error.message, code=error.code) from error
        self._message = text_at(answer, "ts")

    async def _append(self, text: str) -> None:
        try:
            await self.calls.call("chat.appendStream", channel=self.place.channel, ts=self._message, markdown_text=text)
        except OutcomeUnknownError:
            self._sure = False  # put right at the end


@dataclass(slots=True, kw_only=True)
class EditedPen:
    """Writes by posting a message, and editing it."""

    messages: Messages
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


NewPen = Callable[[str], Pen]
"""Makes the pen for the message with this key."""
