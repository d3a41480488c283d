"""Who writes to a bot while it is set up, and to which group it is added: their numbers, taken from nobody.

Nothing is confirmed to Telegram, so that whoever reads the bot's updates afterwards finds them all. Another process
that reads them is noticed: by Telegram's refusal, or by updates that are gone; then it is left alone.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field

from adapters.chat.errors import ChatUnavailableError
from adapters.chat.payload import Payload, map_at, text_at, truth_at
from adapters.chat.text import printable
from adapters.telegram.calls import Calls
from adapters.telegram.errors import ConflictError
from adapters.telegram.look import full_name, number_at
from adapters.telegram.polling import KINDS

_WAIT_S = 20
"""How long Telegram is to wait for something to happen: longer than another process pauses when it was interrupted."""
_LOOK_AGAIN_S = 1.0
"""What is not confirmed is told at once, again and again."""
_MOST = 100
"""Telegram tells so many at once."""
_GROUPS = frozenset({"group", "supergroup"})
_INSIDE = frozenset({"member", "administrator"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Visitor:
    """Somebody who wrote to the bot alone, or a group it is in (a number below zero)."""

    number: int
    name: str

    @property
    def is_group(self) -> bool:
        """Whether it is a group."""
        return self.number < 0


class BusyBotError(ChatUnavailableError):
    """Another process reads what is sent to the bot."""


@dataclass(slots=True)
class Visitors:
    """Who comes, each told once."""

    calls: Calls
    _met: set[int] = field(default_factory=set[int])
    _known: Mapping[int, Visitor | None] = field(default_factory=dict[int, "Visitor | None"])

    async def next(self, *, group: bool) -> Visitor:
        """The next person, or the next group; waits for it.

        BusyBotError when another process reads the bot's updates, any other error of the port when Telegram is away.
        """
        while True:
            for visitor in reversed([each for each in self._known.values() if each is not None]):
                if visitor.is_group is group and visitor.number not in self._met:
                    self._met.add(visitor.number)
                    return visitor
            known = self._known
            await self._look()
            if known and self._known.keys() == known.keys():
                await asyncio.sleep(_LOOK_AGAIN_S)

    async def _look(self) -> None:
        try:
            found = await self.calls.updates(offset=0, wait_s=0 if self._known else _WAIT_S, kinds=KINDS)
        except ConflictError as error:
            raise _busy() from error
        seen = {number_at(update, "update_id"): visitor_of(update) for update in found}
        if len(seen) < _MOST and not self._known.keys() <= seen.keys():
            raise _busy()
        self._known = seen


def visitor_of(update: Payload) -> Visitor | None:
    """Who or what an update tells of; None for nobody."""
    if moved := map_at(update, "my_chat_member"):
        inside = text_at(moved, "new_chat_member", "status") in _INSIDE
        return _group(map_at(moved, "chat")) if inside else None
    message = map_at(update, "message")
    chat, who = map_at(message, "chat"), map_at(message, "from")
    if text_at(chat, "type") == "private":
        return None if truth_at(who, "is_bot") else _person(who)
    if larger := number_at(message, "migrate_to_chat_id"):
        return _visitor(larger, text_at(chat, "title"))
    return _group(chat)


def _person(user: Payload) -> Visitor | None:
    number, username = number_at(user, "id"), text_at(user, "username")
    if not number:
        return None
    name = full_name(user)
    return _visitor(number, f"{name} (@{username})" if username and username != name else name)


def _group(chat: Payload) -> Visitor | None:
    is_group = text_at(chat, "type") in _GROUPS and number_at(chat, "id") < 0
    return _visitor(number_at(chat, "id"), text_at(chat, "title")) if is_group else None


def _visitor(number: int, name: str) -> Visitor:
    # strangers choose their names, and ours is a terminal
    return Visitor(number=number, name=" ".join(printable(name).split()))


def _busy() -> BusyBotError:
    return BusyBotError(
        "Another process reads what is sent to this bot, so it is left alone.",
        code="conflict",
        hint="Stop it for a moment (is serve running?), and begin again: orchestrator init telegram",
    )
