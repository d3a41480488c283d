"""A small app on Slack's own libraries, to prove the simulator with: it remembers what Bolt hands it."""

import asyncio
import re
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response, to_bolt_request
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from tests.platforms.slack.simulator import SlackSimulator

PING_S = 3.0
"""A connection that is silent for four times as long is taken for dead, be it only that the machine is busy."""
_ANY = re.compile(".*")


class BoltApp:
    """Listens to everything; acknowledges nothing while `hears` is not set."""

    def __init__(self, slack: SlackSimulator) -> None:
        self.slack = slack
        self.client = client_of(slack)
        self.app = AsyncApp(client=self.client, signing_secret=slack.signing_secret)
        self.heard: list[tuple[str, dict[str, Any]]] = []
        self.answer: dict[str, Any] = {}
        """What is acknowledged with."""
        self.hears = asyncio.Event()
        self.hears.set()
        for listen in (self.app.command, self.app.action, self.app.view, self.app.shortcut):
            listen(_ANY)(self._heard_from(listen.__name__))
        for event in ("message", "app_mention", "app_home_opened", "agent_session_stopped"):
            self.app.event(event)(self._heard_from(event))

    def of(self, kind: str) -> list[dict[str, Any]]:
        """What came of this kind."""
        return [body for each, body in self.heard if each == kind]

    @asynccontextmanager
    async def on_sockets(self, *, ping_s: float = PING_S) -> AsyncGenerator["BoltApp"]:
        """Listen in Socket Mode."""
        handler = AsyncSocketModeHandler(
            self.app, self.slack.app_token, web_client=client_of(self.slack), ping_interval=ping_s
        )
        await handler.connect_async()
        await self.slack.connected()
        try:
            yield self
        finally:
            await handler.close_async()

    @asynccontextmanager
    async def on_http(self) -> AsyncGenerator["BoltApp"]:
        """Listen to Slack's requests."""

        async def received(request: web.Request) -> web.Response:
            return await to_aiohttp_response(await self.app.async_dispatch(await to_bolt_request(request)))

        server = web.Application()
        server.router.add_post("/slack/events", received)
        runner = web.AppRunner(server)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        await self.slack.use_http(f"http://127.0.0.1:{runner.addresses[0][1]}/slack/events")
        try:
            yield self
        finally:
            await self.slack.quiet()
            await runner.cleanup()

    def _heard_from(self, kind: str) -> Any:
        async def listener(ack: AsyncAck, body: dict[str, Any]) -> None:
            self.heard.append((kind, body))
            await self.hears.wait()
            await ack(**self.answer)

        return listener


def client_of(slack: SlackSimulator) -> AsyncWebClient:
    """Slack's own client, with the app's token; it tries nothing again by itself."""
    return AsyncWebClient(token=slack.bot_token, base_url=slack.api_url, retry_handlers=[])
