"""Tasks and their steps in the database."""

from collections.abc import Collection, Sequence

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from core.domain.identity import ProjectName, StepName, TaskId
from core.domain.pull_request import PullRequestState
from core.domain.task import FINAL_TASK_STATES, Step, Task, TaskState
from core.store import counters, tables
from core.store.records import Records

TASK_HINT = "List the tasks to see which exist."


class Tasks:
    """The tasks, as one unit of work sees them."""

    def __init__(self, connection: AsyncConnection, *, locking: bool) -> None:
        self._connection = connection
        self._records = Records(connection, tables.tasks, Task, kind="task", hint=TASK_HINT, locking=locking)

    async def next_number(self) -> int:
        """A number no other task has or will have; other transactions wait for theirs until this one ends."""
        return await counters.raised(self._connection, "tasks")

    async def lock_numbers(self) -> None:
        """Until this unit ends nobody else gets a number, so that what is not there yet comes only from here."""
        await counters.raised(self._connection, "tasks", by=0)

    async def add(self, task: Task) -> None:
        """Insert a new task; ConflictError when its id is taken."""
        await self._records.add([task])

    async def get(self, task: TaskId) -> Task:
        """The task; NotFoundError when there is none."""
        return await self._records.get(task)

    async def find_request(self, key: str) -> Task | None:
        """The task that was submitted with `key` (not ''), if there is one; only to look at, it is not locked."""
        found = await self._records.all(self._records.select().where(tables.tasks.c.request_key == key))
        return found[0] if found else None

    async def of_pull_request(self, project: ProjectName, reference: str) -> Task | None:
        """The newest task whose branch is offered as this pull request; None when it is none of ours."""
        tasks = tables.tasks.c
        query = self._records.select().where(tasks.project == project, tasks.pull_request == reference)
        return await self._records.first(query.order_by(tasks.number.desc()))

    async def of_branch(self, project: ProjectName, branch: str) -> Task | None:
        """The newest task that works on `branch`; None when it is none of ours."""
        tasks = tables.tasks.c
        query = self._records.select().where(tasks.project == project, tasks.branch == branch)
        return await self._records.first(query.order_by(tasks.number.desc()))

    async def offered(self, *states: PullRequestState, limit: int = 1000) -> "list[Task]":
        """The newest tasks first whose pull request is in one of `states`."""
        tasks = tables.tasks.c
        query = self._records.select().where(tasks.pull_request_state.in_(states))
        return await self._records.all(query.order_by(tasks.number.desc()).limit(limit))

    async def merged(self) -> "list[Task]":
        """Ended tasks whose work is merged, and whose branch and worktree may still be here; oldest first."""
        tasks = tables.tasks.c
        query = self._records.select().where(tasks.pull_request_state == "merged", tasks.is_cleaned.is_(False))
        return await self._records.all(query.where(tasks.state.in_(FINAL_TASK_STATES)).order_by(tasks.number))

    async def to_be_marked(self) -> "list[Task]":
        """Tasks of issues that may have to be told how things stand: all at work, and those that ended unsaid."""
        tasks = tables.tasks.c
        unsaid = tasks.state.not_in(FINAL_TASK_STATES) | tasks.forge_mark.in_(("in_progress", "needs_approval"))
        query = self._records.select().where(tasks.issue != "", tasks.branch != "", unsaid)
        return await self._records.all(query.order_by(tasks.number))

    async def save(self, task: Task) -> None:
        """Replace the stored task; NotFoundError when there is none."""
        await self._records.save(task)

    async def family(self, task: TaskId) -> "list[Task]":
        """The task, those it was forked from, and every fork of any of them, oldest first."""
        tasks = tables.tasks.c
        known: set[str] = {task}
        while True:
            related = select(tasks.id, tasks.forked_from).where(tasks.id.in_(known) | tasks.forked_from.in_(known))
            rows = (await self._connection.execute(related)).all()
            found = known | {row.id for row in rows} | {row.forked_from for row in rows if row.forked_from}
            if found == known:
                break
            known = found
        return await self._records.all(self._records.select().where(tasks.id.in_(known)).order_by(tasks.number))

    async def list(
        self, *, project: ProjectName | None = None, states: Collection[TaskState] | None = None, limit: int = 50
    ) -> list[Task]:
        """The newest tasks first, of all projects and states unless narrowed."""
        query = self._records.select().order_by(tables.tasks.c.number.desc()).limit(limit)
        if project is not None:
            query = query.where(tables.tasks.c.project == project)
        if states is not None:
            query = query.where(tables.tasks.c.state.in_(states))
        return await self._records.all(query)


class Steps:
    """The steps of tasks, as one unit of work sees them."""

    def __init__(self, connection: AsyncConnection, *, locking: bool) -> None:
        self._connection = connection
        hint = "Show the task to see its steps."
        self._records = Records(connection, tables.steps, Step, kind="step", hint=hint, locking=locking)

    async def add_all(self, steps: Sequence[Step]) -> None:
        """Insert the steps of a new task; ConflictError when one is already there."""
        await self._records.add(steps)

    async def remove(self, task: TaskId, names: Collection[StepName]) -> None:
        """Take steps away that the task's workflow no longer has."""
        steps = tables.steps.c
        await self._connection.execute(delete(tables.steps).where(steps.task == task, steps.name.in_(names)))

    async def of(self, task: TaskId) -> list[Step]:
        """The steps of `task` in the order of its workflow."""
        query = self._records.select().where(tables.steps.c.task == task)
        return await self._records.all(query.order_by(tables.steps.c.position))

    async def get(self, task: TaskId, name: StepName) -> Step:
        """One step; NotFoundError when there is none."""
        return await self._records.get(task, name)

    async def save(self, step: Step) -> None:
        """Replace the stored step; NotFoundError when there is none."""
        await self._records.save(step)
