"""What happens to a task outside the store before and after its agents; each may run again without harm."""

from collections.abc import Mapping, Sequence
from typing import Any

import structlog

from core.domain.errors import OrchestratorError
from core.domain.event import BranchRestored, PullRequestOpened, WorkspacePrepared
from core.domain.identity import TaskId
from core.domain.task import FINAL_TASK_STATES, Task, TaskState
from core.engine.changes import end_task, move_task
from core.engine.forking import drop_rivals
from core.engine.parts import EngineParts
from core.engine.publishing import pull_request_draft
from core.engine.room import make_room
from core.engine.specs import lane_of
from core.forge import Issue, PullRequestDraft
from core.views import task_view
from core.workspaces.branch_name import branch_slug
from core.workspaces.workspace import Workspace

log = structlog.get_logger(__name__)


class TaskEffects:
    """Prepares, restores and publishes a task's branch, and writes down that it was done."""

    def __init__(self, parts: EngineParts) -> None:
        self._parts = parts

    async def prepare(self, task_id: TaskId) -> None:
        """Fetch the issue, make branch and worktree; a refusal of git or the forge fails the task with its reason."""
        task = await self._task(task_id)
        if task.state in FINAL_TASK_STATES or task.branch:
            return
        try:
            project = self._parts.project(task.project)
            await make_room(self._parts, task)
            wanted = task.issue and not task.issue_text
            issue = await self._parts.forge.issue(project, task.issue) if wanted else None
            workspace = await self._workspace(task, slug=branch_slug(issue.title if issue else task.title))
        except OrchestratorError as error:
            await self.fail(task_id, f"{error.message} {error.hint}".strip())
            return
        await self._prepared(task_id, workspace, issue)

    async def _workspace(self, task: Task, *, slug: str) -> Workspace:
        """The task's own branch from the base; a fork's from where its parent was."""
        project = self._parts.project(task.project)
        if task.forked_from is None:
            return await self._parts.workspaces.prepare(project, task=task.id, slug=slug)
        return await self._parts.workspaces.fork(
            project,
            task=task.id,
            slug=slug,
            start=task.commit or task.base_commit,
            base_branch=task.base_branch,
            base_commit=task.base_commit,
        )

    async def _prepared(self, task_id: TaskId, workspace: Workspace, issue: Issue | None) -> None:
        async with self._parts.store.transaction() as uow:
            task = await uow.tasks.get(task_id)
            if task.state in FINAL_TASK_STATES or task.branch:
                return
            facts: Mapping[str, Any] = {}
            if issue is not None:
                mask = self._parts.mask
                facts = {
                    "issue_title": mask(issue.title),
                    "issue_text": mask(issue_text(issue.body, issue.comments)),
                }
            await move_task(
                uow,
                task,
                task.state if task.state == TaskState.PAUSED else TaskState.PLANNING,
                started_at=task.started_at or uow.now,
                branch=workspace.branch,
                base_branch=workspace.base_branch,
                base_commit=workspace.base_commit,
                **facts,
            )
            await uow.events.append(
                task.id,
                WorkspacePrepared(
                    branch=workspace.branch,
                    base_branch=workspace.base_branch,
                    base_commit=workspace.base_commit,
                ),
            )

    async def restore(self, task_id: TaskId) -> None:
        """Set the branch back to where the task wants it; what was there stays reachable."""
        task = await self._task(task_id)
        if task.state in FINAL_TASK_STATES or not task.restore_commit:
            return
        commit = task.restore_commit
        try:
            workspace = await self._open(task)
            kept_as = await self._parts.workspaces.restore(workspace, commit=commit, keep_as=f"life-{task.life - 1}")
        except OrchestratorError as error:
            await self.fail(task_id, f"{error.message} {error.hint}".strip())
            return
        async with self._parts.store.transaction() as uow:
            task = await uow.tasks.get(task_id)
            if task.restore_commit == commit and task.state not in FINAL_TASK_STATES:
                kept = "" if commit == task.base_commit else commit
                await move_task(uow, task, task.state, restore_commit="", commit=kept)
                await uow.events.append(task.id, BranchRestored(commit=commit, kept_as=kept_as))

    async def publish(self, task_id: TaskId) -> None:
        """Offer the branch as a pull request and complete the task; without a commit there is nothing to offer."""
        task = await self._task(task_id)
        life = task.life
        if task.state in FINAL_TASK_STATES:
            return
        await self._drop_lanes(task)
        pull_request = None
        if task.commit:
            objection = await self._objection(task)
            if objection:
                await self.fail(
                    task_id, f"The work is committed on {task.branch}, but is not offered. {objection}", life=life
                )
                return
            draft = await self._draft(task)
            try:
                pull_request = await self._parts.forge.publish(self._parts.project(task.project), draft)
            except OrchestratorError as error:
                reason = f"The work is committed on {task.branch}, but could not be offered: {error.message}"
                await self.fail(task_id, f"{reason} {error.hint}".strip(), life=life)
                return
        async with self._parts.store.transaction() as uow:
            task = await uow.tasks.get(task_id)
            # while the forge worked, a person may have gone back to an earlier step
            if task.state in FINAL_TASK_STATES or task.life != life:
                return
            await drop_rivals(uow, task, by=None)
            if pull_request is not None:
                await uow.events.append(
                    task.id, PullRequestOpened(reference=pull_request.reference, url=pull_request.url)
                )
            task = await move_task(uow, task, TaskState.RUNNING)
            reason = "" if pull_request else "Nothing had to be changed."
            reference = pull_request.reference if pull_request else ""
            await move_task(uow, task, TaskState.COMPLETED, reason=reason, pull_request=reference)

    async def _drop_lanes(self, task: Task) -> None:
        """Take away the worktrees that steps had for themselves: a process may have died before it did."""
        lanes = [lane for name in task.workflow.order() if (lane := lane_of(task.workflow, name))]
        if not lanes:
            return
        try:
            workspace = await self._open(task)
            for lane in lanes:
                await self._parts.workspaces.drop_lane(workspace, lane=lane)
        except OrchestratorError as error:
            log.warning("lanes_not_removed", task=task.id, reason=error.message)

    async def _open(self, task: Task) -> Workspace:
        return await self._parts.workspaces.open(
            self._parts.project(task.project),
            task=task.id,
            branch=task.branch,
            base_branch=task.base_branch,
            base_commit=task.base_commit,
        )

    async def _objection(self, task: Task) -> str:
        if not self._parts.hooks.hooks:
            return ""
        async with self._parts.store.reading() as uow:
            view = await task_view(uow, task.id)
        return await self._parts.hooks.objection(view, "publish")

    async def _draft(self, task: Task) -> PullRequestDraft:
        async with self._parts.store.reading() as uow:
            steps = await uow.steps.of(task.id)
            bills = await uow.ledger.by_step(task.id)
        return pull_request_draft(task, steps, bills, self._parts.roles(task.project))

    async def fail(self, task_id: TaskId, reason: str, *, life: int | None = None) -> None:
        """End the task as failed, unless it has already ended, or is in another life than `life`."""
        async with self._parts.store.transaction() as uow:
            task = await uow.tasks.get(task_id)
            if task.state not in FINAL_TASK_STATES and life in (None, task.life):
                await end_task(uow, task, TaskState.FAILED, reason=self._parts.mask(reason))

    async def _task(self, task_id: TaskId) -> Task:
        async with self._parts.store.reading() as uow:
            return await uow.tasks.get(task_id)


def issue_text(body: str, comments: Sequence[str]) -> str:
    """An issue's body and comments as one text, in order."""
    return "\n\n".join([body, *(f"Comment:\n{comment}" for comment in comments)])
