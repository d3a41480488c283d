"""References we make in a repository beside task branches, so that no commit of ours is ever collected as garbage."""

from pathlib import Path

from core.domain.errors import WorkspaceError
from core.domain.identity import TaskId
from core.workspaces.git import Git
from core.workspaces.git_lock import clear_stale_locks


def kept_prefix(task: TaskId) -> str:
    """Below it are the heads that a task's branch had before it was set back."""
    return f"refs/orchestrator/{task}"


def lane_tip(task: TaskId, *, lane: str) -> str:
    """Holds the lane's own commits while its branch is where a conflict is settled."""
    return f"refs/orchestrator-lanes/{task}/{lane}"


async def reference_commit(git: Git, folder: Path, *, name: str) -> str:
    """Full hash of the commit `name` (a full reference or any other name of a commit) leads to; '' for none."""
    answer = await git.ask(
        *("rev-parse", "--verify", "--quiet", "--end-of-options", f"{name}^{{commit}}"),
        folder=folder,
        doing=f"look for {name}",
    )
    return answer.text if answer.ok else ""


async def require_commit(git: Git, folder: Path, *, name: str) -> str:
    """Full hash of the commit `name`; WorkspaceError when the repository has none."""
    commit = await reference_commit(git, folder, name=name)
    if not commit:
        raise WorkspaceError(
            f"There is no commit {name} in {folder}.", hint="It may have been collected as garbage: begin earlier."
        )
    return commit


async def set_reference(git: Git, folder: Path, *, name: str, commit: str, repository: Path) -> None:
    """Let the full reference `name` lead to `commit`, whatever it was; a lock left by a kill is cleared."""
    clear_stale_locks(repository / f"{name}.lock", worktree=folder, git_dir=repository)
    await git.run("update-ref", "--no-deref", name, commit, folder=folder, doing=f"write {name}")


async def delete_reference(git: Git, folder: Path, *, name: str, repository: Path) -> None:
    """Delete the full reference `name`; fine when there is none."""
    clear_stale_locks(repository / f"{name}.lock", worktree=folder, git_dir=repository)
    if await reference_commit(git, folder, name=name):
        await git.run("update-ref", "--no-deref", "-d", name, folder=folder, doing=f"delete {name}")


async def references_below(git: Git, folder: Path, *, prefix: str) -> list[str]:
    """Full names of the references below the folder `prefix`."""
    listed = await git.run(
        "for-each-ref", "--format=%(refname)", f"{prefix}/", folder=folder, doing=f"list the references in {prefix}"
    )
    return listed.split("\n") if listed else []
