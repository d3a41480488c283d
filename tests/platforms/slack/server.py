"""The HTTP server of the simulator: the Web API, the sockets, uploads and response addresses on one loopback port."""

import socket
from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import BodyPartReader, web

from tests.platforms.slack.message import Message
from tests.platforms.slack.methods.posting import checked_blocks
from tests.platforms.slack.workspace import BOT_USER, Workspace

Handle = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Server:
    """Has its port from the beginning, and listens from `start` to `close`."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._socket = socket.socket()
        self._socket.bind(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._socket.getsockname()[1]}"
        self._runner: web.AppRunner | None = None

    async def start(self, api: Handle, link: Handle) -> None:
        """Listen."""
        app = web.Application(client_max_size=50 << 20)
        app.router.add_route("*", "/api/{method}", api)
        app.router.add_get("/link", link)
        app.router.add_post("/upload/{file}", self._upload)
        app.router.add_post("/response/{channel}/{ts}", self._response)
        self._runner = web.AppRunner(app, shutdown_timeout=1.0)
        await self._runner.setup()
        await web.SockSite(self._runner, self._socket).start()

    async def close(self) -> None:
        """Stop listening and end what is open."""
        if self._runner is not None:
            await self._runner.cleanup()
        self._socket.close()

    async def _upload(self, request: web.Request) -> web.Response:
        file = self._workspace.files.get(request.match_info["file"])
        if file is None:
            return web.Response(status=404)
        file.data = await _body_of(request)
        return web.Response(text=f"OK - {len(file.data)}")

    async def _response(self, request: web.Request) -> web.Response:
        """An answer by response_url: to the one who asked unless it says in_channel."""
        said: dict[str, Any] = await request.json()
        channel, ts = request.match_info["channel"], request.match_info["ts"]
        shown = self._workspace.messages.get((channel, ts))
        if shown is not None and said.get("delete_original"):
            shown.deleted = True
        elif shown is not None and said.get("replace_original"):
            shown.text, shown.blocks = str(said.get("text", "")), checked_blocks(said.get("blocks"))
        else:
            private = said.get("response_type", "ephemeral") == "ephemeral"
            message = Message(
                channel=channel,
                ts=self._workspace.ts(),
                user=BOT_USER,
                by_app=True,
                text=str(said.get("text", "")),
                blocks=checked_blocks(said.get("blocks")),
                only_for="whoever asked" if private else "",
            )
            self._workspace.keep(message)
        self._workspace.bell.ring()
        return web.Response(text="ok")


async def _body_of(request: web.Request) -> bytes:
    if request.content_type != "multipart/form-data":
        return await request.read()
    field = await (await request.multipart()).next()
    return bytes(await field.read()) if isinstance(field, BodyPartReader) else b""
