"""The steps of a request as they would be done: who, which model, after and beside what, what is asked about (pure)."""

from collections.abc import Mapping, Sequence

from core.domain.role import ResultKind, Role
from core.domain.task import Task
from core.domain.workflow import Gate, StepDefinition, Workflow
from core.engine.conditions import facts_of
from core.engine.situation import is_gated
from core.planning.condition import FACTS, holds, named
from core.planning.models import model_for
from core.preview.values import Certainty, StepPreview


def step_previews(
    task: Task, *, roles: Mapping[str, Role], project_model: str, planner_model: str
) -> tuple[StepPreview, ...]:
    """The steps of `task`, which was not begun, in the order of the work; `task.workflow` has its shape already.

    The models are those that agents would be queued with: `planner_model` holds for roles that end with a plan.
    """
    return tuple(
        _ahead(task, task.workflow.step(name), roles=roles, project_model=project_model, planner_model=planner_model)
        for name in task.workflow.order()
    )


def plans(workflow: Workflow, roles: Mapping[str, Role], done: Sequence[StepPreview]) -> bool:
    """Whether one of the steps that are `done` ends with a plan that comes before others, and may replace them."""
    return any(roles[step.role].result is ResultKind.PLAN and len(workflow.after(step.name)) > 1 for step in done)


def _ahead(
    task: Task, step: StepDefinition, *, roles: Mapping[str, Role], project_model: str, planner_model: str
) -> StepPreview:
    role = roles[step.role]
    planner = planner_model if role.result is ResultKind.PLAN else ""
    bound = planner or project_model
    model = model_for(role, complexity=task.complexity, task_model=task.model, project_model=bound)
    order = task.workflow.order()
    return StepPreview(
        name=step.name,
        role=step.role,
        model=model,
        needs=step.needs,
        beside=tuple(name for name in order if name in task.workflow.beside(step.name)),
        certainty=_certainty(task, step),
        when=step.when,
        approved=_approved(task, step),
        loop=step.loop,
    )


def _certainty(task: Task, step: StepDefinition) -> Certainty:
    """Facts of the request alone decide it now; what names another step is decided when that one has ended."""
    if not step.when:
        return Certainty.SURE
    if named(step.when) - FACTS.keys():
        return Certainty.OPEN
    met = holds(step.when, facts=facts_of(task, round=1), results={})
    return Certainty.SURE if met else Certainty.SKIPPED


def _approved(task: Task, step: StepDefinition) -> str:
    if not is_gated(task, step):
        return ""
    return "plan" if step.gate is Gate.PLAN else "result"
