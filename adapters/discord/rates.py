"""How often Discord lets us call: what its answers say is kept, so that it never has to refuse."""

import re
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from adapters.chat.errors import RateLimitedError
from adapters.discord.wire import Answer

T = TypeVar("T")

_MOST = 2_000
"""Buckets kept at once."""
_MAJOR = re.compile(r"^/(?:channels|guilds|webhooks)/[^/]+(?:/[^/]{20,})?")
"""What limits are counted by besides the route (page: Rate limits)."""
_FREE = ("/interactions/", "/webhooks/")
"""Answers to interactions do not count against the limit over everything (page: Rate limits)."""
_ID = re.compile(r"/\d{5,}")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Bucket:
    remaining: int
    until_s: float


class Rates:
    """What is left of each limit. `clock` counts seconds and never goes back."""

    def __init__(self, *, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._names: OrderedDict[str, str] = OrderedDict()
        """Discord's name of the bucket of each route."""
        self._buckets: OrderedDict[str, _Bucket] = OrderedDict()
        self._everything_from_s = 0.0

    def take(self, method: str, path: str) -> None:
        """Note that a call goes out; RateLimitedError when it would be one too many."""
        now = self._clock()
        if now < self._everything_from_s and not path.startswith(_FREE):
            raise _wait(self._everything_from_s - now, everywhere=True)
        bucket = self._buckets.get(name := self._bucket(method, path))
        if bucket is None or bucket.until_s <= now:
            return
        if bucket.remaining <= 0:
            raise _wait(bucket.until_s - now, everywhere=False)
        self._buckets[name] = _Bucket(remaining=bucket.remaining - 1, until_s=bucket.until_s)

    def note(self, method: str, path: str, answer: Answer) -> None:
        """Keep what the answer says about what is left."""
        headers = answer.headers
        if name := headers.get("X-RateLimit-Bucket"):
            _keep(self._names, _route(method, path), name)
        left, after = _number(headers, "X-RateLimit-Remaining"), _number(headers, "X-RateLimit-Reset-After")
        if left is not None and after is not None:
            until_s = self._clock() + after
            _keep(self._buckets, self._bucket(method, path), _Bucket(remaining=int(left), until_s=until_s))

    def stop(self, for_s: float) -> None:
        """Call nothing at all for so long: Discord said that it is too much everywhere."""
        self._everything_from_s = max(self._everything_from_s, self._clock() + for_s)

    def _bucket(self, method: str, path: str) -> str:
        route = _route(method, path)
        major = found[0] if (found := _MAJOR.match(path)) else ""
        return f"{self._names.get(route, route)} {major}"


def _keep(kept: "OrderedDict[str, T]", key: str, value: T) -> None:
    kept[key] = value
    kept.move_to_end(key)
    while len(kept) > _MOST:
        kept.popitem(last=False)


def _route(method: str, path: str) -> str:
    return f"{method} {_ID.sub('/:id', path)}"


def _number(headers: Mapping[str, str], name: str) -> float | None:
    try:
        return float(headers[name])
    except (KeyError, ValueError):
        return None


def _wait(for_s: float, *, everywhere: bool) -> RateLimitedError:
    return RateLimitedError("Discord allows no more of this for now.", retry_after_s=for_s, everywhere=everywhere)
