"""Waiting for something to become true, with a deadline instead of a fixed sleep."""

import asyncio
import os
from collections.abc import Awaitable, Callable, Iterator

POLL_S = 0.005
SLOWEST = 10.0
"""How many times slower than an idle machine of ours one may be; neighbours of a virtual one show in no load."""


async def eventually(condition: Callable[[], bool], *, within_s: float = 90.0, what: str = "the condition") -> None:
    """Return as soon as `condition` holds; fail the test when it does not within `within_s`."""
    deadline = asyncio.get_running_loop().time() + within_s
    while not condition():
        assert asyncio.get_running_loop().time() < deadline, f"{what} did not come true within {within_s} s"
        await asyncio.sleep(POLL_S)


async def eventually_awaited(
    condition: Callable[[], Awaitable[bool]], *, within_s: float = 90.0, what: str = "the condition"
) -> None:
    """The same for a condition that must be awaited."""
    deadline = asyncio.get_running_loop().time() + within_s
    while not await condition():
        assert asyncio.get_running_loop().time() < deadline, f"{what} did not come true within {within_s} s"
        await asyncio.sleep(POLL_S)


def fair_s(seconds: float) -> float:
    """`seconds` of an idle machine, on this one: how long something done at once may take, far below a hang."""
    return seconds * max(SLOWEST, os.getloadavg()[0] / (os.cpu_count() or 1))


def longer_and_longer(first_s: float) -> Iterator[float]:
    """Time limits to try one after the other, for what must get somewhere before its time is up.

    The test leaves the loop with the first one that was long enough; where none is, it fails.
    """
    for factor in (1, 5, 25):
        yield first_s * factor
    raise AssertionError(f"not there within {first_s * 25:g} s")
