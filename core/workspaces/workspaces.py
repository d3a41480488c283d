"""The public face of the workspaces: one worktree and branch per task, in the user's repository or a clone of it."""

import asyncio
from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from core.domain.errors import WorkspaceError
from core.domain.identity import TaskId
from core.domain.project import Project
from core.workspaces.base import fresh_base, require_base
from core.workspaces.branch_name import BRANCH_FOLDER, branch_name, free_branch_name
from core.workspaces.changes import commit_changes, diff_text, files_changed, head_commit, undo_changes
from core.workspaces.git import Git
from core.workspaces.record import WorktreeRecord, WorktreeRecords
from core.workspaces.source import Source, is_url, open_source
from core.workspaces.workspace import CommitIdentity, Workspace
from core.workspaces.worktree import (
    branch_commit,
    delete_branch,
    drop_worktree,
    guard_worktree,
    make_worktree,
    points_into,
    remove_folder,
)


class Workspaces:
    """All worktrees below `folder`; clones of URL repositories live beside it, in `repositories`.

    Every method raises WorkspaceError, with what to do, when git or the file system refuses, and leaves nothing half
    done. The user's checkout, index, stash, settings and branches are never touched. Used from one event loop.
    """

    def __init__(self, *, folder: Path, identity: CommitIdentity, git: Git | None = None) -> None:
        self._records = WorktreeRecords(folder)
        self._clones = folder.parent / "repositories"
        self._identity = identity
        self._git = git or Git()
        self._locks: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def check(self, project: Project) -> None:
        """Refuse now what `prepare` would refuse later, as far as this machine can tell; a URL is not asked."""
        if is_url(project.repository):
            return
        source = await open_source(self._git, project, clones=self._clones)
        await require_base(self._git, source, project=project)

    async def prepare(self, project: Project, *, task: TaskId, slug: str) -> Workspace:
        """The task's own branch and worktree, from the freshly fetched base; the same ones on every later call."""
        async with self._locks[project.repository]:
            source = await open_source(self._git, project, clones=self._clones)
            record = self._records.find(task)
            if record is None:
                record = await self._decide(source, project=project, task=task, slug=slug)
            elif not self._is_of(record, source, wanted=branch_name(task, slug)):
                raise self._foreign(task)
            return await self._ensure(source, task=task, record=record, new=not record.git_dir)

    async def open(
        self, project: Project, *, task: TaskId, branch: str, base_branch: str, base_commit: str
    ) -> Workspace:
        """The worktree of a branch that exists already, made again when its folder is gone."""
        async with self._locks[project.repository]:
            source = await open_source(self._git, project, clones=self._clones)
            if not await branch_commit(self._git, source, branch=branch):
                raise WorkspaceError(
                    f"The branch {branch} of task {task} is gone from {source.folder}.",
                    hint="Restore it (`git reflog`, or fetch it from where it was pushed), or run the task anew.",
                )
            record = self._records.find(task)
            if record is None:
                self._require_free(task)
            elif record.repository != str(source.git_dir) or record.branch != branch:
                raise self._foreign(task)
            record = WorktreeRecord(
                task=task,
                repository=str(source.git_dir),
                branch=branch,
                base_branch=base_branch,
                base_commit=base_commit,
                git_dir=record.git_dir if record else "",
            )
            self._records.save(record)
            return await self._ensure(source, task=task, record=record, new=False)

    async def commit(
        self, workspace: Workspace, *, subject: str, body: str = "", trailers: Mapping[str, str]
    ) -> str | None:
        """Commit all that is not ignored: the commit's hash, or None when nothing changed.

        Called again with the same trailers after it was done, it returns that commit. The key is the trailers, so
        they should say which step and round this is.
        """
        self._guard(workspace)
        self._records.touch(workspace.task)
        return await commit_changes(
            self._git, workspace, identity=self._identity, subject=subject, body=body, trailers=trailers
        )

    async def changed_files(self, workspace: Workspace) -> tuple[str, ...]:
        """Paths committed on the branch that differ from the base."""
        self._guard(workspace)
        return await files_changed(self._git, workspace)

    async def diff(self, workspace: Workspace, *, max_bytes: int | None = None) -> str:
        """Base to head as text, binary files in one line each; cut at a line end, and saying so, over `max_bytes`."""
        self._guard(workspace)
        return await diff_text(self._git, workspace, max_bytes=max_bytes)

    async def head(self, workspace: Workspace) -> str:
        """Full hash of the branch's last commit."""
        self._guard(workspace)
        return await head_commit(self._git, workspace)

    async def undo(self, workspace: Workspace) -> None:
        """Throw away what is not committed, in submodules too; ignored files stay."""
        self._guard(workspace)
        await undo_changes(self._git, workspace)

    async def remove(self, project: Project, *, task: TaskId, branch: str, keep_branch: bool = True) -> None:
        """Take the worktree away, and the branch unless it is kept; fine when they are gone already."""
        path = self._records.worktree(task)
        async with self._locks[project.repository]:
            record = self._records.find(task)
            if record is None and keep_branch and not path.exists():
                return
            if record is not None and not record.has_repository:
                await remove_folder(path)
                self._records.forget(task)
                return
            source = await open_source(self._git, project, clones=self._clones)
            if record is None and path.exists() and not points_into(path, source=source):
                raise self._foreign(task)
            await drop_worktree(self._git, source, path=path)
            ours = branch.startswith(f"{BRANCH_FOLDER}/{task}-")
            if not keep_branch and ours and await branch_commit(self._git, source, branch=branch):
                await delete_branch(self._git, source, branch=branch)
            self._records.forget(task)

    async def expired(self, *, older_than: datetime) -> list[TaskId]:
        """Tasks whose worktree was last prepared, opened or committed in before `older_than`, oldest first."""
        return self._records.unused_since(older_than)

    async def _decide(self, source: Source, *, project: Project, task: TaskId, slug: str) -> WorktreeRecord:
        """Settle branch and base once and write them down: a second attempt must not settle differently."""
        self._require_free(task)
        base = await fresh_base(self._git, source, project=project)
        record = WorktreeRecord(
            task=task,
            repository=str(source.git_dir),
            branch=free_branch_name(branch_name(task, slug), taken=await self._branches(source)),
            base_branch=base.branch,
            base_commit=base.commit,
        )
        self._records.save(record)
        return record

    async def _branches(self, source: Source) -> set[str]:
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

    async def _ensure(self, source: Source, *, task: TaskId, record: WorktreeRecord, new: bool) -> Workspace:
        path = self._records.worktree(task)
        if not record.git_dir or not path.is_dir():
            try:
                record = await make_worktree(self._git, source, path=path, record=record)
                self._records.save(record)
            except WorkspaceError:
                await self._take_back(source, task=task, record=record, new=new)
                raise
        guard_worktree(path, record=record)
        self._records.touch(task)
        return Workspace(
            task=task,
            path=path,
            branch=record.branch,
            base_branch=record.base_branch,
            base_commit=record.base_commit,
        )

    async def _take_back(self, source: Source, *, task: TaskId, record: WorktreeRecord, new: bool) -> None:
        """Nothing half done: what this attempt made goes; a branch that was there before it stays."""
        await drop_worktree(self._git, source, path=self._records.worktree(task))
        if new and await branch_commit(self._git, source, branch=record.branch) == record.base_commit:
            await delete_branch(self._git, source, branch=record.branch)
        if not record.git_dir:
            self._records.forget(task)

    def _guard(self, workspace: Workspace) -> None:
        record = self._records.find(workspace.task)
        if record is None or record.branch != workspace.branch:
            raise WorkspaceError(
                f"There is no worktree of {workspace.task} on {workspace.branch}.",
                hint="Open or prepare the workspace again.",
            )
        guard_worktree(workspace.path, record=record)

    def _is_of(self, record: WorktreeRecord, source: Source, *, wanted: str) -> bool:
        name, _, suffix = record.branch.rpartition("-")
        same_branch = record.branch == wanted or (name == wanted and suffix.isdigit())
        return record.repository == str(source.git_dir) and same_branch

    def _require_free(self, task: TaskId) -> None:
        path = self._records.worktree(task)
        if path.exists() or path.is_symlink():
            raise self._foreign(task)

    def _foreign(self, task: TaskId) -> WorkspaceError:
        path = self._records.worktree(task)
        return WorkspaceError(
            f"The worktree of {task} should be {path}, but that belongs to something else.",
            hint=f"Look at what is there, then move or remove {path} and {path.name}.json beside it.",
        )
