"""What is written down about one lane before it is done: where its change lies, and a settlement under way."""

from pydantic import BaseModel, ConfigDict


class MarkedFile(BaseModel):
    """A file into which git wrote conflict markers of `sizes` letters each.

    `allowed` counts the lines that look like markers and were in the file on either side before, for each of the
    three kinds: a text about git may hold some.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    path: str
    sizes: tuple[int, ...]
    allowed: tuple[int, int, int]


class Settlement(BaseModel):
    """A conflict put into the lane's worktree: the change from `base` to `tip` on top of the task's `head`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    head: str
    base: str
    tip: str
    paths: tuple[str, ...]
    marked: tuple[MarkedFile, ...] = ()
    noted: tuple[str, ...] = ()
    """Conflicts that leave no markers in a file; each has a block in the note."""
    note: str = ""
    """Name of the note at the top of the worktree; '' when there is none."""
    ready: bool = False
    """Whether the worktree holds it: before that nobody has worked on it."""


class LaneState(BaseModel):
    """The lane as merging sees it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    anew: bool = False
    """It has to be set back to its start before anybody works in it."""
    change_base: str = ""
    """Where the lane's own change begins; '' for its start."""
    merged_onto: str = ""
    """Head of the task's branch before the lane's commits were put on it."""
    merged_commit: str = ""
    """The last of those commits."""
    settlement: Settlement | None = None
