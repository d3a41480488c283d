"""What a task is expected to take once its plan is made: told anew before anybody approves the plan or works on it."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from core.domain.identity import ProjectName, StepName, TaskId
from core.domain.task import Step, StepState, Task, TaskType
from core.engine.parts import EngineParts
from core.estimates.work import Known, Taken, Work, work_of
from core.store.past_tasks import PastTask
from core.store.unit_of_work import UnitOfWork

_NOT_BEGUN = frozenset({StepState.PENDING, StepState.SKIPPED})


@dataclass(frozen=True, slots=True, kw_only=True)
class LookBack:
    """Past tasks of the kind that the plan says the work is, read before the transaction that uses them."""

    past: Sequence[PastTask]
    others: Collection[ProjectName] | None
    at: datetime


async def look_back(parts: EngineParts, task: Task, *, kind: TaskType) -> LookBack:
    """The tasks that an estimate of `task` as work of `kind` comes from: of the projects it came from when it began."""
    others = task.estimate.others if task.estimate else ()
    past, at = await parts.estimating.past(kind, project=task.project, others=others)
    return LookBack(past=past, others=others, at=at)


async def expect(uow: UnitOfWork, parts: EngineParts, task_id: TaskId, *, planned_by: StepName, back: LookBack) -> None:
    """Save the estimate of the task as its plan stands after the step `planned_by`.

    An estimate that work has begun on stays: it is what the outcome is held against.
    """
    task, steps = await uow.tasks.get(task_id), await uow.steps.of(task_id)
    later = task.workflow.after(planned_by) - {planned_by}
    if any(step.name in later and (step.state not in _NOT_BEGUN or step.round > 1) for step in steps):
        return
    work = await _work(uow, parts, task, steps)
    estimate = parts.estimating.reckoned(work, back.past, now=back.at, others=back.others)
    await uow.tasks.save(replace(task, estimate=estimate))


async def _work(uow: UnitOfWork, parts: EngineParts, task: Task, steps: Sequence[Step]) -> Work:
    """The task's steps, with what those took that are done."""
    bills, runs = await uow.ledger.by_step(task.id), await uow.agent_runs.of(task.id)
    done: dict[StepName, Taken] = {}
    for step in steps:
        if step.state is StepState.COMPLETED:
            bill = bills.get(step.name)
            worked_s = sum(run.worked_s(uow.now) for run in runs if run.step == step.name)
            tokens = bill.usage.prompt_tokens + bill.usage.output_tokens if bill else 0
            done[step.name] = Taken(cost_usd=float(bill.cost_usd) if bill else 0.0, tokens=tokens, duration_s=worked_s)
    skipped = frozenset(step.name for step in steps if step.state is StepState.SKIPPED)
    return work_of(
        task.workflow,
        project=parts.project(task.project),
        type=task.type,
        complexity=task.complexity,
        roles=parts.roles(task.project),
        model=task.model,
        planner_model=parts.planner_model,
        known=Known(priority=task.priority, issue=task.issue, done=done, skipped=skipped),
    )
