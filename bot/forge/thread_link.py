"""Where people can open the thread of a task: what a forge is told, so that readers there find the way back."""

import asyncio
from collections.abc import Awaitable, Callable

from core.domain.identity import Place
from core.domain.task import Task
from core.store.store import Store

LOOKS = 30
PAUSE_S = 1.0
"""The thread grows from the task's card, which is posted about when work begins: so long it is waited for."""
_KEYBOARD = "console"


class ThreadLinks:
    """Looks into the store; `pause` waits between looks."""

    def __init__(self, store: Store, *, pause: Callable[[float], Awaitable[None]] = asyncio.sleep) -> None:
        self._store = store
        self._pause = pause

    async def of(self, task: Task) -> str:
        """The address of its thread; '' where the platform has none, or nobody talks about the task."""
        for _ in range(LOOKS if _is_talked_about(task.place) else 1):
            async with self._store.reading() as uow:
                thread = await uow.threads.of(task.id)
            if thread is not None:
                return thread.url
            if _is_talked_about(task.place):
                await self._pause(PAUSE_S)
        return ""


def _is_talked_about(place: Place | None) -> bool:
    """Whether a card of the task is to be expected."""
    return place is not None and place.platform != _KEYBOARD
