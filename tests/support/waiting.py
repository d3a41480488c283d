"""Waiting for something to become true, with a deadline instead of a fixed sleep."""

import asyncio
import os
from collections.abc import Awaitable, Callable

POLL_S = 0.005


async def eventually(condition: Callable[[], bool], *, within_s: float = 30.0, what: str = "the condition") -> None:
    """Return as soon as `condition` holds; fail the test when it does not within `within_s`."""
    deadline = asyncio.get_running_loop().time() + within_s
    while not condition():
        assert asyncio.get_running_loop().time() < deadline, f"{what} did not come true within {within_s} s"
        await asyncio.sleep(POLL_S)


async def eventually_awaited(
    condition: Callable[[], Awaitable[bool]], *, within_s: float = 30.0, what: str = "the condition"
) -> None:
    """The same for a condition that must be awaited."""
    deadline = asyncio.get_running_loop().time() + within_s
    while not await condition():
        assert asyncio.get_running_loop().time() < deadline, f"{what} did not come true within {within_s} s"
        await asyncio.sleep(POLL_S)


def fair_s(seconds: float) -> float:
    """`seconds` of an idle machine: more, where more processes want to run than there are processors."""
    return seconds * max(1.0, os.getloadavg()[0] / (os.cpu_count() or 1))
