"""What Discord says of an application by its token: who it is, whose it is, where it is, and whether it may hear."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from adapters.chat.payload import Payload, map_at, text_at
from adapters.chat.text import printable
from adapters.discord.calls import Calls
from adapters.discord.identity import check, recognised
from adapters.discord.settings import DiscordSettings
from adapters.discord.wire import HttpWire

_MESSAGE_CONTENT = 1 << 18 | 1 << 19
"""Either says that the intent is switched on (page: Application, flags)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """One application and its bot."""

    application: str
    user: str
    """Of the bot."""
    name: str
    owner: str = ""
    """Who made it; '' when it belongs to a team."""
    owner_name: str = ""
    hears: bool = False
    """Whether the bot may read what is written."""
    guilds: Mapping[str, str] = field(default_factory=dict[str, str])
    """The servers it is in: id → name."""


async def account(given: DiscordSettings) -> Account:
    """Ask Discord; ConfigurationError when it does not accept the token, an error of the port when it is away."""
    check(given)
    wire = HttpWire(given)
    async with wire.connected():
        return await account_of(Calls(wire), given)


async def account_of(calls: Calls, given: DiscordSettings) -> Account:
    """The same by calls that are open."""
    us = await recognised(calls, given)
    application = await calls.call("GET", "/applications/@me", repeatable=True)
    guilds = await calls.listing("/users/@me/guilds")
    owner: Payload = {} if map_at(application, "team") else map_at(application, "owner")
    return Account(
        application=us.application,
        user=us.user,
        name=us.name,
        owner=text_at(owner, "id"),
        owner_name=_line(text_at(owner, "global_name") or text_at(owner, "username")),
        hears=_hears(application),
        guilds={text_at(each, "id"): _line(text_at(each, "name")) for each in guilds},
    )


def _hears(application: Payload) -> bool:
    flags = application.get("flags")
    return isinstance(flags, int) and bool(flags & _MESSAGE_CONTENT)


def _line(name: str) -> str:
    # others choose their names, and ours is a terminal
    return " ".join(printable(name).split())
