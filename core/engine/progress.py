"""Moving a task on: every state change that is due, until something outside must happen."""

import json
import uuid
from collections.abc import Sequence

from core.agents import results
from core.correlation import correlation_id
from core.domain.approval import Approval, ApprovalKind, ApprovalState, Risk
from core.domain.event import ConflictFound, StepStateChanged, TaskReopened
from core.domain.identity import StepName, TaskId, agent_run_id, approval_id
from core.domain.project import PlanGate
from core.domain.role import ResultKind
from core.domain.task import (
    FINAL_TASK_STATES,
    AgentRun,
    AgentRunState,
    RunPurpose,
    Step,
    StepState,
    Task,
    TaskState,
)
from core.domain.workflow import Gate
from core.engine.approval_keys import conflict_key, gate_key, publish_key
from core.engine.budgets import ask_for_more, spent_usd
from core.engine.changes import decide_approval, end_task, move_run, move_step, move_task, queue_run, request_approval
from core.engine.conditions import skipped_steps
from core.engine.moves import (
    AskBudget,
    AskConflict,
    AskPublish,
    Change,
    ContinueAgent,
    Effect,
    End,
    GiveUp,
    LoopBack,
    PassGate,
    PutBack,
    Refuse,
    Revise,
    SkipStep,
    StartStep,
    TryAgain,
)
from core.engine.parts import EngineParts
from core.engine.rules import next_moves
from core.engine.situation import Situation, conflicts
from core.engine.standing import standing
from core.planning.models import model_for
from core.store.unit_of_work import UnitOfWork
from core.views import task_view

_DONE = (StepState.COMPLETED, StepState.SKIPPED)
_OUT = (TaskState.FAILED, TaskState.CANCELLED)
_RESTING = FINAL_TASK_STATES | {TaskState.PAUSED}


