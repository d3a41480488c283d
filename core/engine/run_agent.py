"""One process of one agent run: build its brief, hear its signals, record how it ended."""

from dataclasses import dataclass, field, replace
from decimal import Decimal
from pathlib import Path

import structlog

from core.agents import prompts, results
from core.agents.runner import (
    AgentCompleted,
    AgentFailed,
    AgentOutcome,
    AgentSignal,
    AgentSpec,
    AgentWaiting,
    ApprovalUsed,
    ModelAnswered,
    RequestedCall,
    ToolDecision,
    ToolUsed,
)
from core.domain.approval import Approval, ApprovalKind, ApprovalState
from core.domain.cost import ModelCall
from core.domain.errors import ConflictError, OrchestratorError, StoreError
from core.domain.event import AgentActed, CostMismatchFound, ModelCalled, NoticeRaised
from core.domain.identity import AgentRunId, approval_id, task_of
from core.domain.task import FINAL_TASK_STATES, AgentRun, AgentRunState, StepState, Task, TaskState
from core.engine.brief import brief
from core.engine.changes import move_run, move_step, move_task, request_approval
from core.engine.parts import EngineParts
from core.store.unit_of_work import UnitOfWork

log = structlog.get_logger(__name__)

MISMATCH_TOLERANCE = Decimal("0.01")
"""Ledger and agent program may differ by one per cent before a person is told."""


@dataclass(slots=True)
class _Process:
    """What this process of the run has cost so far, to reconcile with what the agent program says."""

    cost_usd: Decimal = Decimal(0)
    unknown_models: set[str] = field(default_factory=set[str])


