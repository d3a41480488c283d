"""Offering what is there before all is done: because a person wants it so, or the money is at its end."""

from core.domain.errors import ConflictError
from core.domain.event import TaskReopened
from core.domain.forge_event import PublishingRequested
from core.domain.identity import PersonId
from core.domain.task import FINAL_TASK_STATES, STEP_AT_WORK, Task, TaskState
from core.engine.changes import close_open, end_task, move_task
from core.engine.client import EngineClient
from core.engine.reopening import begin_again
from core.store.unit_of_work import UnitOfWork

STOPPED = "Stopped by a person before all steps were done."


async def publish_now(uow: UnitOfWork, engine: EngineClient, task: Task, *, by: PersonId, reason: str = "") -> Task:
    """Stop the agents of `task`, and go on with publishing; when nothing is there it is cancelled, which says so.

    A task that failed or was cancelled gets another life for it. ConflictError when there is nothing to publish.
    """
    why = reason or STOPPED
    if task.state in FINAL_TASK_STATES:
        return await _after_the_end(uow, engine, task, why, by=by)
    return task if task.unfinished else await offer_what_is_there(uow, task, reason=why, by=by)


async def offer_what_is_there(uow: UnitOfWork, task: Task, *, reason: str, by: PersonId | None) -> Task:
    """Stop the agents of an open `task`, and go on with publishing; cancelled, saying so, when nothing is there.

    What agents have written and not committed is kept first. `reason` is why, as whole sentences.
    """
    why = reason
    if not (task.commit or await _has_begun(uow, task)):
        return await end_task(uow, task, TaskState.CANCELLED, reason=f"{why} Nothing was committed.", by=by)
    await close_open(uow, task, failed=False, reason=why, by=by, keep_at_work=True)
    await uow.events.append(task.id, PublishingRequested(reason=why, by=by))
    if task.state == TaskState.QUEUED:
        task = await move_task(uow, task, TaskState.PLANNING)
    return await move_task(uow, task, TaskState.RUNNING, reason=why, by=by, unfinished=why, forge_wait=None)


async def _has_begun(uow: UnitOfWork, task: Task) -> bool:
    """Whether an agent of an open step may have written something."""
    at_work = {step.name for step in await uow.steps.of(task.id) if step.state in STEP_AT_WORK}
    return any(run.step in at_work and run.started_at is not None for run in await uow.agent_runs.of(task.id))


async def _after_the_end(uow: UnitOfWork, engine: EngineClient, task: Task, why: str, *, by: PersonId) -> Task:
    if task.state == TaskState.COMPLETED:
        raise ConflictError(f"{task.id} is completed already.", hint=f"See it with: orchestrator task {task.id}")
    if not task.commit:
        raise ConflictError(
            f"{task.id} has committed nothing that could be offered.", hint=f"Try again: orchestrator retry {task.id}"
        )
    event = TaskReopened(life=task.life + 1, step=task.workflow.order()[-1], how="publish", by=by)
    told = f"{why} {task.failure}".strip()
    return await begin_again(uow, engine, task, event, reason="Offers what is committed.", unfinished=told)
