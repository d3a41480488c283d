"""Before work is offered it is brought to where its base is now; what clashes goes to an agent, then to people."""

from dataclasses import replace

import structlog

from core.domain.errors import WorkspaceError
from core.domain.event import ConflictFound, NoticeRaised, WorkVerified
from core.domain.forge_event import BaseMoved
from core.domain.identity import StepName
from core.domain.role import ResultKind
from core.domain.task import FINAL_TASK_STATES, RunPurpose, StepState, Task
from core.engine.base_clash import clashes_so_far
from core.engine.changes import move_step, move_task
from core.engine.parts import EngineParts
from core.engine.progress import TaskProgress
from core.engine.specs import lane_of
from core.store.unit_of_work import UnitOfWork
from core.workspaces.catching_up import CaughtUp, Clash
from core.workspaces.verification import verify
from core.workspaces.workspace import Workspace

MOST_CLASHES = 3
"""In one life of a task; a base that moves faster than that has to be met by people."""
log = structlog.get_logger(__name__)


class BaseMoves:
    """Catches up with bases."""

    def __init__(self, parts: EngineParts) -> None:
        self._parts = parts
        self._progress = TaskProgress(parts)

    async def caught_up(self, task: Task) -> Task | None:
        """The task as it can be offered now; None when a clash has to be settled first, which is under way then.

        What no agent can settle is offered as it is, for people to see. A base that cannot be fetched now counts as one
        that did not move.
        """
        project = self._parts.project(task.project)
        workspace = await self._parts.workspaces.open(
            project, task=task.id, branch=task.branch, base_branch=task.base_branch, base_commit=task.base_commit
        )
        try:
            there = await self._parts.workspaces.catch_up(project, workspace, merge=bool(task.pull_request_commit))
        except WorkspaceError as error:
            log.warning("base_not_looked_at", task=task.id, reason=error.message)
            return task
        if isinstance(there, Clash):
            return await self._clashed(task, workspace, there)
        if (there.base_commit, there.commit) == (task.base_commit, task.commit):
            return task
        checked = await self._verified(task, workspace)
        async with self._parts.store.transaction() as uow:
            return await _recorded(uow, task, there, checked)

    async def _clashed(self, task: Task, workspace: Workspace, clash: Clash) -> Task | None:
        """Lay the clash into the worktree for the agent of the last step that changed something."""
        step = _settler(task, self._parts)
        async with self._parts.store.reading() as uow:
            often = await clashes_so_far(uow, task)
        if step is None or often >= MOST_CLASHES:
            return await self._left_to_people(task, clash)
        await self._parts.workspaces.lay_clash(workspace, base=clash.base_commit)
        async with self._parts.store.transaction() as uow:
            now = await uow.tasks.get(task.id)
            if now.state in FINAL_TASK_STATES or now.life != task.life:
                return None
            moved = BaseMoved(base_branch=task.base_branch, commit=clash.base_commit, files=clash.files)
            await uow.events.append(task.id, moved)
            await _begin_again(uow, now, step, clash.files)
            settling = await uow.steps.get(task.id, step)
            await self._progress.add_run(uow, now, settling, purpose=RunPurpose.MERGE)
            return None

    async def _left_to_people(self, task: Task, clash: Clash) -> Task:
        files = ", ".join(clash.files)
        text = f"{task.base_branch} has changed the same places meanwhile ({files}): settle that before it is merged."
        async with self._parts.store.transaction() as uow:
            await uow.events.append(task.id, NoticeRaised(text=text))
        return task

    async def _verified(self, task: Task, workspace: Workspace) -> WorkVerified | None:
        """What the project's verify command says of the work on its new base."""
        project = self._parts.project(task.project)
        if not project.verify:
            return None
        result = await verify(
            workspace.path,
            command=project.verify,
            timeout_s=project.verify_timeout_s,
            environment=self._parts.environment(project),
            box=await self._parts.sandbox.box(workspace.path),
        )
        await self._parts.workspaces.undo(workspace)
        roles = self._parts.roles(task.project)
        tests = [
            name
            for name in task.workflow.order()
            if (role := roles.get(task.workflow.step(name).role)) and role.result is ResultKind.TEST_REPORT
        ]
        async with self._parts.store.reading() as uow:
            step = await uow.steps.get(task.id, (tests or task.workflow.order())[-1])
        output = self._parts.mask(result.output)[-4000:]
        return WorkVerified(
            step=step.name, round=step.round, command=project.verify, passed=result.passed, output=output
        )


async def _recorded(uow: UnitOfWork, task: Task, there: CaughtUp, checked: WorkVerified | None) -> Task | None:
    now = await uow.tasks.get(task.id)
    if now.state in FINAL_TASK_STATES or now.life != task.life:
        return None
    if checked is not None:
        await uow.events.append(task.id, checked)
    await uow.events.append(task.id, BaseMoved(base_branch=task.base_branch, commit=there.base_commit))
    # going back to a step begins where its base has come to; what lies between two steps is no place to go back to
    moved = {now.base_commit: there.base_commit, now.commit: there.commit}
    for step in await uow.steps.of(task.id):
        if step.base_commit in moved:
            await uow.steps.save(replace(step, base_commit=moved[step.base_commit]))
    return await move_task(uow, now, now.state, base_commit=there.base_commit, commit=there.commit)


async def _begin_again(uow: UnitOfWork, task: Task, step: StepName, files: tuple[str, ...]) -> None:
    """The step is at work once more in its round, and all that follow it come after that anew."""
    for other in await uow.steps.of(task.id):
        if other.name == step:
            await uow.events.append(task.id, ConflictFound(step=step, round=other.round, files=files))
            pending = await move_step(uow, replace(other, finished_at=None), StepState.PENDING)
            await move_step(uow, pending, StepState.RUNNING)
        elif other.name in task.workflow.after(step) and other.state != StepState.PENDING:
            fresh = replace(other, started_at=None, finished_at=None, summary="")
            await move_step(uow, fresh, StepState.PENDING, round=other.round + 1)


def _settler(task: Task, parts: EngineParts) -> StepName | None:
    """The last step that changes files and has the task's own worktree; None when there is none, or all was stopped."""
    roles = parts.roles(task.project)
    writers = [
        name
        for name in task.workflow.order()
        if (role := roles.get(task.workflow.step(name).role)) and role.writes and not lane_of(task.workflow, name)
    ]
    return writers[-1] if writers and not task.unfinished else None
