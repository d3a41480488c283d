"""Lanes: a worktree and branch of its own for each step of a task that works at the same time as others."""

from core.domain.errors import WorkspaceError
from core.domain.identity import TaskId
from core.workspaces.branch_name import free_branch_name
from core.workspaces.changes import undo_changes
from core.workspaces.git import Git
from core.workspaces.lane_state import LaneState
from core.workspaces.record import WorktreeRecord
from core.workspaces.references import delete_reference, lane_tip, require_commit, set_reference
from core.workspaces.source import Source
from core.workspaces.workspace import Workspace
from core.workspaces.worktree import branch_commit, remove_folder
from core.workspaces.worktrees import Worktrees


class Lanes:
    """The lanes of all tasks; a lane's record says where it starts, and whether it must begin anew."""

    def __init__(self, *, git: Git, worktrees: Worktrees) -> None:
        self._git = git
        self._worktrees = worktrees
        self._records = worktrees.records

    async def open(self, workspace: Workspace, *, lane: str, start: str) -> Workspace:
        """The lane's worktree: as it was left when it started at `start`, else anew from there."""
        owner = self._worktrees.require_record(workspace)
        if workspace.lane or not lane:
            raise WorkspaceError("A lane belongs to a task and has a name.", hint="Open it from the task's workspace.")
        source = self._worktrees.source(owner)
        start = await require_commit(self._git, source.folder, name=start)
        record = self._records.find(workspace.task, lane)
        if record is None:
            record = await self._decide(source, owner=owner, lane=lane, start=start)
            return await self._worktrees.ensure(source, record=record, new=True)
        if record.repository != owner.repository or not _belongs(record, owner=owner):
            raise self._worktrees.foreign(workspace.task, lane)
        record = await self._checked(source, record=record, start=start)
        opened = await self._worktrees.ensure(source, record=record, new=not record.git_dir)
        if record.state.anew:
            await self._begin_anew(opened, source=source)
        return opened

    async def drop(self, source: Source | None, *, task: TaskId, lane: str) -> None:
        """Worktree, branch and record of the lane go; fine when they are gone. None: the repository is gone itself."""
        record = self._records.find(task, lane)
        path = self._records.worktree(task, lane)
        if record is None:
            return
        if source is None:
            await remove_folder(path)
        else:
            await self._worktrees.drop(source, path=path, branch=record.branch)
            tip = lane_tip(task, lane=lane)
            await delete_reference(self._git, source.folder, name=tip, repository=source.git_dir)
        self._records.forget(task, lane)

    async def drop_all(self, source: Source | None, *, task: TaskId) -> None:
        """Drop every lane of the task."""
        for lane in self._records.lanes(task):
            await self.drop(source, task=task, lane=lane)

    async def _decide(self, source: Source, *, owner: WorktreeRecord, lane: str, start: str) -> WorktreeRecord:
        self._worktrees.require_free(TaskId(owner.task), lane)
        record = WorktreeRecord(
            task=owner.task,
            lane=lane,
            repository=owner.repository,
            branch=free_branch_name(f"{owner.branch}--{lane}", taken=await self._worktrees.branches(source)),
            base_branch=owner.base_branch,
            base_commit=start,
        )
        self._records.save(record)
        return record

    async def _checked(self, source: Source, *, record: WorktreeRecord, start: str) -> WorktreeRecord:
        """The record, changed where the lane is no longer what it was: another start, or something was deleted."""
        state = record.state
        if record.base_commit != start or not await branch_commit(self._git, source, branch=record.branch):
            record = record.model_copy(update={"base_commit": start, "state": LaneState(anew=True)})
            self._records.save(record)
        elif state.settlement and state.settlement.ready and not self._worktrees.path(record).is_dir():
            record = record.with_state(settlement=state.settlement.model_copy(update={"ready": False}))
            self._records.save(record)
        return record

    async def _begin_anew(self, lane: Workspace, *, source: Source) -> None:
        """Whatever was in the lane goes, but for ignored files: they are caches that the next round can use."""
        await set_reference(
            self._git,
            source.folder,
            name=f"refs/heads/{lane.branch}",
            commit=lane.base_commit,
            repository=source.git_dir,
        )
        await undo_changes(self._git, lane)
        tip = lane_tip(lane.task, lane=lane.lane)
        await delete_reference(self._git, source.folder, name=tip, repository=source.git_dir)
        self._records.save(self._worktrees.require_record(lane).with_state(anew=False))


def _belongs(record: WorktreeRecord, *, owner: WorktreeRecord) -> bool:
    """Whether the lane's branch is one beside the task's."""
    return record.branch.startswith(f"{owner.branch}--{record.lane}")
