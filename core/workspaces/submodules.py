"""Submodules of a worktree: filled when it is made, reset when changes are thrown away."""

from pathlib import Path

from core.workspaces.git import Git

# On the command line and not by `submodule init`, which would write into the settings of the user's repository.
_ACTIVE = ("-c", "submodule.active=.")
_LOCAL_ALLOWED = ("-c", "protocol.file.allow=always")


def has_submodules(worktree: Path) -> bool:
    """Whether the checked out commit names any."""
    return (worktree / ".gitmodules").is_file()


async def fill_submodules(git: Git, worktree: Path, *, allow_local: bool) -> None:
    """Check out what the commit names, at every depth; WorkspaceError when one cannot be had.

    `allow_local` lets a submodule be cloned from a folder of this machine. A repository from elsewhere must not: it
    could name any repository that this user can read.
    """
    if has_submodules(worktree):
        await git.run(
            *_ACTIVE,
            *(_LOCAL_ALLOWED if allow_local else ()),
            *("submodule", "--quiet", "update", "--checkout", "--recursive"),
            folder=worktree,
            doing="fetch the submodules",
            content=True,
        )


async def reset_submodules(git: Git, worktree: Path) -> None:
    """Throw away uncommitted changes inside filled submodules and put each at the commit the branch names."""
    if not has_submodules(worktree):
        return
    doing = "undo the changes in the submodules"
    for command in ("git reset --quiet --hard", "git clean --quiet -ffd"):
        await git.run("submodule", "--quiet", "foreach", "--recursive", command, folder=worktree, doing=doing)
    await git.run(
        *("submodule", "--quiet", "update", "--checkout", "--force", "--recursive"),
        folder=worktree,
        doing=doing,
        content=True,
    )
