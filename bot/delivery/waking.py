"""Waiting until somebody calls, or until it is time."""

import asyncio
from contextlib import suppress


async def wait_for(awake: asyncio.Event, wait_s: float) -> None:
    """Return when `awake` is set, after `wait_s` seconds at the latest."""
    with suppress(TimeoutError):
        async with asyncio.timeout(max(wait_s, 0.0)):
            await awake.wait()
