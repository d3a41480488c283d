"""A planner's typed plan made into the steps of the task, or told back to the planner with all that is wrong.

What is planned takes the place of the steps after the plan step. The frame around it stays ours: a loop back from each
test and review, the tests, reviews and gates the workflow had, and that files are changed only where they were before.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from core.domain.errors import ConfigurationError
from core.domain.identity import StepName
from core.domain.role import ResultKind, Role
from core.domain.workflow import Gate, Loop, StepDefinition, Workflow, validated
from core.planning.condition import FACTS, identifier, named
from core.planning.planned_work import PlannedWork, problems, read

MAX_ROUNDS = 2
"""Rounds of the loop back from a planned test or review."""
_CHECKS = (ResultKind.TEST_REPORT, ResultKind.REVIEW)


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanProblem:
    """Why a plan cannot be used: everything that is wrong, one line each, in words for the planner."""

    text: str


def planned_workflow(
    workflow: Workflow, *, plan_step: StepName, plan: Mapping[str, object], roles: Mapping[str, Role]
) -> Workflow | PlanProblem:
    """`workflow` with the plan's `work` in place of the steps after `plan_step`; unchanged when it plans none.

    Whatever the plan holds, the answer is a valid workflow or a problem. `roles` must hold every role of `workflow`.
    """
    found = read(plan.get("work"))
    if not found.work and not found.problems:
        return workflow
    later = workflow.after(plan_step) - {plan_step}
    kept = tuple(step for step in workflow.steps if step.name not in later)
    replaced = tuple(workflow.step(name) for name in workflow.order() if name in later)
    wrong = found.problems + problems(found.work, kept=[step.name for step in kept], replaced=replaced, roles=roles)
    if wrong:
        return _problem(wrong)
    planned = tuple(_step(item, plan_step=plan_step, others=found.work) for item in found.work)
    draft = replace(workflow, steps=(*kept, *planned))
    missing = _missing(planned, draft=draft, replaced=replaced, roles=roles)
    planned = _promised(planned, replaced=[step for step in replaced if step not in missing])
    checked = (*planned, *_appended(missing, planned=planned, kept=kept))
    draft = replace(workflow, steps=(*kept, *checked))
    steps = (*kept, *(_looped(step, draft=draft, planned=checked, roles=roles) for step in checked))
    try:
        return validated(replace(draft, steps=steps), roles=roles)
    except ConfigurationError as error:
        return _problem([error.message])


def _problem(lines: Sequence[str]) -> PlanProblem:
    return PlanProblem(text="\n".join(["The steps in `work` cannot be used:", *(f"- {line}" for line in lines)]))


def _step(item: PlannedWork, *, plan_step: StepName, others: Sequence[PlannedWork]) -> StepDefinition:
    """The planned step. Its instruction stays with the plan's result, which prompts fence as what an agent wrote."""
    is_root = not any(other.name in item.needs for other in others)
    needs = dict.fromkeys(map(StepName, item.needs))
    return StepDefinition(
        name=StepName(item.name),
        role=item.role,
        needs=tuple({plan_step: None, **needs} if is_root else needs),
        instruction=(
            f'Do the part of the plan called "{item.name}": the result of step {plan_step} says under `work` what it '
            "is and which files it is about. Leave the other parts to the steps they are planned for."
        ),
    )


def _promised(planned: tuple[StepDefinition, ...], *, replaced: Sequence[StepDefinition]) -> tuple[StepDefinition, ...]:
    """The planned steps with the gates and retries their roles had in the workflow.

    A gate whose role has no work any more is kept by the steps that end the planned work: what a person was promised to
    see, a plan cannot take away.
    """
    gated = {step.role for step in replaced if step.gate is not Gate.NONE}
    homeless = gated - {step.role for step in planned}
    ends = _ends(planned) if homeless else ()

    def promised(step: StepDefinition) -> StepDefinition:
        shown = step.role in gated or step.name in ends
        retries = max((other.retries for other in replaced if other.role == step.role), default=0)
        return replace(step, gate=Gate.RESULT if shown else step.gate, retries=retries)

    return tuple(map(promised, planned))


def _missing(
    planned: Sequence[StepDefinition],
    *,
    draft: Workflow,
    replaced: Sequence[StepDefinition],
    roles: Mapping[str, Role],
) -> tuple[StepDefinition, ...]:
    """The tests, or the reviews, of the workflow when the plan has none of that kind after any of its changes."""
    writers = {step.name for step in planned if roles[step.role].writes}
    present = {roles[step.role].result for step in planned if not writers or writers & draft.before(step.name)}
    return tuple(step for step in replaced if roles[step.role].result in set(_CHECKS) - present)


def _appended(
    missing: Sequence[StepDefinition], *, planned: Sequence[StepDefinition], kept: Sequence[StepDefinition]
) -> tuple[StepDefinition, ...]:
    """`missing` after all planned work, one after the other."""
    taken = {step.name for step in (*kept, *planned)}
    nameable = {*FACTS, *map(identifier, taken)}
    needs = _ends(planned)
    appended: list[StepDefinition] = []
    for step in missing:
        name = _free(step.name, taken=taken)
        # A condition on a step that is no longer there would never hold, and so leave the check out after all.
        when = step.when if named(step.when) <= nameable else ""
        appended.append(replace(step, name=name, needs=needs, when=when))
        taken.add(name)
        needs = (name,)
    return tuple(appended)


def _looped(
    step: StepDefinition, *, draft: Workflow, planned: Sequence[StepDefinition], roles: Mapping[str, Role]
) -> StepDefinition:
    """A test or review goes back to the last of the planned steps before it that changes files."""
    if roles[step.role].result not in _CHECKS:
        return step
    before = draft.before(step.name)
    writers = {other.name for other in planned if roles[other.role].writes and other.name in before}
    last = next((name for name in reversed(draft.order()) if name in writers), None)
    rounds = step.loop.max_rounds if step.loop else MAX_ROUNDS
    return replace(step, loop=Loop(back_to=last, max_rounds=rounds) if last else None)


def _ends(steps: Sequence[StepDefinition]) -> tuple[StepName, ...]:
    """The steps no other one needs."""
    needed = {need for step in steps for need in step.needs}
    return tuple(step.name for step in steps if step.name not in needed)


def _free(name: StepName, *, taken: set[StepName]) -> StepName:
    """`name`, with a number behind it when another step has it."""
    number = 1
    free = name
    while free in taken:
        number += 1
        free = StepName(f"{name}-{number}")
    return free
