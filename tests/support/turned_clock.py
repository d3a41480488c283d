"""A clock for vigils that stands still until a test turns it: how busy the machine is plays no part."""

import asyncio
from typing import Any


class TurnedClock:
    """Time passes only when `turn` is called."""

    def __init__(self) -> None:
        self._now_s = 0.0
        self._turned = asyncio.Event()

    def now_s(self) -> float:
        """Seconds that were passed by hand."""
        return self._now_s

    def turn(self, seconds: float) -> None:
        """Let time pass, and wake who waits for it."""
        self._now_s += seconds
        self._turned.set()
        self._turned = asyncio.Event()

    async def until(self, at_s: float, working: asyncio.Future[Any]) -> None:
        """Return when the clock was turned to `at_s`, or when `working` is done before."""
        while self._now_s < at_s and not working.done():
            turned = asyncio.ensure_future(self._turned.wait())
            try:
                await asyncio.wait({working, turned}, return_when=asyncio.FIRST_COMPLETED)
            finally:
                turned.cancel()
