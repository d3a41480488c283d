"""Sets a task's branch back to an earlier commit; the head it had stays reachable under a name."""

import re
from pathlib import Path

from core.domain.errors import WorkspaceError
from core.workspaces.branch_move import move_branch
from core.workspaces.changes import head_commit
from core.workspaces.git import Git
from core.workspaces.lanes import Lanes
from core.workspaces.references import kept_prefix, reference_commit, require_commit, set_reference
from core.workspaces.source import Source
from core.workspaces.workspace import Workspace


async def restore_branch(
    git: Git, workspace: Workspace, *, source: Source, lanes: Lanes, commit: str, keep_as: str
) -> str:
    """The full name of the reference that keeps the old head; see `Workspaces.restore`."""
    reference = _kept_name(workspace, keep_as)
    target = await _earlier(git, workspace, commit=commit)
    head = await head_commit(git, workspace)
    kept = await reference_commit(git, workspace.path, name=reference)
    if kept and head not in {kept, target}:
        raise WorkspaceError(
            f"{reference} already keeps another head of {workspace.branch}.", hint="Keep this one under another name."
        )
    if not kept:
        await set_reference(git, workspace.path, name=reference, commit=head, repository=source.git_dir)
    await lanes.drop_all(source, task=workspace.task)
    await move_branch(git, workspace, expected=head, target=target, allow_local=not source.cloned)
    return reference


async def _earlier(git: Git, workspace: Workspace, *, commit: str) -> str:
    """Full hash of `commit`; WorkspaceError unless the task's branch has been there."""
    target = await require_commit(git, workspace.path, name=commit)
    if target != workspace.base_commit and not await is_ancestor(
        git, workspace.path, earlier=target, later=f"refs/heads/{workspace.branch}"
    ):
        raise WorkspaceError(
            f"{target[:12]} is not a commit that {workspace.branch} has been at.",
            hint="Choose one of the commits that `git log` shows for the branch.",
        )
    return target


async def is_ancestor(git: Git, folder: Path, *, earlier: str, later: str) -> bool:
    """Whether `later` holds all of `earlier`; a commit is its own ancestor."""
    doing = f"compare {earlier[:12]} with {later}"
    answer = await git.ask("merge-base", "--is-ancestor", earlier, later, folder=folder, doing=doing)
    if answer.exit_code not in {0, 1}:
        raise git.failure(answer, folder=folder, doing=doing)
    return answer.ok


def _kept_name(workspace: Workspace, keep_as: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_-]{0,99}", keep_as):
        raise WorkspaceError(
            f"{keep_as!r} cannot be the name of a kept head.", hint="Use letters, digits, - and _, such as life-1."
        )
    return f"{kept_prefix(workspace.task)}/{keep_as}"
