"""Which steps are skipped, from what the task is and what the steps before them handed in (pure)."""

from collections.abc import Sequence

from core.domain.identity import StepName
from core.domain.task import Step, StepState, Task
from core.planning.condition import holds


def skipped_steps(task: Task, steps: Sequence[Step]) -> frozenset[StepName]:
    """The pending steps whose condition does not hold now."""
    pending = [step for step in steps if step.state == StepState.PENDING and task.workflow.step(step.name).when]
    # a step that is skipped now may have a result of an earlier round: it does not count
    results = {step.name: step.result for step in steps if step.state != StepState.SKIPPED}
    return frozenset(
        step.name
        for step in pending
        if not holds(task.workflow.step(step.name).when, facts=facts_of(task, round=step.round), results=results)
    )


def facts_of(task: Task, *, round: int) -> dict[str, object]:  # noqa: A002  # the word of conditions for it
    """What the condition of one of its steps may name besides other steps, in this round of the step."""
    return {
        "type": task.type.value,
        "complexity": task.complexity.value,
        "priority": task.priority.value,
        "issue": task.issue,
        # asked for by a person, it leaves the analyst's step without a condition
        "include_analyst": False,
        "round": round,
    }
