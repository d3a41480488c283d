"""The wire to Discord's HTTP API: one request goes out, one answer comes back, and nothing is tried twice."""

import json
from collections.abc import AsyncGenerator, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from typing import Protocol, cast

import aiohttp

from adapters.discord.settings import DiscordSettings

_IDLE_S = 15.0
"""How long an unused connection is kept: shorter than Discord keeps it, so that no call meets one just closed."""
_UPLOAD_S = 60.0
"""The longest a request with a file may take."""
_AGENT = "DiscordBot (https://github.com/Rapptz/discord.py, 2.7) orchestrator"
"""Discord asks for this form (page: Reference, user agent); other ones its gatekeeper may turn away."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Attached:
    """A file that goes with a request."""

    name: str
    data: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One call; `path` begins with a slash, `json` is what its body holds (None for no body)."""

    method: str
    path: str
    json: object = None
    query: Mapping[str, str] = field(default_factory=dict[str, str])
    files: tuple[Attached, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What came back; `body` is its JSON, its text where it is none, and None where it is empty."""

    status: int
    body: object = None
    headers: Mapping[str, str] = field(default_factory=dict[str, str])


class Wire(Protocol):
    """Carries requests; what it raises are aiohttp's errors, TimeoutError and OSError."""

    async def send(self, request: Request) -> Answer: ...


class Line(Wire, Protocol):
    """A wire that can be held open."""

    def connected(self) -> AbstractAsyncContextManager[None]:
        """While this is open, requests share their connections."""
        ...


class HttpWire:
    """The real one, by aiohttp."""

    def __init__(self, settings: DiscordSettings) -> None:
        self._base = settings.base_url
        self._token = settings.bot_token
        self._timeout_s = settings.call_timeout_s
        self._session: aiohttp.ClientSession | None = None

    @asynccontextmanager
    async def connected(self) -> AsyncGenerator[None]:
        """While this is open, requests share their connections; before and after it each opens one of its own."""
        connector = aiohttp.TCPConnector(keepalive_timeout=_IDLE_S)
        async with aiohttp.ClientSession(connector=connector, trust_env=True) as session:
            self._session = session
            try:
                yield
            finally:
                self._session = None

    async def send(self, request: Request) -> Answer:
        """Send it, within the time a call may take."""
        if self._session is not None and not self._session.closed:
            return await self._send(self._session, request)
        async with aiohttp.ClientSession(trust_env=True) as alone:
            return await self._send(alone, request)

    async def _send(self, session: aiohttp.ClientSession, request: Request) -> Answer:
        total_s = _UPLOAD_S if request.files else self._timeout_s
        async with session.request(
            request.method,
            self._base + request.path,
            params=request.query or None,
            data=_body(request),
            headers=self._headers(request),
            timeout=aiohttp.ClientTimeout(total=total_s, connect=self._timeout_s / 2),
        ) as response:
            text = await response.text(encoding="utf-8", errors="replace")
            return Answer(status=response.status, body=_read(text), headers=response.headers)

    def _headers(self, request: Request) -> dict[str, str]:
        headers = {"Authorization": f"Bot {self._token}", "User-Agent": _AGENT}
        is_json = request.json is not None and not request.files
        return headers | ({"Content-Type": "application/json"} if is_json else {})


def _body(request: Request) -> aiohttp.FormData | bytes | None:
    if request.files:
        form = aiohttp.FormData(quote_fields=False)
        form.add_field("payload_json", json.dumps(request.json), content_type="application/json")
        for number, file in enumerate(request.files):
            form.add_field(f"files[{number}]", file.data, filename=file.name, content_type="application/octet-stream")
        return form
    return None if request.json is None else json.dumps(request.json).encode()


def _read(text: str) -> object:
    if not text:
        return None
    try:
        return cast("object", json.loads(text))
    except ValueError:
        # something between us and Discord answered
        return text