class AgentWork:
    """Does the work of the `run_agent` workflow."""

    def __init__(self, parts: EngineParts) -> None:
        self._parts = parts

    async def run(self, agent_run: AgentRunId) -> str:
        """Work on `agent_run` until its process ends; its state afterwards is in the store, and returned."""
        run = await self._begin(agent_run)
        if run.state != AgentRunState.RUNNING:
            return run.state.value
        process = _Process()
        outcome = await self._outcome(run, process)
        return (await self._record(run.id, outcome, process)).value

    async def _outcome(self, run: AgentRun, process: _Process) -> AgentOutcome:
        """Let the runner work; what keeps it from working at all is a failed run with that reason."""

        async def on_signal(signal: AgentSignal) -> None:
            await self._hear(run.id, signal, process)

        try:
            return await self._parts.runner.run(await self._spec(run), on_signal=on_signal)
        except StoreError:
            raise
        except OrchestratorError as error:
            return AgentFailed(message=f"{error.message} {error.hint}".strip(), transient=False)
        except Exception as error:  # a fault of a runner ends its run with a reason, at once, and nothing else
            log.exception("agent_run_broke", agent_run=run.id)
            message = f"The agent program broke unexpectedly ({type(error).__name__}). The log has the details."
            return AgentFailed(message=message, transient=False)

    async def _begin(self, agent_run: AgentRunId) -> AgentRun:
        """Mark the run as running, unless it got further before a crash."""
        async with self._parts.store.transaction() as uow:
            task = await uow.tasks.get(task_of(agent_run))
            run = await uow.agent_runs.get(agent_run)
            ended = task.state in FINAL_TASK_STATES
            if ended or run.state not in (AgentRunState.QUEUED, AgentRunState.RUNNING):
                return run
            return await move_run(uow, run, AgentRunState.RUNNING, started_at=run.started_at or uow.now)

    async def _spec(self, run: AgentRun) -> AgentSpec:
        parts = self._parts
        async with parts.store.reading() as uow:
            task = await uow.tasks.get(run.task)
            steps = await uow.steps.of(run.task)
            approvals = await uow.approvals.of(run.task)
        project = parts.project(task.project)
        role = parts.roles[run.role]
        workspace = await parts.workspaces.open(
            project, task=task.id, branch=task.branch, base_branch=task.base_branch, base_commit=task.base_commit
        )
        return AgentSpec(
            agent_run=run.id,
            session=run.session,
            role=role,
            model=run.model,
            system_prompt=prompts.system_prompt(role, project),
            prompt=brief(task, run, steps=steps, approvals=approvals, roles=parts.roles),
            worktree=workspace.path,
            result_schema=results.schema(role.result),
            policy=parts.policy(project),
            decisions=tuple(_decision(a) for a in approvals if _answers(a, run)),
            environment={**parts.environment(project), "ORCHESTRATOR_TASK": task.id},
            log_folder=log_folder(parts.log_folder, run),
        )

    async def _hear(self, agent_run: AgentRunId, signal: AgentSignal, process: _Process) -> None:
        """Write down what the agent just did, before it goes on."""
        async with self._parts.store.transaction() as uow:
            run = await uow.agent_runs.get(agent_run)
            if run.state != AgentRunState.RUNNING and not isinstance(signal, ModelAnswered):
                # what was spent is spent, but whoever is slow to stop must not begin anything more
                raise ConflictError(f"{run.id} is {run.state.value}: it has nothing more to do.")
            match signal:
                case ToolUsed():
                    activity = self._parts.mask(signal.activity)
                    await move_run(uow, run, run.state, activity=activity)
                    await uow.events.append(run.task, AgentActed(agent_run=run.id, step=run.step, activity=activity))
                case ModelAnswered():
                    await self._charge(uow, run, signal, process)
                case ApprovalUsed():
                    await _mark_used(uow, run, signal.approval)

    async def _charge(self, uow: UnitOfWork, run: AgentRun, signal: ModelAnswered, process: _Process) -> None:
        prices = self._parts.prices
        cost_usd = prices.price(signal.model).cost_usd(signal.usage)
        process.cost_usd += cost_usd
        call = ModelCall(
            message_id=signal.message_id,
            agent_run=run.id,
            model=signal.model,
            usage=signal.usage,
            cost_usd=cost_usd,
            at=uow.now,
        )
        if not await uow.ledger.record(call):
            return
        await uow.events.append(
            run.task,
            ModelCalled(agent_run=run.id, message_id=call.message_id, model=call.model, cost_usd=str(call.cost_usd)),
        )
        if not prices.knows(signal.model) and signal.model not in process.unknown_models:
            process.unknown_models.add(signal.model)
            text = f"No price is listed for {signal.model}; it is counted at the fallback price of prices.toml."
            await uow.events.append(run.task, NoticeRaised(text=text))

    async def _record(self, agent_run: AgentRunId, outcome: AgentOutcome, process: _Process) -> AgentRunState:
        """Write the outcome, unless the task ended meanwhile."""
        async with self._parts.store.transaction() as uow:
            task = await uow.tasks.get(task_of(agent_run))
            run = await uow.agent_runs.get(agent_run)
            if task.state in FINAL_TASK_STATES or run.state != AgentRunState.RUNNING:
                return run.state
            run = await self._reconcile(uow, run, outcome, process)
            match outcome:
                case AgentCompleted():
                    run = await move_run(uow, run, AgentRunState.COMPLETED, result=dict(outcome.result))
                case AgentFailed():
                    message = self._parts.mask(outcome.message)
                    run = await move_run(uow, run, AgentRunState.FAILED, error=message, detail=message)
                case AgentWaiting():
                    run = await self._wait(uow, task, run, outcome)
            return run.state

    async def _wait(self, uow: UnitOfWork, task: Task, run: AgentRun, outcome: AgentWaiting) -> AgentRun:
        """Open an approval for every call of the turn, and park the run, its step and its task."""
        asked = [await request_approval(uow, await self._approval(uow, run, call)) for call in outcome.calls]
        if not any(approval.state == ApprovalState.PENDING for approval in asked):
            # going on would ask the same again, at a price, for ever
            message = "The agent waits for a decision, but asks nothing that is not decided yet."
            return await move_run(uow, run, AgentRunState.FAILED, error=message, detail=message)
        step = await uow.steps.get(run.task, run.step)
        await move_step(uow, step, StepState.WAITING)
        await move_task(uow, task, TaskState.AWAITING_APPROVAL)
        return await move_run(uow, run, AgentRunState.WAITING)

    async def _approval(self, uow: UnitOfWork, run: AgentRun, call: RequestedCall) -> Approval:
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
            created_at=uow.now,
        )

    async def _reconcile(self, uow: UnitOfWork, run: AgentRun, outcome: AgentOutcome, process: _Process) -> AgentRun:
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


async def _mark_used(uow: UnitOfWork, run: AgentRun, approval: str) -> None:
    for known in await uow.approvals.of_run(run.id):
        if known.id == approval and known.used_at is None:
            await uow.approvals.save(replace(known, used_at=uow.now))


def _answers(approval: Approval, run: AgentRun) -> bool:
    decided = approval.state in (ApprovalState.APPROVED, ApprovalState.DENIED)
    return decided and approval.agent_run == run.id


def _decision(approval: Approval) -> ToolDecision:
    return ToolDecision(
        approval=approval.id,
        tool_use_id=approval.tool_use_id,
        tool=approval.tool,
        tool_input=approval.tool_input,
        approved=approval.state == ApprovalState.APPROVED,
        reason=approval.decision_reason,
        answers=approval.answers,
        used=approval.used_at is not None,
    )


def log_folder(parent: Path, run: AgentRun) -> Path:
    """`<parent>/<task>/<agent>_<role>_<time>`: where this run's files go."""
    return parent / run.task / f"{run.id}_{run.role}_{run.created_at:%Y%m%dT%H%M%SZ}"
