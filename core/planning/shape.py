"""The shape a workflow takes for one task: in parallel or one step after the other, with or without its conditions."""

from dataclasses import replace

from core.domain.task import Complexity
from core.domain.workflow import Mode, StepDefinition, Workflow

ANALYST = "analyst"


def shaped(workflow: Workflow, *, mode: Mode, complexity: Complexity, include_analyst: bool) -> Workflow:
    """`workflow` as one task runs it; no step is dropped, skipping is up to each step's `when`.

    `sequential` chains the steps, `parallel` leaves them as written, `auto` chains them when the request is simple.
    `include_analyst` takes the condition from every step of the analyst. Shaping twice changes nothing more.
    """
    chained = mode is Mode.SEQUENTIAL or (mode is Mode.AUTO and complexity is Complexity.SIMPLE)
    result = workflow.sequential() if chained else workflow
    if not include_analyst:
        return result
    return replace(result, steps=tuple(_unconditional(step) for step in result.steps))


def _unconditional(step: StepDefinition) -> StepDefinition:
    return replace(step, when="") if step.role == ANALYST else step
