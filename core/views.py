"""What people look at: a task with everything a card, a listing or an export needs, read in one snapshot."""

from dataclasses import dataclass

from core.domain.approval import Approval
from core.domain.cost import Bill
from core.domain.task import AgentRun, Step, Task


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentRunView:
    """One agent run and what it cost so far."""

    run: AgentRun
    bill: Bill


@dataclass(frozen=True, slots=True, kw_only=True)
class StepView:
    """One step, what it cost over all its rounds, and its agent runs, oldest first."""

    step: Step
    bill: Bill
    runs: tuple[AgentRunView, ...] = ()

    @property
    def activity(self) -> str:
        """What the step's latest agent is doing now; '' when nothing is running."""
        return self.runs[-1].run.activity if self.runs else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskView:
    """One task as it stands after journal entry `seq`."""

    task: Task
    seq: int
    steps: tuple[StepView, ...]
    approvals: tuple[Approval, ...]
    bill: Bill
    files: tuple[str, ...] = ()
    """Files changed on the branch, from the commits' events."""
    notices: tuple[str, ...] = ()

    @property
    def waiting(self) -> tuple[Approval, ...]:
        """Approvals a person can decide now, oldest first."""
        return tuple(approval for approval in self.approvals if approval.state == "pending")
