"""Discord's ids: unique, growing, and with the time inside (docs.discord.com/developers/reference#snowflakes)."""

from collections.abc import Callable
from datetime import UTC, datetime

EPOCH_MS = 1_420_070_400_000
_INCREMENTS = 1 << 22


class Snowflakes:
    """Gives out ids; each is greater than the one before."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._last = 0

    def new(self) -> str:
        """An id of this moment."""
        self._last = max((int(self._now() * 1000) - EPOCH_MS) * _INCREMENTS, self._last + 1)
        return str(self._last)


def made_at_s(snowflake: str) -> float:
    """When this id was given out, seconds since 1970."""
    return ((int(snowflake) >> 22) + EPOCH_MS) / 1000


def written(seconds: float) -> str:
    """A time as Discord writes it."""
    return datetime.fromtimestamp(seconds, UTC).isoformat()
