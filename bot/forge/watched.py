"""The pull requests of ours whose fate is of interest: all that are open, and for a while those that were closed."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from core.domain.identity import ProjectName
from core.domain.project import Project
from core.domain.task import Task
from core.forge import Watched
from core.store.store import Store

CLOSED_FOR = timedelta(days=14)
"""So long after its task ended a closed pull request is looked at: people open them again."""


class WatchedPullRequests:
    """Reads them from the store. `project` finds a project as it is bound now, None for one that is not any more."""

    def __init__(
        self, store: Store, *, project: Callable[[ProjectName], Project | None], clock: Callable[[], datetime]
    ) -> None:
        self._store = store
        self._project = project
        self._clock = clock

    async def __call__(self) -> Sequence[Watched]:
        """As they are now."""
        async with self._store.reading() as uow:
            offered = await uow.tasks.offered("open", "closed")
        now = self._clock()
        known = [(task, self._project(task.project)) for task in offered if is_of_interest(task, now=now)]
        return [
            Watched(
                project=project,
                pull_request=task.pull_request,
                branch=task.branch,
                base_branch=task.base_branch,
                commit=task.pull_request_commit or task.commit,
            )
            for task, project in known
            if project is not None
        ]


def is_of_interest(task: Task, *, now: datetime) -> bool:
    """Whether something may still happen to its pull request that somebody should hear of."""
    if task.pull_request_state == "open":
        return True
    ended = task.finished_at or task.created_at
    return task.pull_request_state == "closed" and now - ended < CLOSED_FOR
