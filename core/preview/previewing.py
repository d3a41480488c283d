"""Looks ahead at a request: reads what its preview is made of, and neither writes nor begins anything."""

import asyncio
from collections.abc import Mapping, Sequence

from core.budgets.book import BudgetBook
from core.domain.errors import NotFoundError, OrchestratorError
from core.domain.estimate import Estimate
from core.domain.project import Project, PublishGate
from core.domain.role import Role
from core.domain.task import Task, TaskState
from core.engine.submitting import Submission, drafted
from core.planning.models import next_model
from core.preview.money import budgets_ahead
from core.preview.queue import queue_ahead
from core.preview.rules import tool_rules
from core.preview.steps import plans, step_previews
from core.preview.surroundings import Surroundings
from core.preview.trouble import Circumstances, Queue, likely_trouble
from core.preview.values import Certainty, Preview, StepPreview
from core.store.store import Store
from core.store.unit_of_work import UnitOfWork

ISSUE_WITHIN_S = 3.0
"""How long the forge is waited for: a preview without its answer is better than none."""
_LATELY = 10
"""How many ended tasks of the same kind are looked at …"""
_LOOKED_THROUGH = 60
"""… among so many of the newest of the project."""


class Previewing:
    """Makes previews of requests that are ready to be handed over."""

    def __init__(self, store: Store, book: BudgetBook, around: Surroundings, *, planner_model: str) -> None:
        """`planner_model` is the model of roles that end with a plan; '' means the role's own."""
        self._store = store
        self._book = book
        self._around = around
        self._planner_model = planner_model

    async def preview(self, wanted: Submission, *, roles: Mapping[str, Role], estimate: Estimate) -> Preview:
        """What would come of `wanted`; `roles` are those of its project."""
        async with self._store.reading() as uow:
            task = drafted(wanted, number=0, created_at=uow.now)
        project = wanted.project
        steps = step_previews(task, roles=roles, project_model=project.model, planner_model=self._planner_model)
        done = [step for step in steps if step.certainty is not Certainty.SKIPPED]
        at_work = [roles[name] for name in dict.fromkeys(step.role for step in done)]
        return Preview(
            request=task.request,
            title=task.title,
            project=project.name,
            type=task.type,
            complexity=task.complexity,
            reasons=wanted.judged.reasons,
            workflow=task.workflow.name,
            mode=task.mode,
            steps=steps,
            may_be_divided=self._around.plans_count and plans(task.workflow, roles, done),
            asks_to_publish=project.publish_gate is PublishGate.ALWAYS or task.reviews is not None,
            estimate=estimate,
            rules=tool_rules(self._around.rules(project.name), at_work),
            budget_usd=task.budget_usd,
            trouble=likely_trouble(
                await self._circumstances(task, project, roles=roles, steps=done, estimate=estimate)
            ),
        )

    async def _circumstances(
        self,
        task: Task,
        project: Project,
        *,
        roles: Mapping[str, Role],
        steps: Sequence[StepPreview],
        estimate: Estimate,
    ) -> Circumstances:
        prices, models = self._around.prices, tuple(dict.fromkeys(step.model for step in steps))
        repository, missing = await self._repository(project), await self._missing_issue(task, project)
        async with self._store.reading() as uow:
            return Circumstances(
                now=uow.now,
                project=project,
                type=task.type,
                steps=steps,
                changes_files=any(roles[step.role].writes for step in steps),
                archived=project.name in await uow.archived_projects.names(),
                repository=repository,
                missing_issue=missing,
                unpriced=[model for model in models if prices is not None and not prices.knows(model)],
                standings=await uow.models.all(),
                fallbacks={step.model: following for step in steps if (following := _fallback(roles, step))},
                queue=await self._queue(uow, task, project, model=models[0] if models else ""),
                budgets=await budgets_ahead(uow, self._book, task, steps=steps, estimate=estimate),
                lately=await _lately(uow, task),
            )

    async def _queue(self, uow: UnitOfWork, task: Task, project: Project, *, model: str) -> Queue | None:
        limits = self._around.limits
        return queue_ahead(
            task,
            model=model,
            at_work=await uow.agent_runs.at_work(),
            waiting=await uow.agent_runs.waiting(),
            total=limits.total,
            in_project=project.agents if project.agents is not None else limits.per_project,
            on_model=limits.per_model,
            now=uow.now,
        )

    async def _repository(self, project: Project) -> tuple[str, str] | None:
        try:
            await self._around.check(project)
        except OrchestratorError as error:
            return error.message, error.hint
        return None

    async def _missing_issue(self, task: Task, project: Project) -> str:
        """The issue that is named, when the forge says in time that it has none; '' else."""
        if not task.issue or self._around.issue is None:
            return ""
        try:
            async with asyncio.timeout(ISSUE_WITHIN_S):
                await self._around.issue(project, task.issue)
        except NotFoundError as error:
            return task.issue if error.kind == "issue" else ""
        except (OrchestratorError, TimeoutError):
            # whether it is there is seen when the work begins
            return ""
        return ""


def _fallback(roles: Mapping[str, Role], step: StepPreview) -> str:
    return next_model(roles[step.role], step.model) or ""


async def _lately(uow: UnitOfWork, task: Task) -> list[Task]:
    """The newest ended tasks of the same kind in the same project."""
    ended = (TaskState.COMPLETED, TaskState.FAILED)
    newest = await uow.tasks.list(project=task.project, states=ended, limit=_LOOKED_THROUGH)
    return [each for each in newest if each.type is task.type][:_LATELY]
