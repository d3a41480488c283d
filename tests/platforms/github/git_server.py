"""Git's smart HTTP of the simulated GitHub: the real `git http-backend` behind the check of a token."""

import asyncio
import base64
import os

from aiohttp import web

from tests.platforms.github.faults import Faults, When
from tests.platforms.github.world import Access, Repository, World


class GitServer:
    """Answers `/<owner>/<repo>.git/…` as GitHub does."""

    def __init__(self, world: World, faults: Faults) -> None:
        self._world = world
        self._faults = faults
        self.pushes = 0
        """How many pushes were taken in."""

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """One request of git's."""
        name = f"{request.match_info['owner']}/{request.match_info['repo']}"
        call = f"{request.method} {request.path}"
        fault = self._faults.take(call, When.BEFORE)
        if fault is not None and fault.reset:
            return _broken(request)
        if fault is not None and fault.status:
            return web.Response(status=fault.status, text=fault.words)
        repository = self._world.repository(self._world.renamed.get(name, name))
        refused = self._refusal(request, repository)
        if refused is not None or repository is None:
            return refused or web.Response(status=404, text="Repository not found.")
        repository.keep_pulls()
        answer = await self._backend(request, repository)
        fault = self._faults.take(call, When.AFTER)
        return _broken(request) if fault is not None and fault.reset else answer

    def _refusal(self, request: web.Request, repository: Repository | None) -> web.Response | None:
        access = self._access(request)
        if access is None:
            return web.Response(status=401, headers={"WWW-Authenticate": 'Basic realm="GitHub"'}, text="Who are you?")
        if repository is None or (access.repositories is not None and repository.full_name not in access.repositories):
            return web.Response(status=404, text="Repository not found.")
        writing = "git-receive-pack" in request.path_qs
        if writing and repository.archived:
            return web.Response(status=403, text="This repository was archived so it is read-only.")
        if not access.may("contents=write" if writing else "contents=read"):
            denied = f"Permission to {repository.full_name}.git denied to {access.login}."
            return web.Response(status=403, text=denied)
        return None

    def _access(self, request: web.Request) -> Access | None:
        scheme, _, secret = request.headers.get("Authorization", "").partition(" ")
        if scheme != "Basic":
            return None
        _, _, token = base64.b64decode(secret).decode().partition(":")
        access = self._world.tokens.get(token)
        if access is None or (access.expires_at and access.expires_at <= self._world.now()):
            return None
        return access

    async def _backend(self, request: web.Request, repository: Repository) -> web.Response:
        body = await request.read()
        environment = {
            "PATH": os.environ["PATH"],
            "GIT_PROJECT_ROOT": str(repository.git),
            "GIT_HTTP_EXPORT_ALL": "1",
            "GIT_CONFIG_NOSYSTEM": "1",
            "PATH_INFO": f"/{request.match_info['tail']}",
            "REQUEST_METHOD": request.method,
            "QUERY_STRING": request.query_string,
            "CONTENT_TYPE": request.headers.get("Content-Type", ""),
            "CONTENT_LENGTH": str(len(body)),
            "REMOTE_USER": "somebody",
        }
        process = await asyncio.create_subprocess_exec(
            *("git", "http-backend"),
            env=environment,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
        )
        output, _ = await process.communicate(body)
        head, _, content = output.partition(b"\r\n\r\n")
        headers = dict(line.split(": ", 1) for line in head.decode().split("\r\n"))
        status = int(headers.pop("Status", "200").split(" ")[0])
        if request.method == "POST" and request.path.endswith("git-receive-pack") and status == 200:
            self.pushes += 1
        return web.Response(status=status, headers=headers, body=content)


def _broken(request: web.Request) -> web.Response:
    if request.transport is not None:
        request.transport.abort()
    return web.Response()
