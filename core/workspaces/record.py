"""What was decided for each task's worktree, written before it is done, so that a crash can be taken up again."""

import os
import re
from datetime import UTC, datetime
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from core.domain.errors import WorkspaceError
from core.domain.identity import TaskId
from core.workspaces.durable_file import write_durably
from core.workspaces.git_fault import fault


class WorktreeRecord(BaseModel):
    """One task's worktree. `repository` is the git folder all its worktrees share."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    task: str
    repository: str
    branch: str
    base_branch: str
    base_commit: str
    git_dir: str = ""
    """The worktree's own git folder; '' until it is complete: before that, nobody has worked in it."""

    @property
    def has_repository(self) -> bool:
        """Whether the repository is still there."""
        return Path(self.repository).is_dir()


class WorktreeRecords:
    """The records of one worktrees folder, one small file each, beside the worktrees."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def worktree(self, task: TaskId) -> Path:
        """Where the task's worktree is, or would be."""
        if not re.fullmatch(r"[A-Za-z0-9_-]{1,64}", task):
            raise WorkspaceError(f"{task!r} cannot be the name of a folder.", hint="Task ids look like T142.")
        return self._folder / task

    def find(self, task: TaskId) -> WorktreeRecord | None:
        """The task's record, None when there is none; WorkspaceError when it cannot be read."""
        file = self._file(task)
        try:
            return WorktreeRecord.model_validate_json(file.read_bytes())
        except FileNotFoundError:
            return None
        except (OSError, ValidationError) as error:
            raise WorkspaceError(
                f"The record {file} cannot be read.", hint="Remove it together with the worktree beside it."
            ) from error

    def save(self, record: WorktreeRecord) -> None:
        """Write the record durably."""
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            write_durably(self._file(TaskId(record.task)), record.model_dump_json(indent=1).encode())
        except OSError as error:
            raise fault(f"{error.strerror}", doing=f"write to {self._folder}") from error

    def touch(self, task: TaskId) -> None:
        """Note that the worktree was used now."""
        file = self._file(task)
        if file.exists():
            os.utime(file)

    def forget(self, task: TaskId) -> None:
        """Remove the record; fine when there is none."""
        self._file(task).unlink(missing_ok=True)

    def unused_since(self, moment: datetime) -> list[TaskId]:
        """Tasks whose worktree was last used before `moment`, oldest first."""
        used = [(datetime.fromtimestamp(file.stat().st_mtime, UTC), file) for file in self._folder.glob("*.json")]
        return [TaskId(file.stem) for at, file in sorted(used) if at < moment]

    def _file(self, task: TaskId) -> Path:
        worktree = self.worktree(task)
        return worktree.with_name(f"{worktree.name}.json")
