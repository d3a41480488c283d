"""What happens to a task outside the store before its agents; each may run again without harm."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from core.domain.errors import ConflictError, OrchestratorError
from core.domain.event import BranchRestored, WorkspacePrepared
from core.domain.identity import TaskId
from core.domain.project import Project
from core.domain.pull_request import ReviewTarget
from core.domain.task import FINAL_TASK_STATES, Task, TaskState
from core.engine.changes import end_task, move_task
from core.engine.forge_patience import PatientCalls
from core.engine.parts import EngineParts
from core.engine.room import make_room
from core.forge import Issue
from core.workspaces.branch_name import branch_slug
from core.workspaces.workspace import Workspace


class TaskEffects:
    """Prepares and restores a task's branch, and writes down that it was done."""

    def __init__(self, parts: EngineParts) -> None:
        self._parts = parts
        self._calls = PatientCalls(store=parts.store, patience=parts.forge_patience, mask=parts.mask)

    async def prepare(self, task_id: TaskId) -> None:
        """Fetch the issue, make branch and worktree; a refusal of git or the forge fails the task with its reason."""
        task = await self._task(task_id)
        if task.state in FINAL_TASK_STATES or task.branch:
            return
        try:
            project = self._parts.project(task.project)
            await make_room(self._parts, task)
            if task.reviews is not None:
                workspace, facts = await self._fetched(project, task, task.reviews)
            else:
                issue = await self._issue(project, task)
                workspace = await self._workspace(task, slug=branch_slug(issue.title if issue else task.title))
                facts = self._facts(issue)
        except OrchestratorError as error:
            await self.fail(task_id, f"{error.message} {error.hint}".strip())
            return
        await self._prepared(task_id, workspace, facts)

    async def _issue(self, project: Project, task: Task) -> Issue | None:
        if not task.issue or task.issue_text:
            return None
        return await self._calls.call(
            task.id, doing="prepare", call=lambda: self._parts.forge.issue(project, task.issue)
        )

    def _facts(self, issue: Issue | None) -> dict[str, Any]:
        """What the task keeps of its issue: an untrusted text that may change later."""
        if issue is None:
            return {}
        mask = self._parts.mask
        return {
            "issue_title": mask(issue.title),
            "issue_text": mask(issue_text(issue.body, issue.comments)),
        }

    async def _fetched(self, project: Project, task: Task, target: ReviewTarget) -> tuple[Workspace, dict[str, Any]]:
        """A worktree at the head of the pull request to review, and what the task keeps of it."""
        forge, workspaces, mask = self._parts.forge, self._parts.workspaces, self._parts.mask
        offered = await self._calls.call(
            task.id, doing="prepare", call=lambda: forge.offered(project, target.reference)
        )
        if offered.state != "open":
            raise ConflictError(
                f"Pull request {offered.reference} is {offered.state}.", hint="Only an open one can be reviewed."
            )
        into = await workspaces.repository(project)
        await self._calls.call(task.id, doing="prepare", call=lambda: forge.fetch(project, offered, into=into))
        workspace = await workspaces.fork(
            project,
            task=task.id,
            slug=f"review-{branch_slug(offered.title)}",
            start=offered.commit,
            base_branch=offered.base_branch,
            base_commit=offered.base_commit,
        )
        known = replace(
            target, reference=offered.reference, url=offered.url, author=offered.author, commit=offered.commit
        )
        told = {"issue_title": mask(offered.title), "issue_text": mask(offered.body)}
        # every step begins at the head of what it reviews
        return workspace, {"reviews": known, "commit": offered.commit, **told}

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

    async def _prepared(self, task_id: TaskId, workspace: Workspace, facts: Mapping[str, Any]) -> None:
        async with self._parts.store.transaction() as uow:
            task = await uow.tasks.get(task_id)
            if task.state in FINAL_TASK_STATES or task.branch:
                return
            await move_task(
                uow,
                task,
                task.state if task.state == TaskState.PAUSED else TaskState.PLANNING,
                started_at=task.started_at or uow.now,
                forge_wait=None,
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
                    commit=task.commit,
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

    async def _open(self, task: Task) -> Workspace:
        return await self._parts.workspaces.open(
            self._parts.project(task.project),
            task=task.id,
            branch=task.branch,
            base_branch=task.base_branch,
            base_commit=task.base_commit,
        )

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
