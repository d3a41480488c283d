"""What the rules of delivery know about a task when an entry of the journal comes by."""

from dataclasses import dataclass
from datetime import datetime

from core.domain.identity import PersonId, Place
from core.domain.notification import NotificationRules
from core.domain.task import Task


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskFacts:
    """A task as one platform talks about it."""

    platform: str
    task: Task
    life: int
    """The life of the task that the entry belongs to."""
    home: Place | None
    """Where its card stands, or is to stand; None when this platform does not talk about it."""
    project: NotificationRules
    requester: NotificationRules
    """The project's rules as the requester wishes them."""
    writes_alone: bool
    """Whether the platform can write to one person."""
    now: datetime

    @property
    def asked_by(self) -> PersonId | None:
        """Who asked for the task, when that person is on this platform."""
        person = self.task.requested_by
        return person if person.partition(":")[0] == self.platform else None
