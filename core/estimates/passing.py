"""At which step a task will likely pass the money it has left (pure)."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from core.domain.estimate import Band
from core.domain.identity import StepName
from core.domain.task import FINAL_TASK_STATES, StepState

if TYPE_CHECKING:  # the store's library takes long to load
    from core.views import TaskView

_OVER = frozenset({StepState.COMPLETED, StepState.SKIPPED, StepState.CANCELLED})


@dataclass(frozen=True, slots=True, kw_only=True)
class StepAhead:
    """A step that is not over: its `number` among the steps of the task, what it takes, and what of that is spent."""

    number: int
    step: StepName
    cost_usd: Band
    spent_usd: Decimal = Decimal(0)

    @property
    def to_come_usd(self) -> float:
        """What it will likely still cost: the middle of its band without what is spent, at least nothing."""
        return max(0.0, self.cost_usd.p50 - float(self.spent_usd))


def passed_at(steps: Sequence[StepAhead], *, left_usd: Decimal) -> StepAhead | None:
    """The first of `steps`, in the order they are done, at which more than `left_usd` will likely have been spent.

    None when what is left will likely last. Likely means: rather than not.
    """
    left = float(left_usd)
    for step in steps:
        left -= step.to_come_usd
        if left < 0:
            return step
    return None


def ahead(view: "TaskView") -> tuple[StepAhead, ...]:
    """The steps of a task that are still to be paid for, as its estimate sees them; () when it has ended or has none.

    A step that is done again after it was sent back has spent money before: what it has cost so far counts.
    """
    task = view.task
    if task.estimate is None or task.state in FINAL_TASK_STATES:
        return ()
    bands = {step.step: step.cost_usd for step in task.estimate.steps}
    return tuple(
        StepAhead(
            number=part.step.position, step=part.step.name, cost_usd=bands[part.step.name], spent_usd=part.bill.cost_usd
        )
        for part in view.steps
        if part.step.state not in _OVER and part.step.name in bands
    )


def passes_budget_at(view: "TaskView", *, shared_left_usd: Decimal | None = None) -> StepAhead | None:
    """Where the task will likely pass its own budget, or `shared_left_usd`, what the scarcest shared one has left.

    None when it will likely not, when it has no estimate, and when it has passed it already: then it is no forecast.
    """
    own = None if view.task.budget_usd is None else view.task.budget_usd - view.bill.cost_usd
    left = min((each for each in (own, shared_left_usd) if each is not None), default=None)
    return None if left is None or left <= 0 else passed_at(ahead(view), left_usd=left)
