"""The public face of the core: chat, the command line, an API or a test all call this one object."""

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from core.domain.approval import Approval, ApprovalKind, ApprovalState
from core.domain.errors import ConflictError, InvalidInputError
from core.domain.event import TaskSubmitted
from core.domain.identity import ApprovalId, PersonId, Place, ProjectName, TaskId, task_id
from core.domain.project import Project
from core.domain.task import FINAL_TASK_STATES, Step, Task, TaskState
from core.domain.workflow import Workflow
from core.engine.changes import decide_approval, end_task
from core.engine.client import EngineClient
from core.planning.request import choose_workflow, clean_request, issue_reference, title_of
from core.reader import TaskReader
from core.store.store import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """A person's answer to an approval; `reason` is read by the agent, `answers` maps questions to answers."""

    approved: bool
    reason: str = ""
    answers: Mapping[str, str] | None = None


class Orchestrator(TaskReader):
    """Submits, shows, decides and cancels work. It needs no running worker: what it writes is taken up by one."""

    def __init__(
        self,
        *,
        store: Store,
        engine: EngineClient,
        project: Callable[[ProjectName], Project],
        workflows: Mapping[str, Workflow],
    ) -> None:
        super().__init__(store)
        self._engine = engine
        self._project = project
        self._workflows = workflows

    async def submit(
        self,
        request: str,
        *,
        project: ProjectName,
        by: PersonId,
        place: Place | None = None,
        workflow: str = "",
    ) -> Task:
        """Take a request on: the task, its first event and its durable start are one transaction.

        Raises InvalidInputError (empty request, unknown workflow) and NotFoundError (unknown project).
        """
        bound = self._project(project)
        text = clean_request(request)
        definition = self._workflow(workflow or bound.workflow or choose_workflow(text, ()))
        async with self._store.transaction() as uow:
            number = await uow.tasks.next_number()
            task = Task(
                id=task_id(number),
                number=number,
                project=bound.name,
                request=text,
                title=title_of(text),
                requested_by=by,
                place=place,
                state=TaskState.QUEUED,
                workflow=definition,
                issue=issue_reference(text),
                base_branch=bound.base_branch,
                created_at=uow.now,
            )
            await uow.tasks.add(task)
            await uow.steps.add_all(_steps(task))
            await uow.events.append(task.id, TaskSubmitted(title=task.title, by=by))
            await self._engine.enqueue_task(uow, task.id)
        return task

    async def decide(self, approval: ApprovalId, decision: Decision, *, by: PersonId) -> Approval:
        """Approve or deny; ConflictError when it is no longer open. The waiting task goes on from here.

        The decision, its event and the wake-up of the task are one transaction, so a decision made while no worker
        runs is honoured when one starts.
        """
        async with self._store.reading() as uow:
            task = (await uow.approvals.get(approval)).task
        async with self._store.transaction() as uow:
            # the task first: whoever ends it holds it while closing its approvals
            await uow.tasks.get(task)
            known = await uow.approvals.get(approval)
            if known.kind == ApprovalKind.QUESTION and decision.approved:
                _check_answers(known, decision.answers or {})
            state = ApprovalState.APPROVED if decision.approved else ApprovalState.DENIED
            decided = await decide_approval(
                uow, known, state, by=by, reason=decision.reason, answers=dict(decision.answers or {})
            )
            await self._engine.wake_task(uow, known.task, key=f"{known.id}:decided")
        return decided

    async def cancel(self, task: TaskId, *, by: PersonId, reason: str = "") -> Task:
        """End the task now: agents are stopped within two seconds, open questions close, the branch is kept."""
        async with self._store.transaction() as uow:
            known = await uow.tasks.get(task)
            if known.state in FINAL_TASK_STATES:
                raise ConflictError(
                    f"{task} has already ended: it is {known.state.value}.",
                    hint=f"See it with: orchestrator task {task}",
                )
            ended = await end_task(uow, known, TaskState.CANCELLED, reason=reason or "Cancelled by a person.", by=by)
            await self._engine.wake_task(uow, task, key=f"{task}:cancelled:{uuid.uuid4()}")
        # the state already tells every process to stop; this frees the queue places, and a restart would do it again
        await self._engine.cancel_task(task)
        return ended

    def _workflow(self, name: str) -> Workflow:
        if name not in self._workflows:
            raise InvalidInputError(
                f"There is no workflow {name}.", hint=f"Known workflows: {', '.join(sorted(self._workflows))}."
            )
        return self._workflows[name]


def _steps(task: Task) -> list[Step]:
    return [
        Step(task=task.id, name=name, position=position, role=task.workflow.step(name).role)
        for position, name in enumerate(task.workflow.order(), 1)
    ]


def _check_answers(approval: Approval, answers: Mapping[str, str]) -> None:
    missing = [question.text for question in approval.questions if not answers.get(question.text, "").strip()]
    if missing:
        raise InvalidInputError(
            f"{approval.id} asks something that has no answer yet: {missing[0]}",
            hint=f"Answer with: orchestrator approve {approval.id} --answer '…'",
        )
