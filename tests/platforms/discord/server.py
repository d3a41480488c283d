"""The server of the simulator: the HTTP API, the gateway and the files on one loopback port."""

import socket
from collections.abc import Awaitable, Callable

from aiohttp import web

from tests.platforms.discord.http_api import PREFIX
from tests.platforms.discord.world import World

Handle = Callable[[web.Request], Awaitable[web.StreamResponse]]
_LARGEST = 64 << 20


class Server:
    """Has its port from the beginning, and listens from `start` to `close`."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._socket = socket.socket()
        self._socket.bind(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._socket.getsockname()[1]}"
        self._runner: web.AppRunner | None = None

    @property
    def gateway_url(self) -> str:
        """Where the gateway is, ending in a slash."""
        return f"{self.url.replace('http', 'ws', 1)}/gateway/"

    async def start(self, api: Handle, gateway: Handle) -> None:
        """Listen."""
        app = web.Application(client_max_size=_LARGEST)
        app.router.add_route("*", PREFIX + "/{path:.*}", api)
        app.router.add_get("/gateway/", gateway)
        app.router.add_get("/gateway", gateway)
        app.router.add_get("/attachments/{channel}/{file}/{name}", self._file)
        self._runner = web.AppRunner(app, shutdown_timeout=1.0)
        await self._runner.setup()
        await web.SockSite(self._runner, self._socket).start()

    async def close(self) -> None:
        """Stop listening and end what is open."""
        if self._runner is not None:
            await self._runner.cleanup()
        self._socket.close()

    async def _file(self, request: web.Request) -> web.Response:
        file = self._world.files.get(request.match_info["file"])
        if file is None:
            return web.Response(status=404)
        return web.Response(body=file.data, headers={"Content-Type": file.kind})
