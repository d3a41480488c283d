"""What an adapter remembers across restarts: small texts under a key, each for a while."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Protocol


class KeyValueStore(Protocol):
    """Remembers for one platform. What takes place twice is harmless: the last value of a key counts."""

    async def get(self, key: str) -> str | None:
        """What was kept under `key`; None when nothing was, or its time is over."""
        ...

    async def set(self, key: str, value: str, *, for_s: float) -> None:
        """Keep `value` under `key` for so many seconds, instead of what was there."""
        ...

    async def remove(self, key: str) -> None:
        """Forget what is kept under `key`, if anything."""
        ...


class MemoryValues:
    """A KeyValueStore that forgets everything with the process: for tests and trials."""

    def __init__(self, *, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self._values: dict[str, tuple[str, datetime]] = {}

    async def get(self, key: str) -> str | None:
        """As long as its time is not over."""
        value, until = self._values.get(key, ("", self._clock()))
        return value if self._clock() < until else None

    async def set(self, key: str, value: str, *, for_s: float) -> None:
        """In a dictionary."""
        self._values[key] = (value, self._clock() + timedelta(seconds=for_s))

    async def remove(self, key: str) -> None:
        """Also when it is not there."""
        self._values.pop(key, None)
