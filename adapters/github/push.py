"""Pushes one commit to one branch."""

from pathlib import Path

from adapters.github.push_fault import push_fault
from adapters.github.remote_git import RemoteGit


class Pusher:
    """Git, with the token of one push."""

    def __init__(self, git: RemoteGit) -> None:
        self._git = git

    async def push(self, *, git_dir: Path, url: str, commit: str, branch: str, expected: str, token: str) -> None:
        """Make `branch` at `url` be `commit`, if it still is `expected` there ('' for no such branch).

        ForgeError saying what stands in the way; ConflictError when the branch is something else by now.
        """
        doing = f"push branch {branch}"
        async with self._git.throwaway(git_dir=git_dir, doing=doing) as place:
            await self._git.run(
                *("push", "--porcelain", "--no-verify", f"--force-with-lease=refs/heads/{branch}:{expected}"),
                *("--", url, f"{commit}:refs/heads/{branch}"),
                folder=place,
                url=url,
                token=token,
                doing=doing,
                fault=lambda words: push_fault(words, doing=doing),
            )
