"""Where work goes on that people may talk about while nobody listens."""

from collections.abc import Awaitable, Callable, Sequence

from core.domain.identity import Place

OpenThreads = Callable[[], Awaitable[Sequence[Place]]]
"""The threads of all tasks on this platform that have not ended, the newest first."""


async def no_open_threads() -> Sequence[Place]:
    """None: what is said while nobody listens is not looked for."""
    return ()
