"""Work that must not end by half, such as closing what others rely on."""

import asyncio
from collections.abc import Coroutine
from typing import Any


async def uninterrupted(work: Coroutine[Any, Any, None]) -> None:
    """Do `work` to its end, which must be bounded; a cancellation that comes meanwhile is raised only then."""
    doing = asyncio.create_task(work)
    cancelled: asyncio.CancelledError | None = None
    while not doing.done():
        try:
            await asyncio.shield(doing)
        except asyncio.CancelledError as error:
            cancelled = error
    # first what went wrong: nobody else would hear of it
    doing.result()
    if cancelled is not None:
        raise cancelled
