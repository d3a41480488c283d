"""A task's situation, as the store tells it."""

from collections.abc import Mapping

from core.budgets.book import BudgetBook
from core.domain.event import StepStateChanged, TaskReopened
from core.domain.identity import StepName, TaskId
from core.domain.project import Project, PublishGate
from core.domain.role import Role
from core.domain.task import StepState, Task, TaskState
from core.engine.budgets import spent_usd
from core.engine.conditions import skipped_steps
from core.engine.shared_money import shared_money
from core.engine.situation import Situation
from core.store.unit_of_work import UnitOfWork

_DONE = (StepState.COMPLETED, StepState.SKIPPED)
_OUT = (TaskState.FAILED, TaskState.CANCELLED)


async def situation_of(
    uow: UnitOfWork, task: Task, *, roles: Mapping[str, Role], project: Project, book: BudgetBook
) -> Situation:
    """All that the next move of `task` depends on, as `uow` sees it; `roles` are those of its project."""
    steps = await uow.steps.of(task.id)
    failed = any(step.state == StepState.FAILED for step in steps)
    through = bool(task.unfinished) or all(step.state in _DONE for step in steps)
    runs, approvals = await uow.agent_runs.of(task.id), await uow.approvals.of(task.id)
    return Situation(
        task=task,
        steps=steps,
        runs=runs,
        approvals=approvals,
        skipped=skipped_steps(task, steps),
        writers=frozenset(role.name for role in roles.values() if role.writes),
        rivals=await _rivals(uow, task) if through else False,
        asks_to_offer=asks_to_offer(task, project.publish_gate),
        sent_back=await _sent_back(uow, task.id) if failed else {},
        spent_usd=await spent_usd(uow, task),
        shared=await shared_money(uow, book, task, steps=steps, runs=runs, approvals=approvals),
    )


def asks_to_offer(task: Task, gate: PublishGate) -> bool:
    """Whether people are asked first: always about a review, and where the project wants it about new commits."""
    news = bool(task.commit) and task.commit != task.pull_request_commit
    return task.reviews is not None or (gate == PublishGate.ALWAYS and news)


async def _rivals(uow: UnitOfWork, task: Task) -> bool:
    """Whether another fork of the same work has not failed and was not dropped."""
    return any(other.id != task.id and other.state not in _OUT for other in await uow.tasks.family(task.id))


async def _sent_back(uow: UnitOfWork, task: TaskId) -> dict[StepName, int]:
    """How often each step's result was negative in this life, as the journal tells: loops do not use up one another."""
    counts: dict[StepName, int] = {}
    for entry in await uow.events.of(task, types=("step_state_changed", "task_reopened")):
        match entry.event:
            case TaskReopened():
                counts = {}
            case StepStateChanged(target=StepState.FAILED):
                counts[entry.event.step] = counts.get(entry.event.step, 0) + 1
            case _:
                pass
    return counts
