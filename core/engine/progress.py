"""Moving a task on: every state change that is due, until something outside must happen."""

import json
import uuid
from dataclasses import asdict
from typing import Any

from core.agents import results
from core.domain.approval import Approval, ApprovalKind, Risk
from core.domain.identity import StepName, TaskId, agent_run_id, approval_id
from core.domain.role import ResultKind
from core.domain.task import AgentRun, AgentRunState, Step, StepState, Task, TaskState
from core.domain.workflow import Gate
from core.engine.changes import end_task, move_run, move_step, move_task, request_approval
from core.engine.moves import (
    AskGate,
    Await,
    ContinueAgent,
    End,
    GiveUp,
    Move,
    PassGate,
    Prepare,
    Publish,
    Refuse,
    RunAgent,
    Settle,
    Situation,
    StartStep,
    gate_key,
    next_move,
)
from core.engine.parts import EngineParts
from core.store.unit_of_work import UnitOfWork


class TaskProgress:
    """Applies the moves of a task that are state changes."""

    def __init__(self, parts: EngineParts) -> None:
        self._parts = parts

    async def advance(self, task_id: TaskId) -> dict[str, Any]:
        """Make every state change that is due, in one transaction; return the next outside effect as JSON."""
        async with self._parts.store.transaction() as uow:
            while True:
                situation = await self._situation(uow, task_id)
                move = next_move(situation)
                if not await self._apply(uow, situation, move):
                    return asdict(move)

    async def _situation(self, uow: UnitOfWork, task_id: TaskId) -> Situation:
        task = await uow.tasks.get(task_id)
        return Situation(
            task=task,
            steps=await uow.steps.of(task_id),
            runs=await uow.agent_runs.of(task_id),
            approvals=await uow.approvals.of(task_id),
            plan_gate=self._parts.project(task.project).plan_gate,
        )

    async def _apply(self, uow: UnitOfWork, situation: Situation, move: Move) -> bool:
        """Make the state change of `move`; False when it is an outside effect instead."""
        task = situation.task
        steps = {step.name: step for step in situation.steps}
        match move:
            case StartStep():
                await self._start_step(uow, task, steps[move.step])
            case ContinueAgent():
                run = await uow.agent_runs.get(move.agent_run)
                await move_run(uow, run, AgentRunState.QUEUED, attempts=run.attempts + 1)
                await move_step(uow, steps[run.step], StepState.RUNNING)
                await move_task(uow, task, _working_state(situation, run.step))
            case AskGate():
                await self._ask_gate(uow, task, steps[move.step])
            case PassGate():
                await move_step(uow, steps[move.step], StepState.COMPLETED)
                await move_task(uow, task, TaskState.RUNNING)
            case Refuse():
                await end_task(uow, task, TaskState.CANCELLED, reason=move.reason)
            case GiveUp():
                await end_task(uow, task, TaskState.FAILED, reason=move.reason)
            case Prepare() | RunAgent() | Settle() | Await() | Publish() | End():
                return False
        return True

    async def _start_step(self, uow: UnitOfWork, task: Task, step: Step) -> None:
        role = self._parts.roles[step.role]
        project = self._parts.project(task.project)
        ordinal = await uow.agent_runs.next_ordinal(task.id)
        run = AgentRun(
            id=agent_run_id(task.id, ordinal),
            task=task.id,
            step=step.name,
            round=step.round,
            role=role.name,
            model=project.model or role.model,
            state=AgentRunState.QUEUED,
            attempts=1,
            session=str(uuid.uuid4()),
            created_at=uow.now,
        )
        await uow.agent_runs.add(run)
        await move_step(uow, step, StepState.RUNNING, started_at=step.started_at or uow.now, finished_at=None)
        situation = await self._situation(uow, task.id)
        await move_task(uow, task, _working_state(situation, step.name))

    async def _ask_gate(self, uow: UnitOfWork, task: Task, step: Step) -> None:
        approval = Approval(
            id=approval_id(await uow.approvals.next_number()),
            key=gate_key(step),
            task=task.id,
            step=step.name,
            kind=ApprovalKind.PLAN,
            title="Start work on this plan",
            detail=self._plan(step),
            reason="This project asks before work starts (plan_gate = always).",
            risk=Risk.LOW,
            created_at=uow.now,
        )
        await request_approval(uow, approval)
        await move_step(uow, step, StepState.WAITING)
        await move_task(uow, task, TaskState.AWAITING_APPROVAL)

    def _plan(self, step: Step) -> str:
        """What the person is to approve: a plan as Markdown, any other result as it is."""
        result = step.result or {}
        if self._parts.roles[step.role].result is ResultKind.PLAN:
            return results.plan_text(result)
        return json.dumps(result, indent=2, ensure_ascii=False)


def _working_state(situation: Situation, step: StepName) -> TaskState:
    """`planning` up to and including the step whose plan is shown for approval, `running` after it."""
    order = situation.task.workflow.order()
    gates = [order.index(s.name) for s in situation.task.workflow.steps if s.gate == Gate.PLAN]
    before_gate = bool(gates) and order.index(step) <= max(gates)
    state = situation.task.state
    planning_over = state == TaskState.RUNNING
    return TaskState.PLANNING if before_gate and not planning_over else TaskState.RUNNING
