"""The looking side of the core: everything about tasks and approvals, without an engine to hand work to."""

import contextlib
from collections.abc import AsyncGenerator, Collection
from decimal import Decimal

from core.domain.approval import Approval
from core.domain.cost import Bill, shown_usd
from core.domain.event import CommitCreated, CostMismatchFound, Event, JournalEntry, NoticeRaised, TaskStateChanged
from core.domain.identity import ApprovalId, ProjectName, TaskId
from core.domain.task import FINAL_TASK_STATES, TaskState
from core.store.store import Store
from core.store.unit_of_work import UnitOfWork
from core.views import AgentRunView, StepView, TaskView

_FINAL = frozenset(state.value for state in FINAL_TASK_STATES)
_NOTHING = Bill()


class TaskReader:
    """Shows tasks, approvals and events; each answer is one snapshot of the store."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def task(self, task: TaskId) -> TaskView:
        """Everything about one task, in one snapshot."""
        async with self._store.reading() as uow:
            return await _view(uow, task)

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
            return [await _view(uow, task.id) for task in found]

    async def pending_approvals(self, *, project: ProjectName | None = None) -> list[Approval]:
        """What waits for a person, oldest first."""
        async with self._store.reading() as uow:
            return await uow.approvals.pending(project=project)

    async def approval(self, approval: ApprovalId) -> Approval:
        """One approval; NotFoundError when there is none."""
        async with self._store.reading() as uow:
            return await uow.approvals.get(approval)

    async def events(self, task: TaskId, *, after: int = 0) -> AsyncGenerator[JournalEntry]:
        """Every event of `task` from journal number `after` on, until the task has ended; none when it had before."""
        async with self._store.reading() as uow:
            moves = await uow.events.of(task, types=("task_state_changed",))
        if moves and _is_end(moves[-1]) and after >= moves[-1].seq:
            return
        async with contextlib.aclosing(self._store.journal.follow(after=after, task=task)) as entries:
            async for entry in entries:
                yield entry
                if _is_end(entry):
                    return


def _is_end(entry: JournalEntry) -> bool:
    return isinstance(entry.event, TaskStateChanged) and entry.event.target in _FINAL


def _notice(event: Event) -> str:
    """What a person should know beside the states; '' for events that say nothing of the kind."""
    match event:
        case NoticeRaised():
            return event.text
        case CostMismatchFound():
            ledger, reported = shown_usd(Decimal(event.ledger_usd)), shown_usd(Decimal(event.reported_usd))
            return f"{event.agent_run}: the ledger counts {ledger}, the agent program says {reported}."
        case _:
            return ""


async def _view(uow: UnitOfWork, task: TaskId) -> TaskView:
    steps = await uow.steps.of(task)
    runs = await uow.agent_runs.of(task)
    by_step = await uow.ledger.by_step(task)
    by_run = await uow.ledger.by_run(task)
    told = await uow.events.of(task, types=("commit_created", "notice_raised", "cost_mismatch_found"))
    commits = [entry.event for entry in told if isinstance(entry.event, CommitCreated)]
    notices = [text for entry in told if (text := _notice(entry.event))]
    return TaskView(
        task=await uow.tasks.get(task),
        seq=await uow.events.last_seq(),
        steps=tuple(
            StepView(
                step=step,
                bill=by_step.get(step.name, _NOTHING),
                runs=tuple(
                    AgentRunView(run=run, bill=by_run.get(run.id, _NOTHING)) for run in runs if run.step == step.name
                ),
            )
            for step in steps
        ),
        approvals=tuple(await uow.approvals.of(task)),
        bill=await uow.ledger.of_task(task),
        files=commits[-1].files if commits else (),
        notices=tuple(dict.fromkeys(notices)),
    )
