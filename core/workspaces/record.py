"""What was decided for each worktree, written before it is done, so that a crash can be taken up again."""

import os
import re
from datetime import UTC, datetime
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from core.domain.errors import WorkspaceError
from core.domain.identity import TaskId
from core.workspaces.durable_file import write_durably
from core.workspaces.git_fault import fault
from core.workspaces.lane_state import LaneState

_LANE_MARK = ".lane-"
"""Between task and lane; no task's name has a dot, and no lane's: `json` must not become another's record."""


class WorktreeRecord(BaseModel):
    """One worktree, a task's own or a lane's. `repository` is the git folder all its worktrees share."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    task: str
    repository: str
    branch: str
    base_branch: str
    base_commit: str
    first_commit: str = ""
    """Where the branch is made when that is not its base: the commit a fork begins at."""
    git_dir: str = ""
    """The worktree's own git folder; '' until it is complete: before that, nobody has worked in it."""
    lane: str = ""
    state: LaneState = LaneState()

    @property
    def has_repository(self) -> bool:
        """Whether the repository is still there."""
        return Path(self.repository).is_dir()

    @property
    def begins_at(self) -> str:
        """Full hash of the commit at which the branch is made."""
        return self.first_commit or self.base_commit

    def with_state(self, **changes: object) -> "WorktreeRecord":
        """A copy in which these fields of the lane's state are different."""
        return self.model_copy(update={"state": self.state.model_copy(update=changes)})


class WorktreeRecords:
    """The records of one worktrees folder, one small file each, beside the worktrees."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def worktree(self, task: TaskId, lane: str = "") -> Path:
        """Where the worktree of the task, or of its lane, is or would be."""
        if not re.fullmatch(r"[A-Za-z0-9_-]{1,64}", task):
            raise WorkspaceError(f"{task!r} cannot be the name of a folder.", hint="Task ids look like T142.")
        if not re.fullmatch(r"[a-z0-9_-]{0,63}", lane):
            raise WorkspaceError(
                f"{lane!r} cannot be the name of a lane.", hint="Use at most 63 of a-z, 0-9, - and _ for step names."
            )
        return self.folder / (f"{task}{_LANE_MARK}{lane}" if lane else task)

    def find(self, task: TaskId, lane: str = "") -> WorktreeRecord | None:
        """The record, None when there is none; WorkspaceError when it cannot be read."""
        file = self._file(task, lane)
        try:
            return WorktreeRecord.model_validate_json(file.read_bytes())
        except FileNotFoundError:
            return None
        except (OSError, ValidationError) as error:
            raise WorkspaceError(
                f"The record {file} cannot be read.", hint="Remove it together with the worktree beside it."
            ) from error

    def lanes(self, task: TaskId) -> list[str]:
        """The lanes of which something is written down, by name."""
        start = f"{task}{_LANE_MARK}"
        return sorted(file.stem.removeprefix(start) for file in self.folder.glob(f"{start}*.json"))

    def save(self, record: WorktreeRecord) -> None:
        """Write the record durably."""
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            write_durably(self._file(TaskId(record.task), record.lane), record.model_dump_json(indent=1).encode())
        except OSError as error:
            raise fault(f"{error.strerror}", doing=f"write to {self.folder}") from error

    def touch(self, task: TaskId, lane: str = "") -> None:
        """Note that the worktree was used now."""
        file = self._file(task, lane)
        if file.exists():
            os.utime(file)

    def forget(self, task: TaskId, lane: str = "") -> None:
        """Remove the record; fine when there is none."""
        self._file(task, lane).unlink(missing_ok=True)

    def unused_since(self, moment: datetime) -> list[TaskId]:
        """Tasks of which neither the worktree nor a lane was used at or after `moment`, oldest first."""
        return [task for task, used_at in self._last_use().items() if used_at < moment]

    def on_disk(self) -> list[TaskId]:
        """Tasks that have a folder, their own or a lane's, least recently used first."""
        return [
            task
            for task in self._last_use()
            if any(self.worktree(task, lane).is_dir() for lane in ("", *self.lanes(task)))
        ]

    def _last_use(self) -> dict[TaskId, datetime]:
        used = sorted((file.stat().st_mtime, file.stem) for file in self.folder.glob("*.json"))
        latest = {stem.partition(_LANE_MARK)[0]: moment for moment, stem in used}
        by_use = sorted(latest.items(), key=lambda item: (item[1], item[0]))
        return {TaskId(task): datetime.fromtimestamp(moment, UTC) for task, moment in by_use}

    def _file(self, task: TaskId, lane: str) -> Path:
        worktree = self.worktree(task, lane)
        return worktree.with_name(f"{worktree.name}.json")
