"""The queue of agent runs, as those see it who decide whose turn it is."""

from dataclasses import dataclass
from datetime import datetime

from core.domain.identity import AgentRunId, PersonId, ProjectName, TaskId
from core.domain.task import Priority


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingRun:
    """An agent run in the queue, with what decides about its turn."""

    id: AgentRunId
    task: TaskId
    project: ProjectName
    person: PersonId
    """Who asked for the task."""
    role: str
    model: str
    priority: Priority
    created_at: datetime
    not_before: datetime | None
