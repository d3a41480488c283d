"""The looking side of the core: everything about tasks and approvals, without an engine to hand work to."""

import contextlib
from collections.abc import AsyncGenerator, Collection

from core.budgets.book import BudgetBook
from core.domain.approval import Approval
from core.domain.event import JournalEntry, TaskStateChanged
from core.domain.identity import ApprovalId, ProjectName, TaskId
from core.domain.task import FINAL_TASK_STATES, Task, TaskState
from core.store.store import Store
from core.views import TaskView, task_view

_FINAL = frozenset(state.value for state in FINAL_TASK_STATES)


class TaskReader:
    """Shows tasks, approvals and events; each answer is one snapshot of the store."""

    def __init__(self, store: Store, book: BudgetBook | None = None) -> None:
        """With `book`, what the settings say about shared budgets, a task tells which it is likely to pass."""
        self._store = store
        self._shown_book = book

    async def task(self, task: TaskId) -> TaskView:
        """Everything about one task, in one snapshot."""
        async with self._store.reading() as uow:
            return await task_view(uow, task, book=self._shown_book)

    async def tasks(
        self,
        *,
        project: ProjectName | None = None,
        states: Collection[TaskState] | None = None,
        limit: int = 50,
    ) -> list[TaskView]:
        """The newest tasks first."""
        async with self._store.reading() as uow:
            found = await uow.tasks.list(project=project, states=states, limit=limit)
            return [await task_view(uow, task.id) for task in found]

    async def pending_approvals(self, *, project: ProjectName | None = None) -> list[Approval]:
        """What waits for a person, oldest first."""
        async with self._store.reading() as uow:
            return await uow.approvals.pending(project=project)

    async def approval(self, approval: ApprovalId) -> Approval:
        """One approval; NotFoundError when there is none."""
        async with self._store.reading() as uow:
            return await uow.approvals.get(approval)

    async def events(self, task: Task | TaskId, *, after: int = 0) -> AsyncGenerator[JournalEntry]:
        """Every event of `task` from journal number `after` on, until the task has ended; none when it had before."""
        name = task.id if isinstance(task, Task) else task
        async with self._store.reading() as uow:
            moves = await uow.events.of(name, types=("task_state_changed",))
        if moves and _is_end(moves[-1]) and after >= moves[-1].seq:
            return
        async with contextlib.aclosing(self._store.journal.follow(after=after, task=name)) as entries:
            async for entry in entries:
                yield entry
                if _is_end(entry):
                    return


def _is_end(entry: JournalEntry) -> bool:
    return isinstance(entry.event, TaskStateChanged) and entry.event.target in _FINAL
