"""What a token or an App must be allowed at GitHub, and why: told when it is set up, looked at by the checkup."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """One permission of a repository, as GitHub's pages call it; `probe` is a path that takes it to be read."""

    name: str
    level: str
    why: str
    probe: str = ""
    """Below the repository's own address, with `{branch}` for its main one; '' when nothing can be asked."""


NEEDS: Sequence[Need] = (
    Need(
        name="Contents",
        level="Read and write",
        why="to fetch the code and push the branches of tasks",
        probe="git/ref/heads/{branch}",
    ),
    Need(
        name="Pull requests",
        level="Read and write",
        why="to open and update pull requests, and to post reviews",
        probe="pulls",
    ),
    Need(
        name="Issues",
        level="Read and write",
        why="to read issues, to comment that work has begun, and to label them",
        probe="issues",
    ),
    Need(name="Checks", level="Read-only", why="to hear how checks ended", probe="commits/{branch}/check-runs"),
    Need(
        name="Commit statuses",
        level="Read-only",
        why="to hear of checks that are reported as statuses",
        probe="commits/{branch}/status",
    ),
    Need(name="Actions", level="Read-only", why="to read the log of a check that failed"),
    Need(name="Metadata", level="Read-only", why="which GitHub adds by itself"),
)
WORKFLOWS = Need(
    name="Workflows", level="Read and write", why="only if agents may change files below .github/workflows"
)
EVENTS = (
    "Check runs",
    "Check suites",
    "Statuses",
    "Pull requests",
    "Pull request reviews",
    "Pull request review comments",
    "Issues",
    "Issue comments",
    "Pushes",
)
"""What a webhook has to tell of."""
