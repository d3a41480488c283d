"""Records how a process of an agent run ended: done, waiting for people, to be tried again later, or failed."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

from core.agents.runner import (
    AgentCompleted,
    AgentFailed,
    AgentOutcome,
    AgentWaiting,
    FailureKind,
    ProviderLimited,
    RequestedCall,
)
from core.agents.same_thing import same_thing
from core.domain.approval import Approval, ApprovalKind, ApprovalState
from core.domain.event import HOUSE, AgentRunPostponed, CostMismatchFound, ModelHeld
from core.domain.identity import AgentRunId, approval_id, task_of
from core.domain.task import FINAL_TASK_STATES, AgentRun, AgentRunState, StepState
from core.engine.budgets import ask_about_least
from core.engine.changes import move_run, move_step
from core.engine.parts import EngineParts
from core.engine.permissions import request
from core.engine.progress import TaskProgress
from core.engine.recovery import MODEL_FAULTS, Postponed, after_failure
from core.engine.signals import Process, hold_model
from core.store.unit_of_work import UnitOfWork

MISMATCH_TOLERANCE = Decimal("0.01")
"""Ledger and agent program may differ by one per cent before a person is told."""


class RunOutcomes:
    """Writes outcomes into the store."""

    def __init__(self, parts: EngineParts) -> None:
        self._parts = parts
        self._progress = TaskProgress(parts)

    async def record(self, agent_run: AgentRunId, outcome: AgentOutcome, process: Process) -> None:
        """Write the outcome, unless the task ended or the run was stopped meanwhile."""
        async with self._parts.store.transaction() as uow:
            task = await uow.tasks.get(task_of(agent_run))
            run = await uow.agent_runs.get(agent_run)
            step = await uow.steps.get(task.id, run.step)
            if task.state in FINAL_TASK_STATES or run.state != AgentRunState.RUNNING:
                return
            run = await self._reconcile(uow, run, outcome, process)
            match outcome:
                case AgentCompleted():
                    await _model_works(uow, run.model)
                    await move_run(uow, run, AgentRunState.COMPLETED, result=dict(outcome.result), transient_failures=0)
                case AgentFailed(kind=FailureKind.OUT_OF_BUDGET) if process.spends_the_rest:
                    await self._stop_for_money(uow, run)
                case AgentFailed():
                    await self._fail(uow, run, outcome)
                case AgentWaiting():
                    await _model_works(uow, run.model)
                    if await self._wait(uow, run, outcome, worktree=process.worktree):
                        await move_step(uow, step, StepState.WAITING)
                        await self._progress.show_standing(uow, task.id)

    async def _stop_for_money(self, uow: UnitOfWork, run: AgentRun) -> None:
        """Park the run until a person has said whether its task may cost more: its session goes on from here.

        They are asked whatever the ledger says: an agent program that counts more than we do would never end.
        """
        await move_run(uow, run, AgentRunState.QUEUED, detail="A budget is used up.")
        task, book = await uow.tasks.get(run.task), self._parts.book
        if await ask_about_least(uow, task, book=book, role=run.role, model=run.model) is not None:
            await self._progress.show_standing(uow, run.task)

    async def _fail(self, uow: UnitOfWork, run: AgentRun, failed: AgentFailed) -> None:
        """Try again later what may pass by itself, and count it against the model where that is the cause."""
        message = self._parts.mask(failed.message)
        if failed.kind in MODEL_FAULTS:
            await self._count_against_model(uow, run.model, message)
        postponed = after_failure(run, failed, now=uow.now, limits=self._parts.limits)
        if failed.kind == FailureKind.STUCK and failed.transient:
            postponed = Postponed(until=uow.now, counts=False)
            run = replace(run, restarts=run.restarts + 1)
        if postponed is None:
            await move_run(uow, run, AgentRunState.FAILED, error=message, detail=message, failure=failed.kind.value)
            return
        if failed.kind == FailureKind.RATE_LIMITED:
            until = max(postponed.until, uow.now + timedelta(seconds=1))
            await hold_model(uow, ProviderLimited(model=run.model, until=until, detail=message))
        await move_run(
            uow,
            run,
            AgentRunState.QUEUED,
            not_before=postponed.until,
            transient_failures=run.transient_failures + postponed.counts,
            detail=message,
        )
        await uow.events.append(
            run.task,
            AgentRunPostponed(agent_run=run.id, until=postponed.until, reason=message, failure=failed.kind.value),
        )

    async def _count_against_model(self, uow: UnitOfWork, model: str, reason: str) -> None:
        known = await uow.models.get(model)
        standing = known.after_failure(now=uow.now, reason=reason)
        await uow.models.save(standing)
        if standing.broken_until is not None and standing.broken_until != known.broken_until:
            await uow.events.append(HOUSE, ModelHeld(model=model, until=standing.broken_until, reason=reason))

    async def _wait(self, uow: UnitOfWork, run: AgentRun, outcome: AgentWaiting, *, worktree: Path) -> bool:
        """Open an approval for every call of the turn, and park the run; False when it has to fail instead."""
        new = False
        for call in outcome.calls:
            approval = await self._approval(uow, run, call, worktree=worktree)
            asked = await request(uow, approval)
            new = new or asked.id == approval.id or asked.state == ApprovalState.PENDING
        if not new:
            # going on would ask the same again, at a price, for ever
            message = "The agent waits for a decision, but asks nothing that is not decided yet."
            await move_run(uow, run, AgentRunState.FAILED, error=message, detail=message)
            return False
        await move_run(uow, run, AgentRunState.WAITING, transient_failures=0)
        return True

    async def _approval(self, uow: UnitOfWork, run: AgentRun, call: RequestedCall, *, worktree: Path) -> Approval:
        mask = self._parts.mask
        return Approval(
            id=approval_id(await uow.approvals.next_number()),
            key=f"{run.id}:{call.tool_use_id}",
            task=run.task,
            step=run.step,
            agent_run=run.id,
            kind=ApprovalKind.QUESTION if call.questions else ApprovalKind.TOOL,
            title=mask(call.title),
            detail=mask(call.detail),
            reason=call.reason,
            risk=call.risk,
            tool=call.tool,
            tool_input=call.tool_input,
            tool_use_id=call.tool_use_id,
            questions=call.questions,
            what="" if call.questions else same_thing(call.tool, call.tool_input, worktree=worktree),
            created_at=uow.now,
        )

    async def _reconcile(self, uow: UnitOfWork, run: AgentRun, outcome: AgentOutcome, process: Process) -> AgentRun:
        """Keep what the agent program says this process cost, and say so when the ledger disagrees."""
        reported = outcome.reported_cost_usd
        if reported is None:
            return run
        if abs(reported - process.cost_usd) > MISMATCH_TOLERANCE * max(reported, process.cost_usd):
            await uow.events.append(
                run.task,
                CostMismatchFound(agent_run=run.id, ledger_usd=str(process.cost_usd), reported_usd=str(reported)),
            )
        total = Decimal(run.reported_cost_usd or 0) + reported
        return await move_run(uow, run, run.state, reported_cost_usd=str(total))


async def _model_works(uow: UnitOfWork, model: str) -> None:
    """Close the model's circuit again."""
    known = await uow.models.get(model)
    if known.failures:
        await uow.models.save(known.after_success())
