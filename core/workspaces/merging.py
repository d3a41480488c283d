"""Brings a lane's commits to the task's branch as linear history, or says in which files that is not possible."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from core.workspaces.branch_move import move_branch
from core.workspaces.changes import commit_with, files_between, head_commit
from core.workspaces.commit_message import with_trailers
from core.workspaces.git import Git
from core.workspaces.record import WorktreeRecord
from core.workspaces.references import require_commit
from core.workspaces.three_way import ThreeWay
from core.workspaces.workspace import CommitIdentity, Conflict, Merge, Workspace
from core.workspaces.worktrees import Worktrees

MAX_PICKED_COMMITS = 50
"""A lane with more commits than this arrives as one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A lane's work: what lies between two commits."""

    base: str
    tip: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Pick:
    """A commit to be made: its tree and message."""

    tree: str
    message: str


class Merging:
    """Merges lanes into their tasks. The branch moves once, at the end: before that nothing has happened."""

    def __init__(self, *, git: Git, worktrees: Worktrees, identity: CommitIdentity) -> None:
        self._git = git
        self._worktrees = worktrees
        self._identity = identity

    async def merge(self, workspace: Workspace, lane: Workspace, *, trailers: Mapping[str, str]) -> Merge | Conflict:
        """The lane's work on the task's branch, found there when it was done before; see `Workspaces.merge_lane`."""
        self._worktrees.guard(workspace)
        done = await self.done_before(workspace, lane, trailers=trailers)
        if done:
            return done
        record = self._worktrees.require_record(lane)
        change, head = await self.change(workspace, record), await head_commit(self._git, workspace)
        doing = f"merge {lane.branch} into {workspace.branch}"
        ways = ThreeWay(git=self._git, folder=workspace.path, identity=self._identity)
        whole = await ways.merge(base=change.base, task=head, step=change.tip, doing=doing)
        if whole.clashes:
            return Conflict(files=whole.paths)
        if whole.tree == await ways.tree(head):
            return Merge(commit=head, files=())
        picks = await self.picks(ways, workspace, change=change, head=head, whole=whole.tree)
        return await self._bring(workspace, lane, head=head, picks=picks, trailers=trailers)

    async def done_before(self, workspace: Workspace, lane: Workspace, *, trailers: Mapping[str, str]) -> Merge | None:
        """The merge that the task's branch already holds a commit of; None when there is none."""
        commit = await commit_with(self._git, workspace, trailers=trailers)
        if not commit:
            return None
        record = self._worktrees.records.find(workspace.task, lane.lane)
        here = record is not None and record.state.merged_commit == commit
        onto = record.state.merged_onto if record and here else f"{commit}^"
        return Merge(commit=commit, files=await self._files(workspace, earlier=onto, later=commit))

    async def change(self, workspace: Workspace, record: WorktreeRecord) -> Change:
        """What the lane has to bring: its commits, even while its branch is where a conflict is settled."""
        if record.state.settlement:
            return Change(base=record.state.settlement.base, tip=record.state.settlement.tip)
        tip = await require_commit(self._git, workspace.path, name=f"refs/heads/{record.branch}")
        return Change(base=record.state.change_base or record.base_commit, tip=tip)

    async def _bring(
        self, workspace: Workspace, lane: Workspace, *, head: str, picks: Sequence[Pick], trailers: Mapping[str, str]
    ) -> Merge:
        """Put `picks` on top of `head`, the last with these trailers, and take branch and worktree there."""
        ways = ThreeWay(git=self._git, folder=workspace.path, identity=self._identity)
        commit = head
        for pick in picks:
            message = with_trailers(pick.message, trailers) if pick is picks[-1] else pick.message
            commit = await ways.commit(tree=pick.tree, parent=commit, message=message)
        await self.advance(workspace, lane, head=head, commit=commit)
        return Merge(commit=commit, files=await self._files(workspace, earlier=head, later=commit))

    async def advance(self, workspace: Workspace, lane: Workspace, *, head: str, commit: str) -> None:
        """Take the task's branch and worktree from `head` to `commit`, which is the lane's work."""
        record = self._worktrees.require_record(lane)
        self._worktrees.records.save(record.with_state(merged_onto=head, merged_commit=commit))
        allow_local = not self._worktrees.source(record).cloned
        await move_branch(self._git, workspace, expected=head, target=commit, allow_local=allow_local)
        self._worktrees.used(workspace)

    async def picks(
        self, ways: ThreeWay, workspace: Workspace, *, change: Change, head: str, whole: str
    ) -> Sequence[Pick]:
        """The lane's commits one by one when that ends at the tree `whole`, else all as one."""
        commits = await self._commits(workspace, change)
        one = [Pick(tree=whole, message=await self._message(workspace, change.tip))]
        if len(commits) < 2 or len(commits) > MAX_PICKED_COMMITS:
            return one
        picks: list[Pick] = []
        tree, parent = await ways.tree(head), change.base
        for commit in commits:
            picked = await ways.merge(base=parent, task=tree, step=commit, doing=f"pick {commit[:12]}")
            if picked.clashes:
                return one
            if picked.tree != tree:
                picks.append(Pick(tree=picked.tree, message=await self._message(workspace, commit)))
            tree, parent = picked.tree, commit
        return picks if tree == whole else one

    async def _commits(self, workspace: Workspace, change: Change) -> list[str]:
        """First parents from the change's base to its tip, oldest first; [] when it does not lead there."""
        listed = await self._git.run(
            *("rev-list", "--first-parent", "--parents", "--reverse", f"--max-count={MAX_PICKED_COMMITS + 1}"),
            f"{change.base}..{change.tip}",
            folder=workspace.path,
            doing="list the commits of a lane",
        )
        lines = [line.split(" ") for line in listed.split("\n") if line]
        descends = bool(lines) and len(lines[0]) > 1 and lines[0][1] == change.base
        return [line[0] for line in lines] if descends else []

    async def _message(self, workspace: Workspace, commit: str) -> str:
        return await self._git.run(
            "log", "-1", "--encoding=UTF-8", "--format=%B", commit, folder=workspace.path, doing="read a message"
        )

    async def _files(self, workspace: Workspace, *, earlier: str, later: str) -> tuple[str, ...]:
        return await files_between(self._git, workspace.path, earlier=earlier, later=later)
