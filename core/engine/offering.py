"""Handing over what a task made: its branch as a pull request, or its findings as a review; safe to repeat."""

from dataclasses import replace

import structlog

from core.domain.errors import OrchestratorError
from core.domain.event import PullRequestOpened
from core.domain.forge_event import PullRequestUpdated, ReviewPosted
from core.domain.forge_news import ChecksEnded
from core.domain.identity import TaskId
from core.domain.pull_request import ReviewTarget
from core.domain.task import FINAL_TASK_STATES, Task, TaskState
from core.engine.base_moves import BaseMoves
from core.engine.changes import complete_task, end_task
from core.engine.forge_patience import PatientCalls
from core.engine.forking import drop_rivals
from core.engine.hearing import told
from core.engine.parts import EngineParts
from core.engine.publishing import account_of, pull_request_draft
from core.engine.review_text import review_of
from core.engine.specs import lane_of
from core.forge import PullRequest, PullRequestDraft, Review
from core.store.unit_of_work import UnitOfWork
from core.views import task_view

log = structlog.get_logger(__name__)
_UNCHANGED = "Nothing had to be changed."


class Offering:
    """Offers and posts, waits for a forge that does not answer, and writes down that it was done."""

    def __init__(self, parts: EngineParts) -> None:
        self._parts = parts
        self._bases = BaseMoves(parts)
        self._calls = PatientCalls(store=parts.store, patience=parts.forge_patience, mask=parts.mask)

    async def publish(self, task_id: TaskId) -> None:
        """Hand over what the task made and complete it; without a commit there is nothing to hand over."""
        task = await self._task(task_id)
        if task.state in FINAL_TASK_STATES:
            return
        await self._drop_lanes(task)
        if task.reviews is not None:
            await self._review(task, task.reviews)
        elif task.commit:
            await self._offer(task)
        else:
            await self._complete(task, reason=_UNCHANGED)

    async def _offer(self, task: Task) -> None:
        objection = await self._objection(task)
        if objection:
            await self._fail(task, f"The work is committed on {task.branch}, but is not offered. {objection}")
            return
        project = self._parts.project(task.project)
        try:
            ready = await self._bases.caught_up(task)
            if ready is None:
                return
            draft = await self._draft(ready)
            offered = await self._calls.call(
                task.id, doing="publish", call=lambda: self._parts.forge.publish(project, draft)
            )
        except OrchestratorError as error:
            reason = f"The work is committed on {task.branch}, but could not be offered: {error.message}"
            await self._fail(task, f"{reason} {error.hint}".strip())
            return
        async with self._parts.store.transaction() as uow:
            now = await uow.tasks.get(task.id)
            # while the forge worked, a person may have gone back to an earlier step
            if now.state not in FINAL_TASK_STATES and now.life == task.life:
                await _record(uow, now, offered, commit=draft.commit)

    async def _review(self, task: Task, target: ReviewTarget) -> None:
        """Post the findings once; the key makes a repeated call find them."""
        project = self._parts.project(task.project)
        review = await self._findings(task, target)
        key = f"{task.id}:{task.life}:review"
        try:
            url = await self._calls.call(
                task.id,
                doing="review",
                call=lambda: self._parts.forge.review(project, target.reference, review, key=key),
            )
        except OrchestratorError as error:
            await self._fail(task, f"The review could not be posted: {error.message} {error.hint}".strip())
            return
        async with self._parts.store.transaction() as uow:
            now = await uow.tasks.get(task.id)
            if now.state in FINAL_TASK_STATES or now.life != task.life:
                return
            await uow.events.append(task.id, ReviewPosted(pull_request=target.reference, url=url))
            await complete_task(uow, now, reviews=replace(target, posted=url))

    async def _findings(self, task: Task, target: ReviewTarget) -> Review:
        async with self._parts.store.reading() as uow:
            steps = await uow.steps.of(task.id)
        review, mask = review_of(task, target, steps, self._parts.roles(task.project)), self._parts.mask
        remarks = tuple(replace(remark, text=mask(remark.text)) for remark in review.remarks)
        return replace(review, text=mask(review.text), remarks=remarks)

    async def _draft(self, task: Task) -> PullRequestDraft:
        async with self._parts.store.reading() as uow:
            account = await account_of(uow, task, roles=self._parts.roles(task.project))
        draft, mask = pull_request_draft(account), self._parts.mask
        return replace(draft, title=mask(draft.title), body=mask(draft.body))

    async def _complete(self, task: Task, *, reason: str) -> None:
        async with self._parts.store.transaction() as uow:
            now = await uow.tasks.get(task.id)
            if now.state not in FINAL_TASK_STATES and now.life == task.life:
                await drop_rivals(uow, now, by=None)
                await complete_task(uow, now, reason=reason)

    async def _objection(self, task: Task) -> str:
        if not self._parts.hooks.hooks:
            return ""
        async with self._parts.store.reading() as uow:
            view = await task_view(uow, task.id)
        return await self._parts.hooks.objection(view, "publish")

    async def _drop_lanes(self, task: Task) -> None:
        """Take away the worktrees that steps had for themselves: a process may have died before it did."""
        lanes = [lane for name in task.workflow.order() if (lane := lane_of(task.workflow, name))]
        if not lanes:
            return
        try:
            workspace = await self._parts.workspaces.open(
                self._parts.project(task.project),
                task=task.id,
                branch=task.branch,
                base_branch=task.base_branch,
                base_commit=task.base_commit,
            )
            for lane in lanes:
                await self._parts.workspaces.drop_lane(workspace, lane=lane)
        except OrchestratorError as error:
            log.warning("lanes_not_removed", task=task.id, reason=error.message)

    async def _fail(self, task: Task, reason: str) -> None:
        async with self._parts.store.transaction() as uow:
            now = await uow.tasks.get(task.id)
            if now.state not in FINAL_TASK_STATES and now.life == task.life:
                await end_task(uow, now, TaskState.FAILED, reason=self._parts.mask(reason))

    async def _task(self, task_id: TaskId) -> Task:
        async with self._parts.store.reading() as uow:
            return await uow.tasks.get(task_id)


async def _record(uow: UnitOfWork, task: Task, offered: PullRequest, *, commit: str) -> None:
    """Complete the task, whose `commit` is offered now."""
    await drop_rivals(uow, task, by=None)
    known = task.pull_request == offered.reference and task.pull_request_state == "open"
    if known:
        updated = PullRequestUpdated(reference=offered.reference, url=offered.url, commit=commit)
        await uow.events.append(task.id, updated)
    else:
        await uow.events.append(task.id, PullRequestOpened(reference=offered.reference, url=offered.url))
    done = await complete_task(
        uow,
        task,
        pull_request=offered.reference,
        pull_request_url=offered.url,
        pull_request_state="open",
        pull_request_commit=commit,
        is_cleaned=False,
    )
    if known and commit != task.pull_request_commit:
        await _tell_what_came_before(uow, done)


async def _tell_what_came_before(uow: UnitOfWork, task: Task) -> None:
    """Checks may have ended between our push and this transaction: for a crashed process that is a long time."""
    for heard in await uow.forge_news.of(task.id):
        if isinstance(heard.news, ChecksEnded) and (event := told(task, heard)):
            await uow.events.append(task.id, event)
