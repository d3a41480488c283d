"""A sighting: one journal entry together with what those who listen want to know beside it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from bot.observability.period import Period
from core.domain.event import JournalEntry


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskFacts:
    """What every measure of a task is told with; never the request itself."""

    project: str
    workflow: str
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighting:
    """`task` is None for events of the house and for a task that is gone; `periods` are those the entry ended.

    `life` is the life of the task that the entry belongs to.
    """

    entry: JournalEntry
    task: TaskFacts | None = None
    life: int = 1
    periods: tuple[Period, ...] = ()


class Listener(Protocol):
    """Hears every sighting in order. It is quick, waits for nothing and does not fail."""

    def hear(self, sighting: Sighting) -> None:
        """Take note."""
        ...
