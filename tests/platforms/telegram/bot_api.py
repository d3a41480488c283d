"""The Bot API over HTTP: each call is checked as Telegram does it, done or refused, remembered, broken when told to."""

import asyncio
import json
import re
from typing import Any

from aiohttp import web

from tests.platforms.telegram import arguments as given
from tests.platforms.telegram import published
from tests.platforms.telegram.call import Call, RefusedError
from tests.platforms.telegram.desk import Desk, Handler
from tests.platforms.telegram.faults import Fault, Faults, When
from tests.platforms.telegram.message import Json
from tests.platforms.telegram.methods import answering, chats, commands, editing, listening, sending, topics
from tests.platforms.telegram.rates import Rates
from tests.platforms.telegram.webhook import Webhook

_TOKEN = re.compile(r"\d+:[\w-]{3,}")
_RICH = frozenset(("sendRichMessage", "sendRichMessageDraft"))
_PACED_NAMES = """
    sendMessage sendRichMessage sendDocument sendPhoto editMessageText editMessageCaption
    editMessageReplyMarkup
"""
_PACED = frozenset(_PACED_NAMES.split())
"""What flood control counts."""


class BotApi:
    """Answers `/bot<token>/<method>`. `violations` are the requests that no bot should ever send."""

    def __init__(self, *, desk: Desk, rates: Rates, faults: Faults, token: str, webhook: Webhook) -> None:
        self._desk, self._rates, self._faults, self._token = desk, rates, faults, token
        self.calls: list[Call] = []
        """Every call but getUpdates."""
        self.violations: list[str] = []
        self.flooded: list[Call] = []
        """What was refused because it came too fast."""
        self._handlers: dict[str, Handler] = {
            **sending.HANDLERS,
            **editing.HANDLERS,
            **chats.HANDLERS,
            **topics.HANDLERS,
            **commands.HANDLERS,
            **answering.HANDLERS,
            **listening.handlers(webhook),
        }
        self._names = {each.lower(): each for each in (*self._handlers, "getUpdates")}

    @property
    def handled(self) -> set[str]:
        """The names of all methods that are answered."""
        return set(self._names.values())

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """One call."""
        asked = request.match_info["method"]
        name = self._names.get(asked.lower(), asked)
        call = Call(method=name, arguments=await given.read(request), at=self._desk.world.now())
        if name != "getUpdates":
            self.calls.append(call)
        for when in When:
            fault = self._faults.take(name, call.arguments, when)
            if when is When.AFTER:
                try:
                    await self._do(call, request)
                except ConnectionResetError:
                    return _cut(request)
            if fault is not None and (broken := await self._strike(fault, call, request)) is not None:
                return broken
        self._desk.world.bell.ring()
        return web.json_response(call.answer, status=call.status)

    async def download(self, request: web.Request) -> web.Response:
        """A file, by the path that getFile told."""
        files = {each.path: each for each in self._desk.world.files.values()}
        file = files.get(request.match_info["path"])
        if request.match_info["token"] != self._token or file is None:
            return web.json_response(_refusal(RefusedError("Not Found", code=404)), status=404)
        return web.Response(body=file.data, content_type=file.mime_type)

    async def _do(self, call: Call, request: web.Request) -> None:
        try:
            result = await self._answer(call, request)
        except RefusedError as refused:
            call.answer, call.status = _refusal(refused), refused.code
            if refused.defect:
                self._violated(call, refused.description)
            if refused.code == 429:
                self.flooded.append(call)
        else:
            call.answer = {"ok": True, "result": result}

    async def _answer(self, call: Call, request: web.Request) -> Any:
        self._check_token(request.match_info["token"])
        if call.method not in self._names.values() or (call.method in _RICH and not self._desk.rich):
            raise RefusedError("Not Found", code=404, defect=call.method not in _RICH)
        call.arguments = given.unpack(call.arguments)
        self._check_arguments(call)
        if call.method == "getUpdates":
            return await self._polled(call, request)
        self._check_rate(call)
        return self._handlers[call.method](self._desk, call.arguments)

    async def _polled(self, call: Call, request: web.Request) -> list[Json]:
        transport = request.transport
        assert transport is not None
        asked = listening.poll_of(self._desk, call.arguments)
        return await self._desk.updates.poll(**asked, alive=lambda: not transport.is_closing())

    def _check_token(self, token: str) -> None:
        if not _TOKEN.fullmatch(token):
            raise RefusedError("Not Found", code=404)
        if token != self._token:
            raise RefusedError("Unauthorized", code=401)

    def _check_arguments(self, call: Call) -> None:
        for unknown in published.unknown_arguments(call.method, call.arguments):
            self._violated(call, unknown)
        if problems := published.argument_problems(call.method, call.arguments):
            raise RefusedError("; ".join(problems), defect=True)

    def _check_rate(self, call: Call) -> None:
        number = str(call.arguments.get("chat_id", ""))
        if call.method not in _PACED or not number.removeprefix("-").isdecimal():
            return
        wait_s = self._rates.wait_for(int(number), group=int(number) < 0)
        if wait_s:
            raise RefusedError(f"Too Many Requests: retry after {wait_s}", code=429, retry_after=wait_s)

    def _violated(self, call: Call, what: str) -> None:
        self.violations.append(f"{call.method}: {what} in {json.dumps(call.arguments, default=str)[:600]}")

    async def _strike(self, fault: Fault, call: Call, request: web.Request) -> web.StreamResponse | None:
        """What the bot gets instead of an answer; None when the call just goes on."""
        await asyncio.sleep(fault.delay_s)
        if fault.until is not None:
            await fault.until.wait()
        if fault.reset:
            return _cut(request)
        if fault.status == 429:
            self.flooded.append(call)
            wait_s = fault.retry_after_s
            refused = RefusedError(f"Too Many Requests: retry after {wait_s}", code=429, retry_after=wait_s)
            return web.json_response(_refusal(refused), status=429)
        if fault.error:
            answer = {"ok": False, "error_code": fault.status, "description": fault.error}
            return web.json_response(answer, status=fault.status)
        if fault.status:
            return web.Response(status=fault.status, text="<html>Bad Gateway</html>", content_type="text/html")
        return None


def _refusal(refused: RefusedError) -> Json:
    answer: Json = {"ok": False, "error_code": refused.code, "description": refused.description}
    return answer | ({"parameters": refused.parameters} if refused.parameters else {})


def _cut(request: web.Request) -> web.Response:
    """Break the connection without an answer."""
    if request.transport is not None:
        request.transport.abort()
    return web.Response()
