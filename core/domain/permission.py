"""What a person permitted once for the rest of a task: the agents then do the very same thing without asking."""

from dataclasses import dataclass
from datetime import datetime

from core.domain.identity import ApprovalId, PersonId, TaskId


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskPermission:
    """One such thing, and which approval it came from."""

    approval: ApprovalId
    task: TaskId
    tool: str
    what: str
    """What makes it the same thing: the command's text, the file, or else the whole input."""
    by: PersonId
    at: datetime
