"""Another life for a task: trying again from a step on, or going back to where the branch was before a step."""

from dataclasses import replace
from typing import Any

from core.domain.errors import ConflictError, InvalidInputError
from core.domain.event import TaskReopened
from core.domain.identity import PersonId, StepName
from core.domain.task import FINAL_TASK_STATES, Step, StepState, Task, TaskState
from core.engine.branch_points import step_began_at
from core.engine.changes import end_task, move_step, move_task
from core.engine.client import EngineClient
from core.store.unit_of_work import UnitOfWork

_UNFINISHED = (StepState.FAILED, StepState.CANCELLED)
_DONE = (StepState.COMPLETED, StepState.SKIPPED)


async def retry(uow: UnitOfWork, engine: EngineClient, task: Task, *, from_step: StepName | None, by: PersonId) -> Task:
    """Try again from `from_step`, or from what failed; what was done before it stays as it is."""
    if task.state not in FINAL_TASK_STATES:
        raise ConflictError(
            f"{task.id} has not ended: it is {task.state.value}.",
            hint=f"Cancel it first: orchestrator cancel {task.id}",
        )
    steps = await uow.steps.of(task.id)
    first = from_step or _first_unfinished(task, steps)
    if first is None:
        # every step is done: only offering the branch failed
        last = task.workflow.order()[-1]
        return await begin_again(uow, engine, task, _again(task, last, by=by))
    _check_begins(task, steps, first)
    return await reopen(uow, engine, task, _again(task, first, by=by))


async def rewind(uow: UnitOfWork, engine: EngineClient, task: Task, *, to_step: StepName, by: PersonId) -> Task:
    """Set the branch back to where it was before `to_step`, and go on from there; what is given up stays reachable."""
    steps = await uow.steps.of(task.id)
    _check_begins(task, steps, to_step)
    base = await step_began_at(uow, task, next(step for step in steps if step.name == to_step))
    if task.branch and not base:
        raise ConflictError(
            f"Step {to_step} of {task.id} has never begun, so there is nothing to go back to.",
            hint=f"Try again instead: orchestrator retry {task.id}",
        )
    if task.state not in FINAL_TASK_STATES:
        task = await end_task(uow, task, TaskState.CANCELLED, reason=f"Goes back to {to_step}.", by=by)
    head = task.commit or task.base_commit
    back = TaskReopened(life=task.life + 1, step=to_step, how="rewind", by=by)
    return await reopen(
        uow, engine, task, back, reason=f"Back to {to_step}.", restore_commit=base if base != head else ""
    )


def _first_unfinished(task: Task, steps: list[Step]) -> StepName | None:
    """The first step that is not done in a task that failed or was cancelled; None when all are."""
    states = {step.name: step.state for step in steps}
    for name in task.workflow.order():
        if states[name] in _UNFINISHED or states[name] == StepState.PENDING:
            return name
    if task.state == TaskState.COMPLETED:
        raise ConflictError(
            f"{task.id} is completed: nothing of it failed.",
            hint=f"Name a step to do again: orchestrator retry {task.id} --from STEP",
        )
    return None


def _check_begins(task: Task, steps: list[Step], first: StepName) -> None:
    """Refuse a step that does not exist, or that could not begin because those before it are not done."""
    states = {step.name: step.state for step in steps}
    if first not in states:
        known = ", ".join(task.workflow.order())
        raise InvalidInputError(f"{task.id} has no step {first}.", hint=f"Its steps: {known}.")
    missing = [need for need in task.workflow.order() if need in task.workflow.before(first)]
    missing = [need for need in missing if states[need] not in _DONE]
    if missing:
        raise InvalidInputError(
            f"Step {first} cannot begin before {missing[0]} is done.",
            hint=f"Begin earlier: orchestrator retry {task.id} --from {missing[0]}",
        )


def _again(task: Task, first: StepName, *, by: PersonId) -> TaskReopened:
    return TaskReopened(life=task.life + 1, step=first, how="retry", by=by)


async def reopen(
    uow: UnitOfWork, engine: EngineClient, task: Task, event: TaskReopened, *, reason: str = "", **changes: Any
) -> Task:
    """Begin the life that `event` tells of: its step, all after it, and all that came to no end are done again.

    Where the branch is set back, so is all beside the step: what it brought to the branch goes, too.
    """
    again = task.workflow.after(event.step)
    if changes.get("restore_commit"):
        again |= task.workflow.beside(event.step)
    for step in await uow.steps.of(task.id):
        if step.name in again or step.state in _UNFINISHED:
            fresh = replace(step, started_at=None, finished_at=None, summary="")
            begun = step.state != StepState.PENDING
            await move_step(uow, fresh, StepState.PENDING, round=step.round + begun)
    return await begin_again(uow, engine, task, event, reason=reason, **changes)


async def begin_again(
    uow: UnitOfWork,
    engine: EngineClient,
    task: Task,
    event: TaskReopened,
    *,
    reason: str = "",
    **changes: Any,  # fields of Task
) -> Task:
    """Begin the next life of the task, whose steps stand where they should."""
    await uow.events.append(task.id, event)
    facts: dict[str, Any] = {"finished_at": None, "restore_commit": "", "unfinished": "", "forge_wait": None}
    if task.follow_up is not None and task.follow_up.life == task.life:
        # what it was asked for is still what it works on
        facts["follow_up"] = replace(task.follow_up, life=event.life)
    reopened = await move_task(
        uow,
        task,
        TaskState.QUEUED,
        reason=reason or f"Again from {event.step}.",
        by=event.by,
        life=event.life,
        failure="",
        **{**facts, **changes},
    )
    await engine.enqueue_task(uow, task.id, life=event.life)
    return reopened
