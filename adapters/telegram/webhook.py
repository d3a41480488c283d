"""Webhook mode: Telegram posts what happens to an address of ours, and shows the secret we gave it."""

import asyncio
import hmac
import json
import logging
from collections.abc import Callable
from typing import cast

from aiohttp import web

from adapters.chat.errors import ChatError, RejectedError
from adapters.chat.owned import OwnedTasks
from adapters.chat.payload import Payload
from adapters.telegram.calls import Calls
from adapters.telegram.identity import pause
from adapters.telegram.polling import KINDS, Take
from adapters.telegram.settings import TelegramSettings
from core.domain.errors import AddressUnavailableError, ConfigurationError

PATH = "/telegram/updates"
SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105 - the name of a header

_LOG = logging.getLogger(__name__)
_ANSWER_WITHIN_S = 20.0
"""An update that is not kept by then is refused, and comes again; Telegram waits for a minute."""
_CLOSING_S = 5.0
_MOST_BYTES = 1 << 20


async def serve(calls: Calls, settings: TelegramSettings, *, take: Take, ready: Callable[[int], None]) -> None:
    """Listen until cancelled; `ready` gets the port once Telegram knows the address. Updates are handed to `take`.

    AddressUnavailableError when we may not listen, ConfigurationError when Telegram does not let us in.
    """
    tasks = OwnedTasks()

    async def received(request: web.Request) -> web.Response:
        shown = request.headers.get(SECRET_HEADER, "")
        if not hmac.compare_digest(shown.encode(), settings.secret.encode()):
            return web.Response(status=403)
        update = _read(await request.read())
        if update is None:
            return web.Response(status=400)
        # a task of its own: whoever hangs up in the middle does not end what is being kept
        task = tasks.start(_taken(take, update), name="telegram-update")
        await asyncio.wait({task}, timeout=_ANSWER_WITHIN_S)
        kept = task.done() and not task.cancelled() and task.exception() is None
        return web.Response(status=200 if kept else 503)

    app = web.Application(client_max_size=_MOST_BYTES)
    app.router.add_post(PATH, received)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=_CLOSING_S)
    await runner.setup()
    try:
        try:
            site = web.TCPSite(runner, settings.host, settings.port)
            await site.start()
        except OSError as error:
            raise AddressUnavailableError(
                f"Cannot listen for Telegram on {settings.host}:{settings.port}: {error.strerror or error}.",
                hint="Set another address in [telegram] listen, or stop what uses this one.",
            ) from error
        await _told(calls, settings)
        ready(int(runner.addresses[0][1]))
        await asyncio.Event().wait()
    finally:
        await runner.cleanup()
        await tasks.close(within_s=_CLOSING_S)


async def _told(calls: Calls, settings: TelegramSettings) -> None:
    """Tell Telegram where to send; it stays so when we stop, so that what happens meanwhile is kept for us."""
    attempt = 0
    while True:
        try:
            await calls.call(
                "setWebhook",
                repeatable=True,
                url=settings.public_url.rstrip("/") + PATH,
                secret_token=settings.secret,
                allowed_updates=list(KINDS),
            )
        except RejectedError as error:
            raise ConfigurationError(
                f"Telegram does not take the address {settings.public_url}: {error.message}",
                source="[telegram] public_url",
                hint="It must be https, from outside, on port 443, 80, 88 or 8443; or use polling.",
            ) from error
        except ChatError as error:
            await pause(attempt, error)
            attempt += 1
        else:
            return


async def _taken(take: Take, update: Payload) -> None:
    await take(update)


def _read(body: bytes) -> Payload | None:
    try:
        found: object = json.loads(body)
    except ValueError:
        return None
    return cast("Payload", found) if isinstance(found, dict) else None
