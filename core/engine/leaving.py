"""What a step has reached when its task is to be offered unfinished: committed, and the step closed; safe to repeat."""

import structlog

from core.domain.errors import OrchestratorError, WorkspaceError
from core.domain.event import CommitCreated, NoticeRaised
from core.domain.forge_event import PublishingRequested
from core.domain.identity import PersonId, StepName, TaskId
from core.domain.task import FINAL_TASK_STATES, STEP_AT_WORK, RunPurpose, Step, StepState, Task, TaskState
from core.engine.changes import end_task, move_step, move_task
from core.engine.parts import EngineParts
from core.engine.specs import open_workspaces
from core.store.unit_of_work import UnitOfWork
from core.workspaces.merging import Conflict, Merge

log = structlog.get_logger(__name__)


class Leaving:
    """Brings what was written to the branch. Whoever wrote it is gone by then."""

    def __init__(self, parts: EngineParts) -> None:
        self._parts = parts

    async def leave(self, task_id: TaskId, name: StepName) -> None:
        """Commit what the step has reached, and close it; a task in which nothing is committed then is cancelled.

        What cannot be committed, or clashes with what others have done, is told and left where it is.
        """
        async with self._parts.store.reading() as uow:
            task, step = await uow.tasks.get(task_id), await uow.steps.get(task_id, name)
            writes = await self._wrote(uow, task, step)
        if _is_over(task, step):
            return
        reached, trouble = Merge(commit="", files=()), ""
        if writes:
            try:
                reached = await self._commit(task, step)
            except OrchestratorError as error:
                log.warning("unfinished_work_not_committed", task=task.id, step=step.name, reason=error.message)
                trouble = f"What {step.name} had begun is not in it: {error.message}"
        async with self._parts.store.transaction() as uow:
            await self._close(uow, task_id, name, reached=reached, trouble=self._parts.mask(trouble))

    async def _wrote(self, uow: UnitOfWork, task: Task, step: Step) -> bool:
        """Whether what is in the step's folder is work: no trace of somebody who only looks, and no open conflict."""
        runs = [run for run in await uow.agent_runs.of(task.id) if (run.step, run.round) == (step.name, step.round)]
        return bool(runs) and runs[-1].purpose == RunPurpose.WORK and self._parts.roles(task.project)[step.role].writes

    async def _commit(self, task: Task, step: Step) -> Merge:
        """Bring what the step has reached to the branch: its head, and all that differs from the base then."""
        workspaces = self._parts.workspaces
        own, place = await open_workspaces(self._parts, task, step)
        trailers = {"Task": task.id, "Step": step.name, "Round": str(step.round), "Finished": "no"}
        subject = self._parts.mask(f"Unfinished: {task.title}")[:72]
        await workspaces.commit(place, subject=subject, trailers=trailers)
        if place != own:
            brought = await workspaces.merge_lane(own, place, trailers=trailers)
            if isinstance(brought, Conflict):
                raise WorkspaceError(f"it clashes with what others have done in {', '.join(brought.files[:3])}.")
        return Merge(commit=await workspaces.head(own), files=await workspaces.changed_files(own))

    async def _close(self, uow: UnitOfWork, task_id: TaskId, name: StepName, *, reached: Merge, trouble: str) -> None:
        task, step = await uow.tasks.get(task_id), await uow.steps.get(task_id, name)
        if _is_over(task, step):
            return
        if trouble:
            await uow.events.append(task.id, NoticeRaised(text=trouble))
        if reached.commit not in ("", task.commit, task.base_commit):
            task = await move_task(uow, task, task.state, commit=reached.commit)
            created = CommitCreated(step=step.name, round=step.round, commit=reached.commit, files=tuple(reached.files))
            await uow.events.append(task.id, created)
        await move_step(uow, step, StepState.CANCELLED, summary=task.unfinished, finished_at=uow.now)
        others = [other for other in await uow.steps.of(task.id) if other.state in STEP_AT_WORK]
        if not (task.commit or others):
            reason = f"{task.unfinished} Nothing was committed."
            await end_task(uow, task, TaskState.CANCELLED, reason=reason, by=await _who_stopped(uow, task))


def _is_over(task: Task, step: Step) -> bool:
    """Whether somebody was faster."""
    return task.state in FINAL_TASK_STATES or not task.unfinished or step.state not in STEP_AT_WORK


async def _who_stopped(uow: UnitOfWork, task: Task) -> PersonId | None:
    asked = [entry.event for entry in await uow.events.of(task.id, types=["publishing_requested"])]
    return next((event.by for event in reversed(asked) if isinstance(event, PublishingRequested)), None)
