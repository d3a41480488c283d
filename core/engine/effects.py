"""The outside effects of a task: each is one durable step, and may run again after a crash without doing harm."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from core.agents import results
from core.domain.errors import OrchestratorError
from core.domain.event import CommitCreated, PullRequestOpened, StepStateChanged, WorkspacePrepared, WorkVerified
from core.domain.identity import AgentRunId, TaskId
from core.domain.task import FINAL_TASK_STATES, AgentRun, Step, StepState, Task, TaskState
from core.engine.changes import end_task, move_step, move_task
from core.engine.judgement import Judgement, Outcome, judge
from core.engine.parts import EngineParts
from core.engine.publishing import pull_request_draft
from core.forge import PullRequestDraft
from core.store.unit_of_work import UnitOfWork
from core.workspaces.branch_name import branch_slug
from core.workspaces.verification import VerificationResult, verify
from core.workspaces.workspace import Workspace


class TaskEffects:
    """Does what a task needs done outside the store, and writes down that it was done."""

    def __init__(self, parts: EngineParts) -> None:
        self._parts = parts

    async def prepare(self, task_id: TaskId) -> None:
        """Fetch the issue, make branch and worktree; a refusal of git or the forge fails the task with its reason."""
        task = await self._task(task_id)
        if task.state in FINAL_TASK_STATES or task.branch:
            return
        project = self._parts.project(task.project)
        try:
            issue = await self._parts.forge.issue(project, task.issue) if task.issue else None
            slug = branch_slug(issue.title if issue else task.title)
            workspace = await self._parts.workspaces.prepare(project, task=task.id, slug=slug)
        except OrchestratorError as error:
            await self.fail(task_id, f"{error.message} {error.hint}".strip())
            return
        async with self._parts.store.transaction() as uow:
            task = await uow.tasks.get(task_id)
            if task.state in FINAL_TASK_STATES or task.branch:
                return
            await move_task(
                uow,
                task,
                TaskState.PLANNING,
                started_at=task.started_at or uow.now,
                branch=workspace.branch,
                base_branch=workspace.base_branch,
                base_commit=workspace.base_commit,
                issue_title=issue.title if issue else "",
                issue_text=issue_text(issue.body, issue.comments) if issue else "",
            )
            await uow.events.append(
                task.id,
                WorkspacePrepared(
                    branch=workspace.branch,
                    base_branch=workspace.base_branch,
                    base_commit=workspace.base_commit,
                ),
            )

    async def settle(self, agent_run: AgentRunId) -> None:
        """Keep or undo what a finished agent changed, check a tester's word, and judge the step."""
        async with self._parts.store.reading() as uow:
            run = await uow.agent_runs.get(agent_run)
            task = await uow.tasks.get(run.task)
            step = await uow.steps.get(run.task, run.step)
        if task.state in FINAL_TASK_STATES or step.state not in (StepState.RUNNING, StepState.WAITING):
            return
        role = self._parts.roles[run.role]
        workspace = await self._workspace(task)
        commit = None
        if role.writes:
            commit = await self._commit(workspace, task, run)
        else:
            await self._parts.workspaces.undo(workspace)
        checked = await self._verified(workspace, task, run)
        files = await self._parts.workspaces.changed_files(workspace) if commit else ()
        judgement = judge(role.result, run.result or {}, checked)
        async with self._parts.store.transaction() as uow:
            await self._conclude(uow, run, judgement, commit=commit, files=files, checked=checked)

    async def _commit(self, workspace: Workspace, task: Task, run: AgentRun) -> str | None:
        summary = self._parts.mask(results.summary_line(self._parts.roles[run.role].result, run.result or {}))
        return await self._parts.workspaces.commit(
            workspace,
            subject=(summary or task.title)[:72],
            trailers={"Task": task.id, "Step": run.step, "Round": str(run.round)},
        )

    async def _verified(self, workspace: Workspace, task: Task, run: AgentRun) -> VerificationResult | None:
        """Run the project's own verify command after a tester; its exit code outranks what the agent says."""
        project = self._parts.project(task.project)
        if not project.verify or self._parts.roles[run.role].result != results.ResultKind.TEST_REPORT:
            return None
        result = await verify(
            workspace.path,
            command=project.verify,
            timeout_s=project.verify_timeout_s,
            environment=self._parts.environment(project),
            box=await self._parts.sandbox.box(workspace.path),
        )
        await self._parts.workspaces.undo(workspace)
        return replace(result, output=self._parts.mask(result.output))

    async def _conclude(
        self,
        uow: UnitOfWork,
        run: AgentRun,
        judgement: Judgement,
        *,
        commit: str | None,
        files: Sequence[str],
        checked: VerificationResult | None,
    ) -> None:
        """Record everything the settled run brought, exactly once."""
        task = await uow.tasks.get(run.task)
        step = await uow.steps.get(run.task, run.step)
        if task.state in FINAL_TASK_STATES or step.state not in (StepState.RUNNING, StepState.WAITING):
            return
        if commit and commit != task.commit:
            task = await move_task(uow, task, task.state, commit=commit)
            await uow.events.append(
                task.id, CommitCreated(step=step.name, round=step.round, commit=commit, files=tuple(files))
            )
        if checked is not None:
            command = self._parts.project(task.project).verify
            await uow.events.append(
                task.id,
                WorkVerified(
                    step=step.name,
                    round=step.round,
                    command=command,
                    passed=checked.passed,
                    output=checked.output[-4000:],
                ),
            )
        await _close_step(uow, task, step, judgement)

    async def publish(self, task_id: TaskId) -> None:
        """Offer the branch as a pull request and complete the task; without a commit there is nothing to offer."""
        task = await self._task(task_id)
        if task.state in FINAL_TASK_STATES:
            return
        pull_request = None
        if task.commit:
            draft = await self._draft(task)
            try:
                pull_request = await self._parts.forge.publish(self._parts.project(task.project), draft)
            except OrchestratorError as error:
                reason = f"The work is committed on {task.branch}, but could not be offered: {error.message}"
                await self.fail(task_id, f"{reason} {error.hint}".strip())
                return
        async with self._parts.store.transaction() as uow:
            task = await uow.tasks.get(task_id)
            if task.state in FINAL_TASK_STATES:
                return
            if pull_request is not None:
                await uow.events.append(
                    task.id, PullRequestOpened(reference=pull_request.reference, url=pull_request.url)
                )
            task = await move_task(uow, task, TaskState.RUNNING)
            reason = "" if pull_request else "Nothing had to be changed."
            reference = pull_request.reference if pull_request else ""
            await move_task(uow, task, TaskState.COMPLETED, reason=reason, pull_request=reference)

    async def _draft(self, task: Task) -> PullRequestDraft:
        async with self._parts.store.reading() as uow:
            steps = await uow.steps.of(task.id)
            bills = await uow.ledger.by_step(task.id)
        return pull_request_draft(task, steps, bills, self._parts.roles)

    async def fail(self, task_id: TaskId, reason: str) -> None:
        """End the task as failed, unless it has already ended."""
        async with self._parts.store.transaction() as uow:
            task = await uow.tasks.get(task_id)
            if task.state not in FINAL_TASK_STATES:
                await end_task(uow, task, TaskState.FAILED, reason=self._parts.mask(reason))

    async def _task(self, task_id: TaskId) -> Task:
        async with self._parts.store.reading() as uow:
            return await uow.tasks.get(task_id)

    async def _workspace(self, task: Task) -> Workspace:
        return await self._parts.workspaces.open(
            self._parts.project(task.project),
            task=task.id,
            branch=task.branch,
            base_branch=task.base_branch,
            base_commit=task.base_commit,
        )


