"""How the bot stands in Discord, for who wants to know before anything goes wrong; nothing is sent to anybody."""

from collections.abc import Sequence
from dataclasses import dataclass

from adapters.chat.errors import MessageGoneError, NotReachableError
from adapters.chat.payload import text_at
from adapters.discord.calls import Calls
from adapters.discord.channels import channel_of
from adapters.discord.identity import Us, check, recognised
from adapters.discord.needs import missing
from adapters.discord.settings import DiscordSettings
from adapters.discord.wire import HttpWire

_READS_MESSAGES = (1 << 18) | (1 << 19)
"""Flags of an application that may read messages, as a large or a small one (page: Application)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GuildStanding:
    """A server the bot is in, and the permissions it lacks there, as Discord calls them."""

    id: str
    name: str
    missing: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelStanding:
    """A channel that was asked about; `name` is '' and `why` tells what to do when the bot cannot see it."""

    id: str
    name: str = ""
    guild: str = ""
    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """All of it. `reads_messages` says whether Message Content Intent is switched on."""

    us: Us
    reads_messages: bool
    guilds: tuple[GuildStanding, ...]
    channels: tuple[ChannelStanding, ...]


async def standing(settings: DiscordSettings, *, channels: Sequence[str] = ()) -> Standing:
    """Ask Discord about the bot, its servers and these channels (ids).

    ConfigurationError when the token is missing or not accepted, another error of the port when Discord is away.
    """
    check(settings)
    wire = HttpWire(settings)
    async with wire.connected():
        calls = Calls(wire)
        us = await recognised(calls, settings)
        flags = (await calls.call("GET", "/applications/@me", repeatable=True)).get("flags")
        guilds = await calls.listing("/users/@me/guilds")
        return Standing(
            us=us,
            reads_messages=isinstance(flags, int) and bool(flags & _READS_MESSAGES),
            guilds=tuple(
                GuildStanding(
                    id=text_at(each, "id"), name=text_at(each, "name"), missing=missing(_bits(each.get("permissions")))
                )
                for each in guilds
            ),
            channels=tuple([await _channel(calls, each) for each in channels]),
        )


async def _channel(calls: Calls, channel: str) -> ChannelStanding:
    try:
        found = channel_of(await calls.call("GET", f"/channels/{channel}", repeatable=True))
    except (NotReachableError, MessageGoneError) as error:
        return ChannelStanding(id=channel, why=error.hint or error.message)
    return ChannelStanding(id=channel, name=found.name, guild=found.guild)


def _bits(permissions: object) -> int:
    """Discord writes so large a number as text."""
    return int(permissions) if isinstance(permissions, str) and permissions.isdecimal() else 0
