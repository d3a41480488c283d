"""Work that is under way: a bounded number of named tasks, one at a time for each name, awaited by their owner."""

import asyncio
from collections.abc import Coroutine, Hashable
from typing import Any


class Flights:
    """Tasks in flight. Whoever starts them closes them; a defect in one comes out at the next `settle` or `close`."""

    def __init__(self, *, most: int) -> None:
        self._most = most
        self._tasks: dict[Hashable, asyncio.Task[None]] = {}

    @property
    def full(self) -> bool:
        """Whether nothing more can be started now."""
        return len(self._tasks) >= self._most

    def busy(self, name: Hashable) -> bool:
        """Whether something of this name is under way."""
        return name in self._tasks

    def start(self, name: Hashable, work: Coroutine[Any, Any, None], *, wake: asyncio.Event) -> None:
        """Begin `work`, and set `wake` when it is over; `name` must not be busy."""
        task = asyncio.create_task(work, name=f"delivery {name}")
        self._tasks[name] = task

        def over(_: asyncio.Task[None]) -> None:
            del self._tasks[name]
            wake.set()

        task.add_done_callback(over)

    async def settle(self) -> None:
        """Wait until nothing is under way."""
        while self._tasks:
            await asyncio.gather(*self._tasks.values())

    async def close(self) -> None:
        """End what is under way, and wait for its end."""
        tasks = list(self._tasks.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
