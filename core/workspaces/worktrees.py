"""Worktrees of tasks and of their lanes as recorded: decided, made, found again, guarded, taken away."""

from pathlib import Path

from core.domain.errors import WorkspaceError
from core.domain.identity import TaskId
from core.workspaces.branch_name import BRANCH_FOLDER
from core.workspaces.git import Git
from core.workspaces.record import WorktreeRecord, WorktreeRecords
from core.workspaces.source import Source
from core.workspaces.workspace import Workspace
from core.workspaces.worktree import (
    branch_commit,
    delete_branch,
    drop_worktree,
    guard_worktree,
    make_worktree,
)


class Worktrees:
    """All that tasks and lanes have in common. A record is written before what it says is done."""

    def __init__(self, *, git: Git, records: WorktreeRecords, clones: Path) -> None:
        self._git = git
        self.records = records
        self._clones = clones

    def guard(self, workspace: Workspace) -> WorktreeRecord:
        """The workspace's record; WorkspaceError unless git run in its folder works on that worktree alone."""
        record = self.require_record(workspace)
        guard_worktree(workspace.path, record=record)
        return record

    def require_record(self, workspace: Workspace) -> WorktreeRecord:
        """The workspace's record; WorkspaceError when there is none."""
        record = self.records.find(workspace.task, workspace.lane)
        if record is None or record.branch != workspace.branch:
            raise WorkspaceError(
                f"There is no worktree of {workspace.task} on {workspace.branch}.",
                hint="Open or prepare the workspace again.",
            )
        return record

    def used(self, workspace: Workspace) -> None:
        """Note that the worktree was used now."""
        self.records.touch(workspace.task, workspace.lane)

    def source(self, record: WorktreeRecord) -> Source:
        """The repository that a complete record's worktree belongs to."""
        repository = Path(record.repository)
        cloned = repository.parent == self._clones.resolve()
        return Source(folder=repository, git_dir=repository, cloned=cloned)

    async def branches(self, source: Source) -> set[str]:
        """Names of all branches, local and remote; WorkspaceError when one stands where the tasks' folder must be."""
        listed = await self._git.run(
            *("for-each-ref", "--format=%(refname)", "refs/heads", "refs/remotes"),
            folder=source.folder,
            doing="list the branches",
        )
        names = listed.split("\n")
        local = {name.removeprefix("refs/heads/") for name in names if name.startswith("refs/heads/")}
        if BRANCH_FOLDER in local:
            raise WorkspaceError(
                f"The repository has a branch called {BRANCH_FOLDER}, so git can make none below that name.",
                hint=f"Rename it: git branch -m {BRANCH_FOLDER} {BRANCH_FOLDER}-old",
            )
        remote = {name.split("/", 3)[3] for name in names if name.startswith("refs/remotes/") and name.count("/") > 2}
        return local | remote

    async def ensure(self, source: Source, *, record: WorktreeRecord, new: bool) -> Workspace:
        """The record's worktree, made when it is missing; a `new` branch goes again when that fails."""
        path = self.path(record)
        if not record.git_dir or not path.is_dir():
            try:
                record = await make_worktree(self._git, source, path=path, record=record)
                self.records.save(record)
            except WorkspaceError:
                await self._take_back(source, record=record, new=new)
                raise
        guard_worktree(path, record=record)
        workspace = self.workspace(record)
        self.used(workspace)
        return workspace

    def workspace(self, record: WorktreeRecord) -> Workspace:
        """The workspace that the record describes."""
        return Workspace(
            task=TaskId(record.task),
            path=self.path(record),
            branch=record.branch,
            base_branch=record.base_branch,
            base_commit=record.base_commit,
            lane=record.lane,
        )

    def path(self, record: WorktreeRecord) -> Path:
        """Where the record's worktree is, or would be."""
        return self.records.worktree(TaskId(record.task), record.lane)

    async def drop(self, source: Source, *, path: Path, branch: str) -> None:
        """Take the worktree away, and `branch` unless it is ''; fine when they are gone already."""
        await drop_worktree(self._git, source, path=path)
        if branch and await branch_commit(self._git, source, branch=branch):
            await delete_branch(self._git, source, branch=branch)

    async def _take_back(self, source: Source, *, record: WorktreeRecord, new: bool) -> None:
        """Nothing half done: what this attempt made goes; a branch that was there before it stays."""
        await drop_worktree(self._git, source, path=self.path(record))
        if new and await branch_commit(self._git, source, branch=record.branch) == record.begins_at:
            await delete_branch(self._git, source, branch=record.branch)
        if not record.git_dir:
            self.records.forget(TaskId(record.task), record.lane)

    def require_free(self, task: TaskId, lane: str = "") -> None:
        """WorkspaceError when something we know nothing of is where the worktree should be."""
        path = self.records.worktree(task, lane)
        if path.exists() or path.is_symlink():
            raise self.foreign(task, lane)

    def foreign(self, task: TaskId, lane: str = "") -> WorkspaceError:
        """The error for a worktree that is not what its name says."""
        path = self.records.worktree(task, lane)
        return WorkspaceError(
            f"The worktree of {task} should be {path}, but that belongs to something else.",
            hint=f"Look at what is there, then move or remove {path} and {path.name}.json beside it.",
        )
