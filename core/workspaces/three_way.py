"""Merges two trees that come from a common one, in the object store alone: no worktree or branch is touched."""

from pathlib import Path

from core.domain.errors import WorkspaceError
from core.workspaces.conflict import STEP_LABEL, TASK_LABEL, Merged, merged
from core.workspaces.git import Git
from core.workspaces.workspace import CommitIdentity

OLDEST_VERSION_THAT_MERGES = (2, 38)
"""The first with `merge-tree --write-tree`."""

# What a repository's settings say must not change how steps are brought together.
_SETTINGS = (
    *("merge.conflictStyle=merge", "merge.renames=true", "merge.directoryRenames=conflict", "merge.renameLimit=7000"),
    *("merge.renormalize=false", "merge.default=text", "merge.verbosity=2", "diff.renames=true"),
)
# A merge driver is a program that settings name, and an agent may write those: plain text merging takes its place.
_PLAIN_DRIVER = f"git merge-file --marker-size=%L -L {TASK_LABEL} -L before -L {STEP_LABEL} %A %O %B"


class ThreeWay:
    """Merging in the repository that the worktree `folder` belongs to."""

    def __init__(self, *, git: Git, folder: Path, identity: CommitIdentity) -> None:
        self._git = git
        self._folder = folder
        self._identity = identity

    async def merge(self, *, base: str, task: str, step: str, doing: str) -> Merged:
        """What `base` becomes with what both `task` and `step` made of it; all three are names of commits or trees.

        `base` is a commit. The two others get it as their only parent, because git 2.38 takes the base from history.
        """
        await self._git.require(OLDEST_VERSION_THAT_MERGES, doing=doing)
        # references of this one worktree, so that markers name the sides and not two hashes nobody has seen
        for label, side in ((TASK_LABEL, task), (STEP_LABEL, step)):
            commit = await self.commit(tree=side, parent=base, message="side of a merge\n")
            await self._git.run("update-ref", "--no-deref", label, commit, folder=self._folder, doing=doing)
        settings = [*_SETTINGS, *await self._without_drivers(doing=doing)]
        answer = await self._git.ask(
            *(part for setting in settings for part in ("-c", setting)),
            *("merge-tree", "--write-tree", "-z", "--messages", TASK_LABEL, STEP_LABEL),
            folder=self._folder,
            doing=doing,
        )
        if answer.exit_code not in {0, 1}:
            raise self._git.failure(answer, folder=self._folder, doing=doing)
        return merged(answer.output)

    async def commit(self, *, tree: str, parent: str, message: str) -> str:
        """Full hash of a new commit of `tree` on top of `parent`; no branch leads to it yet."""
        return await self._git.run(
            *("commit-tree", "-p", parent, "-F", "-", f"{tree}^{{tree}}"),
            folder=self._folder,
            doing="make a commit",
            identity=self._identity,
            stdin=message.encode("utf-8", "replace"),
        )

    async def tree(self, commit: str) -> str:
        """Full hash of the commit's tree."""
        return await self._git.run(
            "rev-parse", "--verify", f"{commit}^{{tree}}", folder=self._folder, doing=f"read {commit[:12]}"
        )

    async def _without_drivers(self, *, doing: str) -> list[str]:
        pattern = r"^merge\..*\.driver$"
        answer = await self._git.ask(
            "config", "-z", "--name-only", "--get-regexp", pattern, folder=self._folder, doing=doing
        )
        names = {name for name in answer.output.decode("utf-8", "replace").split("\0") if name}
        if any("=" in name or "\ufffd" in name for name in names):
            raise WorkspaceError(
                f"Could not {doing}: the repository's settings name a merge driver that cannot be switched off.",
                hint=f"Rename or remove it; its settings are: {', '.join(sorted(names))}",
            )
        return [f"{name}={_PLAIN_DRIVER}" for name in sorted(names)]
