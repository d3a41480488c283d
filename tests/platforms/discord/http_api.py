"""The HTTP API: each call is checked as Discord checks it, done or refused, remembered, broken when told to."""

import asyncio
import json
from collections.abc import Callable
from typing import Any

from aiohttp import BodyPartReader, web

from tests.platforms.discord import published
from tests.platforms.discord.call import Answer, Call, Desk, Handler, RefusedError, Upload, malformed
from tests.platforms.discord.catalogue import Route, route_of
from tests.platforms.discord.faults import Fault, Faults, When
from tests.platforms.discord.methods import channels, commands, interactions, people, posting
from tests.platforms.discord.rates import Rates, Verdict

PREFIX = "/api/v10"
HANDLERS: dict[str, Handler] = {
    **posting.HANDLERS,
    **channels.HANDLERS,
    **interactions.HANDLERS,
    **commands.HANDLERS,
    **people.HANDLERS,
}
_ABSENT = {"code": 0, "message": "404: Not Found"}
_UNAUTHORIZED = {"code": 0, "message": "401: Unauthorized"}


class HttpApi:
    """Answers `/api/v10/…`. `violations` are the requests that no app should ever send."""

    def __init__(
        self,
        *,
        desk: Desk,
        rates: Rates,
        faults: Faults,
        token: Callable[[], str],
        gateway_url: Callable[[], str],
        checks_answers: bool,
    ) -> None:
        self._desk, self._rates, self._faults = desk, rates, faults
        self._token, self._gateway_url, self._checks_answers = token, gateway_url, checks_answers
        self.calls: list[Call] = []
        self.violations: list[str] = []
        self.rate_limited: list[Call] = []

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """One call."""
        path = request.raw_path.partition("?")[0].removeprefix(PREFIX)
        found = route_of(request.method, path)
        if found is None:
            self.violations.append(f"{request.method} {path}: we do not simulate this call")
            return _json(_ABSENT, 404)
        route, arguments = found
        try:
            body, files = await _body_of(request)
        except ValueError as wrong:
            self.violations.append(f"{route.name}: {wrong}")
            return _json({"code": 50109, "message": "The request body contains invalid JSON."}, 400)
        now = self._desk.world.now()
        call = Call(method=route.name, arguments=arguments, query=dict(request.query), body=body, at=now, files=files)
        self.calls.append(call)
        self._check_headers(call, request, route)
        authorized = route.open or request.headers.get("Authorization") == f"Bot {self._token()}"
        headers: dict[str, str] = {}
        for when in When:
            fault = self._faults.take(call, when)
            if when is When.AFTER:
                headers = self._do(call, route) if authorized else self._turn_away(call)
                self._desk.world.bell.ring()
            if fault is not None and (broken := await self._strike(fault, call, request)) is not None:
                return broken
        return _json(call.answer, call.status, headers)

    def _turn_away(self, call: Call) -> dict[str, str]:
        call.answer, call.status = _UNAUTHORIZED, 401
        return {}

    def _do(self, call: Call, route: Route) -> dict[str, str]:
        """Answer the call; the headers that tell of its pace."""
        verdict = self._rates.judge(route, call.arguments, renames=_renames(call))
        if verdict.wait_s:
            self.rate_limited.append(call)
            call.status, call.answer = 429, _too_many(verdict.wait_s, verdict.everything)
            return verdict.headers | _limit_headers(verdict)
        try:
            self._check(call, route)
            call.answer = self._answer(call, route)
            call.status = 204 if call.answer is None else 200
            if self._checks_answers:
                self._check_answer(call, route)
        except RefusedError as refused:
            call.status, call.answer = refused.status, refused.answer()
            if refused.defect:
                self._violated(call, str(refused))
        except Exception as mistake:  # ours: the test is to fail with it, not with what the app makes of a 500
            self._violated(call, f"the simulator failed: {mistake!r}")
            raise
        return verdict.headers

    def _answer(self, call: Call, route: Route) -> Answer:
        match route.name:
            case "gateway":
                return {"url": self._gateway_url()}
            case "gateway.bot":
                limit = {"total": 1000, "remaining": 999, "reset_after": 1, "max_concurrency": 1}
                return {"url": self._gateway_url(), "shards": 1, "session_start_limit": limit}
            case name:
                return HANDLERS[name](self._desk, call)

    def _check(self, call: Call, route: Route) -> None:
        for problem in published.query_problems(route.verb, route.path, call.query):
            self._violated(call, problem)
        if unknown := published.unknown_field(route.verb, route.path, call.body):
            if problem := published.body_problem(route.verb, route.path, call.body):
                raise malformed(problem)
            self._violated(call, unknown)

    def _check_answer(self, call: Call, route: Route) -> None:
        if problem := published.answer_problem(route.verb, route.path, call.answer):
            self._violated(call, f"our own answer is wrong: {problem}")

    def _check_headers(self, call: Call, request: web.Request, route: Route) -> None:
        """docs.discord.com/developers/reference: who asks, and what its body is; others are turned away at the door."""
        # discord.py itself does not say so where the path has a token
        if not route.open and not request.headers.get("User-Agent", "").startswith("DiscordBot ("):
            self._violated(call, f"the user agent is {request.headers.get('User-Agent')!r}")
        if call.body is not None and request.content_type not in ("application/json", "multipart/form-data"):
            self._violated(call, f"the body is called {request.content_type!r}")

    def _violated(self, call: Call, what: str) -> None:
        self.violations.append(f"{call.method}: {what} in {json.dumps(call.body, default=str)[:900]}")

    async def _strike(self, fault: Fault, call: Call, request: web.Request) -> web.StreamResponse | None:
        """What the app gets instead of an answer; None when the call just goes on."""
        await asyncio.sleep(fault.delay_s)
        if fault.until is not None:
            await fault.until.wait()
        if fault.reset:
            assert request.transport is not None
            request.transport.abort()
            return web.Response()
        if fault.status == 429:
            self.rate_limited.append(call)
            verdict = Verdict(wait_s=fault.retry_after_s, everything=fault.everything)
            return _json(_too_many(verdict.wait_s, verdict.everything), 429, _limit_headers(verdict))
        if fault.status:
            return web.Response(status=fault.status, text="<html>Something went wrong</html>", content_type="text/html")
        return _json(fault.refused.answer(), fault.refused.status) if fault.refused else None


