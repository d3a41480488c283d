"""The Web API over HTTP: each call is checked as Slack checks it, done or refused, remembered, broken when told to."""

import asyncio
import json
from collections.abc import Callable, Mapping
from typing import Any

from aiohttp import web

from tests.platforms.slack import published
from tests.platforms.slack.call import Answer, Call, Desk, Handler, RefusedError
from tests.platforms.slack.catalogue import CHANNEL_SCOPES, METHODS, Method
from tests.platforms.slack.faults import Fault, Faults, When
from tests.platforms.slack.methods import conversations, files, people, posting, streaming, views
from tests.platforms.slack.rates import Rates

HANDLERS: dict[str, Handler] = {
    **posting.HANDLERS,
    **streaming.HANDLERS,
    **conversations.HANDLERS,
    **people.HANDLERS,
    **views.HANDLERS,
    **files.HANDLERS,
}
_STRUCTURED = ("attachments", "blocks", "chunks", "files", "loading_messages", "metadata", "view")
_ALWAYS = {"team_id"}
"""Slack's own libraries add it everywhere."""
_POSTS = ("chat.postMessage", "chat.startStream")


class WebApi:
    """Answers `/api/<method>`. `violations` are the requests that no app should ever send."""

    def __init__(
        self,
        *,
        desk: Desk,
        rates: Rates,
        faults: Faults,
        tokens: Mapping[str, frozenset[str]],
        socket_url: Callable[[], str],
    ) -> None:
        self._desk, self._rates, self._faults = desk, rates, faults
        self._tokens, self._socket_url = tokens, socket_url
        self.calls: list[Call] = []
        self.violations: list[str] = []
        self.rate_limited: list[Call] = []

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """One call."""
        name = request.match_info["method"]
        token, arguments = await _arguments_of(request, METHODS.get(name))
        call = Call(method=name, arguments=arguments, at=self._desk.workspace.now())
        self.calls.append(call)
        for when in When:
            fault = self._faults.take(name, arguments, when)
            if when is When.AFTER:
                self._do(call, token)
            if fault is not None and (broken := await self._strike(fault, call, request)) is not None:
                return broken
        headers = {"Retry-After": str(call.answer.pop("retry_after"))} if call.status == 429 else {}
        if call.answer.get("ok") and (scopes := self._tokens.get(token)):
            headers["X-OAuth-Scopes"] = ",".join(sorted(scopes))
        return web.json_response(call.answer, status=call.status, headers=headers)

    def _do(self, call: Call, token: str) -> None:
        try:
            answer = self._answer(call, token)
        except RefusedError as refused:
            call.answer = {"ok": False, "error": refused.code, **refused.details}
            if refused.defect:
                self._violated(call, f"{refused.code} {refused.details.get('response_metadata', '')}")
            if refused.code == "ratelimited":
                call.status = 429
                self.rate_limited.append(call)
        else:
            call.answer = {"ok": True, **answer}

    def _answer(self, call: Call, token: str) -> Answer:
        method = METHODS.get(call.method)
        if method is None:
            raise RefusedError("unknown_method", defect=True, req_method=call.method)
        self._check_token(token, method, call.arguments)
        self._check_rate(call, method)
        self._check_arguments(call, method)
        if method.app_token:
            return {"url": self._socket_url()}
        return HANDLERS[call.method](self._desk, call.arguments)

    def _check_token(self, token: str, method: Method, arguments: dict[str, Any]) -> None:
        if not token:
            raise RefusedError("not_authed")
        if token not in self._tokens:
            raise RefusedError("invalid_auth")
        if method.app_token != token.startswith("xapp-"):
            raise RefusedError("not_allowed_token_type")
        needed = "connections:write" if method.app_token else method.scope
        if method.reads:
            channel = self._desk.workspace.channels.get(str(arguments.get("channel")))
            needed = f"{CHANNEL_SCOPES[channel.kind if channel else 'channel']}:{method.reads}"
        if needed and needed not in self._tokens[token]:
            raise RefusedError("missing_scope", needed=needed, provided=",".join(sorted(self._tokens[token])))

    def _check_rate(self, call: Call, method: Method) -> None:
        wait_s = self._rates.wait_for_call(call.method, method.tier)
        if not wait_s and call.method in _POSTS:
            wait_s = self._rates.wait_for_post(str(call.arguments.get("channel")))
        if wait_s:
            raise RefusedError("ratelimited", retry_after=wait_s)

    def _check_arguments(self, call: Call, method: Method) -> None:
        given = {name for name, value in call.arguments.items() if value is not None}
        for name in sorted(given - method.required - method.optional - _ALWAYS):
            self._violated(call, f"unknown argument {name}")
        problems = [f"missing required field: {name}" for name in sorted(method.required - given)]
        problems += published.argument_problems(call.method, call.arguments)
        if problems:
            messages = [f"[ERROR] {problem}" for problem in problems]
            raise RefusedError("invalid_arguments", defect=True, response_metadata={"messages": messages})

    def _violated(self, call: Call, what: str) -> None:
        self.violations.append(f"{call.method}: {what} in {json.dumps(call.arguments, default=str)[:600]}")

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
            answer = {"ok": False, "error": "ratelimited"}
            return web.json_response(answer, status=429, headers={"Retry-After": str(fault.retry_after_s)})
        if fault.status:
            return web.Response(status=fault.status, text="<html>Something went wrong</html>", content_type="text/html")
        return web.json_response({"ok": False, "error": fault.error}) if fault.error else None


async def _arguments_of(request: web.Request, method: Method | None) -> tuple[str, dict[str, Any]]:
    """The token and the arguments; where a method knows no JSON, what came as JSON was not said."""
    arguments: dict[str, Any] = dict(request.query)
    if request.content_type == "application/json":
        body = await request.json()
        arguments |= body if method is None or method.json else {}
    elif request.can_read_body:
        arguments |= dict(await request.post())
    for name in _STRUCTURED:
        if isinstance(arguments.get(name), str):
            arguments[name] = _parsed(arguments[name])
    bearer = request.headers.get("Authorization", "").removeprefix("Bearer ")
    return bearer or str(arguments.get("token", "")), {k: v for k, v in arguments.items() if k != "token"}


def _parsed(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text
