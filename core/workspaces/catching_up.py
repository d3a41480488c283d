"""Brings a task's branch to where its base branch is now: rebased, or merged once others may have seen it."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from core.domain.project import Project
from core.workspaces.base import fresh_base
from core.workspaces.branch_move import move_branch
from core.workspaces.changes import commit_changes, head_commit, undo_changes
from core.workspaces.commit_message import commit_message
from core.workspaces.conflict import marker_sizes
from core.workspaces.git import Git
from core.workspaces.lane_state import Settlement
from core.workspaces.merging import Change, Merging
from core.workspaces.restoring import is_ancestor
from core.workspaces.source import Source
from core.workspaces.submodules import fill_submodules
from core.workspaces.three_way import ThreeWay
from core.workspaces.workspace import CommitIdentity, Workspace
from core.workspaces.worktrees import Worktrees


@dataclass(frozen=True, slots=True, kw_only=True)
class CaughtUp:
    """The branch holds all of its base: where that is, the head, and whether anything had to be done for it."""

    base_commit: str
    commit: str
    moved: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Clash:
    """The base, which is at `base_commit` now, and the branch changed the same places of these files."""

    base_commit: str
    files: tuple[str, ...]


class CatchingUp:
    """Works in the task's own worktree. The branch moves once, at the end: before that nothing has happened."""

    def __init__(self, *, git: Git, worktrees: Worktrees, merging: Merging, identity: CommitIdentity) -> None:
        self._git = git
        self._worktrees = worktrees
        self._merging = merging
        self._identity = identity

    async def catch_up(self, workspace: Workspace, *, project: Project, merge: bool) -> CaughtUp | Clash:
        """Fetch the base and bring the branch there; see `Workspaces.catch_up`."""
        source = self._worktrees.source(self._worktrees.guard(workspace))
        base = await fresh_base(self._git, source, project=replace(project, base_branch=workspace.base_branch))
        head = await head_commit(self._git, workspace)
        if await is_ancestor(self._git, workspace.path, earlier=base.commit, later=head):
            return CaughtUp(base_commit=await self._later(workspace, base.commit), commit=head)
        ways = ThreeWay(git=self._git, folder=workspace.path, identity=self._identity)
        doing = f"bring {workspace.branch} to {base.branch}"
        whole = await ways.merge(base=workspace.base_commit, task=base.commit, step=head, doing=doing)
        if whole.clashes:
            return Clash(base_commit=base.commit, files=whole.paths)
        if merge:
            commit = await self._merged(workspace, tree=whole.tree, head=head, base=base.commit)
        else:
            commit = await self._rebased(ways, workspace, whole=whole.tree, head=head, base=base.commit)
        await self._move(workspace, source, head=head, commit=commit)
        return CaughtUp(base_commit=base.commit, commit=commit, moved=True)

    async def lay(self, workspace: Workspace, *, base: str) -> tuple[str, ...]:
        """Put the branch's work together with `base` into the worktree, markers and all; the files that clash."""
        record = self._worktrees.guard(workspace)
        head = await head_commit(self._git, workspace)
        ways = ThreeWay(git=self._git, folder=workspace.path, identity=self._identity)
        doing = f"put the conflict into {workspace.path}"
        whole = await ways.merge(base=workspace.base_commit, task=base, step=head, doing=doing)
        await undo_changes(self._git, workspace)
        await self._git.run("read-tree", "--reset", "-u", whole.tree, folder=workspace.path, doing=doing, content=True)
        await fill_submodules(self._git, workspace.path, allow_local=not self._worktrees.source(record).cloned)
        laid = Settlement(head=base, base=workspace.base_commit, tip=head, paths=whole.paths, ready=True)
        self._worktrees.records.save(record.with_state(settlement=laid))
        return whole.paths

    async def settled(
        self, workspace: Workspace, *, base: str, files: Sequence[str], trailers: Mapping[str, str]
    ) -> CaughtUp | Clash:
        """Note that the branch, with what is in the worktree, holds `base`; a Clash while markers are left."""
        record = self._worktrees.guard(workspace)
        head, laid = await head_commit(self._git, workspace), record.state.settlement
        if await is_ancestor(self._git, workspace.path, earlier=base, later=head):
            return CaughtUp(base_commit=base, commit=head)
        if laid is None or not laid.ready or laid.head != base:
            # a merge of what is here now would take back all that the base has brought
            return Clash(base_commit=base, files=tuple(files))
        left = await asyncio.to_thread(_with_markers, workspace, files)
        if left:
            return Clash(base_commit=base, files=left)
        await commit_changes(
            self._git, workspace, identity=self._identity, subject="Settle conflicts", body="", trailers=trailers
        )
        head = await head_commit(self._git, workspace)
        commit = await self._merged(workspace, tree=head, head=head, base=base)
        await self._move(workspace, self._worktrees.source(record), head=head, commit=commit)
        self._worktrees.records.save(record.with_state(settlement=None))
        return CaughtUp(base_commit=base, commit=commit, moved=True)

    async def _later(self, workspace: Workspace, base: str) -> str:
        """The later one of where the branch began and `base`: a base that was set back tells nothing new."""
        began = workspace.base_commit
        return began if await is_ancestor(self._git, workspace.path, earlier=base, later=began) else base

    async def _merged(self, workspace: Workspace, *, tree: str, head: str, base: str) -> str:
        message = commit_message(
            subject=f"Merge {workspace.base_branch}", body="", trailers={"Task": workspace.task, "Step": "merge"}
        )
        return await self._git.run(
            *("commit-tree", "-p", head, "-p", base, "-F", "-", f"{tree}^{{tree}}"),
            folder=workspace.path,
            doing=f"merge {workspace.base_branch}",
            identity=self._identity,
            stdin=message.encode("utf-8", "replace"),
        )

    async def _rebased(self, ways: ThreeWay, workspace: Workspace, *, whole: str, head: str, base: str) -> str:
        """The branch's commits one by one on top of `base`, or as one where that would end elsewhere than `whole`."""
        change = Change(base=workspace.base_commit, tip=head)
        commit = base
        for pick in await self._merging.picks(ways, workspace, change=change, head=base, whole=whole):
            commit = await ways.commit(tree=pick.tree, parent=commit, message=pick.message)
        return commit

    async def _move(self, workspace: Workspace, source: Source, *, head: str, commit: str) -> None:
        await move_branch(self._git, workspace, expected=head, target=commit, allow_local=not source.cloned)
        self._worktrees.used(workspace)


def _with_markers(workspace: Workspace, files: Sequence[str]) -> tuple[str, ...]:
    """Those of `files` that still hold a marker of ours; one that is gone was settled by deleting it."""
    left: list[str] = []
    for name in files:
        path = workspace.path / name
        if path.is_file() and not path.is_symlink() and marker_sizes(path.read_bytes()):
            left.append(name)
    return tuple(left)