class TaskProgress:
    """Applies the moves of a task that are state changes."""

    def __init__(self, parts: EngineParts) -> None:
        self._parts = parts

    async def advance(self, task_id: TaskId, *, life: int) -> tuple[Effect, ...]:
        """Make every state change that is due, in one transaction; return the effects that are due then.

        A driver of an earlier life has nothing to do any more: another one drives the task now.
        """
        async with self._parts.store.transaction() as uow:
            while True:
                situation = await self.situation(uow, task_id)
                if situation.task.life != life:
                    return (End(),)
                moves = next_moves(situation)
                if isinstance(moves, tuple):
                    await self._show_standing(uow, situation)
                    return moves
                await self._apply(uow, situation, moves)

    async def correlation(self, task_id: TaskId) -> str:
        """The id that log lines and spans of the task's present life share."""
        async with self._parts.store.reading() as uow:
            task = await uow.tasks.get(task_id)
        return correlation_id(task.id, life=task.life, created_at=task.created_at)

    async def situation(self, uow: UnitOfWork, task_id: TaskId) -> Situation:
        """All that the task's next move depends on, as `uow` sees it."""
        task = await uow.tasks.get(task_id)
        steps = await uow.steps.of(task_id)
        roles = self._parts.roles(task.project)
        failed = any(step.state == StepState.FAILED for step in steps)
        return Situation(
            task=task,
            steps=steps,
            runs=await uow.agent_runs.of(task_id),
            approvals=await uow.approvals.of(task_id),
            skipped=skipped_steps(task, steps),
            writers=frozenset(role.name for role in roles.values() if role.writes),
            rivals=await _rivals(uow, task) if all(step.state in _DONE for step in steps) else False,
            sent_back=await _sent_back(uow, task_id) if failed else {},
            spent_usd=await spent_usd(uow, task),
        )

    async def show_standing(self, uow: UnitOfWork, task_id: TaskId) -> None:
        """Say where the task stands after something was asked, before anybody can answer."""
        await self._show_standing(uow, await self.situation(uow, task_id))

    async def _show_standing(self, uow: UnitOfWork, situation: Situation) -> None:
        task = situation.task
        if task.state in _RESTING or not task.branch:
            return
        if task.state == TaskState.QUEUED:
            # a task that was reopened has its branch already
            task = await move_task(uow, task, TaskState.PLANNING)
        shown = standing(situation)
        if shown != task.state:
            # most looks change nothing, and then there is nothing to write
            await move_task(uow, task, shown)

    async def _apply(self, uow: UnitOfWork, situation: Situation, move: Change) -> None:
        task = situation.task
        steps = {step.name: step for step in situation.steps}
        match move:
            case StartStep():
                await self._start_step(uow, task, steps[move.step])
            case SkipStep():
                why = f"Not needed: {task.workflow.step(move.step).when}"
                await move_step(uow, steps[move.step], StepState.SKIPPED, summary=why, finished_at=uow.now)
            case TryAgain():
                await self.add_run(uow, task, steps[move.step])
            case ContinueAgent():
                run = await uow.agent_runs.get(move.agent_run)
                await move_run(uow, run, AgentRunState.QUEUED)
                await move_step(uow, steps[run.step], StepState.RUNNING)
            case PutBack():
                await move_run(uow, await uow.agent_runs.get(move.agent_run), AgentRunState.QUEUED)
            case LoopBack():
                await _loop_back(uow, task, steps[move.step])
            case PassGate():
                await move_step(uow, steps[move.step], StepState.COMPLETED)
            case Revise():
                step = steps[move.step]
                await move_step(uow, step, StepState.PENDING, round=step.round + 1)
            case AskConflict():
                await self._ask_after_failure(uow, situation, steps[move.step])
            case AskPublish():
                await self._ask_publish(uow, task)
            case AskBudget():
                await ask_for_more(uow, task)
            case Refuse() | GiveUp():
                target = TaskState.CANCELLED if isinstance(move, Refuse) else TaskState.FAILED
                await end_task(uow, task, target, reason=move.reason)

    async def _start_step(self, uow: UnitOfWork, task: Task, step: Step) -> None:
        await self.add_run(uow, task, step)
        base = task.commit or task.base_commit
        await move_step(
            uow, step, StepState.RUNNING, started_at=step.started_at or uow.now, finished_at=None, base_commit=base
        )

    async def add_run(
        self, uow: UnitOfWork, task: Task, step: Step, *, purpose: RunPurpose = RunPurpose.WORK
    ) -> AgentRun:
        """Queue an agent run for the current round of `step`."""
        role = self._parts.roles(task.project)[step.role]
        project = self._parts.project(task.project)
        planner = self._parts.planner_model if role.result is ResultKind.PLAN else ""
        model = model_for(
            role, complexity=task.complexity, task_model=task.model, project_model=planner or project.model
        )
        run = AgentRun(
            id=agent_run_id(task.id, await uow.agent_runs.next_ordinal(task.id)),
            task=task.id,
            step=step.name,
            round=step.round,
            role=role.name,
            model=model,
            state=AgentRunState.QUEUED,
            purpose=purpose,
            session=str(uuid.uuid4()),
            created_at=uow.now,
        )
        await queue_run(uow, run)
        return run

    async def _ask_after_failure(self, uow: UnitOfWork, situation: Situation, step: Step) -> None:
        """The agent that was to settle the conflict failed."""
        run = [run for run in situation.runs if run.step == step.name and run.purpose == RunPurpose.MERGE][-1]
        entries = await uow.events.of(situation.task.id, types=("conflict_found",))
        found = [each.event for each in entries if isinstance(each.event, ConflictFound)]
        files = next(event.files for event in reversed(found) if event.step == step.name)
        reason = f"The agent that was to settle it failed: {run.error}"
        await self.ask_conflict(uow, situation, step, files=files, reason=reason)

    async def ask_conflict(
        self, uow: UnitOfWork, situation: Situation, step: Step, *, files: Sequence[str], reason: str = ""
    ) -> None:
        """Ask people to settle what no agent could in `files`; `reason` says why, when there is more to say."""
        lane = self._parts.workspaces.path(situation.task.id, lane=step.name)
        detail = (
            f"{reason}\nThese files hold conflicts: {', '.join(files)}.\n"
            f"Edit them in {lane} until no conflict marker is left, then approve."
        ).strip()
        number = len(conflicts(situation, step)) + 1
        approval = Approval(
            id=approval_id(await uow.approvals.next_number()),
            key=conflict_key(step, number),
            task=situation.task.id,
            step=step.name,
            kind=ApprovalKind.CONFLICT,
            title=f"Settle the conflict between {step.name} and the branch by hand, then approve",
            detail=detail,
            reason="Two steps changed the same places, and no agent could bring them together.",
            risk=Risk.MEDIUM,
            created_at=uow.now,
        )
        await request_approval(uow, approval)
        await move_step(uow, step, StepState.WAITING)

    async def ask_gate(self, task_id: TaskId, name: StepName) -> None:
        """Ask whether the steps after `name` may start; a hook that objects has refused it at once."""
        objection = ""
        if self._parts.hooks.hooks:
            async with self._parts.store.reading() as uow:
                view = await task_view(uow, task_id)
            objection = await self._parts.hooks.objection(view, name)
        async with self._parts.store.transaction() as uow:
            task = await uow.tasks.get(task_id)
            step = await uow.steps.get(task_id, name)
            if task.state in FINAL_TASK_STATES or step.state != StepState.COMPLETED:
                return
            approval = await request_approval(uow, await self._gate(uow, task, step))
            await move_step(uow, step, StepState.WAITING)
            if objection and approval.state == ApprovalState.PENDING:
                await decide_approval(uow, approval, ApprovalState.DENIED, by=None, reason=objection)
            await self.show_standing(uow, task_id)

    async def _gate(self, uow: UnitOfWork, task: Task, step: Step) -> Approval:
        plan = task.workflow.step(step.name).gate == Gate.PLAN
        return Approval(
            id=approval_id(await uow.approvals.next_number()),
            key=gate_key(step),
            task=task.id,
            step=step.name,
            kind=ApprovalKind.PLAN if plan else ApprovalKind.RESULT,
            title="Start work on this plan" if plan else f"Go on with the result of {step.name}",
            detail=self._shown(task, step),
            reason=_gate_reason(task) if plan else f"The workflow {task.workflow.name} asks after this step.",
            risk=Risk.LOW,
            created_at=uow.now,
        )

    async def _ask_publish(self, uow: UnitOfWork, task: Task) -> None:
        others = ", ".join(other.id for other in await uow.tasks.family(task.id) if other.id != task.id)
        last = task.workflow.order()[-1]
        await request_approval(
            uow,
            Approval(
                id=approval_id(await uow.approvals.next_number()),
                key=publish_key(task),
                task=task.id,
                step=last,
                kind=ApprovalKind.PUBLISH,
                title=f"Keep {task.id} and offer its branch, instead of {others}",
                detail=f"Compare them with: orchestrator compare {task.id} {others.split(', ')[0]}",
                reason="The same work was forked, and one of them is kept.",
                risk=Risk.LOW,
                created_at=uow.now,
            ),
        )

    def _shown(self, task: Task, step: Step) -> str:
        """What the person is to approve: a plan as Markdown, any other result as it is."""
        result = step.result or {}
        if self._parts.roles(task.project)[step.role].result is ResultKind.PLAN:
            return results.plan_text(result)
        return json.dumps(result, indent=2, ensure_ascii=False)


def _gate_reason(task: Task) -> str:
    if task.plan_gate == PlanGate.COMPLEX:
        return "The request was judged complex, and this project then asks before work starts."
    return "This project asks before work starts (plan_gate = always)."


async def _loop_back(uow: UnitOfWork, task: Task, step: Step) -> None:
    """Another round for the step the loop goes back to, and for all that need it."""
    loop = task.workflow.step(step.name).loop
    assert loop is not None, f"{step.name} has no loop"
    again = task.workflow.after(loop.back_to)
    for other in await uow.steps.of(task.id):
        if other.name in again and other.state != StepState.PENDING:
            # each step counts its own rounds: an inner loop may have taken some further than others
            await move_step(uow, other, StepState.PENDING, round=other.round + 1)


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