def _renames(call: Call) -> bool:
    return call.method == "channels.edit" and call.given.get("name") is not None


def _too_many(wait_s: float, everything: bool) -> dict[str, Any]:
    return {"message": "You are being rate limited.", "retry_after": round(wait_s, 3), "global": everything}


def _limit_headers(verdict: Verdict) -> dict[str, str]:
    """`Via` is what libraries tell Discord's own limits from a ban by."""
    scope = {"X-RateLimit-Global": "true"} if verdict.everything else {}
    return scope | {
        "Retry-After": str(max(1, round(verdict.wait_s))),
        "X-RateLimit-Scope": "global" if verdict.everything else "user",
        "Via": "1.1 google",
    }


def _json(answer: Any, status: int, headers: dict[str, str] | None = None) -> web.Response:
    if status == 204:
        return web.Response(status=204, headers=headers)
    # libraries compare the type as a whole: nothing may stand behind it
    kind = {"Content-Type": "application/json"}
    return web.Response(body=json.dumps(answer).encode(), status=status, headers=(headers or {}) | kind)


async def _body_of(request: web.Request) -> tuple[Any, list[Upload]]:
    """The JSON of a call, and the files beside it."""
    if request.content_type != "multipart/form-data":
        text = await request.text()
        return json.loads(text) if text else None, []
    body: Any = None
    files: list[Upload] = []
    async for part in await request.multipart():
        assert isinstance(part, BodyPartReader) and part.name is not None
        if part.name == "payload_json":
            body = json.loads(await part.text())
        else:
            number = int(part.name.removeprefix("files[").removesuffix("]"))
            kind = part.headers.get("Content-Type", "application/octet-stream")
            files.append(Upload(number=number, name=part.filename or "", data=bytes(await part.read()), kind=kind))
    return body, files
