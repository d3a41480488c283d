"""The socket takes whatever comes over it, answers what was kept, and leaves a connection that is none."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from slack_bolt.response import BoltResponse

from adapters.chat.errors import ChatUnavailableError, RateLimitedError
from adapters.slack.socket_mode import SocketMode

pytestmark = pytest.mark.slack
WITHIN_S = 90.0


class Slack:
    """A server whose connections do as `behave` says, and who gives out its address."""

    proxy = None

    def __init__(self, behave: Callable[[web.WebSocketResponse, int], Any]) -> None:
        self._behave = behave
        self.url = ""
        self.opened = 0
        self.errors: list[Exception] = []
        self.answers: list[dict[str, Any]] = []
        self.ended = asyncio.Event()

    async def socket_address(self) -> str:
        if self.errors:
            raise self.errors.pop(0)
        return self.url

    async def connection(self, request: web.Request) -> web.StreamResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        self.opened += 1
        await self._behave(socket, self.opened)
        async for message in socket:
            self.answers.append(json.loads(message.data))
            if self.answers[-1].get("envelope_id") == "last":
                self.ended.set()
        return socket


class Desk:
    """Answers like Bolt: 500 for what it is told to fail."""

    async def answer(self, request: Any) -> BoltResponse:
        if request.body.get("raise"):
            raise RuntimeError("a defect of ours")
        return BoltResponse(status=500 if request.body.get("fail") else 200)


@asynccontextmanager
async def connected(slack: Slack, *, hello_within_s: float = 10.0) -> AsyncIterator[asyncio.Event]:
    app = web.Application()
    app.router.add_get("/link", slack.connection)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    slack.url = f"http://127.0.0.1:{runner.addresses[0][1]}/link"
    ready = asyncio.Event()
    try:
        async with aiohttp.ClientSession() as session:
            socket = SocketMode(slack, session, Desk(), ping_every_s=10, hello_within_s=hello_within_s)
            task = asyncio.create_task(socket.run(ready=ready.set))
            try:
                yield ready
            finally:
                task.cancel()
                await asyncio.wait({task})
    finally:
        await runner.cleanup()


async def test_what_is_no_envelope_is_passed_over_and_what_failed_is_not_answered(caplog):
    async def behave(socket: web.WebSocketResponse, _: int) -> None:
        await socket.send_json({"type": "hello"})
        for odd in ("garbage", "[]", "{}", '{"type": 7}', '{"type": "new_kind"}', "null"):
            await socket.send_str(odd)
        for envelope_id, payload in (("fails", {"fail": 1}), ("raises", {"raise": 1}), ("odd", 7), ("last", {})):
            await socket.send_json({"type": "events_api", "envelope_id": envelope_id, "payload": payload})

    slack = Slack(behave)
    async with asyncio.timeout(WITHIN_S), connected(slack) as ready:
        await ready.wait()
        await slack.ended.wait()

    assert [each["envelope_id"] for each in slack.answers] == ["odd", "last"]
    assert slack.opened == 1
    assert "a defect of ours" in caplog.text


async def test_a_connection_that_never_says_hello_is_left():
    async def behave(socket: web.WebSocketResponse, number: int) -> None:
        if number > 1:
            await socket.send_json({"type": "hello"})

    slack = Slack(behave)
    async with asyncio.timeout(WITHIN_S), connected(slack, hello_within_s=0.1) as ready:
        await ready.wait()

    assert slack.opened > 1


async def test_slack_away_or_asking_for_patience_is_tried_again():
    async def behave(socket: web.WebSocketResponse, _: int) -> None:
        await socket.send_json({"type": "hello"})

    slack = Slack(behave)
    slack.errors = [ChatUnavailableError("away"), RateLimitedError("slower", retry_after_s=0.3)]
    async with asyncio.timeout(WITHIN_S), connected(slack) as ready:
        await ready.wait()

    assert slack.errors == []
