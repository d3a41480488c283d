"""discord.py's client on the gateway: it keeps the connection, resumes sessions, and hands over what comes in."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

import discord

from adapters.discord.pressing import ChosenFrom, PressedButton
from adapters.discord.settings import DiscordSettings

CLOSE_WITHIN_S = 5.0
"""The longest we wait for Discord when we leave."""
_TOLD = "told"
"""Marks an interaction that was handed over."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Listener:
    """What is done with what comes in; none of it waits or raises."""

    connected: Callable[[], None]
    message: Callable[[discord.Message], None]
    interaction: Callable[[discord.Interaction], None]


class Ears(Protocol):
    """What listens to Discord for us."""

    async def start(self, token: str) -> None:
        """Listen until that ends by an error."""
        ...

    async def leave(self) -> None:
        """Listen no longer."""
        ...


NewEars = Callable[[DiscordSettings, Listener], Ears]


class Gateway(discord.Client):
    """A client that keeps nothing it need not: no messages, no members, and it writes nothing by itself."""

    def __init__(self, settings: DiscordSettings, listener: Listener) -> None:
        super().__init__(
            intents=discord.Intents(guilds=True, guild_messages=True, dm_messages=True, message_content=True),
            max_messages=None,
            chunk_guilds_at_startup=False,
            member_cache_flags=discord.MemberCacheFlags.none(),
            allowed_mentions=discord.AllowedMentions.none(),
            heartbeat_timeout=settings.heartbeat_timeout_s,
            proxy=proxy_for(settings.base_url),
        )
        self._identify_pause_s = settings.identify_pause_s
        self._listener = listener
        # buttons and menus outlive every process: they are known by the form of their ids
        self.add_dynamic_items(PressedButton, ChosenFrom)

    async def before_identify_hook(self, shard_id: int | None, *, initial: bool = False) -> None:
        """Discord allows one new session in five seconds."""
        if not initial:
            await asyncio.sleep(self._identify_pause_s)

    async def on_connect(self) -> None:
        """A new session stands."""
        self._listener.connected()

    async def on_message(self, message: discord.Message) -> None:
        """Somebody wrote."""
        self._listener.message(message)

    async def on_interaction(self, interaction: discord.Interaction) -> None:
        """Somebody typed something of ours; or pressed what the library does not recognise, on a very old message."""
        self._tell(interaction)

    def pressed(self, interaction: discord.Interaction) -> None:
        """Somebody pressed a button or chose from a menu of ours."""
        self._tell(interaction)

    def _tell(self, interaction: discord.Interaction) -> None:
        """Hand it over, once: the library tells of a press twice, as an item and as an event."""
        if not interaction.extras.get(_TOLD):
            interaction.extras[_TOLD] = True
            self._listener.interaction(interaction)

    async def leave(self) -> None:
        """Say goodbye, but do not wait for ever for an answer to it."""
        try:
            async with asyncio.timeout(CLOSE_WITHIN_S):
                await self.close()
        except TimeoutError:
            await self.http.close()


def proxy_for(url: str) -> str | None:
    """The proxy the environment asks for; the library does not look by itself."""
    parts = urlsplit(url)
    if not parts.hostname or proxy_bypass(parts.hostname):
        return None
    return getproxies().get(parts.scheme)
