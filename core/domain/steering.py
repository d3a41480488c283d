"""Steering: what a person tells the agents of a task, until one of them has heard it."""

from dataclasses import dataclass
from datetime import datetime

from core.domain.identity import AgentRunId, MessageId, PersonId, TaskId


@dataclass(frozen=True, slots=True, kw_only=True)
class SteeringMessage:
    """One message. Times are UTC."""

    id: MessageId
    task: TaskId
    text: str
    by: PersonId
    to: AgentRunId | None = None
    """Only for this agent run; None for whoever works next."""
    heard_by: AgentRunId | None = None
    heard_at: datetime | None = None
    key: str = ""
    """Names what it was said with, so that a repeat is recognised; '' when nobody repeats."""
    created_at: datetime
