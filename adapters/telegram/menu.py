"""The commands that Telegram offers while somebody types `/`: set at the start, and only when they changed."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass

from adapters.chat.errors import ChatError
from adapters.chat.payload import Payload, text_at
from adapters.telegram.calls import Calls

_LOG = logging.getLogger(__name__)
_SAYS = 200
"""Telegram takes 256 characters (BotCommand.description); a phone shows far fewer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MenuEntry:
    """A command people are offered: `name` without its slash, at most 32 of a–z, 0–9 and `_`."""

    name: str
    says: str
    in_groups: bool = True
    alone: bool = True
    """Whether it is offered in a conversation with us alone."""


SHORT = (
    MenuEntry(name="orchestrate", says="Hand over work, or any command"),
    MenuEntry(name="status", says="What goes on, and what waits for you"),
    MenuEntry(name="help", says="What can be asked for"),
)
"""What is offered when nobody says more."""


async def offer(calls: Calls, entries: Sequence[MenuEntry]) -> None:
    """Let Telegram offer `entries`, those of groups in groups and those of private chats there."""
    for kind, chosen in (
        ("default", entries),
        ("all_private_chats", [each for each in entries if each.alone]),
        ("all_group_chats", [each for each in entries if each.in_groups]),
    ):
        scope = {"type": kind}
        wanted = [{"command": each.name, "description": each.says[:_SAYS]} for each in chosen]
        try:
            standing = await calls.call("getMyCommands", repeatable=True, scope=scope)
            if _pairs(standing) != _pairs(wanted):
                await calls.call("setMyCommands", repeatable=True, commands=wanted, scope=scope)
        except ChatError as error:
            # people can type what they are not offered; the next start tries again
            _LOG.warning("the commands are not offered (%s): %s", kind, error)


def _pairs(commands: object) -> list[tuple[str, str]]:
    if not isinstance(commands, list):
        return []
    found: list[Payload] = [each for each in commands if isinstance(each, dict)]  # pyright: ignore[reportUnknownVariableType]
    return [(text_at(each, "command"), text_at(each, "description")) for each in found]
