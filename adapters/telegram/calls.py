"""Calls to the Bot API, each with a timeout and made once; what goes wrong is an error of the port."""

import asyncio
import json
import logging
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from typing import Any, cast

import httpx
from telegram import Bot, InputFile
from telegram.error import TelegramError
from telegram.request import HTTPXRequest

from adapters.chat.payload import Payload, maps_at
from adapters.telegram.errors import RefusedError, translated
from adapters.telegram.look import payload_of
from adapters.telegram.settings import TelegramSettings

_IDLE_S = 15.0
"""How long an unused connection is kept, so that hardly any call meets one that is just closed."""
_CONNECTIONS = 32
_QUIET = ("httpx", "httpcore", "telegram.Bot", "telegram.request.BaseRequest")
"""Loggers whose lines hold addresses with the token in them, or whole messages."""


class Calls:
    """The Bot API with the token of one bot."""

    def __init__(self, settings: TelegramSettings) -> None:
        self._timeout_s = settings.call_timeout_s
        self._upload_s = settings.upload_timeout_s
        self._open = 0
        for name in _QUIET:
            logging.getLogger(name).setLevel(logging.WARNING)
        address = settings.api_url.rstrip("/")
        self._bot = _RawBot(
            settings.bot_token,
            base_url=f"{address}/bot",
            base_file_url=f"{address}/file/bot",
            request=_Request(settings.call_timeout_s, connections=_CONNECTIONS),
            get_updates_request=_Request(settings.call_timeout_s, connections=2),
        )

    @asynccontextmanager
    async def connected(self) -> AsyncGenerator[None]:
        """While this is open, calls share their connections; before and after it each opens one of its own."""
        self._open += 1
        try:
            await self._bot.begin()
            yield
        finally:
            self._open -= 1
            if not self._open:
                await self._bot.finish()

    async def call(self, method: str, *, repeatable: bool = False, **arguments: object) -> object:
        """Call `method`; arguments that are None are left out. What Telegram answers, or an error of the chat port.

        `repeatable` says that doing it twice is the same as doing it once: then no answer counts as not done.
        """
        has_file = any(isinstance(each, InputFile) for each in arguments.values())
        within_s = self._upload_s if has_file else self._timeout_s
        return await self._made(method, arguments, within_s=within_s, repeatable=repeatable)

    async def ask(self, method: str, *, repeatable: bool = False, **arguments: object) -> Payload:
        """As `call`, for methods that answer with an object; an empty one when they do not."""
        answer = await self.call(method, repeatable=repeatable, **arguments)
        return payload_of(answer)

    async def updates(self, *, offset: int, wait_s: int, kinds: tuple[str, ...]) -> list[Payload]:
        """What happened from the update `offset` on, all before it is confirmed; waits `wait_s` for something."""
        arguments = {"offset": offset or None, "timeout": wait_s, "allowed_updates": list(kinds)}
        found = await self._made("getUpdates", arguments, within_s=self._timeout_s + wait_s, repeatable=True)
        return list(maps_at({"updates": found}, "updates"))

    async def _made(self, method: str, arguments: Mapping[str, object], *, within_s: float, repeatable: bool) -> object:
        try:
            async with asyncio.timeout(within_s), self.connected():
                return await self._bot.call(method, arguments, within_s=within_s)
        except (TelegramError, TimeoutError, OSError, LookupError, TypeError) as error:
            raise translated(error, method=method, repeatable=repeatable) from error


class _RawBot(Bot):
    """The library's bot with answers as they came: its own reading of updates fails for all of them at one it does not
    know, and what failed so would be asked for again for ever.
    """

    __slots__ = ()

    async def begin(self) -> None:
        """Open what was closed; asks nothing of Telegram."""
        for each in self._request:
            await each.initialize()

    async def finish(self) -> None:
        """Close all connections."""
        for each in self._request:
            await each.shutdown()

    async def call(self, method: str, arguments: Mapping[str, object], *, within_s: float) -> object:
        """The result of the method."""
        return cast("object", await self._post(method, dict(arguments), read_timeout=within_s))


class _Request(HTTPXRequest):
    """The library's transport; refusals keep their status and parameters instead of becoming words only."""

    def __init__(self, timeout_s: float, *, connections: int) -> None:
        super().__init__(
            read_timeout=timeout_s,
            write_timeout=timeout_s,
            connect_timeout=timeout_s / 2,
            pool_timeout=timeout_s / 2,
            httpx_kwargs={"limits": httpx.Limits(max_connections=connections, keepalive_expiry=_IDLE_S)},
        )

    async def do_request(self, *args: Any, **kwargs: Any) -> tuple[int, bytes]:
        status, body = await super().do_request(*args, **kwargs)
        if 200 <= status < 300:
            return status, body
        raise _refusal(status, body)


def _refusal(status: int, body: bytes) -> RefusedError:
    try:
        said: object = json.loads(body)
    except ValueError:
        said = None
    answer = payload_of(said)
    words, more = answer.get("description"), payload_of(answer.get("parameters"))
    wait, moved = more.get("retry_after"), more.get("migrate_to_chat_id")
    return RefusedError(
        words if isinstance(words, str) else f"HTTP {status}",
        status=status,
        retry_after_s=float(wait) if isinstance(wait, (int, float)) else 0.0,
        moved_to=moved if isinstance(moved, int) else 0,
    )
