"""Random valid workflows for property tests: needs, gates and loops in every arrangement `validated` accepts."""

from dataclasses import replace

from hypothesis import strategies as st

from core.domain.identity import StepName
from core.domain.workflow import Gate, Loop, StepDefinition, Workflow

ROLES = {"analyst": 1, "builder": 2, "tester": 3}


def a_workflow(*steps: StepDefinition, name: str = "drawn") -> Workflow:
    """A workflow of `steps`, not validated."""
    return Workflow(name=name, description="", steps=steps)


def a_definition(
    name: str,
    *needs: str,
    role: str = "builder",
    gate: Gate = Gate.NONE,
    loop: Loop | None = None,
    retries: int = 0,
) -> StepDefinition:
    """The step `name` that needs `needs`."""
    return StepDefinition(
        name=StepName(name),
        role=role,
        needs=tuple(StepName(need) for need in needs),
        gate=gate,
        loop=loop,
        retries=retries,
    )


def a_loop(back_to: str, max_rounds: int = 2) -> Loop:
    """A loop back to the step called `back_to`."""
    return Loop(back_to=StepName(back_to), max_rounds=max_rounds)


@st.composite
def workflows(draw: st.DrawFn, *, max_steps: int = 6) -> Workflow:
    """1 to `max_steps` steps, defined in any order: a step may stand before those it needs."""
    names = "abcdef"[: draw(st.integers(1, max_steps))]
    roles = st.sampled_from(sorted(ROLES))
    acyclic = [
        a_definition(
            name,
            *draw(st.lists(st.sampled_from(names[:index]), unique=True, max_size=3) if index else st.just([])),
            role=draw(roles),
            gate=draw(st.sampled_from(Gate)),
            retries=draw(st.sampled_from([0, 0, 1, 2])),
        )
        for index, name in enumerate(names)
    ]
    plain = a_workflow(*draw(st.permutations(acyclic)))
    return a_workflow(*(replace(step, loop=draw(_loops(plain, step))) for step in plain.steps))


def _loops(workflow: Workflow, step: StepDefinition) -> st.SearchStrategy[Loop | None]:
    targets = [other.name for other in workflow.steps if step.name in workflow.after(other.name)]
    return st.none() | st.builds(Loop, back_to=st.sampled_from(targets), max_rounds=st.integers(1, 3))
