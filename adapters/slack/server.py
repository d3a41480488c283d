"""HTTP mode: Slack posts what happens to an address of ours; Bolt checks its signature."""

import asyncio
import logging
from collections.abc import Callable

from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response, to_bolt_request

from adapters.slack.reception import Reception
from core.domain.errors import AddressUnavailableError

PATH = "/slack/events"
"""The one address for events, commands and interactivity."""

_LOG = logging.getLogger(__name__)
_CLOSING_S = 5.0
"""What is being answered when we stop gets this long."""
_MOST_BYTES = 1 << 20
"""Slack's largest payload holds a view of 250 kB."""


async def serve(reception: Reception, *, host: str, port: int, ready: Callable[[int], None]) -> None:
    """Listen until cancelled; `ready` gets the port once we do. AddressUnavailableError when we may not."""

    async def received(request: web.Request) -> web.Response:
        try:
            bolt_request = await to_bolt_request(request)
        except (ValueError, TypeError, AttributeError, LookupError):
            # Bolt looks into the body before it checks the signature: this is no body that Slack sends
            return web.Response(status=400)
        return await to_aiohttp_response(await reception.answer(bolt_request))

    app = web.Application(client_max_size=_MOST_BYTES)
    app.router.add_post(PATH, received)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=_CLOSING_S)
    await runner.setup()
    try:
        try:
            site = web.TCPSite(runner, host, port)
            await site.start()
        except OSError as error:
            raise AddressUnavailableError(
                f"Cannot listen for Slack on {host}:{port}: {error.strerror or error}.",
                hint="Set another address in [slack] listen, or stop what uses this one.",
            ) from error
        ready(int(runner.addresses[0][1]))
        await asyncio.Event().wait()
    finally:
        await runner.cleanup()
