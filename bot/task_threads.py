"""The threads in which tasks are talked about that have not ended, for an adapter that looks for what it missed."""

from collections.abc import Sequence

from core.domain.identity import Place
from core.domain.task import FINAL_TASK_STATES, TaskState
from core.store import Store

_MOST = 200
_OPEN = tuple(state for state in TaskState if state not in FINAL_TASK_STATES)


class TaskThreads:
    """An `OpenThreads` over the database. StoreError when that does not answer."""

    def __init__(self, store: Store, platform: str) -> None:
        self._store = store
        self._platform = platform

    async def __call__(self) -> Sequence[Place]:
        """Each thread once, those of the newest tasks first."""
        async with self._store.reading() as uow:
            tasks = await uow.tasks.list(states=_OPEN, limit=_MOST)
            found = [await uow.threads.of(task.id) for task in tasks]
        places = [each.place for each in found if each is not None and each.place.platform == self._platform]
        return tuple(dict.fromkeys(places))
