"""The worktree and branch each task has of its own: prepared from a base, forked from another task, removed."""

from core.domain.errors import WorkspaceError
from core.domain.identity import TaskId
from core.domain.project import Project
from core.workspaces.base import fresh_base
from core.workspaces.branch_name import BRANCH_FOLDER, branch_name, free_branch_name, is_branch_of
from core.workspaces.git import Git
from core.workspaces.lane_state import LaneState
from core.workspaces.lanes import Lanes
from core.workspaces.record import WorktreeRecord
from core.workspaces.references import delete_reference, kept_prefix, references_below, require_commit
from core.workspaces.restoring import is_ancestor
from core.workspaces.source import Source
from core.workspaces.workspace import Workspace
from core.workspaces.worktree import branch_commit, points_into, remove_folder
from core.workspaces.worktrees import Worktrees


class TaskWorktrees:
    """Branch and base of a task are settled once and written down: a second attempt must not settle differently."""

    def __init__(self, *, git: Git, worktrees: Worktrees, lanes: Lanes) -> None:
        self._git = git
        self._worktrees = worktrees
        self._lanes = lanes
        self._records = worktrees.records

    async def prepare(self, source: Source, *, project: Project, task: TaskId, slug: str) -> Workspace:
        """The task's worktree on a new branch from the fresh base; see `Workspaces.prepare`."""
        record = self._records.find(task)
        if record is None:
            self._worktrees.require_free(task)
            base = await fresh_base(self._git, source, project=project)
            record = WorktreeRecord(
                task=task,
                repository=str(source.git_dir),
                branch=await self._free_branch(source, task=task, slug=slug),
                base_branch=base.branch,
                base_commit=base.commit,
            )
            self._records.save(record)
        self._require_same(record, source, task=task, slug=slug)
        return await self._worktrees.ensure(source, record=record, new=not record.git_dir)

    async def fork(
        self, source: Source, *, task: TaskId, slug: str, start: str, base_branch: str, base_commit: str
    ) -> Workspace:
        """The task's worktree on a new branch that begins at `start`; see `Workspaces.fork`."""
        record = self._records.find(task)
        if record is None:
            self._worktrees.require_free(task)
            first_commit = await self._start(source, start=start, base_commit=base_commit)
            record = WorktreeRecord(
                task=task,
                repository=str(source.git_dir),
                branch=await self._free_branch(source, task=task, slug=slug),
                base_branch=base_branch,
                base_commit=base_commit,
                first_commit=first_commit,
            )
            self._records.save(record)
        self._require_same(record, source, task=task, slug=slug)
        if record.base_commit != base_commit or not record.begins_at.startswith(start):
            raise self._worktrees.foreign(task)
        return await self._worktrees.ensure(source, record=record, new=not record.git_dir)

    async def open(self, source: Source, *, task: TaskId, branch: str, base_branch: str, base_commit: str) -> Workspace:
        """The worktree of the existing `branch`; see `Workspaces.open`."""
        if not await branch_commit(self._git, source, branch=branch):
            raise WorkspaceError(
                f"The branch {branch} of task {task} is gone from {source.folder}.",
                hint="Restore it (`git reflog`, or fetch it from where it was pushed), or run the task anew.",
            )
        record = self._records.find(task)
        if record is None:
            self._worktrees.require_free(task)
        elif record.repository != str(source.git_dir) or record.branch != branch:
            raise self._worktrees.foreign(task)
        record = WorktreeRecord(
            task=task,
            repository=str(source.git_dir),
            branch=branch,
            base_branch=base_branch,
            base_commit=base_commit,
            first_commit=record.first_commit if record else "",
            git_dir=record.git_dir if record else "",
            state=_kept(record, there=self._records.worktree(task).is_dir()) if record else LaneState(),
        )
        self._records.save(record)
        return await self._worktrees.ensure(source, record=record, new=False)

    async def remove(self, source: Source, *, task: TaskId, branch: str) -> None:
        """Lanes and worktree go, and `branch` ('' to keep it) with the heads it once had, when it is this task's."""
        path = self._records.worktree(task)
        if self._records.find(task) is None and path.exists() and not points_into(path, source=source):
            raise self._worktrees.foreign(task)
        await self._lanes.drop_all(source, task=task)
        ours = branch.startswith(f"{BRANCH_FOLDER}/{task}-")
        await self._worktrees.drop(source, path=path, branch=branch if ours else "")
        if ours:
            for name in await references_below(self._git, source.folder, prefix=kept_prefix(task)):
                await delete_reference(self._git, source.folder, name=name, repository=source.git_dir)
        self._records.forget(task)

    async def forget(self, task: TaskId) -> None:
        """Remove folders and records of a task whose repository is gone."""
        await self._lanes.drop_all(None, task=task)
        await remove_folder(self._records.worktree(task))
        self._records.forget(task)

    def is_gone(self, task: TaskId) -> bool:
        """Whether neither folder nor record is left of the task and its lanes."""
        path = self._records.worktree(task)
        return self._records.find(task) is None and not path.exists() and not self._records.lanes(task)

    def lost_repository(self, task: TaskId) -> bool:
        """Whether the task's repository is known and no longer there."""
        record = self._records.find(task)
        return record is not None and not record.has_repository

    async def _start(self, source: Source, *, start: str, base_commit: str) -> str:
        commit = await require_commit(self._git, source.folder, name=start)
        base = await require_commit(self._git, source.folder, name=base_commit)
        if not await is_ancestor(self._git, source.folder, earlier=base, later=commit):
            raise WorkspaceError(
                f"The commit {start[:12]} does not come from the base {base_commit[:12]}.",
                hint="Fork at a commit of a task that began there.",
            )
        return commit

    async def _free_branch(self, source: Source, *, task: TaskId, slug: str) -> str:
        return free_branch_name(branch_name(task, slug), taken=await self._worktrees.branches(source))

    def _require_same(self, record: WorktreeRecord, source: Source, *, task: TaskId, slug: str) -> None:
        same_branch = is_branch_of(record.branch, wanted=branch_name(task, slug))
        if record.repository != str(source.git_dir) or not same_branch:
            raise self._worktrees.foreign(task)


def _kept(record: WorktreeRecord, *, there: bool) -> LaneState:
    """What is known of a conflict laid into the worktree, which is lost with the worktree."""
    return record.state if there else LaneState()
