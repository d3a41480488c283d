"""What happened in a worktree since its base: commits, changed files, the diff, and throwing changes away."""

import re
from collections.abc import Mapping
from pathlib import Path

from core.workspaces.commit_message import commit_message, trailer_lines
from core.workspaces.git import MAX_OUTPUT_BYTES, Git
from core.workspaces.submodules import reset_submodules
from core.workspaces.workspace import CommitIdentity, DiffStat, Workspace
from core.workspaces.worktree import return_to_branch

# The diff is for people and models: neither a repository's nor a user's settings change its form or run a program.
_DIFF = ("diff", "--no-color", "--no-ext-diff", "--no-textconv", "--submodule=short", "--ignore-submodules=none")
_TRAILERS = "%(trailers:only=true,unfold=true)"
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
    lines = (await git.run("log", "-1", f"--format={_TRAILERS}", head, folder=workspace.path, doing=doing)).split("\n")
    return head if _are(trailers, lines) else None


async def commit_with(git: Git, workspace: Workspace, *, trailers: Mapping[str, str]) -> str:
    """The newest commit of the branch after its base that has exactly these trailers; '' when there is none."""
    if not trailers:
        return ""
    log = await git.run(
        *("log", "-z", f"--format=%H%n{_TRAILERS}", f"{workspace.base_commit}..refs/heads/{workspace.branch}", "--"),
        folder=workspace.path,
        doing=f"read the commits of {workspace.branch}",
    )
    for entry in log.split("\0"):
        commit, *lines = entry.strip("\n").split("\n")
        if _are(trailers, lines):
            return commit
    return ""


def _are(trailers: Mapping[str, str], lines: list[str]) -> bool:
    return sorted(filter(None, lines)) == sorted(trailer_lines(trailers))


async def head_commit(git: Git, workspace: Workspace) -> str:
    """Full hash of the last commit on the task's branch."""
    return await git.run(
        *("rev-parse", "--verify", f"refs/heads/{workspace.branch}^{{commit}}"),
        folder=workspace.path,
        doing=f"read the branch {workspace.branch}",
    )


async def files_changed(git: Git, workspace: Workspace) -> tuple[str, ...]:
    """Paths that differ between base and branch, a renamed file as both its names."""
    return await files_between(
        git, workspace.path, earlier=workspace.base_commit, later=f"refs/heads/{workspace.branch}"
    )


async def files_between(git: Git, folder: Path, *, earlier: str, later: str) -> tuple[str, ...]:
    """Paths that differ between two commits, a renamed file as both its names."""
    output = await git.run(
        *(*_DIFF, "--name-only", "--no-renames", "-z", earlier, later, "--"),
        folder=folder,
        doing=f"compare {later} with {earlier[:12]}",
    )
    return tuple(name for name in output.split("\0") if name)


async def diff_stat(git: Git, workspace: Workspace) -> DiffStat:
    """How much differs between base and branch."""
    words = await git.run(
        *(*_DIFF, "--shortstat", "--find-renames", workspace.base_commit, f"refs/heads/{workspace.branch}", "--"),
        folder=workspace.path,
        doing=f"compare {workspace.branch} with its base",
    )

    def count(word: str) -> int:
        found = re.search(rf"(\d+) {word}", words)
        return int(found[1]) if found else 0

    return DiffStat(files=count("file"), insertions=count("insertion"), deletions=count("deletion"))


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
