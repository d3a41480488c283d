"""Where GitHub tells what happens: signed deliveries, answered once what they tell is kept."""

import asyncio
import hashlib
import hmac
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager

import structlog
from aiohttp import web

from adapters.github.watch.deliveries import Delivery, delivery
from core.domain.errors import AddressUnavailableError, ConfigurationError, OrchestratorError

log = structlog.get_logger(__name__)

PATH = "/github/events"
_SIGNATURE = "X-Hub-Signature-256"
_ANSWER_WITHIN_S = 8.0
"""GitHub hangs up after ten; and it does not tell again what was not taken, so the rounds find it."""
_CLOSING_S = 5.0
_MOST_BYTES = 5 << 20


@asynccontextmanager
async def listening(
    *, host: str, port: int, secret: str, take: Callable[[Delivery], Awaitable[None]], missed: Callable[[], None]
) -> AsyncGenerator[int]:
    """Listen while this is open, and give the port. `take` is told each delivery; `missed` that one was lost.

    AddressUnavailableError when we may not listen; ConfigurationError without a secret: anybody could tell us things.
    """
    if not secret:
        raise ConfigurationError(
            "GitHub's webhooks cannot be told from anybody else's: there is no secret.",
            source="[github] webhook_secret",
            hint="Set one, and the same one in the webhook's settings on GitHub.",
        )

    async def received(request: web.Request) -> web.Response:
        body = await request.read()
        if not is_signed(body, signature=request.headers.get(_SIGNATURE, ""), secret=secret):
            return web.Response(status=401, text="The signature is not ours.")
        try:
            told = delivery(request.headers.get("X-GitHub-Event", ""), body)
        except ValueError:
            return web.Response(status=400, text="Set the webhook's content type to application/json.")
        if told is None or await _taken(told, take=take):
            return web.Response(status=204)
        missed()
        return web.Response(status=503)

    app = web.Application(client_max_size=_MOST_BYTES)
    app.router.add_post(PATH, received)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=_CLOSING_S)
    await runner.setup()
    try:
        await _start(runner, host=host, port=port)
        yield int(runner.addresses[0][1])
    finally:
        await runner.cleanup()


def is_signed(body: bytes, *, signature: str, secret: str) -> bool:
    """Whether GitHub signed this very body with our secret; how long it takes tells nothing."""
    ours = f"sha256={hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()}"
    return hmac.compare_digest(ours.encode(), signature.encode("utf-8", "replace"))


async def _taken(told: Delivery, *, take: Callable[[Delivery], Awaitable[None]]) -> bool:
    try:
        async with asyncio.timeout(_ANSWER_WITHIN_S):
            await take(told)
    except (OrchestratorError, TimeoutError) as error:
        log.warning("github_delivery_missed", kind=type(told).__name__, reason=str(error) or "it took too long")
        return False
    return True


async def _start(runner: web.AppRunner, *, host: str, port: int) -> None:
    try:
        await web.TCPSite(runner, host, port).start()
    except OSError as error:
        raise AddressUnavailableError(
            f"Cannot listen for GitHub on {host}:{port}: {error.strerror or error}.",
            hint="Set another address in [github] listen, or stop what uses this one.",
        ) from error
