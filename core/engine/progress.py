"""Moving a task on: every state change that is due, until something outside must happen."""

import asyncio
import uuid
from datetime import datetime
from typing import assert_never

from core.correlation import correlation_id
from core.domain.approval import ApprovalState
from core.domain.identity import StepName, TaskId, agent_run_id
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
from core.engine import questions
from core.engine.budgets import ask_for_more
from core.engine.changes import (
    complete_task,
    decide_approval,
    end_task,
    move_run,
    move_step,
    move_task,
    queue_run,
)
from core.engine.following_up import is_follow_up
from core.engine.money_again import close_question
from core.engine.moves import (
    AskBudget,
    AskConflict,
    AskOffer,
    AskPublish,
    Change,
    ContinueAgent,
    DropQuestion,
    Effect,
    End,
    GiveUp,
    KeepHere,
    LoopBack,
    PassGate,
    PutBack,
    Refuse,
    Revise,
    SkipStep,
    StartStep,
    StopHere,
    TryAgain,
)
from core.engine.offer_question import ask_offer
from core.engine.parts import EngineParts
from core.engine.publishing_early import offer_what_is_there
from core.engine.rules import next_moves
from core.engine.situation import Situation
from core.engine.standing import standing
from core.engine.stored_situation import situation_of
from core.planning.models import model_for
from core.store.unit_of_work import UnitOfWork
from core.views import task_view

LOOK_AT_CLOCK_S = 15.0
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
        project = self._parts.project(task.project)
        roles = self._parts.roles(task.project)
        return await situation_of(uow, task, roles=roles, project=project, book=self._parts.book)

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
            case AskConflict() | AskPublish() | AskOffer() | AskBudget() | DropQuestion():
                await self._ask(uow, situation, move)
            case KeepHere() | Refuse() | GiveUp() | StopHere():
                await _end(uow, task, move)
            case _:
                assert_never(move)

    async def _ask(
        self,
        uow: UnitOfWork,
        situation: Situation,
        move: AskConflict | AskPublish | AskOffer | AskBudget | DropQuestion,
    ) -> None:
        task = situation.task
        match move:
            case AskConflict():
                step = next(step for step in situation.steps if step.name == move.step)
                lane = self._parts.workspaces.path(task.id, lane=step.name)
                await questions.ask_after_failure(uow, situation, step, lane=lane)
            case AskPublish():
                await questions.ask_publish(uow, task)
            case AskOffer():
                await ask_offer(uow, task, roles=self._parts.roles(task.project), mask=self._parts.mask)
            case AskBudget():
                await ask_for_more(uow, task, book=self._parts.book, key=move.budget)
            case DropQuestion():
                asked = await uow.approvals.get(move.approval)
                await close_question(uow, self._parts.book, asked)
            case _:
                assert_never(move)

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
            forked_session=await _session_to_go_on(uow, task, step) if purpose == RunPurpose.WORK else "",
            created_at=uow.now,
        )
        await queue_run(uow, run)
        return run

    async def until(self, moment: datetime) -> None:
        """Return at `moment`, by the store's clock: looked at often enough that a clock that is set is noticed."""
        while True:
            async with self._parts.store.reading() as uow:
                left_s = (moment - uow.now).total_seconds()
            if left_s <= 0:
                return
            await asyncio.sleep(min(left_s, LOOK_AT_CLOCK_S))

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
            result = self._parts.roles(task.project)[step.role].result
            approval = await questions.ask_gate(uow, task, step, result=result)
            if objection and approval.state == ApprovalState.PENDING:
                await decide_approval(uow, approval, ApprovalState.DENIED, by=None, reason=objection)
            await self.show_standing(uow, task_id)


async def _end(uow: UnitOfWork, task: Task, move: KeepHere | Refuse | GiveUp | StopHere) -> None:
    match move:
        case KeepHere():
            kept = f" The branch {task.branch} is kept." if task.commit and not task.reviews else ""
            await complete_task(uow, task, reason=f"{move.reason}{kept}")
        case Refuse():
            await end_task(uow, task, TaskState.CANCELLED, reason=move.reason)
        case StopHere():
            await offer_what_is_there(uow, task, reason=move.reason, by=move.by)
        case GiveUp():
            await end_task(uow, task, TaskState.FAILED, reason=move.reason)
        case _:
            assert_never(move)


async def _session_to_go_on(uow: UnitOfWork, task: Task, step: Step) -> str:
    """The session of whoever did this step last, when the work on a pull request goes on; '' for a fresh one."""
    if not is_follow_up(task):
        return ""
    done = [
        run.session
        for run in await uow.agent_runs.of(task.id)
        if (run.step, run.role, run.purpose) == (step.name, step.role, RunPurpose.WORK)
        and run.state == AgentRunState.COMPLETED
    ]
    return done[-1] if done else ""


async def _loop_back(uow: UnitOfWork, task: Task, step: Step) -> None:
    """Another round for the step the loop goes back to, and for all that need it."""
    loop = task.workflow.step(step.name).loop
    assert loop is not None, f"{step.name} has no loop"
    again = task.workflow.after(loop.back_to)
    for other in await uow.steps.of(task.id):
        if other.name in again and other.state != StepState.PENDING:
            # each step counts its own rounds: an inner loop may have taken some further than others
            await move_step(uow, other, StepState.PENDING, round=other.round + 1)
