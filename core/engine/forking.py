"""Forks: a second task that goes on from a step or an agent's message of the first, to compare, and to keep one."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from core.domain.approval import ApprovalState
from core.domain.errors import ConflictError, InvalidInputError
from core.domain.event import TaskForked, TaskSubmitted
from core.domain.identity import AgentRunId, PersonId, StepName, TaskId, agent_run_id, approval_id, task_id, task_of
from core.domain.role import Role
from core.domain.task import FINAL_TASK_STATES, AgentRun, AgentRunState, RunPurpose, Step, StepState, Task, TaskState
from core.engine.approval_keys import gate_key, publish_key
from core.engine.branch_points import round_began_at, step_began_at
from core.engine.changes import decide_approval, end_task, queue_run
from core.engine.client import EngineClient
from core.planning.models import model_for
from core.store.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True, kw_only=True)
class ForkPoint:
    """Where a fork goes its own way: before `step`, or inside `run` after message `message` ('' for all it said)."""

    step: StepName | None = None
    run: AgentRunId | None = None
    message: str = ""

    def __str__(self) -> str:
        if self.run is None:
            return str(self.step)
        return f"{self.run}:{self.message}" if self.message else self.run


async def fork(
    uow: UnitOfWork,
    engine: EngineClient,
    parent: Task,
    point: ForkPoint,
    *,
    request: str,
    model: str,
    roles: Mapping[str, Role],
    by: PersonId,
    key: str = "",
) -> Task:
    """A new task with the results of `parent` before the point; `request` adds words to the old one, '' for none."""
    run = await _run(uow, parent, point)
    steps = await uow.steps.of(parent.id)
    first = await _begun_at(uow, parent, _first(parent, steps, name=run.step if run else point.step), run=run)
    child = replace(
        _child(parent, first, number=await uow.tasks.next_number(), created_at=uow.now),
        request=f"{parent.request}\n\n{request}".strip() if request else parent.request,
        requested_by=by,
        model=model or parent.model,
        request_key=key,
    )
    await uow.tasks.add(child)
    await uow.steps.add_all([_copied(step, child, first=first.name) for step in steps])
    await _take_gates_along(uow, parent, child, first=first.name)
    await uow.events.append(child.id, TaskSubmitted(title=child.title, by=by))
    await uow.events.append(parent.id, TaskForked(child=child.id, at=str(point), by=by))
    if run is not None:
        await _go_on(uow, child, run, point=point, role=roles[run.role], base=first.base_commit)
    await engine.enqueue_task(uow, child.id)
    return child


async def keep(uow: UnitOfWork, task: Task, *, by: PersonId) -> list[TaskId]:
    """Cancel the rivals of `task` (their ids), and answer its own open question; ConflictError without any fork."""
    if len(await uow.tasks.family(task.id)) == 1:
        raise ConflictError(f"{task.id} was never forked.", hint="There is nothing to choose from.")
    dropped = await drop_rivals(uow, task, by=by)
    asked = await uow.approvals.find_key(publish_key(task))
    if asked is not None and asked.state == ApprovalState.PENDING:
        await decide_approval(uow, asked, ApprovalState.APPROVED, by=by)
    return dropped


async def drop_rivals(uow: UnitOfWork, task: Task, *, by: PersonId | None) -> list[TaskId]:
    """Cancel every other task of `task`'s family that has not ended; their ids."""
    dropped: list[TaskId] = []
    for other in await uow.tasks.family(task.id):
        if other.id != task.id and other.state not in FINAL_TASK_STATES:
            await end_task(uow, other, TaskState.CANCELLED, reason=f"{task.id} is kept instead.", by=by)
            dropped.append(other.id)
    return dropped


async def _run(uow: UnitOfWork, parent: Task, point: ForkPoint) -> AgentRun | None:
    if point.run is None:
        return None
    if task_of(point.run) != parent.id:
        raise InvalidInputError(f"{point.run} is no agent run of {parent.id}.", hint="Show the task to see its runs.")
    run = await uow.agent_runs.get(point.run)
    if not run.attempts or run.purpose is not RunPurpose.WORK:
        raise ConflictError(f"{run.id} has no session to go on from.", hint="Fork at its step instead.")
    return run


