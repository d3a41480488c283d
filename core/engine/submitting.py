"""New tasks: one transaction writes the task, its steps, its first events and its durable start."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from core.allowances import allowances
from core.budgets.book import BudgetBook
from core.budgets.draws import draw_of
from core.budgets.names import budget_name
from core.domain.errors import ConflictError
from core.domain.estimate import Estimate
from core.domain.event import NoticeRaised, PlanMade, TaskSubmitted
from core.domain.identity import PersonId, Place, task_id
from core.domain.project import PlanGate, Project
from core.domain.pull_request import ReviewTarget
from core.domain.task import Priority, Step, Task, TaskState
from core.domain.workflow import Mode, Workflow
from core.engine.client import EngineClient
from core.planning.assessment import Assessment
from core.planning.request import issue_reference, title_of
from core.store.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True, kw_only=True)
class Submission:
    """What a task is made of, all of it decided; `text` is clean and without secrets."""

    text: str
    project: Project
    by: PersonId
    place: Place | None
    judged: Assessment
    workflow: Workflow
    model: str
    priority: Priority
    mode: Mode
    plan_gate: PlanGate
    budget_usd: Decimal | None
    estimate: Estimate | None
    template: str
    key: str
    reviews: ReviewTarget | None = None


async def submit(uow: UnitOfWork, engine: EngineClient, wanted: Submission) -> Task:
    """Make the task and enqueue it; ConflictError when its project is archived."""
    if wanted.project.name in await uow.archived_projects.names():
        raise ConflictError(
            f"The project {wanted.project.name} is archived.",
            hint=f"Bring it back: orchestrator project restore {wanted.project.name}",
        )
    task = drafted(wanted, number=await uow.tasks.next_number(), created_at=uow.now)
    await uow.tasks.add(task)
    await uow.steps.add_all(_steps(task))
    await uow.events.append(task.id, TaskSubmitted(title=task.title, by=task.requested_by))
    await uow.events.append(task.id, _planned(task, "; ".join(wanted.judged.reasons)))
    await engine.enqueue_task(uow, task.id)
    return task


async def tell_what_is_used_up(uow: UnitOfWork, book: BudgetBook, task: Task) -> None:
    """Say on the card which shared budgets leave nothing for `task`, before anybody waits for its first step."""
    draws = [draw_of(task, role=role) for role in dict.fromkeys(step.role for step in task.workflow.steps)]
    used_up = {each.budget: None for draw in draws for each in await allowances(uow, book, draw) if each.used_up}
    for budget in used_up:
        names = await uow.people.names({PersonId(budget.scope.person)} if budget.scope.person else ())
        name = budget_name(budget.scope, budget.unit, names)
        text = f"When this was asked for, {name} was used up: what draws on it waits until it is raised."
        await uow.events.append(task.id, NoticeRaised(text=text))


async def submitted_before(uow: UnitOfWork, key: str) -> Task | None:
    """The task of the request `key`; None means that no other call can make one until this unit ends."""
    await uow.tasks.lock_numbers()
    return await uow.tasks.find_request(key)


def drafted(wanted: Submission, *, number: int, created_at: datetime) -> Task:
    """The task that `wanted` would be; nothing is stored."""
    return Task(
        id=task_id(number),
        number=number,
        project=wanted.project.name,
        request=wanted.text,
        title=title_of(wanted.text),
        requested_by=wanted.by,
        place=wanted.place,
        state=TaskState.QUEUED,
        workflow=wanted.workflow,
        type=wanted.judged.type,
        complexity=wanted.judged.complexity,
        priority=wanted.priority,
        mode=wanted.mode,
        plan_gate=wanted.plan_gate,
        model=wanted.model,
        budget_usd=wanted.budget_usd,
        estimate=wanted.estimate,
        template=wanted.template,
        issue="" if wanted.reviews else issue_reference(wanted.text),
        reviews=wanted.reviews,
        base_branch=wanted.project.base_branch,
        request_key=wanted.key,
        created_at=created_at,
    )


def _steps(task: Task) -> list[Step]:
    return [
        Step(task=task.id, name=name, position=position, role=task.workflow.step(name).role)
        for position, name in enumerate(task.workflow.order(), 1)
    ]


def _planned(task: Task, reason: str) -> PlanMade:
    return PlanMade(
        source="rules",
        workflow=task.workflow.name,
        steps=task.workflow.order(),
        task_type=task.type.value,
        complexity=task.complexity.value,
        reason=reason,
    )
