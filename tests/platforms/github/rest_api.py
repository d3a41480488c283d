"""The REST API of the simulated GitHub: who asks, whether they may, whether it is as described, and the answer."""

import hashlib
import json
import re
from dataclasses import dataclass
from typing import Any

import jwt
from aiohttp import web

from tests.platforms.github import published
from tests.platforms.github.call import NOT_FOUND, Answer, Call, RefusedError
from tests.platforms.github.faults import Fault, Faults, When
from tests.platforms.github.methods import Operation
from tests.platforms.github.operations import OPERATIONS
from tests.platforms.github.world import Access, Repository, World

PREFIX = "/api/v3"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A call as it came in."""

    method: str
    path: str
    query: dict[str, str]
    body: Any
    token: str


class RestApi:
    """Answers everything under /api/v3."""

    def __init__(self, world: World, faults: Faults, *, web_url: str) -> None:
        self._world = world
        self._faults = faults
        self._web_url = web_url
        self.app_id, self.app_key = "", ""
        """Id and public key of the installed App."""
        self.asked: list[Asked] = []
        self.violations: list[str] = []
        self.unchanged = 0
        """How many answers said that nothing had changed."""
        self.always: dict[str, str] = {}
        """Headers of every answer."""

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """One call, with the faults that are due."""
        path = request.path.removeprefix(PREFIX)
        raw = await request.read()
        body = json.loads(raw) if raw else None
        token = request.headers.get("Authorization", "").partition(" ")[2]
        query = dict(request.query)
        self.asked.append(Asked(method=request.method, path=path, query=query, body=body, token=token))
        fault = self._faults.take(f"{request.method} {path}", When.BEFORE)
        if fault is not None and (answer := await _struck(fault, request)) is not None:
            return answer
        answered = self._answer(request, path, query=query, body=body, token=token)
        fault = self._faults.take(f"{request.method} {path}", When.AFTER)
        if fault is not None and (answer := await _struck(fault, request)) is not None:
            return answer
        if answered.text is not None:
            return web.Response(text=answered.text, status=answered.status, headers=answered.headers)
        return self._marked(request, answered)

    def _marked(self, request: web.Request, answered: Answer) -> web.Response:
        """With its mark; and nothing but that when the caller has it already."""
        text = json.dumps(answered.body)
        headers = dict(answered.headers)
        if request.method == "GET" and answered.status == 200:
            headers |= {"ETag": f'W/"{hashlib.sha256(text.encode()).hexdigest()[:32]}"', **self.always}
            if request.headers.get("If-None-Match") == headers["ETag"]:
                self.unchanged += 1
                return web.Response(status=304, headers=headers)
        return web.Response(text=text, status=answered.status, headers=headers, content_type="application/json")

    async def graphql(self, request: web.Request) -> web.StreamResponse:
        """The one mutation that is used: a draft becomes ready."""
        said = await request.json()
        token = request.headers.get("Authorization", "").partition(" ")[2]
        self.asked.append(Asked(method="POST", path="/graphql", query={}, body=said, token=token))
        if "markPullRequestReadyForReview(input: {pullRequestId: $id})" not in said["query"]:
            self.violations.append(f"unknown query {said['query']}")
        if token not in self._world.tokens:
            return web.json_response({"message": "Bad credentials"}, status=401)
        _, repository, number = said["variables"]["id"].split("_")
        found = next(each for each in self._world.repositories.values() if each.id == int(repository))
        if not self._world.tokens[token].may("pull_requests=write"):
            error = {"type": "FORBIDDEN", "message": "Resource not accessible by personal access token"}
            return web.json_response({"data": None, "errors": [error]})
        pull = found.tickets[int(number)].pull
        assert pull is not None
        pull.draft = False
        return web.json_response({"data": {"markPullRequestReadyForReview": {"pullRequest": {"isDraft": False}}}})

    def _answer(self, request: web.Request, path: str, *, query: dict[str, str], body: Any, token: str) -> Answer:
        moved = self._moved(request.method, path)
        if moved is not None:
            return moved
        path = self._by_id(path)
        for operation in OPERATIONS:
            found = re.fullmatch(_expression(operation.path), path)
            if found and operation.method == request.method:
                names = found.groupdict()
                return self._do(operation, names, query=query, body=body, token=token, accept=request.headers["Accept"])
        self.violations.append(f"no such operation: {request.method} {path}")
        return Answer(status=404, body={"message": NOT_FOUND})

    def _do(
        self, operation: Operation, names: dict[str, str], *, query: dict[str, str], body: Any, token: str, accept: str
    ) -> Answer:
        self.violations += published.request_problems(operation.method, operation.path, query=query, body=body)
        try:
            access = self._app(token) if operation.by_app else self._access(token)
            call = Call(
                world=self._world,
                web_url=self._web_url,
                access=access,
                names=names,
                query=query,
                body=body or {},
                raw="raw" in accept,
                in_repository=self._admitted(operation, names, access),
            )
            answer = operation.do(call)
        except RefusedError as refusal:
            hints = _hints(operation, self._world.tokens.get(token))
            return Answer(status=refusal.status, body=refusal.body, headers=hints)
        if answer.text is None and operation.described:
            answer.body = self._complete(operation, answer)
        return answer

    def _admitted(self, operation: Operation, names: dict[str, str], access: Access) -> Repository | None:
        """The repository that is asked for; RefusedError when the token does not see it, or may not do this there."""
        if "owner" not in names:
            return None
        repository = self._world.repository(f"{names['owner']}/{names['repo']}")
        if repository is None or not _sees(access, repository.full_name):
            raise RefusedError(404, NOT_FOUND)
        if not any(map(access.may, operation.needs)):
            raise RefusedError(403, "Resource not accessible by personal access token")
        if operation.method != "GET" and repository.archived:
            raise RefusedError(403, "Repository was archived so is read-only.")
        return repository

    def _complete(self, operation: Operation, answer: Answer) -> Any:
        schema = published.answer_schema(operation.method, operation.path, status=answer.status)
        if schema is None:
            return answer.body
        body = published.completed(answer.body, schema)
        self.violations += published.answer_problems(operation.method, operation.path, status=answer.status, body=body)
        return body

    def _access(self, token: str) -> Access:
        access = self._world.tokens.get(token)
        if access is None or (access.expires_at and access.expires_at <= self._world.now()):
            raise RefusedError(401, "Bad credentials")
        return access

    def _app(self, token: str) -> Access:
        try:
            jwt.decode(token, self.app_key, algorithms=["RS256"], issuer=self.app_id)
        except jwt.PyJWTError as error:
            raise RefusedError(401, "A JSON web token could not be decoded") from error
        return Access(login="app")

    def _moved(self, method: str, path: str) -> Answer | None:
        found = re.match(r"/repos/([^/]+/[^/]+)(.*)", path)
        if found is None or found[1] not in self._world.renamed:
            return None
        target = self._world.repositories[self._world.renamed[found[1]]]
        where = f"{self._web_url}{PREFIX}/repositories/{target.id}{found[2]}"
        body = {"message": "Moved Permanently", "url": where}
        return Answer(status=301 if method == "GET" else 307, body=body, headers={"Location": where})

    def _by_id(self, path: str) -> str:
        found = re.match(r"/repositories/(\d+)(.*)", path)
        if found is None:
            return path
        repository = next(each for each in self._world.repositories.values() if each.id == int(found[1]))
        return f"/repos/{repository.full_name}{found[2]}"


def _expression(template: str) -> str:
    """`ref` and `path` may hold slashes, except where more follows."""
    if "/commits/" in template:
        return re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", template)
    return re.sub(
        r"\{(\w+)\}", lambda m: f"(?P<{m[1]}>{'.+' if m[1] in ('ref', 'path', 'basehead') else '[^/]+'})", template
    )


def _sees(access: Access, full_name: str) -> bool:
    return access.repositories is None or full_name in access.repositories


def _hints(operation: Operation, access: Access | None) -> dict[str, str]:
    """GitHub says with each answer what the call takes."""
    if access is not None and access.scopes is not None:
        return {"X-OAuth-Scopes": access.scopes, "X-Accepted-OAuth-Scopes": "repo"}
    return {"X-Accepted-GitHub-Permissions": "; ".join(operation.needs)} if operation.needs else {}


async def _struck(fault: Fault, request: web.Request) -> web.Response | None:
    if fault.until is not None:
        await fault.until.wait()
        return None
    if fault.reset:
        if request.transport is not None:
            request.transport.abort()
        return web.Response()
    if fault.page is not None:
        return web.Response(status=fault.status, text=fault.page, content_type="text/html")
    return web.json_response({"message": fault.words}, status=fault.status, headers=fault.headers)
