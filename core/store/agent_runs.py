"""Agent runs in the database."""

from sqlalchemy import ColumnElement, exists, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from core.domain.approval import ApprovalKind, ApprovalState
from core.domain.errors import NotFoundError
from core.domain.identity import AgentRunId, ProjectName, StepName, TaskId
from core.domain.queue import WaitingRun
from core.domain.task import AT_WORK, FINAL_TASK_STATES, AgentRun, AgentRunState, TaskState
from core.store import counters, tables
from core.store.records import Records
from core.store.tasks import TASK_HINT

_RUNS = tables.agent_runs
_ACTIVE = (AgentRunState.QUEUED, AgentRunState.STARTING, AgentRunState.RUNNING, AgentRunState.WAITING)
# ids end in the ordinal, so the shorter one is the older one
_OLDEST_FIRST = (func.length(_RUNS.c.id), _RUNS.c.id)


class AgentRuns:
    """The agent runs, as one unit of work sees them."""

    def __init__(self, connection: AsyncConnection, *, locking: bool) -> None:
        self._connection = connection
        hint = "Show the task to see its agent runs."
        self._records = Records(connection, _RUNS, AgentRun, kind="agent run", hint=hint, locking=locking)

    async def next_ordinal(self, task: TaskId) -> int:
        """The ordinal (from 1) for a new agent run of `task`, given out once; NotFoundError for an unknown task."""
        counted = tables.tasks.c.agent_run_count
        raised = update(tables.tasks).where(tables.tasks.c.id == task).values(agent_run_count=counted + 1)
        ordinal = (await self._connection.execute(raised.returning(counted))).scalar_one_or_none()
        if ordinal is None:
            raise NotFoundError("task", task, hint=TASK_HINT)
        return ordinal

    async def add(self, run: AgentRun) -> None:
        """Insert a new agent run; ConflictError when its id is taken or its task is missing."""
        await self._records.add([run])

    async def get(self, run: AgentRunId) -> AgentRun:
        """The agent run; NotFoundError when there is none."""
        return await self._records.get(run)

    async def save(self, run: AgentRun) -> None:
        """Replace the stored agent run; NotFoundError when there is none."""
        await self._records.save(run)

    async def of(self, task: TaskId) -> list[AgentRun]:
        """The agent runs of `task`, oldest first."""
        return await self._records.all(self._records.select().where(_RUNS.c.task == task).order_by(*_OLDEST_FIRST))

    async def find(self, task: TaskId, step: StepName, round: int) -> AgentRun | None:  # noqa: A002  # the domain's word
        """The latest agent run of this round of this step, if there is one."""
        query = self._records.select().where(_RUNS.c.task == task, _RUNS.c.step == step, _RUNS.c.round == round)
        return await self._records.first(query.order_by(*(column.desc() for column in _OLDEST_FIRST)))

    async def waiting(self) -> list[WaitingRun]:
        """Every run that waits for its place, of tasks that are neither paused nor ended and may spend more."""
        runs, tasks = _RUNS.c, tables.tasks.c
        query = (
            select(
                runs.id,
                runs.task,
                tasks.project,
                tasks.requested_by.label("person"),
                runs.role,
                runs.model,
                tasks.priority,
                runs.created_at,
                runs.not_before,
            )
            .join(tables.tasks, tasks.id == runs.task)
            .where(
                runs.state == AgentRunState.QUEUED,
                tasks.state.not_in([*FINAL_TASK_STATES, TaskState.PAUSED]),
                or_(tasks.budget_usd.is_(None), _has_money()),
            )
        )
        return [WaitingRun(**row) for row in (await self._connection.execute(query)).mappings()]

    async def at_work(self) -> list[tuple[ProjectName, str]]:
        """Project and model of every run that holds a place."""
        tasks = tables.tasks.c
        query = (
            select(tasks.project, _RUNS.c.model)
            .join(tables.tasks, tasks.id == _RUNS.c.task)
            .where(_RUNS.c.state.in_(AT_WORK), tasks.state.not_in(FINAL_TASK_STATES))
        )
        return [(row.project, row.model) for row in await self._connection.execute(query)]

    async def lock_places(self) -> None:
        """Until this unit ends nobody else gives places away."""
        await counters.raised(self._connection, "places", by=0)

    async def active(self) -> list[AgentRun]:
        """Agent runs that are queued, running or waiting in tasks that are not finished, oldest first."""
        query = (
            self._records.select()
            .join(tables.tasks, tables.tasks.c.id == _RUNS.c.task)
            .where(_RUNS.c.state.in_(_ACTIVE), tables.tasks.c.state.not_in(FINAL_TASK_STATES))
            .order_by(_RUNS.c.created_at, *_OLDEST_FIRST)
        )
        return await self._records.all(query)


def _has_money() -> ColumnElement[bool]:
    """Whether the task of the row has not used up its budget, and nobody is being asked about it."""
    tasks, calls, approvals = tables.tasks.c, tables.model_calls.c, tables.approvals.c
    spent = select(func.coalesce(func.sum(calls.cost_usd), 0)).where(calls.task == tasks.id).scalar_subquery()
    asked = exists().where(
        approvals.task == tasks.id,
        approvals.kind == ApprovalKind.BUDGET,
        approvals.state == ApprovalState.PENDING,
    )
    return (spent < tasks.budget_usd) & ~asked
