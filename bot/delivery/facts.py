"""What the rules of delivery know about a task when an entry of the journal comes by."""

from collections.abc import Mapping
from dataclasses import dataclass, field
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
    seq: int = 0
    """Number of the entry in the journal."""
    earlier: tuple[int, ...] = ()
    """Of the journal's entries before it: those about the pull request whose cards may look different now."""
    listens: bool = True
    """Whether the requester may still see the project: who left it is told nothing."""
    deciders: tuple[PersonId, ...] | None = None
    """Who is asked to decide what the entry asks; None: the requester."""
    wishes: Mapping[PersonId, NotificationRules] = field(default_factory=dict[PersonId, NotificationRules])
    """The project's rules as each of the deciders wishes them."""

    @property
    def asked_by(self) -> PersonId | None:
        """Who asked for the task, when that person is on this platform."""
        if not self.listens:
            return None
        person = self.task.requested_by
        return person if person.partition(":")[0] == self.platform else None

    @property
    def asked_to_decide(self) -> tuple[PersonId, ...]:
        """Who should decide; () when nobody in particular is known."""
        if self.deciders is not None:
            return self.deciders
        return (self.asked_by,) if self.asked_by is not None else ()

    def rules_of(self, person: PersonId) -> NotificationRules:
        """What `person` wants to be told."""
        return self.requester if person == self.task.requested_by else self.wishes.get(person, self.project)
