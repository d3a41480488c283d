"""The public face of the workspaces: worktrees and branches of tasks, and of the steps that work at the same time."""

import asyncio
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path

from core.domain.errors import WorkspaceError
from core.domain.identity import TaskId
from core.domain.project import Project
from core.workspaces.base import require_base
from core.workspaces.catching_up import CatchingUp, CaughtUp, Clash
from core.workspaces.changes import commit_changes, diff_stat, diff_text, files_changed, head_commit, undo_changes
from core.workspaces.footprint import size_of
from core.workspaces.git import Git
from core.workspaces.lanes import Lanes
from core.workspaces.merging import Merging
from core.workspaces.record import WorktreeRecords
from core.workspaces.restoring import restore_branch
from core.workspaces.settlement import Settlements
from core.workspaces.source import is_url, open_source
from core.workspaces.task_worktrees import TaskWorktrees
from core.workspaces.workspace import CommitIdentity, Conflict, DiffStat, Merge, Workspace
from core.workspaces.worktrees import Worktrees


class Workspaces:
    """All worktrees below `folder`; clones of URL repositories live beside it, in `repositories`.

    Every method raises WorkspaceError, with what to do, when git or the file system refuses, and leaves nothing half
    done. The user's checkout, index, stash, settings and branches are never touched. Used from one event loop.
    """

    def __init__(self, *, folder: Path, identity: CommitIdentity, git: Git | None = None) -> None:
        self._clones = folder.parent / "repositories"
        self._identity = identity
        self._git = git or Git()
        self.folder = folder
        self._records = WorktreeRecords(folder)
        self._worktrees = Worktrees(git=self._git, records=self._records, clones=self._clones)
        self._lanes = Lanes(git=self._git, worktrees=self._worktrees)
        self._tasks = TaskWorktrees(git=self._git, worktrees=self._worktrees, lanes=self._lanes)
        self._merging = Merging(git=self._git, worktrees=self._worktrees, identity=identity)
        self._settlements = Settlements(
            git=self._git, worktrees=self._worktrees, merging=self._merging, identity=identity
        )
        self._catching_up = CatchingUp(
            git=self._git, worktrees=self._worktrees, merging=self._merging, identity=identity
        )
        self._locks: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    def path(self, task: TaskId, *, lane: str = "") -> Path:
        """Where the worktree of the task, or of one of its lanes, is or would be."""
        return self._records.worktree(task, lane)

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
            return await self._tasks.prepare(source, project=project, task=task, slug=slug)

    async def repository(self, project: Project) -> Path:
        """What all worktrees of the project share: the `.git` of its folder, or our clone of its URL, made if need be.

        For bringing commits there; whoever writes to it leaves branches and settings alone.
        """
        async with self._locks[project.repository]:
            return (await open_source(self._git, project, clones=self._clones)).git_dir

    async def fork(
        self, project: Project, *, task: TaskId, slug: str, start: str, base_branch: str, base_commit: str
    ) -> Workspace:
        """A new task's branch and worktree that begin at `start`, a commit of another task; the same on later calls.

        `base_commit` is that task's own, so what the diff shows is all the work since then.
        """
        async with self._locks[project.repository]:
            source = await open_source(self._git, project, clones=self._clones)
            return await self._tasks.fork(
                source, task=task, slug=slug, start=start, base_branch=base_branch, base_commit=base_commit
            )

    async def open(
        self, project: Project, *, task: TaskId, branch: str, base_branch: str, base_commit: str
    ) -> Workspace:
        """The worktree of a branch that exists already, made again when its folder is gone."""
        async with self._locks[project.repository]:
            source = await open_source(self._git, project, clones=self._clones)
            return await self._tasks.open(
                source, task=task, branch=branch, base_branch=base_branch, base_commit=base_commit
            )

    async def commit(
        self, workspace: Workspace, *, subject: str, body: str = "", trailers: Mapping[str, str]
    ) -> str | None:
        """Commit all that is not ignored: the commit's hash, or None when nothing changed.

        Called again with the same trailers after it was done, it returns that commit. The key is the trailers, so
        they should say which step and round this is.
        """
        self._worktrees.guard(workspace)
        self._worktrees.used(workspace)
        return await commit_changes(
            self._git, workspace, identity=self._identity, subject=subject, body=body, trailers=trailers
        )

    async def changed_files(self, workspace: Workspace) -> tuple[str, ...]:
        """Paths committed on the branch that differ from the base."""
        self._worktrees.guard(workspace)
        return await files_changed(self._git, workspace)

    async def diff(self, workspace: Workspace, *, max_bytes: int | None = None) -> str:
        """Base to head as text, binary files in one line each; cut at a line end, and saying so, over `max_bytes`."""
        self._worktrees.guard(workspace)
        return await diff_text(self._git, workspace, max_bytes=max_bytes)

    async def stat(self, workspace: Workspace) -> DiffStat:
        """How many files and lines differ from base to head."""
        self._worktrees.guard(workspace)
        return await diff_stat(self._git, workspace)

    async def head(self, workspace: Workspace) -> str:
        """Full hash of the branch's last commit."""
        self._worktrees.guard(workspace)
        return await head_commit(self._git, workspace)

    async def undo(self, workspace: Workspace) -> None:
        """Throw away what is not committed, in submodules too; ignored files stay.

        In a lane where a conflict is being settled that is the whole settlement: it has to be begun again.
        """
        self._worktrees.guard(workspace)
        self._settlements.abandon(workspace)
        await undo_changes(self._git, workspace)

    async def remove(self, project: Project, *, task: TaskId, branch: str, keep_branch: bool = True) -> None:
        """Take the worktree and all lanes away, and the branch unless it is kept; fine when they are gone already.

        The branch takes along the heads that were kept when it was set back.
        """
        async with self._locks[project.repository]:
            if self._tasks.is_gone(task) and keep_branch:
                return
            if self._tasks.lost_repository(task):
                await self._tasks.forget(task)
                return
            source = await open_source(self._git, project, clones=self._clones)
            await self._tasks.remove(source, task=task, branch="" if keep_branch else branch)

    async def restore(self, workspace: Workspace, *, commit: str, keep_as: str) -> str:
        """Set the task's branch and worktree back to `commit`, one it has been at; its lanes are dropped.

        The old head stays reachable as `refs/orchestrator/<task>/<keep_as>`, which is returned. What is not committed
        is thrown away. Doing it again changes nothing.
        """
        async with self._lock_of(workspace), self._locks[f"lanes of {workspace.task}"]:
            record = self._worktrees.guard(workspace)
            _require_own(workspace)
            return await restore_branch(
                self._git,
                workspace,
                source=self._worktrees.source(record),
                lanes=self._lanes,
                commit=commit,
                keep_as=keep_as,
            )

    async def open_lane(self, workspace: Workspace, *, lane: str, start: str) -> Workspace:
        """The worktree and branch that the step `lane` of the task has for itself, beginning at the commit `start`.

        Again with the same start it is as it was left, uncommitted work included; with another start it begins anew
        there, and only ignored files stay. Its `base_commit` is the start.
        """
        async with self._locks[f"lanes of {workspace.task}"]:
            return await self._lanes.open(workspace, lane=lane, start=start)

    async def drop_lane(self, workspace: Workspace, *, lane: str) -> None:
        """Take the lane's worktree and branch away; fine when they are gone already."""
        async with self._locks[f"lanes of {workspace.task}"]:
            source = self._worktrees.source(self._worktrees.require_record(workspace))
            await self._lanes.drop(source, task=workspace.task, lane=lane)

    async def merge_lane(
        self, workspace: Workspace, lane: Workspace, *, trailers: Mapping[str, str]
    ) -> Merge | Conflict:
        """Bring the lane's commits since its start to the task's branch and worktree, one after the other.

        Messages are kept; the last commit gets exactly `trailers`, the key by which a repeated call finds it. Commits
        that cannot be brought one by one come as one. Uncommitted work in the lane is not looked at; in the task's
        worktree it is thrown away, unless there is a Conflict: then nothing at all changes.
        """
        async with self._lock_of(workspace):
            _require_own(workspace)
            return await self._merging.merge(workspace, lane, trailers=trailers)

    async def begin_settlement(self, workspace: Workspace, lane: Workspace) -> tuple[str, ...]:
        """Reapply the lane's commits on the task's present head in the lane's worktree; the paths that clash.

        Files there hold conflict markers (`TASK_HEAD` against `STEP_HEAD`); clashes that leave none, such as a file
        deleted on one side, are told in a note at its top (`settlement.NOTE`). () when nothing clashes: merge then.
        While it is under way against the same head nothing changes; after the head moved it begins again, from the
        lane's own commits. Uncommitted work is thrown away.
        """
        async with self._lock_of(workspace):
            _require_own(workspace)
            return await self._settlements.begin(workspace, lane)

    async def unsettled(self, lane: Workspace) -> tuple[str, ...]:
        """Paths in the lane that still carry conflict markers, are unmerged, or have their block in the note."""
        return await self._settlements.unsettled(lane)

    async def finish_settlement(
        self, workspace: Workspace, lane: Workspace, *, subject: str, trailers: Mapping[str, str]
    ) -> Merge | Conflict:
        """Commit what is in the lane's worktree, settled or not, and take the task's branch and worktree there.

        When the task's head has moved meanwhile, what was settled is merged like a lane, so there may be a Conflict.
        Without a settlement under way it is `merge_lane`.
        """
        async with self._lock_of(workspace):
            _require_own(workspace)
            return await self._settlements.finish(workspace, lane, subject=subject, trailers=trailers)

    async def catch_up(self, project: Project, workspace: Workspace, *, merge: bool) -> CaughtUp | Clash:
        """Bring the task's branch to where its base branch is now, which is fetched first; nothing changes in a Clash.

        The commits are put on top of the base one by one, or with `merge` (others may build on them) the base is merged
        into them. What is not committed is thrown away. Doing it again finds it done.
        """
        async with self._lock_of(workspace), self._locks[project.repository]:
            _require_own(workspace)
            return await self._catching_up.catch_up(workspace, project=project, merge=merge)

    async def lay_clash(self, workspace: Workspace, *, base: str) -> tuple[str, ...]:
        """Put the branch's work together with the commit `base` into the worktree for somebody to settle: the files.

        Uncommitted work is thrown away; nothing is committed. Doing it again begins it anew.
        """
        async with self._lock_of(workspace):
            _require_own(workspace)
            return await self._catching_up.lay(workspace, base=base)

    async def settled_clash(
        self, workspace: Workspace, *, base: str, files: Sequence[str], trailers: Mapping[str, str]
    ) -> CaughtUp | Clash:
        """Commit what was settled, and merge `base` into the branch with it; a Clash while markers are left.

        Also when what was laid there is lost: then it has to be laid, and settled, again.
        """
        async with self._lock_of(workspace):
            _require_own(workspace)
            return await self._catching_up.settled(workspace, base=base, files=files, trailers=trailers)

    async def expired(self, *, older_than: datetime) -> list[TaskId]:
        """Tasks whose worktree and lanes were last prepared, opened or committed in before it, oldest first."""
        return self._records.unused_since(older_than)

    async def in_use(self) -> Sequence[TaskId]:
        """Tasks that have a worktree on the disk, least recently used first."""
        return self._records.on_disk()

    async def size_bytes(self) -> int:
        """Bytes of all files in all worktrees; links are not followed."""
        return await asyncio.to_thread(size_of, self._records.folder)

    def _lock_of(self, workspace: Workspace) -> asyncio.Lock:
        return self._locks[f"task {workspace.task}"]


def _require_own(workspace: Workspace) -> None:
    if workspace.lane:
        raise WorkspaceError(
            f"{workspace.path} is a lane of {workspace.task}.", hint="Give the task's own workspace instead."
        )
