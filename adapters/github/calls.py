"""Calls to GitHub's REST API: each with a timeout, patient with short limits; what goes wrong is a ForgeError."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from ssl import SSLContext
from typing import Any, Generic, TypeVar

import httpx
from githubkit import GitHub, Response
from pydantic import TypeAdapter

from adapters.github.errors import KeyRefusedError, translated
from adapters.github.settings import GitHubSettings
from adapters.github.tokens import Tokens
from core.forge import ForgeBusyError, ForgeError, ForgeUnavailableError

T = TypeVar("T")

PAUSES_S = (0.5, 2.0)
"""Between attempts at reading something."""
PAGE = 100
_UNCHANGED = 304
_RAW = "application/vnd.github.raw+json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked(Generic[T]):
    """What was found, and GitHub's mark of it; `rest_s` is how long GitHub wants to be left alone."""

    value: T
    etag: str
    rest_s: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class _Call:
    method: str
    path: str
    doing: str
    parameters: Mapping[str, str | int] | None = None
    body: Mapping[str, object] | None = None
    headers: Mapping[str, str] | None = None
    follow: bool = True


class Calls:
    """GitHub with one access. Nothing is cached; every answer is as it is now."""

    def __init__(
        self, settings: GitHubSettings, *, tokens: Tokens, pause: Callable[[float], Awaitable[None]] = asyncio.sleep
    ) -> None:
        self._settings = settings
        self._tokens = tokens
        self._pause = pause
        self._certificates: SSLContext | None = None

    async def get(self, shape: type[T], path: str, *, doing: str, **parameters: str | int) -> T:
        """What is at `path`, as `shape`; tried again when GitHub does not answer."""
        call = _Call(method="GET", path=path, doing=doing, parameters=parameters)
        return _shaped(shape, await self._patiently(call), doing=doing)

    async def look(
        self, shape: type[T], path: str, *, doing: str, etag: str = "", **parameters: str | int
    ) -> Looked[T] | None:
        """What is at `path`; None when it is what had the mark `etag`, which costs none of the hour's calls."""
        headers = {"If-None-Match": etag} if etag else None
        answer = await self._patiently(
            _Call(method="GET", path=path, doing=doing, parameters=parameters, headers=headers)
        )
        if answer.status_code == _UNCHANGED:
            return None
        rest = answer.headers.get("x-poll-interval", "")
        return Looked(
            value=_shaped(shape, answer, doing=doing),
            etag=answer.headers.get("etag", ""),
            rest_s=float(rest) if rest.isdigit() else 0.0,
        )

    async def all(self, shape: type[T], path: str, *, doing: str, pages: int, **parameters: str | int) -> list[T]:
        """The list at `path`, as far as so many pages of a hundred reach."""
        found: list[T] = []
        for page in range(1, pages + 1):
            part = await self.get(list[shape], path, doing=doing, per_page=PAGE, page=page, **parameters)
            found += part
            if len(part) < PAGE:
                break
        return found

    async def text(self, path: str, *, doing: str, **parameters: str | int) -> str:
        """A file's own text instead of JSON about it."""
        call = _Call(method="GET", path=path, doing=doing, parameters=parameters, headers={"Accept": _RAW})
        return (await self._patiently(call)).content.decode("utf-8", "replace")

    async def location(self, path: str, *, doing: str) -> str:
        """The address that GitHub sends us on to, without going there; '' when it does not."""
        answer = await self._patiently(_Call(method="GET", path=path, doing=doing, follow=False))
        return answer.headers.get("location", "")

    async def send(
        self, shape: type[T], method: str, path: str, *, doing: str, body: Mapping[str, object] | None = None
    ) -> T:
        """Change something. When no answer comes it may have been done: the caller looks before it tries again."""
        return _shaped(
            shape, await self._patiently(_Call(method=method, path=path, doing=doing, body=body)), doing=doing
        )

    async def _patiently(self, call: _Call) -> Response[Any]:
        renewed = False
        for pause_s in (*PAUSES_S, None):
            try:
                return await self._once(call)
            except KeyRefusedError:
                # a token that was lent may end earlier than it says; the next one is good, or nothing is
                if renewed or self._settings.token or pause_s is None:
                    raise
                renewed, wait_s = True, 0.0
            except ForgeUnavailableError as error:
                wait_s = self._worth_waiting(error, reading=call.method == "GET", pause_s=pause_s)
                if wait_s is None:
                    raise
            if wait_s:
                await self._pause(wait_s)
        raise AssertionError("the last round returns or raises")

    def _worth_waiting(self, error: ForgeError, *, reading: bool, pause_s: float | None) -> float | None:
        """How long to wait before trying again; None for not at all."""
        if pause_s is None:
            return None
        if isinstance(error, ForgeBusyError):  # nothing was done, so a change may be sent again
            return error.retry_after_s if error.retry_after_s <= self._settings.patience_s else None
        return pause_s if reading else None

    async def _once(self, call: _Call) -> Response[Any]:
        token = await self._tokens.token()
        try:
            async with GitHub(
                token,
                base_url=self._settings.api_url,
                timeout=self._settings.timeout_s,
                ssl_verify=self._trusted(),
                auto_retry=False,  # when to try again is decided here, where the pauses can be tested
                http_cache=False,
                follow_redirects=call.follow,
            ) as client:
                return await client.arequest(  # pyright: ignore[reportUnknownMemberType]
                    call.method,
                    call.path,
                    params=dict(call.parameters) if call.parameters else None,
                    json=dict(call.body) if call.body is not None else None,
                    headers=dict(call.headers) if call.headers else None,
                )
        except Exception as error:  # whatever is not GitHub's or the library's is raised again by `translated`
            failed = translated(error, doing=call.doing)
            if isinstance(failed, KeyRefusedError):
                self._tokens.forget()
            raise failed from error

    def _trusted(self) -> SSLContext:
        """The certificates to trust, read once: reading them takes longer than a call."""
        if self._certificates is None:
            self._certificates = httpx.create_ssl_context()
        return self._certificates


def _shaped(shape: type[T], answer: Response[Any], *, doing: str) -> T:
    """The answer in the shape it should have; something between us and GitHub may answer anything."""
    try:
        return TypeAdapter(shape).validate_python(answer.json())
    except ValueError as error:
        raise translated(error, doing=doing) from error
