"""The public face of the core: chat, the command line, an API or a test all call this one object."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Unpack

from core.budgets.book import BudgetBook
from core.domain.approval import Approval
from core.domain.errors import ConflictError
from core.domain.event import PriorityChanged
from core.domain.identity import (
    AgentRunId,
    ApprovalId,
    PersonId,
    Place,
    ProjectName,
    StepName,
    TaskId,
)
from core.domain.project import Project
from core.domain.role import Role
from core.domain.steering import SteeringMessage
from core.domain.task import FINAL_TASK_STATES, Priority, Task, TaskState
from core.domain.workflow import Workflow
from core.engine import archiving, budgets, deciding, forking, reopening, steering, submitting
from core.engine.changes import end_task, move_task
from core.engine.client import EngineClient
from core.engine.deciding import Decision
from core.engine.forking import ForkPoint
from core.estimates.estimating import Estimating
from core.house_budgets import HouseBudgets
from core.looking_ahead import LookingAhead
from core.planning.handling import Handling
from core.planning.request import clean_request, pull_request_reference
from core.preview.surroundings import Surroundings
from core.store.store import Store
from core.store.unit_of_work import UnitOfWork

__all__ = ["Decision", "Orchestrator"]


class Orchestrator(LookingAhead):
    """Submits, steers, decides and ends work. It needs no running worker: what it writes is taken up by one."""

    def __init__(
        self,
        *,
        store: Store,
        engine: EngineClient,
        project: Callable[[ProjectName], Project],
        workflows: Callable[[ProjectName], Mapping[str, Workflow]],
        roles: Callable[[ProjectName], Mapping[str, Role]],
        mask: Callable[[str], str],
        estimating: Estimating,
        book: BudgetBook | None = None,
        around: Surroundings | None = None,
    ) -> None:
        """`mask` hides secrets: what people write passes it on the way in, so that none is kept or told to a model.

        `estimating` says what work may take, `book` what the settings say about budgets that tasks share; `around` is
        what previews look at.
        """
        super().__init__(
            store=store,
            engine=engine,
            project=project,
            workflows=workflows,
            roles=roles,
            mask=mask,
            book=book or BudgetBook(),
            estimating=estimating,
            around=around or Surroundings(),
        )
        self.budgets = HouseBudgets(store, self._book)
        """Budgets of people, projects, roles and models."""

    async def submit(
        self,
        request: str,
        *,
        project: ProjectName,
        by: PersonId,
        place: Place | None = None,
        key: str = "",
        reviews: str = "",
        others: Collection[ProjectName] | None = (),
        **handling: Unpack[Handling],
    ) -> Task:
        """Take a request on: the task, its first events and its durable start are one transaction.

        `handling` is what `Handling` lists, each by its keyword: `workflow`, `model`, `priority`, `mode`, `plan_gate`,
        `budget_usd` and more; what is left out is decided by the project, the request or the planner. `reviews` is the
        pull request that is read instead of anything changed (`review_of`), `others` are further projects whose tasks
        its estimate may look at (`preview`).
        `key` names the request: the same one again returns the task there is, whatever else is given, and changes
        nothing. Raises InvalidInputError (empty request, unknown workflow, no amount), NotFoundError (unknown project)
        and ConflictError (archived project).
        """
        if key:
            async with self._store.reading() as uow:
                if known := await uow.tasks.find_request(key):
                    return known
        wanted = self._wanted(request, project=project, by=by, place=place, key=key, reviews=reviews, **handling)
        wanted = replace(wanted, estimate=await self._expected(wanted, others=others))
        async with self._store.transaction() as uow:
            if key and (known := await submitting.submitted_before(uow, key)):
                return known
            task = await submitting.submit(uow, self._engine, wanted)
            await submitting.tell_what_is_used_up(uow, self._book, task)
            return task

    async def review_of(
        self,
        reference: str,
        *,
        project: ProjectName,
        by: PersonId,
        place: Place | None = None,
        request: str = "",
        workflow: str = "",
        model: str = "",
        priority: Priority = Priority.NORMAL,
        budget_usd: Decimal | None = None,
        key: str = "",
    ) -> Task:
        """Review a pull request (`45`, `#45`, `owner/repo#45` or its address): agents read it and change nothing.

        `request` adds a person's own words. What they find is posted as one review, once a person has agreed. Raises
        what `submit` does, and InvalidInputError for what names no pull request.
        """
        named = pull_request_reference(reference)
        return await self.submit(
            request or f"Review pull request {named if '#' in named else f'#{named}'}",
            project=project,
            by=by,
            place=place,
            workflow=workflow,
            model=model,
            priority=priority,
            budget_usd=budget_usd,
            key=key,
            reviews=named,
        )

    async def decide(self, approval: ApprovalId, decision: Decision, *, by: PersonId) -> Approval:
        """Approve, deny or send back; ConflictError when it is no longer open. The waiting task goes on from here.

        The decision and its event are one transaction, and whoever drives the task hears of it; a decision made while
        no worker runs is honoured when one starts.
        """
        async with self._store.reading() as uow:
            task = (await uow.approvals.get(approval)).task
        async with self._store.transaction() as uow:
            # the task first: whoever ends it holds it while closing its approvals
            await uow.tasks.get(task)
            known, decision = await uow.approvals.get(approval), self._masked(decision)
            return await deciding.decide(uow, known, decision, book=self._book, by=by)

    def _masked(self, decision: Decision) -> Decision:
        answers = {question: self._mask(answer) for question, answer in (decision.answers or {}).items()}
        return replace(decision, reason=self._mask(decision.reason), answers=answers)

    async def cancel(self, task: TaskId, *, by: PersonId, reason: str = "") -> Task:
        """End the task now: agents are stopped within two seconds, open questions close, the branch is kept."""
        async with self._store.transaction() as uow:
            known = await self._open(uow, task)
            why = self._mask(reason) or "Cancelled by a person."
            return await end_task(uow, known, TaskState.CANCELLED, reason=why, by=by)

    async def pause(self, task: TaskId, *, by: PersonId, reason: str = "") -> Task:
        """Stop the task's agents where they are, and start nothing; their sessions go on when it is resumed."""
        async with self._store.transaction() as uow:
            known = await self._open(uow, task)
            if known.state == TaskState.PAUSED:
                raise ConflictError(f"{task} is paused already.", hint=f"Go on with: orchestrator resume {task}")
            why = self._mask(reason) or "Paused by a person."
            return await move_task(uow, known, TaskState.PAUSED, reason=why, by=by)

    async def resume(self, task: TaskId, *, by: PersonId) -> Task:
        """Go on where the task was paused."""
        async with self._store.transaction() as uow:
            known = await self._open(uow, task)
            if known.state != TaskState.PAUSED:
                raise ConflictError(
                    f"{task} is not paused: it is {known.state.value}.", hint="There is nothing to resume."
                )
            begun = any(step.started_at for step in await uow.steps.of(task))
            target = TaskState.RUNNING if begun else TaskState.PLANNING if known.branch else TaskState.QUEUED
            return await move_task(uow, known, target, reason="Resumed by a person.", by=by)

    async def retry(self, task: TaskId, *, by: PersonId, from_step: StepName | None = None) -> Task:
        """Begin another life of an ended task, from `from_step` or from what failed."""
        async with self._store.transaction() as uow:
            known = await uow.tasks.get(task)
            return await reopening.retry(uow, self._engine, known, from_step=from_step, by=by)

    async def rewind(self, task: TaskId, *, by: PersonId, to_step: StepName) -> Task:
        """Set the branch back to before `to_step` and go on from there; a task at work is stopped first."""
        async with self._store.transaction() as uow:
            known = await uow.tasks.get(task)
            return await reopening.rewind(uow, self._engine, known, to_step=to_step, by=by)

    async def steer(
        self, task: TaskId, text: str, *, by: PersonId, to: AgentRunId | None = None, key: str = ""
    ) -> list[SteeringMessage]:
        """Tell the agents at work something (one message each), or keep it for the next one when none is.

        `to` names one agent run. `key` names what is said: the same one again returns the messages there are, and says
        nothing. Raises InvalidInputError (empty text, a foreign run) and ConflictError (ended).
        """
        words = clean_request(self._mask(text))
        async with self._store.transaction() as uow:
            known = await uow.tasks.get(task)
            if key and (said := await steering.said_before(uow, known, key)):
                return said
            return await steering.say(uow, _still_open(known), words, by=by, to=to, key=key)

    async def fork(
        self,
        task: TaskId,
        *,
        by: PersonId,
        at_step: StepName | None = None,
        at_run: AgentRunId | None = None,
        at_message: str = "",
        request: str = "",
        model: str = "",
        key: str = "",
    ) -> Task:
        """A second task that goes its own way from a step of the first, or from what one of its agents had said.

        `at_message` is the uuid of the last message of the run's session to keep ('' for all), `request` more words for
        the new task, `key` as in `submit`. Both go on, and a person keeps one in the end.
        """
        point = ForkPoint(step=at_step, run=at_run, message=at_message)
        words = clean_request(self._mask(request)) if request else ""
        async with self._store.transaction() as uow:
            parent = await uow.tasks.get(task)
            if key and (known := await submitting.submitted_before(uow, key)):
                return known
            roles = self._roles(parent.project)
            return await forking.fork(
                uow, self._engine, parent, point, request=words, model=model, roles=roles, by=by, key=key
            )

    async def keep(self, task: TaskId, *, by: PersonId) -> list[TaskId]:
        """Keep this one of several forks: the others are cancelled (their ids), and its open question is answered."""
        async with self._store.transaction() as uow:
            known = await uow.tasks.get(task)
            return await forking.keep(uow, known, by=by)

    async def set_priority(self, task: TaskId, priority: Priority, *, by: PersonId) -> Task:
        """Change whose agents start first."""
        async with self._store.transaction() as uow:
            known = await self._open(uow, task)
            changed = replace(known, priority=priority)
            if changed != known:
                await uow.tasks.save(changed)
                told = PriorityChanged(source=known.priority.value, target=priority.value, by=by)
                await uow.events.append(task, told)
            return changed

    async def set_budget(self, task: TaskId, usd: Decimal | None, *, by: PersonId) -> Task:
        """Set what `task` may cost in all (US dollars, None for no limit); where it waits for that, it goes on.

        InvalidInputError for an amount that is no budget, or that is spent already.
        """
        async with self._store.transaction() as uow:
            return await budgets.set_budget(uow, await uow.tasks.get(task), usd, by=by)

    async def archive_project(self, name: ProjectName, *, by: PersonId) -> None:
        """Take no more work for a project; ConflictError while it has open tasks. Its history stays."""
        project = self._project(name)
        async with self._store.transaction() as uow:
            await archiving.archive(uow, project.name, by=by)

    async def restore_project(self, name: ProjectName, *, by: PersonId) -> None:
        """Take work for an archived project again."""
        project = self._project(name)
        async with self._store.transaction() as uow:
            await archiving.restore(uow, project.name, by=by)

    async def _open(self, uow: UnitOfWork, task: TaskId) -> Task:
        """The task, which must not have ended."""
        return _still_open(await uow.tasks.get(task))


def _still_open(task: Task) -> Task:
    if task.state in FINAL_TASK_STATES:
        raise ConflictError(
            f"{task.id} has already ended: it is {task.state.value}.", hint=f"See it with: orchestrator task {task.id}"
        )
    return task
