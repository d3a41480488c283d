"""Tells an issue how its task stands: one comment when work begins, and labels; what fails here fails no task."""

import asyncio
import contextlib
from collections.abc import Collection
from dataclasses import dataclass, replace

import structlog

from core.domain.errors import OrchestratorError, StoreError
from core.domain.event import (
    ApprovalDecided,
    ApprovalRequested,
    JournalEntry,
    NoticeRaised,
    TaskStateChanged,
    WorkspacePrepared,
)
from core.domain.identity import TaskId
from core.domain.project import IssueLabels, Project
from core.domain.pull_request import ForgeMark
from core.domain.task import Task, TaskState
from core.engine.parts import EngineParts
from core.forge import ForgeUnavailableError

AGAIN_AFTER_S = 60.0
"""A forge that does not answer is asked again after that long; the task goes on meanwhile."""

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelChange:
    """Names of labels to put on an issue, and of those to take off."""

    add: Collection[str]
    remove: Collection[str]


def wanted_mark(task: Task) -> ForgeMark:
    """How the issue of `task` should say that things stand; '' for nothing."""
    match task.state:
        case _ if not task.issue or not task.branch:
            return ""
        case TaskState.AWAITING_APPROVAL:
            return "needs_approval"
        case TaskState.COMPLETED:
            return "done"
        case TaskState.FAILED | TaskState.CANCELLED:
            return ""
        case _:
            return "in_progress"


def label_change(labels: IssueLabels, mark: ForgeMark) -> LabelChange:
    """What makes the labels of an issue say `mark`, whatever they said before."""
    names = {"in_progress": labels.in_progress, "needs_approval": labels.needs_approval, "done": labels.done}
    add = {name for key, name in names.items() if key == mark and name}
    return LabelChange(add=sorted(add), remove=sorted({name for name in names.values() if name} - add))


class Marking:
    """Follows the journal and keeps the issues of tasks in step with it."""

    def __init__(self, parts: EngineParts, *, again_after_s: float = AGAIN_AFTER_S) -> None:
        self._parts = parts
        self._again_after_s = again_after_s
        self._due: set[TaskId] = set()
        self._late: set[TaskId] = set()
        self._rung = asyncio.Event()

    async def mark_forever(self) -> None:
        """Mark what stands otherwise now, and whatever moves, until cancelled."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._listen(), name="engine-marks-listen")
            while True:
                await self._mark_all()
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(self._again_after_s if self._late else None):
                        await self._rung.wait()
                self._rung.clear()

    async def _listen(self) -> None:
        """Note whose mark may have moved: whoever stands unsaid now, then whatever the journal tells."""
        while True:
            try:
                after = await self._parts.store.journal.last_seq()
                async with self._parts.store.reading() as uow:
                    self._due.update(task.id for task in await uow.tasks.to_be_marked())
                break
            except StoreError as error:
                log.warning("issues_not_marked_yet", reason=error.message)
                await asyncio.sleep(self._again_after_s)
        self._rung.set()
        async for entry in self._parts.store.journal.follow(after=after):
            if _moves_a_mark(entry):
                self._due.add(entry.task)
                self._rung.set()

    async def _mark_all(self) -> None:
        due, self._due, self._late = self._due | self._late, set(), set()
        for task in sorted(due):
            try:
                await self.mark(task)
            except (ForgeUnavailableError, StoreError) as error:
                log.info("issue_not_marked_yet", task=task, reason=error.message)
                self._late.add(task)
            except OrchestratorError as error:
                log.warning("issue_not_marked", task=task, reason=error.message)

    async def mark(self, name: TaskId) -> None:
        """Make the issue of the task say how it stands; ForgeUnavailableError when it has to be tried again."""
        async with self._parts.store.reading() as uow:
            task = await uow.tasks.get(name)
        mark = wanted_mark(task)
        if mark == task.forge_mark:
            return
        project = self._parts.project(task.project)
        refused = [await self._refusal(task, project, mark)] if self._marks(project) else []
        async with self._parts.store.transaction() as uow:
            task = await uow.tasks.get(name)
            if task.forge_mark == mark:
                return
            await uow.tasks.save(replace(task, forge_mark=mark))
            said = {entry.event for entry in await uow.events.of(name, types=("notice_raised",))}
            notices = {NoticeRaised(text=self._parts.mask(text)) for text in refused if text}
            for notice in notices - said:
                await uow.events.append(name, notice)

    def _marks(self, project: Project) -> bool:
        return project.labels != IssueLabels() or self._parts.comments_on(project)

    async def _refusal(self, task: Task, project: Project, mark: ForgeMark) -> str:
        """Do it; why the forge did not want it, '' when it did."""
        try:
            if mark in ("in_progress", "needs_approval") and self._parts.comments_on(project):
                text = _begun(task, link=await self._parts.thread_link(task))
                await self._parts.forge.remark(project, task.issue, text, key=f"{task.id}:begun")
            change = label_change(project.labels, mark)
            if change.add or change.remove:
                await self._parts.forge.label(project, task.issue, add=change.add, remove=change.remove)
        except ForgeUnavailableError:
            raise
        except OrchestratorError as error:
            return f"Issue {task.issue} could not be told how things stand: {error.message} {error.hint}".strip()
        return ""


def _begun(task: Task, *, link: str) -> str:
    return f"Work on this has begun: task {task.id}." + (f" [Follow it here]({link})." if link else "")


def _moves_a_mark(entry: JournalEntry) -> bool:
    return isinstance(entry.event, TaskStateChanged | ApprovalRequested | ApprovalDecided | WorkspacePrepared)
