"""A workflow: named steps as a directed acyclic graph, with bounded loops back."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import lru_cache
from graphlib import CycleError, TopologicalSorter

from core.domain.errors import ConfigurationError
from core.domain.identity import StepName


class Gate(StrEnum):
    """What must be approved by a person before the steps after this one start."""

    NONE = "none"
    PLAN = "plan"
    """The plan, when the project's plan gate wants it."""
    RESULT = "result"
    """The step's result, always."""


class Mode(StrEnum):
    """Whether independent steps run at the same time."""

    AUTO = "auto"
    """As the workflow says; a simple request runs one step after the other."""
    PARALLEL = "parallel"
    SEQUENTIAL = "sequential"


@dataclass(frozen=True, slots=True, kw_only=True)
class Loop:
    """When the step's result is negative, go back to an earlier step, at most `max_rounds` times."""

    back_to: StepName
    max_rounds: int = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class StepDefinition:
    """One step: which role works on it, after which others."""

    name: StepName
    role: str
    needs: tuple[StepName, ...] = ()
    gate: Gate = Gate.NONE
    loop: Loop | None = None
    when: str = ""
    """Condition under which it runs at all (`core.planning.condition`); '' means always, else it is skipped."""
    retries: int = 0
    """How many new agents may try after one that failed for good."""
    instruction: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Workflow:
    """A validated definition; a task keeps its own snapshot, so later edits never reach running work."""

    name: str
    description: str
    steps: tuple[StepDefinition, ...]

    def step(self, name: StepName) -> StepDefinition:
        """The step called `name`; KeyError when there is none."""
        for step in self.steps:
            if step.name == name:
                return step
        raise KeyError(name)

    def order(self) -> tuple[StepName, ...]:
        """Step names so that each comes after all it needs; definition order breaks ties."""
        return _order(tuple((step.name, step.needs) for step in self.steps))

    def before(self, name: StepName) -> frozenset[StepName]:
        """Every step that `name` needs, directly or through others."""
        needed: set[StepName] = set()
        for step in reversed(self.order()):
            if step == name or step in needed:
                needed.update(self.step(step).needs)
        return frozenset(needed)

    def beside(self, name: StepName) -> frozenset[StepName]:
        """Every step that may run at the same time as `name`: neither needs the other."""
        related = self.before(name) | self.after(name)
        return frozenset(step.name for step in self.steps if step.name not in related)

    def sequential(self) -> "Workflow":
        """The same steps one after the other, in `order`."""
        order = self.order()
        earlier = dict(zip(order[1:], order, strict=False))

        def chained(step: StepDefinition) -> StepDefinition:
            extra = [earlier[step.name]] if step.name in earlier and earlier[step.name] not in step.needs else []
            return replace(step, needs=(*step.needs, *extra))

        return replace(self, steps=tuple(chained(step) for step in self.steps))

    def after(self, name: StepName) -> frozenset[StepName]:
        """`name` and every step that needs it, directly or through others: what a loop back to it runs again."""
        reached = {name}
        for step in (self.step(step_name) for step_name in self.order()):
            if reached.intersection(step.needs):
                reached.add(step.name)
        return frozenset(reached)


@lru_cache(maxsize=256)  # asked for at every move of a task
def _order(steps: tuple[tuple[StepName, tuple[StepName, ...]], ...]) -> tuple[StepName, ...]:
    """The names of steps, each given with what it needs, in the order of `Workflow.order`."""
    rank = {name: index for index, (name, _) in enumerate(steps)}
    sorter = TopologicalSorter(dict(steps))
    sorter.prepare()
    ordered: list[StepName] = []
    ready: list[StepName] = []
    while sorter.is_active():
        ready = sorted([*ready, *sorter.get_ready()], key=rank.__getitem__)
        first = ready.pop(0)
        ordered.append(first)
        sorter.done(first)
    return tuple(ordered)


def validated(workflow: Workflow, *, roles: Mapping[str, object], source: str = "") -> Workflow:
    """Return `workflow` when all it refers to exists, else raise ConfigurationError naming the first that does not."""

    def refuse(message: str) -> ConfigurationError:
        return ConfigurationError(
            f"Workflow {workflow.name}: {message}", source=source, hint="Edit the workflow and validate it again."
        )

    names = [step.name for step in workflow.steps]
    if not names:
        raise refuse("it has no steps.")
    for step in workflow.steps:
        if names.count(step.name) > 1:
            raise refuse(f"two steps are called {step.name}.")
        if step.role not in roles:
            raise refuse(f"step {step.name} wants the role {step.role}, which does not exist.")
        for need in step.needs:
            if need not in names:
                raise refuse(f"step {step.name} needs {need}, which is not a step of it.")
    try:
        workflow.order()
    except CycleError as error:
        raise refuse(f"its steps need each other in a circle: {' → '.join(map(str, error.args[1]))}.") from error
    for step in workflow.steps:
        if step.retries < 0:
            raise refuse(f"step {step.name} cannot be retried {step.retries} times.")
        if step.loop is None:
            continue
        if step.loop.back_to not in names or step.name not in workflow.after(step.loop.back_to):
            raise refuse(f"step {step.name} loops back to {step.loop.back_to}, which is not before it.")
        if step.loop.max_rounds < 1:
            raise refuse(f"the loop of step {step.name} must allow at least one round.")
    return workflow
