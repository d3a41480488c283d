"""All that a task's next move depends on, and what follows from it at a glance."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import assert_never

from core.domain.approval import Approval, ApprovalKind, ApprovalState
from core.domain.identity import StepName
from core.domain.project import PlanGate
from core.domain.task import AgentRun, Complexity, Step, StepState, Task
from core.domain.workflow import Gate, StepDefinition
from core.engine import money
from core.engine.approval_keys import conflict_key, gate_key

ACTIVE_STEPS = frozenset({StepState.RUNNING, StepState.WAITING})


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """All that the next move depends on; `runs` and `approvals` oldest first."""

    task: Task
    steps: Sequence[Step]
    runs: Sequence[AgentRun]
    approvals: Sequence[Approval]
    skipped: frozenset[StepName] = frozenset()
    """Steps whose condition does not hold now."""
    writers: frozenset[str] = frozenset()
    """Roles whose changes are kept."""
    sent_back: Mapping[StepName, int] = field(default_factory=dict[StepName, int])
    """How often each step's result was negative in this life of the task, the present one included."""
    rivals: bool = False
    """Whether other forks of the same work are not out of the question; only told when every step is done."""
    asks_to_offer: bool = False
    """Whether a person must agree before what the task made leaves this machine."""
    spent_usd: Decimal = Decimal(0)
    """What the task cost so far; only told when it has a budget."""
    shared: money.SharedMoney = money.NOTHING_SHARED

    def holder(self, step: StepName) -> str | None:
        """The budget without which nothing of `step` goes on that costs: its key, '' for the task's own, or None."""
        if money.is_held(self.task, self.approvals, spent=self.spent_usd):
            return money.OWN
        return self.shared.short_of.get(step)


def is_gated(task: Task, definition: StepDefinition) -> bool:
    """Whether a person must approve the step's result before the steps after it start."""
    match definition.gate:
        case Gate.NONE:
            return False
        case Gate.RESULT:
            return True
        case Gate.PLAN:
            complex_ = task.complexity == Complexity.COMPLEX
            return task.plan_gate == PlanGate.ALWAYS or (task.plan_gate == PlanGate.COMPLEX and complex_)
        case _:
            assert_never(definition.gate)


def conflicts(situation: Situation, step: Step) -> list[Approval]:
    """What people were asked about conflicts in the current round of `step`, oldest first."""
    prefix = conflict_key(step, 0).removesuffix("0")
    asked = [a for a in situation.approvals if a.kind == ApprovalKind.CONFLICT and a.key.startswith(prefix)]
    return sorted(asked, key=lambda approval: int(approval.key.removeprefix(prefix)))


def gate_approval(situation: Situation, step: Step) -> Approval | None:
    """What people were asked about the result of the current round of `step`."""
    key = gate_key(step)
    return next((approval for approval in situation.approvals if approval.key == key), None)


def is_passed(situation: Situation, step: Step) -> bool:
    """Whether a person approved the result of the current round of `step`."""
    gate = gate_approval(situation, step)
    return gate is not None and gate.state == ApprovalState.APPROVED


def why(decided: Approval) -> str:
    """How a sentence about a decision ends: with the person's own words, else with its full stop."""
    return f": {decided.decision_reason}" if decided.decision_reason else "."
