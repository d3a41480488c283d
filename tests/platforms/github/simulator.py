"""A GitHub to test against: its REST API and git's smart HTTP on a loopback port, real repositories, faults at will."""

from __future__ import annotations

import socket
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from types import TracebackType

from aiohttp import web

from tests.platforms.github.faults import Faults
from tests.platforms.github.git_server import GitServer
from tests.platforms.github.hooks import Hooks
from tests.platforms.github.rest_api import PREFIX, RestApi
from tests.platforms.github.world import Access, World

TOKEN = "github_pat_simulated0secret"


class GitHubSimulator:
    """`async with` starts it, and leaving fails when a request or an answer was not as GitHub describes them.

    The adapter is configured with `api_url` and `token`. `folder` holds the bare repositories.
    """

    def __init__(self, *, folder: Path, now: Callable[[], datetime]) -> None:
        self._socket = socket.socket()
        self._socket.bind(("127.0.0.1", 0))
        self.web_url = f"http://127.0.0.1:{self._socket.getsockname()[1]}"
        self.api_url = f"{self.web_url}{PREFIX}"
        self.token = TOKEN
        self.world = World(folder, now)
        self.world.tokens[TOKEN] = Access()
        self.faults = Faults()
        self.api = RestApi(self.world, self.faults, web_url=self.web_url)
        self.git = GitServer(self.world, self.faults)
        self.hooks = Hooks()
        self._runner: web.AppRunner | None = None

    @property
    def access(self) -> Access:
        """What the token may do."""
        return self.world.tokens[TOKEN]

    def calls(self, method: str = "", path: str = "") -> list[str]:
        """The calls so far, as `METHOD /path`, those with `path` in them."""
        asked = [f"{each.method} {each.path}" for each in self.api.asked]
        return [each for each in asked if each.startswith(method) and path in each]

    async def __aenter__(self) -> GitHubSimulator:
        app = web.Application(client_max_size=50 << 20)
        app.router.add_post("/api/graphql", self.api.graphql)
        app.router.add_route("*", f"{PREFIX}/{{tail:.*}}", self.api.handle)
        app.router.add_get("/signed/logs/{id}", self._log)
        app.router.add_route("*", "/{owner}/{repo}.git/{tail:.*}", self.git.handle)
        self._runner = web.AppRunner(app, shutdown_timeout=1.0)
        await self._runner.setup()
        await web.SockSite(self._runner, self._socket).start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.faults.clear()
        if self._runner is not None:
            await self._runner.cleanup()
        self._socket.close()
        if error is None:
            assert self.api.violations == [], "\n".join(self.api.violations)

    async def _log(self, request: web.Request) -> web.Response:
        """Where logs are kept: the address says who may read it, and a token has no business there."""
        if "Authorization" in request.headers:
            self.api.violations.append("a token was sent to where logs are kept")
        runs = [each for repository in self.world.repositories.values() for each in repository.checks]
        found = next(each for each in runs if each.id == int(request.match_info["id"]))
        return web.Response(text=found.log or "")
