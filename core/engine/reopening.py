"""Another life for a task: trying again from a step on, or going back to where the branch was before a step."""

from dataclasses import replace

from core.domain.errors import ConflictError, InvalidInputError
from core.domain.event import TaskReopened
from core.domain.identity import PersonId, StepName
from core.domain.task import FINAL_TASK_STATES, Step, StepState, Task, TaskState
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
        return await _begun_again(uow, engine, task, last, how="retry", restore="", by=by)
    _check_begins(task, steps, first)
    return await _reopened(uow, engine, task, first, how="retry", restore="", by=by)


async def rewind(uow: UnitOfWork, engine: EngineClient, task: Task, *, to_step: StepName, by: PersonId) -> Task:
    """Set the branch back to where it was before `to_step`, and go on from there; what is given up stays reachable."""
    steps = await uow.steps.of(task.id)
    _check_begins(task, steps, to_step)
    base = next(step.base_commit for step in steps if step.name == to_step)
    if task.branch and not base:
        raise ConflictError(
            f"Step {to_step} of {task.id} has never begun, so there is nothing to go back to.",
            hint=f"Try again instead: orchestrator retry {task.id}",
        )
    if task.state not in FINAL_TASK_STATES:
        task = await end_task(uow, task, TaskState.CANCELLED, reason=f"Goes back to {to_step}.", by=by)
    head = task.commit or task.base_commit
    return await _reopened(uow, engine, task, to_step, how="rewind", restore=base if base != head else "", by=by)


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


async def _reopened(
    uow: UnitOfWork, engine: EngineClient, task: Task, first: StepName, *, how: str, restore: str, by: PersonId
) -> Task:
    again = task.workflow.after(first)
    for step in await uow.steps.of(task.id):
        if step.name in again or step.state in _UNFINISHED:
            fresh = replace(step, started_at=None, finished_at=None, summary="")
            begun = step.state != StepState.PENDING
            await move_step(uow, fresh, StepState.PENDING, round=step.round + begun)
    return await _begun_again(uow, engine, task, first, how=how, restore=restore, by=by)


async def _begun_again(
    uow: UnitOfWork, engine: EngineClient, task: Task, first: StepName, *, how: str, restore: str, by: PersonId
) -> Task:
    """Begin the next life of the task, whose steps stand where they should."""
    life = task.life + 1
    await uow.events.append(
        task.id, TaskReopened(life=life, step=first, how="rewind" if how == "rewind" else "retry", by=by)
    )
    reopened = await move_task(
        uow,
        task,
        TaskState.QUEUED,
        reason=f"{'Back to' if how == 'rewind' else 'Again from'} {first}.",
        by=by,
        life=life,
        failure="",
        finished_at=None,
        restore_commit=restore,
        pull_request="",
    )
    await engine.enqueue_task(uow, task.id, life=life)
    return reopened
