"""What is wrong with a workflow: every problem at once, each with the nearest right name (pure)."""

from collections.abc import Collection, Mapping
from graphlib import CycleError

from config.documents import suggestion
from core.agents.results import RESULTS
from core.domain.errors import InvalidInputError
from core.domain.identity import StepName
from core.domain.role import ResultKind, Role
from core.domain.workflow import Gate, StepDefinition, Workflow
from core.planning.condition import check

SENDS_BACK = frozenset({ResultKind.TEST_REPORT, ResultKind.REVIEW})
"""Only these results can be negative, so only their steps can loop."""


def problems(workflow: Workflow, *, roles: Mapping[str, Role]) -> tuple[str, ...]:
    """One sentence for each thing that keeps `workflow` from being used; () when it can be."""
    names = [step.name for step in workflow.steps]
    if not names:
        return ("it has no steps.",)
    found = [*_same_names(names)]
    for step in workflow.steps:
        found += [*_unknown_role(step, roles), *_unknown_needs(step, names)]
    if found:
        # which step comes before which means nothing yet
        return tuple(found)
    try:
        workflow.order()
    except CycleError as error:
        return (f"its steps need each other in a circle: {' → '.join(map(str, error.args[1]))}.",)
    for step in workflow.steps:
        before = workflow.before(step.name)
        found += [
            *_wrong_loop(step, before=before, roles=roles),
            *_wrong_gate(step, roles=roles),
            *_wrong_condition(step, workflow=workflow, roles=roles),
        ]
    return tuple(found)


def _same_names(names: Collection[StepName]) -> list[str]:
    found: list[str] = []
    seen: dict[str, StepName] = {}
    for name in names:
        # conditions write a dash as an underscore
        written = name.replace("-", "_")
        if written in seen:
            other = seen[written]
            found.append(
                f"two steps are called {name}."
                if other == name
                else f"steps {other} and {name} cannot be told apart in conditions; rename one."
            )
        seen[written] = name
    return found


def _unknown_role(step: StepDefinition, roles: Mapping[str, Role]) -> list[str]:
    if step.role in roles:
        return []
    return [f"step {step.name} wants the role {step.role}, which does not exist.{suggestion(step.role, roles)}"]


def _unknown_needs(step: StepDefinition, names: Collection[StepName]) -> list[str]:
    found: list[str] = []
    for need in dict.fromkeys(step.needs):
        if step.needs.count(need) > 1:
            found.append(f"step {step.name} needs {need} twice.")
        if need == step.name:
            found.append(f"step {step.name} needs itself.")
        elif need not in names:
            others = [name for name in names if name != step.name]
            found.append(f"step {step.name} needs {need}, which is not a step of it.{suggestion(need, others)}")
    return found


def _wrong_loop(step: StepDefinition, *, before: Collection[StepName], roles: Mapping[str, Role]) -> list[str]:
    if step.loop is None:
        return []
    found: list[str] = []
    target = step.loop.back_to
    if target not in before:
        known = suggestion(target, before) if target != step.name else ""
        found.append(f"step {step.name} loops back to {target}, which is not before it.{known}")
    result = roles[step.role].result
    if result not in SENDS_BACK:
        found.append(
            f"step {step.name} would never loop back: its role {step.role} ends with a {_words(result)}, "
            "and only a test report or a review sends work back."
        )
    return found


def _wrong_gate(step: StepDefinition, *, roles: Mapping[str, Role]) -> list[str]:
    result = roles[step.role].result
    if step.gate is not Gate.PLAN or result is ResultKind.PLAN:
        return []
    return [
        f"step {step.name} has gate: plan, but its role {step.role} ends with a {_words(result)}; "
        "write gate: result, or use a role that plans."
    ]


def _wrong_condition(step: StepDefinition, *, workflow: Workflow, roles: Mapping[str, Role]) -> list[str]:
    if not step.when:
        return []
    results = {name: roles[workflow.step(name).role].result for name in workflow.before(step.name)}
    try:
        check(step.when, steps=results, fields={name: RESULTS[kind].model_fields for name, kind in results.items()})
    except InvalidInputError as error:
        return [f"step {step.name}, when: {error.message} {error.hint}".rstrip()]
    return []


def _words(result: ResultKind) -> str:
    return result.value.replace("_", " ")