async def _close_step(uow: UnitOfWork, task: Task, step: Step, judgement: Judgement) -> None:
    """Complete the step, go back for another round, or fail the task."""
    facts: Mapping[str, Any] = {
        "result": judgement.result,
        "summary": judgement.summary,
        "finished_at": uow.now,
    }
    if judgement.outcome == Outcome.POSITIVE:
        await move_step(uow, step, StepState.COMPLETED, **facts)
        return
    loop = task.workflow.step(step.name).loop
    sent_back = await _times_failed(uow, step)
    await move_step(uow, step, StepState.FAILED, **facts)
    if loop is None or sent_back >= loop.max_rounds:
        rounds = f" after {step.round} rounds" if step.round > 1 else ""
        kept = f" What was done is kept on the branch {task.branch}." if task.commit else ""
        reason = f"Step {step.name} did not succeed{rounds}: {judgement.summary}{kept}"
        await end_task(uow, task, TaskState.FAILED, reason=reason)
        return
    again = task.workflow.after(loop.back_to)
    for other in await uow.steps.of(task.id):
        if other.name in again:
            # each step counts its own rounds: an inner loop may have taken some further than others
            await move_step(uow, other, StepState.PENDING, round=other.round + 1)


async def _times_failed(uow: UnitOfWork, step: Step) -> int:
    """How often this step has sent the work back already, as the journal tells: loops do not use up one another."""
    moves = await uow.events.of(step.task, types=("step_state_changed",))
    return sum(
        isinstance(move.event, StepStateChanged)
        and move.event.step == step.name
        and move.event.target == StepState.FAILED
        for move in moves
    )


def issue_text(body: str, comments: Sequence[str]) -> str:
    """An issue's body and comments as one text, in order."""
    return "\n\n".join([body, *(f"Comment:\n{comment}" for comment in comments)])
