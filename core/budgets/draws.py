"""Whose money model calls are: those of a task, and those that its steps are still to make; pure."""

from collections.abc import Mapping, Sequence

from core.domain.identity import StepName
from core.domain.limit import Draw
from core.domain.task import AgentRun, Step, StepState, Task

OVER = frozenset({StepState.COMPLETED, StepState.SKIPPED, StepState.CANCELLED})
"""States in which a step spends nothing any more."""


def draw_of(task: Task, *, role: str, model: str = "") -> Draw:
    """Whose money a model call of `task` is."""
    return Draw(project=task.project, person=task.requested_by, role=role, model=model)


def draws_ahead(task: Task, steps: Sequence[Step], runs: Sequence[AgentRun]) -> Mapping[StepName, Draw]:
    """Whose money each step of `task` will spend that is not over.

    Its model is the one its agent has in this round, else the one its estimate is about; '' while neither is known.
    """
    expected = {each.step: each.model for each in task.estimate.steps} if task.estimate else {}
    chosen = {(run.step, run.round): run.model for run in runs}
    return {
        step.name: draw_of(
            task, role=step.role, model=chosen.get((step.name, step.round)) or expected.get(step.name, "")
        )
        for step in steps
        if step.state not in OVER
    }
