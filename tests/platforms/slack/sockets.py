"""Socket Mode: the WebSockets of the app, what goes over them, and how they break."""

import asyncio
import json
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from aiohttp import WSMessage, WSMsgType, web

from tests.platforms.slack.envelope import Envelope
from tests.platforms.slack.workspace import APP, Bell


@dataclass(slots=True, kw_only=True)
class _Socket:
    response: web.WebSocketResponse
    transport: asyncio.Transport
    silent: bool = False
    """Slack thinks it is there, but nothing goes through in either direction."""
    waiting: dict[str, asyncio.Future[Any]] = field(default_factory=dict[str, asyncio.Future[Any]])
    """For acknowledgements, by the envelope's id on the wire."""

    def lose(self) -> None:
        """Nobody will acknowledge anything here any more."""
        for future in self.waiting.values():
            if not future.done():
                future.set_exception(ConnectionError("connection_lost"))


class Sockets:
    """The open connections, each as `/link`. A ticket from apps.connections.open opens one."""

    def __init__(self, *, bell: Bell, base_url: str, ack_within_s: float) -> None:
        self._bell, self._base_url, self._ack_within_s = bell, base_url, ack_within_s
        self._open: list[_Socket] = []
        self._tickets: set[str] = set()
        self._numbers = count(1)
        self._next = 0
        self._refusals = 0
        self.opened = 0
        """How many connections there ever were."""
        self.late: list[str] = []
        """Ids of envelopes that were acknowledged too late."""

    @property
    def connected(self) -> bool:
        """Whether Slack thinks that the app listens."""
        return bool(self._open)

    @property
    def healthy(self) -> int:
        """How many connections really work."""
        return sum(not socket.silent for socket in self._open)

    def new_url(self) -> str:
        """The address for one more connection."""
        ticket = f"ticket-{next(self._numbers)}"
        self._tickets.add(ticket)
        return f"{self._base_url.replace('http', 'ws', 1)}/link?ticket={ticket}&app_id={APP}"

    def refuse(self, times: int = 1) -> None:
        """The next connections are not let in."""
        self._refusals += times

    async def drop(self) -> None:
        """Every connection breaks without a word, as when a cable is pulled."""
        for socket in list(self._open):
            self._open.remove(socket)
            socket.transport.abort()

    async def close(self) -> None:
        """Every connection is closed politely."""
        for socket in list(self._open):
            await socket.response.close()

    def go_silent(self) -> None:
        """Every connection that is open now stays open, and is dead: no pong, no event, no acknowledgement."""
        for socket in self._open:
            socket.silent = True

    async def refresh(self, reason: str = "refresh_requested") -> None:
        """Slack asks the app to connect anew, as it does every few hours, and then closes the old connections."""
        goodbye = {"type": "disconnect", "reason": reason, "debug_info": {"host": "applink"}}
        for socket in list(self._open):
            await socket.response.send_json(goodbye)
            self._open.remove(socket)

    async def send(self, envelope: Envelope) -> Any:
        """Put an envelope through one connection and return the acknowledgement's payload.

        ConnectionError without a connection, TimeoutError without an acknowledgement in time.
        """
        if not self._open:
            raise ConnectionError
        self._next += 1
        socket = self._open[self._next % len(self._open)]
        wire_id = f"{envelope.id}.{envelope.attempts}"
        acknowledged = socket.waiting[wire_id] = asyncio.get_running_loop().create_future()
        try:
            if not socket.silent:
                await socket.response.send_json(_wire(envelope, wire_id))
            return await asyncio.wait_for(acknowledged, self._ack_within_s)
        finally:
            del socket.waiting[wire_id]

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """One connection, as long as it lives."""
        ticket = request.query.get("ticket", "")
        if ticket not in self._tickets or self._refusals:
            self._refusals = max(0, self._refusals - 1)
            return web.Response(status=408 if ticket in self._tickets else 404)
        self._tickets.discard(ticket)  # an address works once
        response = web.WebSocketResponse(autoping=False)
        await response.prepare(request)
        assert request.transport is not None
        socket = _Socket(response=response, transport=request.transport)
        self._open.append(socket)
        self.opened += 1
        hello = {"type": "hello", "num_connections": len(self._open), "connection_info": {"app_id": APP}}
        await response.send_json(hello | {"debug_info": {"host": "applink", "approximate_connection_time": 18060}})
        self._bell.ring()
        try:
            async for message in response:
                if not socket.silent:
                    await self._heard(socket, message)
        finally:
            if socket in self._open:
                self._open.remove(socket)
            socket.lose()
            self._bell.ring()
        return response

    async def _heard(self, socket: _Socket, message: WSMessage) -> None:
        if message.type == WSMsgType.PING:
            await socket.response.pong(message.data)
        elif message.type == WSMsgType.TEXT and message.data.startswith("{"):
            said = json.loads(message.data)
            wire_id = said.get("envelope_id", "")
            future = socket.waiting.get(wire_id)
            if future is None:
                self.late.append(wire_id.rpartition(".")[0])
                self._bell.ring()
            elif not future.done():
                future.set_result(said.get("payload"))


def _wire(envelope: Envelope, wire_id: str) -> dict[str, Any]:
    wire: dict[str, Any] = {
        "envelope_id": wire_id,
        "type": envelope.kind,
        "payload": envelope.payload,
        "accepts_response_payload": envelope.kind != "events_api",
    }
    if envelope.retries:
        wire |= {"retry_attempt": envelope.attempts - 1, "retry_reason": "timeout" if envelope.attempts > 1 else ""}
    return wire
