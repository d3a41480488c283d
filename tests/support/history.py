"""A house with a past, made up: tasks in every state, agents at work, queued and failed, approvals and costs."""

from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal

from core.domain.cost import ModelCall, TokenUsage
from core.domain.event import (
    AgentRunPostponed,
    AgentRunStateChanged,
    Event,
    TaskStateChanged,
    TaskSubmitted,
    WorkVerified,
)
from core.domain.identity import PersonId, ProjectName, StepName, TaskId, task_id
from core.domain.model import ModelStanding
from core.domain.task import AgentRun, AgentRunState, Priority, Step, StepState, Task, TaskState
from core.store.store import Store
from core.store.unit_of_work import UnitOfWork
from tests.support.values import a_run, a_step, a_task, an_approval

SONNET = "claude-sonnet-4-5-20250929"
SHOP, DOCS = ProjectName("shop"), ProjectName("docs")
KEY_REFUSED = "The Messages API does not accept the key: invalid x-api-key. Set a valid ANTHROPIC_API_KEY and retry."


async def make_history(store: Store, *, now: datetime) -> None:
    """Tasks T1 to T6 as they might stand at `now`."""
    async with store.transaction() as uow:
        await _completed(uow, now)
        await _working(uow, now)
        await _waiting(uow, now)
        await _failed(uow, 4, now)
        await _failed(uow, 5, now)
        await _paused(uow, now)
        for _ in range(6):
            await uow.tasks.next_number()
        await uow.models.save(
            ModelStanding(
                model="claude-opus-4-1",
                limited_until=now + timedelta(minutes=44),
                reason="The provider asks for a pause.",
            )
        )


async def _completed(uow: UnitOfWork, now: datetime) -> None:
    begun = now - timedelta(hours=3)
    task = _task(1, TaskState.COMPLETED, begun, finished_at=begun + timedelta(minutes=12), commit="1f" * 20)
    await _add(uow, task, _step(task.id, StepState.COMPLETED, begun))
    run = _run(task.id, 1, AgentRunState.COMPLETED, begun, finished_at=begun + timedelta(minutes=9))
    await uow.agent_runs.add(run)
    await _charge(uow, run, "0.42", begun)
    verified = WorkVerified(step=StepName("build"), round=1, command="make test", passed=True, output="ok")
    await _tell(uow, task.id, verified, _moved(TaskState.RUNNING, TaskState.COMPLETED))


async def _working(uow: UnitOfWork, now: datetime) -> None:
    begun = now - timedelta(minutes=6)
    task = _task(2, TaskState.RUNNING, begun, priority=Priority.HIGH, branch="orchestrate/T2-fix-issue-123")
    await _add(uow, task, _step(task.id, StepState.RUNNING, begun))
    at_work = _run(task.id, 1, AgentRunState.RUNNING, begun, activity="Editing src/pricing/money.py", attempts=1)
    until, reason = now + timedelta(minutes=14, seconds=30), "The Messages API answered 529: overloaded."
    later = _run(task.id, 2, AgentRunState.QUEUED, begun, role="tester", not_before=until)
    held = _run(task.id, 3, AgentRunState.QUEUED, begun, role="reviewer", model="claude-opus-4-1")
    for run in (at_work, later, held):
        await uow.agent_runs.add(run)
    await _charge(uow, at_work, "0.1234", begun)
    await _tell(uow, task.id, AgentRunPostponed(agent_run=later.id, until=until, reason=reason, failure="overloaded"))


async def _waiting(uow: UnitOfWork, now: datetime) -> None:
    begun = now - timedelta(days=2)
    task = _task(3, TaskState.AWAITING_APPROVAL, begun, title="Rewrite the manual", project=DOCS)
    await _add(uow, task, _step(task.id, StepState.WAITING, begun))
    run = _run(task.id, 1, AgentRunState.WAITING, begun, role="builder")
    await uow.agent_runs.add(run)
    await uow.approvals.next_number()
    await uow.approvals.add(
        an_approval(1, task.id, agent_run=run.id, title="Run: chmod +x scripts/check.sh", created_at=begun)
    )


async def _failed(uow: UnitOfWork, number: int, now: datetime) -> None:
    begun = now - timedelta(days=number)
    task = _task(number, TaskState.FAILED, begun, finished_at=begun + timedelta(minutes=2), failure=KEY_REFUSED)
    await _add(uow, task, _step(task.id, StepState.FAILED, begun))
    run = _run(task.id, 1, AgentRunState.FAILED, begun, error=KEY_REFUSED, finished_at=begun + timedelta(minutes=2))
    await uow.agent_runs.add(run)
    failed = AgentRunStateChanged(
        agent_run=run.id, step=run.step, role=run.role, source="running", target="failed", detail=KEY_REFUSED,
        failure="not_allowed",
    )  # fmt: skip
    await _tell(uow, task.id, failed, _moved(TaskState.RUNNING, TaskState.FAILED, reason=KEY_REFUSED))


async def _paused(uow: UnitOfWork, now: datetime) -> None:
    begun = now - timedelta(hours=1)
    task = _task(6, TaskState.PAUSED, begun, priority=Priority.LOW, forked_from=task_id(1))
    await _add(uow, task, _step(task.id, StepState.RUNNING, begun))
    await uow.agent_runs.add(_run(task.id, 1, AgentRunState.QUEUED, begun))


def _task(number: int, state: TaskState, begun: datetime, **changes: object) -> Task:
    return a_task(number, state=state, created_at=begun, started_at=begun, **changes)


def _step(task: TaskId, state: StepState, begun: datetime) -> Step:
    return a_step(task, state=state, started_at=begun)


def _run(task: TaskId, ordinal: int, state: AgentRunState, begun: datetime, **changes: object) -> AgentRun:
    started = begun + timedelta(seconds=3) if state is not AgentRunState.QUEUED else None
    return a_run(
        task, ordinal, **{"state": state, "model": SONNET, "created_at": begun, "started_at": started, **changes}
    )


async def _add(uow: UnitOfWork, task: Task, step: Step) -> None:
    before, after = StepName("plan"), StepName("review")
    planned = replace(step, name=before, position=1, role="planner", state=StepState.COMPLETED)
    later = replace(step, name=after, position=3, role="reviewer", state=StepState.PENDING, started_at=None)
    await uow.tasks.add(task)
    await uow.steps.add_all([planned, replace(step, position=2), later])
    await _tell(uow, task.id, TaskSubmitted(title=task.title, by=PersonId("console:alice")))


async def _charge(uow: UnitOfWork, run: AgentRun, dollars: str, at: datetime) -> None:
    usage = TokenUsage(input_tokens=1200, output_tokens=340, cache_read_tokens=8000)
    await uow.ledger.record(
        ModelCall(
            message_id=f"msg_{run.id}",
            agent_run=run.id,
            model=run.model,
            usage=usage,
            cost_usd=Decimal(dollars),
            at=at,
        )
    )


async def _tell(uow: UnitOfWork, task: TaskId, *events: Event) -> None:
    for event in events:
        await uow.events.append(task, event)


def _moved(source: TaskState, target: TaskState, *, reason: str = "") -> TaskStateChanged:
    return TaskStateChanged(source=source.value, target=target.value, reason=reason)
