"""The connection to Discord: who we are, which commands there are, and a gateway that is opened again when lost."""

import logging
from collections.abc import Callable

import aiohttp
import discord

from adapters.chat.errors import ChatError
from adapters.chat.keyvalue import KeyValueStore
from adapters.chat.payload import text_at
from adapters.chat.port import Heard
from adapters.discord.calls import Calls
from adapters.discord.gateway import Listener, NewEars
from adapters.discord.hearing import Hearing
from adapters.discord.identity import (
    Us,
    check,
    intents_refused,
    pause,
    recognised_at_last,
    token_refused,
)
from adapters.discord.library import point_at
from adapters.discord.settings import DiscordSettings
from adapters.discord.sync import sync
from adapters.discord.wire import Line

_LOG = logging.getLogger(__name__)
_WRONG_TOKEN = 4004
"""What the gateway closes with (page: Opcodes and status codes)."""
_WRONG_INTENTS = frozenset({4013, 4014})


class Connection:
    """Stays connected until cancelled."""

    def __init__(
        self,
        settings: DiscordSettings,
        *,
        wire: Line,
        calls: Calls,
        ears: NewEars,
        hearing: Hearing,
        kept: KeyValueStore,
    ) -> None:
        self._settings = settings
        self._new_ears = ears
        self._wire = wire
        self._calls = calls
        self._hearing = hearing
        self._kept = kept
        self.us: Us | None = None

    async def run(self, heard: Heard, *, known: Callable[[Us], None], ready: Callable[[], None]) -> None:
        """Hand over what comes in; `known` is told who we are, `ready` is called once the first connection stands."""
        check(self._settings)
        # what goes wrong there comes out as an error, and is told by us
        logging.getLogger("discord").setLevel(logging.CRITICAL)
        stood = 0

        def stands() -> None:
            nonlocal stood
            stood += 1
            if stood == 1:
                ready()

        async with self._wire.connected():
            self.us = us = await recognised_at_last(self._calls, self._settings)
            known(us)
            await self._tell_commands(us)
            self._hearing.heard = heard
            try:
                attempt = 0
                while True:
                    before = stood
                    error = await self._listen(stands)
                    attempt = 0 if stood > before else attempt + 1
                    await pause(attempt, error)
            finally:
                # what came in is handed over before nobody listens any more
                await self._hearing.close()
                self._hearing.heard = None

    async def _tell_commands(self, us: Us) -> None:
        try:
            await sync(self._calls, self._kept, application=us.application, guilds=self._settings.guilds)
        except ChatError as error:
            # mentions and messages work without them
            _LOG.warning("Discord was not told the commands: %s", error)

    async def _listen(self, stands: Callable[[], None]) -> Exception:
        """Listen until that ends by an error that may go by itself, which is returned."""

        def connected() -> None:
            stands()
            self._hearing.connected()

        listener = Listener(connected=connected, message=self._hearing.message, interaction=self._hearing.interaction)
        try:
            address = text_at(await self._calls.call("GET", "/gateway/bot", repeatable=True), "url")
            point_at(self._settings.base_url, address)
            ears = self._new_ears(self._settings, listener)
            try:
                await ears.start(self._settings.bot_token)
            finally:
                await ears.leave()
        except discord.PrivilegedIntentsRequired as error:
            raise intents_refused() from error
        except discord.LoginFailure as error:
            raise token_refused() from error
        except discord.ConnectionClosed as error:
            if error.code == _WRONG_TOKEN:
                raise token_refused() from error
            if error.code in _WRONG_INTENTS:
                raise intents_refused() from error
            return error
        except (discord.DiscordException, ChatError, aiohttp.ClientError, OSError, TimeoutError) as error:
            return error
        return ConnectionError("The connection to Discord ended.")