def _first(parent: Task, steps: Sequence[Step], *, name: StepName | None) -> Step:
    """The first step the fork does itself, which must have begun."""
    first = next((step for step in steps if step.name == name), None)
    if first is None:
        raise InvalidInputError(
            f"{parent.id} has no step {name or ''}.".replace(" .", "."),
            hint=f"Its steps: {', '.join(parent.workflow.order())}.",
        )
    if not parent.branch or not first.base_commit:
        raise ConflictError(
            f"Step {name} of {parent.id} has not begun, so nothing can be forked there.",
            hint="Fork at an earlier step.",
        )
    return first


async def _begun_at(uow: UnitOfWork, parent: Task, first: Step, *, run: AgentRun | None) -> Step:
    """`first` with the commit the fork begins at: before all its rounds, or before that of the run forked from."""
    if run is None:
        return replace(first, base_commit=await step_began_at(uow, parent, first))
    return replace(first, base_commit=await round_began_at(uow, parent, first, round=run.round))


def _child(parent: Task, first: Step, *, number: int, created_at: datetime) -> Task:
    """As the parent was before `first`, with a branch and a life of its own still to begin."""
    return replace(
        parent,
        id=task_id(number),
        number=number,
        state=TaskState.QUEUED,
        forked_from=parent.id,
        life=1,
        branch="",
        commit=first.base_commit if first.base_commit != parent.base_commit else "",
        restore_commit="",
        pull_request="",
        pull_request_url="",
        pull_request_state="",
        pull_request_commit="",
        unfinished="",
        forge_wait=None,
        forge_mark="",
        follow_up=None,
        is_cleaned=False,
        failure="",
        estimate=None,
        created_at=created_at,
        started_at=None,
        finished_at=None,
        resting_since=None,
        rested_s=0.0,
    )


def _copied(step: Step, child: Task, *, first: StepName) -> Step:
    """As it was for what was done before the fork; to do again for the rest."""
    # a step beside it may have come to the branch later than where the fork begins: it is done again
    if step.name in child.workflow.before(first):
        return replace(step, task=child.id)
    return Step(task=child.id, name=step.name, position=step.position, role=step.role)


async def _take_gates_along(uow: UnitOfWork, parent: Task, child: Task, *, first: StepName) -> None:
    """What people approved before the fork's point is approved for the fork too."""
    steps = [step for step in await uow.steps.of(parent.id) if step.name in parent.workflow.before(first)]
    keys = {gate_key(step): gate_key(replace(step, task=child.id)) for step in steps}
    for approval in await uow.approvals.of(parent.id):
        if approval.key in keys and approval.state == ApprovalState.APPROVED:
            number = await uow.approvals.next_number()
            taken = replace(approval, id=approval_id(number), key=keys[approval.key], task=child.id, agent_run=None)
            await uow.approvals.add(taken)


async def _go_on(uow: UnitOfWork, child: Task, run: AgentRun, *, point: ForkPoint, role: Role, base: str) -> None:
    """Begin the step with an agent whose session is a copy of the one forked from."""
    await queue_run(
        uow,
        AgentRun(
            id=agent_run_id(child.id, await uow.agent_runs.next_ordinal(child.id)),
            task=child.id,
            step=run.step,
            round=1,
            role=run.role,
            model=model_for(role, complexity=child.complexity, task_model=child.model, project_model=run.model),
            state=AgentRunState.QUEUED,
            session=str(uuid.uuid4()),
            forked_session=run.session,
            forked_message=point.message,
            created_at=uow.now,
        ),
    )
    step = await uow.steps.get(child.id, run.step)
    await uow.steps.save(replace(step, state=StepState.RUNNING, started_at=uow.now, base_commit=base))
