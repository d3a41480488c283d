"""A workflow for people: its steps as the nodes of a picture, in words (pure)."""

from adapters.console.diagram.graph import Node
from core.domain.workflow import Gate, StepDefinition, Workflow


def workflow_nodes(workflow: Workflow) -> tuple[Node, ...]:
    """One node a step: who works on it, when it is done at all, and what happens after it."""
    return tuple(
        Node(
            name=step.name,
            after=step.needs,
            title=_title(step),
            notes=_notes(step),
            back=step.loop.back_to if step.loop else "",
        )
        for step in workflow.steps
    )


def workflow_line(workflow: Workflow) -> str:
    """The steps in one line: `plan → build → (test, review)`."""
    from adapters.console.diagram.graph import depths

    nodes = workflow_nodes(workflow)
    depth = depths(nodes)
    layers = [[node.name for node in nodes if depth[node.name] == at] for at in range(1 + max(depth.values()))]
    return " → ".join(names[0] if len(names) == 1 else f"({', '.join(names)})" for names in layers)


def _title(step: StepDefinition) -> str:
    return step.name if step.name == step.role else f"{step.name} · {step.role}"


def _notes(step: StepDefinition) -> tuple[str, ...]:
    notes: list[str] = []
    if step.when:
        notes.append(f"only when {step.when}")
    if step.retries:
        notes.append(f"begun again {_times(step.retries)} when it fails")
    if step.loop:
        notes.append(f"may send back to {step.loop.back_to} {_times(step.loop.max_rounds)}")
    if step.gate is not Gate.NONE:
        notes.append(f"then a person approves the {step.gate.value}")
    return tuple(notes)


def _times(number: int) -> str:
    return {1: "once", 2: "twice"}.get(number, f"{number} times")
