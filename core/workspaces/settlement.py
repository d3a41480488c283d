"""Puts a lane's conflict into its worktree so that an agent can settle it, and brings what came of it to the task."""

import asyncio
from collections.abc import Mapping, Sequence
from pathlib import Path

from core.domain.errors import WorkspaceError
from core.workspaces.changes import files_between, head_commit, undo_changes
from core.workspaces.commit_message import commit_message
from core.workspaces.conflict import Clash, Merged, is_noted, marker_lines, marker_sizes, note_text
from core.workspaces.git import Git
from core.workspaces.lane_state import MarkedFile, Settlement
from core.workspaces.merging import Change, Merging
from core.workspaces.record import WorktreeRecord
from core.workspaces.references import delete_reference, lane_tip, set_reference
from core.workspaces.submodules import fill_submodules
from core.workspaces.three_way import ThreeWay
from core.workspaces.workspace import CommitIdentity, Conflict, Merge, Workspace
from core.workspaces.worktree import return_to_branch
from core.workspaces.worktrees import Worktrees

NOTE = "CONFLICTS.txt"
"""Where conflicts stand that leave no markers in a file; a number is added when the project has such a file."""


class Settlements:
    """Settlements of all lanes. The lane's branch is at the head it is begun at; its own commits have a reference."""

    def __init__(self, *, git: Git, worktrees: Worktrees, merging: Merging, identity: CommitIdentity) -> None:
        self._git = git
        self._worktrees = worktrees
        self._merging = merging
        self._identity = identity

    async def begin(self, workspace: Workspace, lane: Workspace) -> tuple[str, ...]:
        """Put the conflict into the lane; see `Workspaces.begin_settlement`."""
        self._worktrees.guard(workspace)
        record = self._worktrees.guard(lane)
        head, under_way = await head_commit(self._git, workspace), record.state.settlement
        if under_way and under_way.ready and under_way.head == head:
            return under_way.paths
        change = await self._merging.change(workspace, record)
        ways = ThreeWay(git=self._git, folder=lane.path, identity=self._identity)
        result = await ways.merge(base=change.base, task=head, step=change.tip, doing=f"reapply {lane.branch}")
        if result.clashes:
            await self._put(lane, record=record, head=head, change=change, result=result)
        return result.paths

    async def unsettled(self, lane: Workspace) -> tuple[str, ...]:
        """Paths that still wait to be settled; see `Workspaces.unsettled`."""
        settlement = self._worktrees.guard(lane).state.settlement
        if settlement is None:
            return ()
        if not settlement.ready:
            return settlement.paths
        left = await asyncio.to_thread(_left, lane.path, settlement)
        unmerged = await self._git.run(
            *("diff", "--name-only", "--diff-filter=U", "--no-ext-diff", "-z"),
            folder=lane.path,
            doing=f"look for conflicts in {lane.path}",
        )
        return tuple(sorted({*left, *filter(None, unmerged.split("\0"))}))

    async def finish(
        self, workspace: Workspace, lane: Workspace, *, subject: str, trailers: Mapping[str, str]
    ) -> Merge | Conflict:
        """Commit what is there and bring it to the task's branch; see `Workspaces.finish_settlement`."""
        self._worktrees.guard(workspace)
        done = await self._merging.done_before(workspace, lane, trailers=trailers)
        if done:
            return done
        record = self._worktrees.guard(lane)
        settlement = record.state.settlement
        if settlement is None or not settlement.ready:
            return await self._merging.merge(workspace, lane, trailers=trailers)
        message = commit_message(subject=subject, body="", trailers=trailers)
        commit = await self._committed(lane, settlement=settlement, message=message)
        await self._close(lane, record=record, settlement=settlement, commit=commit)
        head = await head_commit(self._git, workspace)
        if head != settlement.head:
            return await self._merging.merge(workspace, lane, trailers=trailers)
        if commit != head:
            await self._merging.advance(workspace, lane, head=head, commit=commit)
        return Merge(commit=commit, files=await files_between(self._git, lane.path, earlier=head, later=commit))

    def abandon(self, lane: Workspace) -> None:
        """Note that the lane's worktree is about to lose what `begin` put there, if it did."""
        record = self._worktrees.require_record(lane)
        if record.state.settlement:
            settlement = record.state.settlement.model_copy(update={"ready": False})
            self._worktrees.records.save(record.with_state(settlement=settlement))

    async def _put(self, lane: Workspace, *, record: WorktreeRecord, head: str, change: Change, result: Merged) -> None:
        """Written down first, so that a kill in between is followed by doing all of it again."""
        source = self._worktrees.source(record)
        tip = lane_tip(lane.task, lane=lane.lane)
        await set_reference(self._git, lane.path, name=tip, commit=change.tip, repository=source.git_dir)
        settlement = Settlement(head=head, base=change.base, tip=change.tip, paths=result.paths)
        self._worktrees.records.save(record.with_state(settlement=settlement))
        branch = f"refs/heads/{lane.branch}"
        await set_reference(self._git, lane.path, name=branch, commit=head, repository=source.git_dir)
        await undo_changes(self._git, lane)
        doing = f"put the conflict into {lane.path}"
        await self._git.run("read-tree", "--reset", "-u", result.tree, folder=lane.path, doing=doing, content=True)
        await fill_submodules(self._git, lane.path, allow_local=not source.cloned)
        settlement = await self._marked(lane, settlement=settlement, clashes=result.clashes)
        self._worktrees.records.save(record.with_state(settlement=settlement.model_copy(update={"ready": True})))
        self._worktrees.used(lane)

    async def _marked(self, lane: Workspace, *, settlement: Settlement, clashes: Sequence[Clash]) -> Settlement:
        """What has to be settled where; conflicts without markers are told in the note."""
        marked = [found for clash in clashes if (found := await self._markers(lane, clash)) is not None]
        with_markers = {each.path for each in marked}
        noted = [clash for clash in clashes if clash.path not in with_markers]
        note = _free_name(lane.path) if noted else ""
        if note:
            _write(lane.path / note, note_text(noted))
        return settlement.model_copy(
            update={"marked": tuple(marked), "noted": tuple(clash.path for clash in noted), "note": note}
        )

    async def _markers(self, lane: Workspace, clash: Clash) -> MarkedFile | None:
        sizes = marker_sizes(_content(lane.path / clash.path))
        if not sizes:
            return None
        before = [
            marker_lines(await self._blob(lane, clash.sides[side]), sizes=sizes)
            for side in (2, 3)
            if side in clash.sides
        ]
        begin, part, end = (sum(counts) for counts in zip((0, 0, 0), *before, strict=True))
        return MarkedFile(path=clash.path, sizes=sizes, allowed=(begin, part, end))

    async def _blob(self, lane: Workspace, blob: str) -> bytes:
        answer = await self._git.ask("cat-file", "blob", blob, folder=lane.path, doing=f"read {blob[:12]}")
        return answer.output if answer.ok else b""

    async def _committed(self, lane: Workspace, *, settlement: Settlement, message: str) -> str:
        """The commit of all that is there but the note, on the head it was begun at; that head when nothing differs."""
        path, doing = lane.path, f"commit what was settled in {lane.path}"
        await return_to_branch(self._git, path, branch=lane.branch)
        if settlement.note:
            (path / settlement.note).unlink(missing_ok=True)
        await self._git.run("add", "--all", "--", ".", folder=path, doing=doing, content=True)
        tree = await self._git.run("write-tree", folder=path, doing=doing)
        ways = ThreeWay(git=self._git, folder=path, identity=self._identity)
        if tree == await ways.tree(settlement.head):
            return settlement.head
        return await ways.commit(tree=tree, parent=settlement.head, message=message)

    async def _close(self, lane: Workspace, *, record: WorktreeRecord, settlement: Settlement, commit: str) -> None:
        """From here on the lane's change is what was settled, on top of the head it was settled against."""
        repository = self._worktrees.source(record).git_dir
        branch = f"refs/heads/{lane.branch}"
        await set_reference(self._git, lane.path, name=branch, commit=commit, repository=repository)
        tip = lane_tip(lane.task, lane=lane.lane)
        await delete_reference(self._git, lane.path, name=tip, repository=repository)
        self._worktrees.records.save(record.with_state(settlement=None, change_base=settlement.head))


def _left(folder: Path, settlement: Settlement) -> set[str]:
    note = _content(folder / settlement.note).decode("utf-8", "replace") if settlement.note else ""
    noted = {path for path in settlement.noted if is_noted(note, path)}
    marked = {each.path for each in settlement.marked if _still_marked(folder, each)}
    return noted | marked


def _still_marked(folder: Path, file: MarkedFile) -> bool:
    found = marker_lines(_content(folder / file.path), sizes=file.sizes)
    return any(count > allowed for count, allowed in zip(found, file.allowed, strict=True))


def _content(file: Path) -> bytes:
    """The file's bytes; none for what is no ordinary file, or was replaced by a link to somewhere else."""
    if file.is_symlink() or not file.is_file():
        return b""
    return file.read_bytes()


def _free_name(folder: Path) -> str:
    name, count = NOTE, 1
    while (folder / name).exists() or (folder / name).is_symlink():
        count += 1
        name = NOTE.replace(".", f"-{count}.")
    return name


def _write(file: Path, text: str) -> None:
    try:
        file.write_text(text, encoding="utf-8")
    except OSError as error:
        raise WorkspaceError(
            f"Could not write {file}: {error.strerror}.", hint="Free some space, then try again."
        ) from error
