"""State changes and their events, written together: the only place where a state moves."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from core.domain.approval import Approval, ApprovalState
from core.domain.errors import ConflictError
from core.domain.event import (
    AgentRunStateChanged,
    ApprovalDecided,
    ApprovalRequested,
    MessageDelivered,
    StepStateChanged,
    TaskStateChanged,
)
from core.domain.identity import PersonId
from core.domain.steering import SteeringMessage
from core.domain.task import (
    AGENT_RUN_ENDS,
    AGENT_RUN_TRANSITIONS,
    FINAL_TASK_STATES,
    RESTING_RUNS,
    RESTING_TASKS,
    STEP_AT_WORK,
    STEP_TRANSITIONS,
    TASK_TRANSITIONS,
    AgentRun,
    AgentRunState,
    Step,
    StepState,
    Task,
    TaskState,
    check_transition,
)
from core.store.unit_of_work import UnitOfWork

_RUN_ENDS = AGENT_RUN_ENDS
NEW = "new"
"""Stands in the journal for the state of a run that did not exist before."""
_STEP_OPEN = frozenset({StepState.PENDING, StepState.RUNNING, StepState.WAITING})


async def move_task(
    uow: UnitOfWork,
    task: Task,
    target: TaskState,
    *,
    reason: str = "",
    by: PersonId | None = None,
    **changes: Any,  # fields of Task
) -> Task:
    """Save `task` in `target` with `changes`; the event is appended only when the state really moves."""
    check_transition(TASK_TRANSITIONS, kind="Task", name=task.id, source=task.state, target=target)
    if target in FINAL_TASK_STATES:
        changes["forge_wait"] = None
        if task.finished_at is None:
            changes["finished_at"] = uow.now
    rest = _rest(task, resting=target in RESTING_TASKS, now=uow.now)
    moved = replace(task, state=target, **rest, **changes)
    await uow.tasks.save(moved)
    if target != task.state:
        await uow.events.append(
            task.id, TaskStateChanged(source=task.state.value, target=target.value, reason=reason, by=by)
        )
    return moved


def _rest(worker: Task | AgentRun, *, resting: bool, now: datetime) -> dict[str, Any]:
    """What changes about the time that does not count as work; before the start there is nothing to count."""
    if resting:
        return {"resting_since": worker.resting_since or (now if worker.started_at else None)}
    if worker.resting_since is None:
        return {}
    return {"resting_since": None, "rested_s": worker.rested_s + (now - worker.resting_since).total_seconds()}


async def move_step(uow: UnitOfWork, step: Step, target: StepState, **changes: Any) -> Step:
    """Save `step` in `target` with `changes`, and say so in the journal when the state moves."""
    check_transition(STEP_TRANSITIONS, kind="Step", name=f"{step.task}/{step.name}", source=step.state, target=target)
    moved = replace(step, state=target, **changes)
    await uow.steps.save(moved)
    if target != step.state:
        await uow.events.append(
            step.task,
            StepStateChanged(
                step=step.name,
                round=moved.round,
                source=step.state.value,
                target=target.value,
                summary=moved.summary,
            ),
        )
    return moved


async def queue_run(uow: UnitOfWork, run: AgentRun) -> None:
    """Add a new agent run, which waits for its place, and say so in the journal."""
    await uow.agent_runs.add(run)
    await uow.events.append(
        run.task,
        AgentRunStateChanged(
            agent_run=run.id, step=run.step, role=run.role, source=NEW, target=AgentRunState.QUEUED.value
        ),
    )


async def move_run(
    uow: UnitOfWork, run: AgentRun, target: AgentRunState, *, detail: str = "", failure: str = "", **changes: Any
) -> AgentRun:
    """Save `run` in `target` with `changes`, and say so in the journal when the state moves."""
    check_transition(AGENT_RUN_TRANSITIONS, kind="Agent run", name=run.id, source=run.state, target=target)
    if target in _RUN_ENDS:
        changes["finished_at"] = uow.now
    if target != AgentRunState.RUNNING:
        changes["activity"] = ""
    rest = _rest(run, resting=target in RESTING_RUNS, now=uow.now)
    moved = replace(run, state=target, **rest, **changes)
    await uow.agent_runs.save(moved)
    if target != run.state:
        await uow.events.append(
            run.task,
            AgentRunStateChanged(
                agent_run=run.id,
                step=run.step,
                role=run.role,
                source=run.state.value,
                target=target.value,
                detail=detail,
                failure=failure,
            ),
        )
    return moved


async def request_approval(uow: UnitOfWork, approval: Approval) -> Approval:
    """Open `approval`, or return the one that already asks the same thing (same key)."""
    known = await uow.approvals.find_key(approval.key)
    if known is not None:
        return known
    await uow.approvals.add(approval)
    await uow.events.append(
        approval.task,
        ApprovalRequested(approval=approval.id, kind=approval.kind.value, step=approval.step, title=approval.title),
    )
    return approval


async def decide_approval(
    uow: UnitOfWork,
    approval: Approval,
    state: ApprovalState,
    *,
    by: PersonId | None,
    reason: str = "",
    answers: dict[str, str] | None = None,
) -> Approval:
    """Close a pending approval; ConflictError when somebody was faster or the task has ended."""
    if approval.state != ApprovalState.PENDING:
        who = f" by {approval.decided_by}" if approval.decided_by else ""
        raise ConflictError(
            f"{approval.id} was already {approval.state.value}{who}.", hint="Nothing was changed by this answer."
        )
    decided = replace(
        approval,
        state=state,
        decided_by=by,
        decided_at=uow.now,
        decision_reason=reason,
        answers=answers or {},
    )
    await uow.approvals.save(decided)
    await uow.events.append(
        approval.task,
        ApprovalDecided(approval=approval.id, kind=approval.kind.value, state=state.value, by=by, reason=reason),
    )
    return decided


async def hear_message(uow: UnitOfWork, message: SteeringMessage, run: AgentRun) -> None:
    """Note that `run` has been told `message`; harmless when somebody has heard it before."""
    if message.heard_by is None:
        await uow.messages.save(replace(message, heard_by=run.id, heard_at=uow.now))
        await uow.events.append(message.task, MessageDelivered(message=message.id, agent_run=run.id))


async def close_open(
    uow: UnitOfWork, task: Task, *, failed: bool, reason: str, by: PersonId | None = None, keep_at_work: bool = False
) -> None:
    """End every run, question and step of `task` that is still open; what was at work counts as `failed` or not.

    With `keep_at_work` steps that have begun stay open, for what was written in them to be kept.
    """
    for run in await uow.agent_runs.of(task.id):
        if run.state not in _RUN_ENDS:
            target = AgentRunState.FAILED if failed else AgentRunState.CANCELLED
            await move_run(uow, run, target, error=reason, detail=reason)
    for approval in await uow.approvals.of(task.id):
        if approval.state == ApprovalState.PENDING:
            await decide_approval(uow, approval, ApprovalState.CANCELLED, by=by, reason=reason)
    for step in await uow.steps.of(task.id):
        if step.state in _STEP_OPEN and not (keep_at_work and step.state in STEP_AT_WORK):
            working = step.state != StepState.PENDING
            await move_step(
                uow,
                step,
                StepState.FAILED if failed and working else StepState.CANCELLED,
                summary=reason if working else step.summary,
                finished_at=uow.now,
            )


async def end_task(uow: UnitOfWork, task: Task, target: TaskState, *, reason: str, by: PersonId | None = None) -> Task:
    """Fail or cancel `task` and everything of it that is still open, in this one transaction."""
    failed = target == TaskState.FAILED
    await close_open(uow, task, failed=failed, reason=reason, by=by)
    return await move_task(uow, task, target, reason=reason, by=by, failure=reason if failed else "")


async def complete_task(uow: UnitOfWork, task: Task, *, reason: str = "", **changes: Any) -> Task:
    """Complete `task`, from wherever a task can be whose steps are over."""
    task = await move_task(uow, task, TaskState.RUNNING)
    return await move_task(uow, task, TaskState.COMPLETED, reason=reason, **changes)
