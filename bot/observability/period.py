"""A period: something in a task that took time and is over."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from core.domain.cost import Bill
from core.domain.identity import AgentRunId, StepName, TaskId


class PeriodKind(StrEnum):
    """What took the time."""

    TASK = "task"
    """One life of a task, from its submission or reopening to its end."""
    STEP = "step"
    """One round of a step."""
    AGENT_RUN = "agent_run"
    """From its first start to its end, the waiting in between included."""
    QUEUE = "queue"
    """A run waited for its place among the agents at work; a back-off before it is not counted."""
    APPROVAL = "approval"
    MODEL_CALL = "model_call"
    """From the answer before (or the start of the run) to the answer, tools in between included: nobody tells more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """One of them. `key` names it within its life of the task, `parent` what it is a part of ('' for the task)."""

    kind: PeriodKind
    key: str
    parent: str = ""
    task: TaskId
    life: int
    began: datetime
    ended: datetime
    outcome: str
    """The state it ended in; `started` for a wait in the queue, `answered` for a model call."""
    step: StepName | None = None
    round: int = 0
    agent_run: AgentRunId | None = None
    role: str = ""
    detail: str = ""
    """The kind of an approval; '' otherwise. Never free text."""
    model: str = ""
    bill: Bill | None = None
    """What was spent on it so far; None when nobody looked."""

    @property
    def seconds(self) -> float:
        """How long it took; never negative, whatever the clocks of two machines say."""
        return max((self.ended - self.began).total_seconds(), 0.0)
