"""A Messages API on loopback that answers by a script: no key, no network, the real agent CLI in front of it."""

import json
from collections.abc import Mapping
from dataclasses import replace
from types import TracebackType
from typing import Self, assert_never, cast
from uuid import uuid4

from aiohttp import web

from bot.demo.scripted import wire
from bot.demo.scripted.conversation import Conversation, conversation
from bot.demo.scripted.turn import Cut, Fault, Held, Reply, Script, ToolUse, Turn, say

MAX_REQUEST_BYTES = 64 * 2**20
SHUTDOWN_S = 1.0


class ScriptedModel:
    """Serves `POST /v1/messages` (streaming and not) and `count_tokens`; anything else is a 404.

    Use as an async context manager; `url` is known inside. `conversations` keeps what
    was asked with tools offered, oldest first.
    Requests without tools are the CLI's own side errands (titles and the like) and get a short answer.
    """

    def __init__(self, script: Script, *, host: str = "127.0.0.1", port: int = 0) -> None:
        self._script = script
        self._host = host
        self._port = port
        self._runner: web.AppRunner | None = None
        self.conversations: list[Conversation] = []

    @property
    def url(self) -> str:
        """Base URL, for `ANTHROPIC_BASE_URL`; known while the server runs."""
        if self._runner is None:
            raise RuntimeError("The scripted model is not running; enter it first.")
        return f"http://{self._host}:{self._runner.addresses[0][1]}"

    async def __aenter__(self) -> Self:
        app = web.Application(client_max_size=MAX_REQUEST_BYTES)
        app.router.add_post("/v1/messages", self._messages)
        app.router.add_post("/v1/messages/count_tokens", _count_tokens)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=SHUTDOWN_S)
        await runner.setup()
        await web.TCPSite(runner, self._host, self._port).start()
        self._runner = runner
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    async def _messages(self, request: web.Request) -> web.StreamResponse:
        raw = await request.text()
        body = cast("Mapping[str, object]", json.loads(raw))
        turn = self._turn(conversation(body))
        while isinstance(turn, Held):
            await turn.until.wait()
            turn = turn.then
        match turn:
            case Fault():
                return _refusal(turn)
            case Cut():
                return await _broken(request, cut=turn, model=str(body.get("model", "")))
            case Reply():
                return await _answer(request, reply=_with_ids(turn), body=body, size=len(raw))
            case _:
                assert_never(turn)

    def _turn(self, asked: Conversation) -> Turn:
        if not asked.tools:
            return say("ok")
        self.conversations.append(asked)
        return self._script(asked)


async def _answer(request: web.Request, *, reply: Reply, body: Mapping[str, object], size: int) -> web.StreamResponse:
    model = str(body.get("model", ""))
    messages = cast("list[object]", body.get("messages", []))
    counted = wire.usage(request_characters=size, reply=reply, continued=len(messages) > 1)
    message_id = f"msg_{uuid4().hex}"
    if not body.get("stream"):
        return web.json_response(wire.document(reply, message_id=message_id, model=model, counted=counted))
    response = await _event_stream(request)
    for event in wire.events(reply, message_id=message_id, model=model, counted=counted):
        await response.write(event)
    await response.write_eof()
    return response


async def _broken(request: web.Request, *, cut: Cut, model: str) -> web.StreamResponse:
    counted = wire.Usage(input_tokens=1, output_tokens=1, cache_creation_input_tokens=0, cache_read_input_tokens=0)
    response = await _event_stream(request)
    whole = list(wire.events(Reply(blocks=cut.blocks), message_id=f"msg_{uuid4().hex}", model=model, counted=counted))
    # All but the two events that end a message.
    for event in whole[:-2]:
        await response.write(event)
    if request.transport is not None:
        request.transport.abort()
    return response


async def _event_stream(request: web.Request) -> web.StreamResponse:
    response = web.StreamResponse(headers={"content-type": "text/event-stream"})
    await response.prepare(request)
    return response


def _refusal(fault: Fault) -> web.Response:
    error = {"type": fault.kind, "message": fault.message}
    return web.json_response({"type": "error", "error": error}, status=fault.status, headers=fault.headers)


async def _count_tokens(request: web.Request) -> web.Response:
    return web.json_response({"input_tokens": len(await request.text()) // wire.CHARACTERS_PER_TOKEN})


def _with_ids(reply: Reply) -> Reply:
    blocks = tuple(
        replace(block, id=f"toolu_{uuid4().hex[:24]}") if isinstance(block, ToolUse) and not block.id else block
        for block in reply.blocks
    )
    return replace(reply, blocks=blocks)
