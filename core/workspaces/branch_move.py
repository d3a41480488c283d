"""Moves a branch together with the worktree it is checked out in, so that a crash in between can simply be redone."""

from core.domain.errors import WorkspaceError
from core.workspaces.changes import undo_changes
from core.workspaces.git import Git
from core.workspaces.submodules import fill_submodules
from core.workspaces.workspace import Workspace


async def move_branch(git: Git, workspace: Workspace, *, expected: str, target: str, allow_local: bool) -> None:
    """Take the branch from the commit `expected` to `target`; what is not committed goes, ignored files stay.

    The branch moves last: a kill before that leaves it where it was, and the next try begins with throwing away what
    this one did to the files. WorkspaceError when the branch is not at `expected` any more; then nothing has changed.
    """
    path, doing = workspace.path, f"bring {workspace.path} to {target[:12]}"
    await undo_changes(git, workspace)
    try:
        await git.run("read-tree", "--reset", "-u", target, folder=path, doing=doing, content=True)
        # folders of submodules that are no longer named stay behind otherwise
        await git.run("clean", "--quiet", "-ffd", folder=path, doing=doing, content=True)
        await fill_submodules(git, path, allow_local=allow_local)
        reference = f"refs/heads/{workspace.branch}"
        doing = f"move {workspace.branch} to {target[:12]}"
        await git.run(
            "update-ref", "--no-deref", "-m", "orchestrator", reference, target, expected, folder=path, doing=doing
        )
    except WorkspaceError:
        await undo_changes(git, workspace)
        raise
