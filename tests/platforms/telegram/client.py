"""The real client library on the simulator, for tests of the simulator itself."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from telegram import Bot, Update
from telegram.request import HTTPXRequest

from tests.platforms.telegram.simulator import TelegramSimulator


@asynccontextmanager
async def bot_on(telegram: TelegramSimulator) -> AsyncGenerator[Bot]:
    """python-telegram-bot's Bot, initialized."""
    url = telegram.api_url
    requests = {"request": _patient(256), "get_updates_request": _patient(1)}
    async with Bot(telegram.token, base_url=f"{url}/bot", base_file_url=f"{url}/file/bot", **requests) as bot:
        yield bot


def _patient(connections: int) -> HTTPXRequest:
    """Requests as the library makes them by itself, but none fails because the machine is busy."""
    limits = dict.fromkeys(("connect_timeout", "read_timeout", "write_timeout", "pool_timeout"), 60.0)
    return HTTPXRequest(connection_pool_size=connections, **limits)


class Reader:
    """Reads updates one batch after the other, as a bot does that polls."""

    def __init__(self, bot: Bot, *, allowed: list[str] | None = None) -> None:
        self._bot, self._allowed, self._next = bot, allowed, 0

    async def reads(self, *, timeout_s: int = 0) -> list[Update]:
        """What came since the last time, which is confirmed by that."""
        batch = await self._bot.get_updates(
            offset=self._next, timeout=timeout_s, allowed_updates=self._allowed, read_timeout=timeout_s + 60
        )
        if batch:
            self._next = batch[-1].update_id + 1
        return list(batch)
