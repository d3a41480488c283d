"""A topic of its own for each task, in groups that have topics and in private chats that have them."""

from collections.abc import Callable
from dataclasses import replace

from adapters.chat.card import Card, StepList
from adapters.chat.errors import MessageGoneError, NotReachableError, RejectedError
from adapters.chat.payload import truth_at
from adapters.chat.text import one_line
from adapters.telegram.ids import ThreadId, chat_of
from adapters.telegram.look import number_at
from adapters.telegram.sending import Sending
from core.domain.identity import Place

NAME = 100
"""Columns of a topic's name; Telegram takes 128 characters (createForumTopic.name)."""
ASK_AGAIN_S = 600.0
"""Whether a group has topics, and whether we may make them, is looked at again after so long."""


class Topics:
    """Makes topics. `clock` counts seconds; `in_private` says whether private chats with us have topics."""

    def __init__(self, sending: Sending, *, clock: Callable[[], float]) -> None:
        self.in_private = False
        self._sending = sending
        self._clock = clock
        self._known: dict[str, tuple[bool, float]] = {}
        """Whether topics can be made in a channel, and until when that is believed."""

    def seen(self, channel: str, *, is_forum: bool) -> None:
        """Note what a message says about its group; whether we may make topics there is another matter."""
        if not is_forum:
            self._believe(channel, can=False)
        elif not self._known.get(channel, (True, 0.0))[0] and self._clock() >= self._known[channel][1]:
            del self._known[channel]

    async def opened(self, place: Place, card: Card) -> ThreadId | None:
        """The new topic for `card` in the chat of `place`; None where none can be made, or the card needs none."""
        if not any(isinstance(each, StepList) for each in card.sections) or not await self._can(place):
            # only work in steps is talked about for long: an answer or a note would leave a topic nobody writes in
            return None
        try:
            made = await self._sending.to(place, "createForumTopic", name=one_line(card.title, width=NAME) or "Task")
        except (NotReachableError, RejectedError, MessageGoneError):
            self._believe(place.channel, can=False)
            return None
        return ThreadId(topic=number_at(made, "message_thread_id"))

    async def _can(self, place: Place) -> bool:
        if chat_of(place.channel) > 0:
            return self.in_private
        can, until = self._known.get(place.channel, (False, 0.0))
        if self._clock() >= until:
            chat = await self._sending.to(replace(place, thread=""), "getChat", repeatable=True)
            can = truth_at(chat, "is_forum")
            self._believe(place.channel, can=can)
        return can

    def _believe(self, channel: str, *, can: bool) -> None:
        if len(self._known) > 5000:
            self._known.clear()
        self._known[channel] = (can, self._clock() + ASK_AGAIN_S)
