"""A piece of work that is to be estimated: its steps, who does each of them, and what of it is done already (pure)."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field

from core.domain.identity import ProjectName, StepName
from core.domain.project import Project
from core.domain.role import ResultKind, Role
from core.domain.task import Complexity, Priority, TaskType
from core.domain.workflow import StepDefinition, Workflow
from core.planning.condition import FACTS, holds, named
from core.planning.models import model_for


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """What a step has taken so far; `duration_s` is the time its agents worked."""

    cost_usd: float = 0.0
    tokens: float = 0.0
    duration_s: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkStep:
    """One step. `taken` is what it took when it is done, None while it is still to come."""

    name: StepName
    role: Role
    model: str
    needs: tuple[StepName, ...] = ()
    taken: Taken | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """The whole. `models` says which model every role of the project would get, also those that have no step."""

    project: ProjectName
    type: TaskType
    complexity: Complexity
    steps: tuple[WorkStep, ...]
    models: Mapping[str, str]
    roles: Mapping[str, Role]
    is_planned: bool = True
    """Whether these are the steps that will be done; False while a planner may still divide the work differently."""

    @property
    def ahead(self) -> tuple[WorkStep, ...]:
        """The steps that are still to come."""
        return tuple(step for step in self.steps if step.taken is None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What conditions of steps may ask about the task before it has begun."""

    priority: Priority = Priority.NORMAL
    issue: str = ""
    done: Mapping[StepName, Taken] = field(default_factory=dict[StepName, Taken])
    """Steps that are over, with what they took."""
    skipped: Collection[StepName] = ()
    """Steps that turned out not to be needed."""


def work_of(
    workflow: Workflow,
    *,
    project: Project,
    type: TaskType,  # noqa: A002 - the domain's word for it
    complexity: Complexity,
    roles: Mapping[str, Role],
    model: str = "",
    planner_model: str = "",
    known: Known | None = None,
    is_planned: bool | None = None,
) -> Work:
    """The work of `workflow`, already shaped for the task, without the steps whose condition does not hold.

    A condition on results of earlier steps counts as met. `is_planned` is worked out where it is None: whether no step
    that ends with a plan is still to come.
    """
    known = known or Known()
    models = {
        name: _model_of(role, complexity, project, model=model, planner_model=planner_model)
        for name, role in roles.items()
    }
    steps = tuple(
        WorkStep(
            name=step.name,
            role=roles[step.role],
            model=models[step.role],
            needs=step.needs,
            taken=known.done.get(step.name),
        )
        for step in _done_or_to_do(workflow, roles, known, facts=_facts(type, complexity, known))
    )
    return Work(
        project=project.name,
        type=type,
        complexity=complexity,
        steps=steps,
        models=models,
        roles=roles,
        is_planned=not _plans_ahead(steps) if is_planned is None else is_planned,
    )


def _model_of(role: Role, complexity: Complexity, project: Project, *, model: str, planner_model: str) -> str:
    """What the role would work with; `planner_model` is for those who plan, where there is one."""
    planned = planner_model if role.result is ResultKind.PLAN else ""
    return model_for(role, complexity=complexity, task_model=model, project_model=planned or project.model)


def _facts(kind: TaskType, complexity: Complexity, known: Known) -> dict[str, object]:
    """What the conditions of steps may ask about."""
    return {
        "type": kind.value,
        "complexity": complexity.value,
        "priority": known.priority.value,
        "issue": known.issue,
        "include_analyst": False,
        "round": 1,
    }


def _done_or_to_do(
    workflow: Workflow, roles: Mapping[str, Role], known: Known, *, facts: Mapping[str, object]
) -> Iterator[StepDefinition]:
    """The steps in their order, without those nobody can do and those that turned out, or will turn out, not needed."""
    for step in (workflow.step(name) for name in workflow.order()):
        if step.role in roles and step.name not in known.skipped and (step.name in known.done or _runs(step, facts)):
            yield step


def _plans_ahead(steps: tuple[WorkStep, ...]) -> bool:
    return any(step.taken is None and step.role.result is ResultKind.PLAN for step in steps)


def _runs(step: StepDefinition, facts: Mapping[str, object]) -> bool:
    return not named(step.when) <= FACTS.keys() or holds(step.when, facts=facts, results={})
