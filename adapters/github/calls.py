"""Calls to GitHub's REST API: each with a timeout, patient with short limits; what goes wrong is a ForgeError."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from ssl import SSLContext
from typing import Any, TypeVar

import httpx
from githubkit import GitHub, Response
from githubkit.exception import RequestFailed
from pydantic import TypeAdapter

from adapters.github.errors import translated
from adapters.github.settings import GitHubSettings
from adapters.github.tokens import Tokens
from core.forge import ForgeBusyError, ForgeError, ForgeUnavailableError

T = TypeVar("T")

PAUSES_S = (0.5, 2.0)
"""Between attempts at reading something."""
_RAW = "application/vnd.github.raw+json"


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
        return _shaped(shape, await self._patiently("GET", path, doing=doing, parameters=parameters), doing=doing)

    async def text(self, path: str, *, doing: str, **parameters: str | int) -> str:
        """A file's own text instead of JSON about it."""
        answer = await self._patiently("GET", path, doing=doing, parameters=parameters, accept=_RAW)
        return answer.content.decode("utf-8", "replace")

    async def send(self, shape: type[T], method: str, path: str, *, doing: str, body: Mapping[str, object]) -> T:
        """Change something. When no answer comes it may have been done: the caller looks before it tries again."""
        return _shaped(shape, await self._patiently(method, path, doing=doing, body=body), doing=doing)

    async def _patiently(
        self,
        method: str,
        path: str,
        *,
        doing: str,
        parameters: Mapping[str, str | int] | None = None,
        body: Mapping[str, object] | None = None,
        accept: str = "",
    ) -> Response[Any]:
        for pause_s in (*PAUSES_S, None):
            try:
                return await self._once(method, path, doing=doing, parameters=parameters, body=body, accept=accept)
            except ForgeUnavailableError as error:
                wait_s = self._worth_waiting(error, reading=method == "GET", pause_s=pause_s)
                if wait_s is None:
                    raise
            await self._pause(wait_s)
        raise AssertionError("the last round returns or raises")

    def _worth_waiting(self, error: ForgeError, *, reading: bool, pause_s: float | None) -> float | None:
        """How long to wait before trying again; None for not at all."""
        if pause_s is None:
            return None
        if isinstance(error, ForgeBusyError):  # nothing was done, so a change may be sent again
            return error.retry_after_s if error.retry_after_s <= self._settings.patience_s else None
        return pause_s if reading else None

    async def _once(
        self,
        method: str,
        path: str,
        *,
        doing: str,
        parameters: Mapping[str, str | int] | None,
        body: Mapping[str, object] | None,
        accept: str,
    ) -> Response[Any]:
        token = await self._tokens.token()
        try:
            async with GitHub(
                token,
                base_url=self._settings.api_url,
                timeout=self._settings.timeout_s,
                ssl_verify=self._trusted(),
                auto_retry=False,  # when to try again is decided here, where the pauses can be tested
                http_cache=False,
            ) as client:
                return await client.arequest(  # pyright: ignore[reportUnknownMemberType]
                    method,
                    path,
                    params=dict(parameters) if parameters else None,
                    json=dict(body) if body is not None else None,
                    headers={"Accept": accept} if accept else None,
                )
        except Exception as error:  # whatever is not GitHub's or the library's is raised again by `translated`
            failed = translated(error, doing=doing)
            if _is_refused_login(error):
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


def _is_refused_login(error: Exception) -> bool:
    return isinstance(error, RequestFailed) and error.response.status_code == 401
