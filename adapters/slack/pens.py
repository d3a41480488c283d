"""Writing one message of an answer piece by piece with Slack's own stream."""

import contextlib
from dataclasses import dataclass

from adapters.chat.answer import AnswerPace
from adapters.chat.errors import MessageGoneError, NotReachableError, OutcomeUnknownError, RejectedError
from adapters.chat.payload import text_at
from adapters.chat.pens import NoStreamError, answer_card
from adapters.slack.calls import Calls
from adapters.slack.messages import Messages, marked
from core.domain.identity import Place

PACE = AnswerPace(every_s=1.0, page=8_000, rotate_s=240.0)
"""Text flows for its reader, and Slack bears a hundred additions a minute. A message has fewer characters than fit a
card (see limits.MESSAGE_WEIGHT). A stream ends by itself after five minutes, and what comes after that is lost.
"""


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
