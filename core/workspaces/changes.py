"""What happened in a worktree since its base: commits, changed files, the diff, and throwing changes away."""

from collections.abc import Mapping

from core.workspaces.commit_message import commit_message, trailer_lines
from core.workspaces.git import MAX_OUTPUT_BYTES, Git
from core.workspaces.submodules import reset_submodules
from core.workspaces.workspace import CommitIdentity, Workspace
from core.workspaces.worktree import return_to_branch

# The diff is for people and models: neither a repository's nor a user's settings change its form or run a program.
_DIFF = ("diff", "--no-color", "--no-ext-diff", "--no-textconv", "--submodule=short", "--ignore-submodules=none")
_DIFF_FORM = ("--find-renames", "--src-prefix=a/", "--dst-prefix=b/", "--unified=3")


async def commit_changes(
    git: Git,
    workspace: Workspace,
    *,
    identity: CommitIdentity,
    subject: str,
    body: str,
    trailers: Mapping[str, str],
) -> str | None:
    """Commit all that is not ignored; the new head, or None when nothing changed.

    When nothing changed and the head already carries exactly these trailers, it was done before: that head.
    """
    path, doing = workspace.path, f"commit in {workspace.path}"
    message = commit_message(subject=subject, body=body, trailers=trailers)
    await return_to_branch(git, path, branch=workspace.branch)
    await git.run("add", "--all", "--", ".", folder=path, doing=doing, content=True)
    staged = await git.ask(*_DIFF, "--cached", "--quiet", folder=path, doing=doing)
    if staged.ok:
        return await _done_before(git, workspace, trailers=trailers)
    if staged.exit_code != 1:
        raise git.failure(staged, folder=path, doing=doing)
    await git.run(
        *("commit", "--quiet", "--no-verify", "--cleanup=verbatim", "--file=-"),
        folder=path,
        doing=doing,
        identity=identity,
        stdin=message.encode(),
    )
    return await head_commit(git, workspace)


async def _done_before(git: Git, workspace: Workspace, *, trailers: Mapping[str, str]) -> str | None:
    head = await head_commit(git, workspace)
    if head == workspace.base_commit or not trailers:
        return None
    doing = f"read the last commit of {workspace.branch}"
    form = "--format=%(trailers:only=true,unfold=true)"
    lines = (await git.run("log", "-1", form, head, folder=workspace.path, doing=doing)).split("\n")
    return head if sorted(filter(None, lines)) == sorted(trailer_lines(trailers)) else None


async def head_commit(git: Git, workspace: Workspace) -> str:
    """Full hash of the last commit on the task's branch."""
    return await git.run(
        *("rev-parse", "--verify", f"refs/heads/{workspace.branch}^{{commit}}"),
        folder=workspace.path,
        doing=f"read the branch {workspace.branch}",
    )


async def files_changed(git: Git, workspace: Workspace) -> tuple[str, ...]:
    """Paths that differ between base and branch, a renamed file as both its names."""
    output = await git.run(
        *(*_DIFF, "--name-only", "--no-renames", "-z", workspace.base_commit, f"refs/heads/{workspace.branch}", "--"),
        folder=workspace.path,
        doing=f"compare {workspace.branch} with its base",
    )
    return tuple(name for name in output.split("\0") if name)


async def diff_text(git: Git, workspace: Workspace, *, max_bytes: int | None) -> str:
    """The diff from base to branch; longer than `max_bytes`, it ends at a whole line and says how much is missing."""
    doing = f"compare {workspace.branch} with its base"
    answer = await git.ask(
        *(*_DIFF, *_DIFF_FORM, workspace.base_commit, f"refs/heads/{workspace.branch}", "--"),
        folder=workspace.path,
        doing=doing,
        limit_bytes=MAX_OUTPUT_BYTES if max_bytes is None else max_bytes,
    )
    if not answer.ok:
        raise git.failure(answer, folder=workspace.path, doing=doing)
    if not answer.lost_bytes:
        return answer.output.decode("utf-8", "replace")
    whole_lines = answer.output[: answer.output.rfind(b"\n") + 1]
    missing = answer.lost_bytes + len(answer.output) - len(whole_lines)
    return f"{whole_lines.decode('utf-8', 'replace')}[diff shortened: {missing} more bytes]\n"


async def undo_changes(git: Git, workspace: Workspace) -> None:
    """Back to the last commit of the branch; ignored files stay."""
    path, doing = workspace.path, f"undo the changes in {workspace.path}"
    await return_to_branch(git, path, branch=workspace.branch)
    await git.run("reset", "--quiet", "--hard", folder=path, doing=doing, content=True)
    # twice forced: also repositories that were cloned into the worktree
    await git.run("clean", "--quiet", "-ffd", folder=path, doing=doing, content=True)
    await reset_submodules(git, path)
