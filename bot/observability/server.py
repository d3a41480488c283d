"""The port for those who watch: `/metrics` for Prometheus, `/health` and `/ready` for whoever restarts and routes.

aiohttp serves it, which this program needs anyway. Nothing here changes anything, and nothing is secret: numbers,
names of projects, roles and models, and whether things work.
"""

import os
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

from aiohttp import web

from core.domain.errors import AddressUnavailableError

_SHUTDOWN_S = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """What Prometheus gets: `body` is of the kind `content_type`."""

    body: bytes
    content_type: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """Whether something holds, and why not: part by part, each `ok` or a few words without names of machines."""

    parts: tuple[tuple[str, str], ...]

    @property
    def holds(self) -> bool:
        """Whether every part is as it should be."""
        return all(told == "ok" for _, told in self.parts)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """Who answers; each is asked anew for every request and answers within seconds."""

    metrics: Callable[[str], Awaitable[Page]]
    """Given the request's Accept header."""
    health: Callable[[], Awaitable[Condition]]
    ready: Callable[[], Awaitable[Condition]]


@asynccontextmanager
async def listening(listen: str, answers: Answers) -> AsyncGenerator[str]:
    """Serve on `listen` (`address:port`, port 0 for any free one) and hand out the base URL.

    AddressUnavailableError when it cannot be listened on.
    """
    runner = web.AppRunner(_application(answers), access_log=None, shutdown_timeout=_SHUTDOWN_S)
    await runner.setup()
    try:
        host, _, port = listen.rpartition(":")
        await _bind(runner, host=host.strip("[]"), port=int(port), listen=listen)
        yield f"http://{host}:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


async def _bind(runner: web.AppRunner, *, host: str, port: int, listen: str) -> None:
    try:
        await web.TCPSite(runner, host, port).start()
    except OSError as error:
        reason = os.strerror(error.errno).lower() if error.errno and error.errno > 0 else str(error)
        raise AddressUnavailableError(
            f"Metrics cannot be offered on {listen}: {reason}.",
            hint="End what listens there, or name another address and port in metrics.listen.",
        ) from error


def _application(answers: Answers) -> web.Application:
    async def metrics(request: web.Request) -> web.Response:
        page = await answers.metrics(request.headers.get("Accept", ""))
        return web.Response(body=page.body, headers={"Content-Type": page.content_type})

    async def health(_request: web.Request) -> web.Response:
        return _told(await answers.health())

    async def ready(_request: web.Request) -> web.Response:
        return _told(await answers.ready())

    application = web.Application()
    application.add_routes([web.get("/metrics", metrics), web.get("/health", health), web.get("/ready", ready)])
    return application


def _told(condition: Condition) -> web.Response:
    told = {"status": "ok" if condition.holds else "failing", **dict(condition.parts)}
    # the same question has another answer in a second
    return web.json_response(told, status=200 if condition.holds else 503, headers={"Cache-Control": "no-store"})
