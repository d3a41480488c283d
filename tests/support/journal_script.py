"""A task's story told to a store or as bare journal entries, for whoever listens to the journal."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal

from core.domain.approval import Approval
from core.domain.event import (
    AgentRunStateChanged,
    ApprovalDecided,
    ApprovalRequested,
    Event,
    JournalEntry,
    ModelCalled,
    StepStateChanged,
    TaskStateChanged,
    TaskSubmitted,
)
from core.domain.identity import AgentRunId, PersonId, TaskId
from core.domain.task import AgentRunState, TaskState
from core.store.store import Store
from tests.support.clock import FakeClock
from tests.support.values import BUILD, FIRST_RUN, NOON, T1, a_call, a_run, a_task, an_approval

ALICE = PersonId("console:alice")


def submitted() -> TaskSubmitted:
    return TaskSubmitted(title="Fix issue 123", by=ALICE)


def task_moved(target: str, *, source: str = "running") -> TaskStateChanged:
    return TaskStateChanged(source=source, target=target)


def step_moved(target: str, *, source: str = "running", number: int = 1) -> StepStateChanged:
    return StepStateChanged(step=BUILD, round=number, source=source, target=target)


def run_moved(
    target: str, *, source: str = "running", run: AgentRunId = FIRST_RUN, failure: str = ""
) -> AgentRunStateChanged:
    return AgentRunStateChanged(
        agent_run=run, step=BUILD, role="builder", source=source, target=target, failure=failure
    )


def called(message_id: str = "msg_1", *, run: AgentRunId = FIRST_RUN) -> ModelCalled:
    return ModelCalled(agent_run=run, message_id=message_id, model="claude-sonnet", cost_usd="0.0042")


def asked(approval: Approval) -> ApprovalRequested:
    return ApprovalRequested(approval=approval.id, kind=approval.kind.value, step=approval.step, title=approval.title)


def decided(approval: Approval, *, state: str = "approved") -> ApprovalDecided:
    return ApprovalDecided(approval=approval.id, kind=approval.kind.value, state=state, by=ALICE)


STORY: tuple[tuple[float, Event], ...] = (
    (0, submitted()),
    (1, task_moved("running", source="planning")),
    (2, step_moved("running", source="pending")),
    (2, run_moved("queued", source="queued")),
    (12, run_moved("starting", source="queued")),
    (13, run_moved("running", source="starting")),
    (20, called()),
    (30, run_moved("completed")),
    (31, step_moved("completed")),
    (60, task_moved("completed")),
)
"""Seconds after noon, and what happened then: one agent that waits 10 s, works 18 s and asks its model once."""


def entries(story: Sequence[tuple[float, Event]], *, task: TaskId = T1) -> list[JournalEntry]:
    """The story as journal entries numbered from 1."""
    return [
        JournalEntry(seq=seq, task=task, at=NOON + timedelta(seconds=after_s), event=event)
        for seq, (after_s, event) in enumerate(story, 1)
    ]


async def tell(store: Store, clock: FakeClock, story: Sequence[tuple[float, Event]], *, task: TaskId = T1) -> None:
    """Append each event of the story in a transaction of its own, at its time."""
    for after_s, event in story:
        clock.now = _at(after_s)
        async with store.transaction() as uow:
            await uow.events.append(task, event)


async def furnish(store: Store) -> None:
    """The rows behind STORY: task T1 of project shop, its agent run, and the one model call."""
    async with store.transaction() as uow:
        await uow.tasks.add(a_task(state=TaskState.RUNNING))
        await uow.agent_runs.add(a_run(state=AgentRunState.RUNNING))
        await uow.ledger.record(a_call(cost_usd=Decimal("0.0042")))


async def furnish_waiting(store: Store) -> None:
    """Besides, T2: one agent that waits for a place, and an approval that waits for a person."""
    async with store.transaction() as uow:
        await uow.tasks.add(replace(a_task(2), state=TaskState.AWAITING_APPROVAL))
        await uow.agent_runs.add(a_run(TaskId("T2"), state=AgentRunState.QUEUED))
        await uow.approvals.add(an_approval(task=TaskId("T2")))


def _at(after_s: float) -> datetime:
    return NOON + timedelta(seconds=after_s)
