"""Calls to Discord's HTTP API, each made once; what goes wrong is an error of the chat port."""

import time
from collections.abc import Callable, Mapping, Sequence
from typing import cast

import aiohttp

from adapters.chat.errors import ChatError, RateLimitedError
from adapters.chat.payload import Payload
from adapters.discord.errors import refused, translated
from adapters.discord.rates import Rates
from adapters.discord.wire import Answer, Attached, Request, Wire

_NOTHING: Payload = {}


class Calls:
    """Discord's HTTP API by the bot's token. `clock` counts seconds and never goes back."""

    def __init__(self, wire: Wire, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._wire = wire
        self._rates = Rates(clock=clock)

    async def call(
        self,
        method: str,
        path: str,
        *,
        json: Mapping[str, object] | Sequence[object] | None = None,
        query: Mapping[str, str] | None = None,
        files: tuple[Attached, ...] = (),
        repeatable: bool = False,
    ) -> Payload:
        """The object Discord answers with, an empty one when it is none; or an error of the port.

        `repeatable` says that doing it twice is the same as doing it once: then no answer counts as not done.
        """
        body = await self._body(
            Request(method=method, path=path, json=json, query=query or {}, files=files), repeatable=repeatable
        )
        return cast("Payload", body) if isinstance(body, dict) else _NOTHING

    async def listing(self, path: str, *, query: Mapping[str, str] | None = None) -> tuple[Payload, ...]:
        """The objects of the list at `path`."""
        body = await self._body(Request(method="GET", path=path, query=query or {}), repeatable=True)
        if not isinstance(body, list):
            return ()
        return tuple(cast("Payload", each) for each in cast("list[object]", body) if isinstance(each, dict))

    async def _body(self, request: Request, *, repeatable: bool) -> object:
        what = f"{request.method} {_without_secrets(request.path)}"
        self._rates.take(request.method, request.path)
        try:
            answer = await self._wire.send(request)
        except ChatError:
            raise
        except (TimeoutError, aiohttp.ClientError, OSError, ValueError) as error:
            raise translated(error, what=what, repeatable=repeatable) from error
        self._rates.note(request.method, request.path, answer)
        if 200 <= answer.status < 300:
            return answer.body
        raise self._refused(answer, what=what, repeatable=repeatable)

    def _refused(self, answer: Answer, *, what: str, repeatable: bool) -> ChatError:
        error = refused(answer, what=what, repeatable=repeatable)
        if isinstance(error, RateLimitedError) and error.everywhere:
            self._rates.stop(error.retry_after_s)
        return error


def _without_secrets(path: str) -> str:
    """`path` without the token of an interaction, with which anybody could answer it."""
    return "/".join(part if len(part) < 40 else "…" for part in path.split("/"))
