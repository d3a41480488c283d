"""What people are asked about a task's work: its gates, conflicts no agent could settle, and which fork is kept."""

import json
from collections.abc import Sequence
from pathlib import Path

from core.agents import results
from core.domain.approval import Approval, ApprovalKind, Risk
from core.domain.estimate import Estimate
from core.domain.event import ConflictFound
from core.domain.identity import approval_id
from core.domain.project import PlanGate
from core.domain.role import ResultKind
from core.domain.task import RunPurpose, Step, StepState, Task
from core.domain.workflow import Gate
from core.engine.approval_keys import conflict_key, gate_key, publish_key
from core.engine.changes import move_step, request_approval
from core.engine.situation import Situation, conflicts
from core.estimates.wording import told_estimate
from core.store.unit_of_work import UnitOfWork


async def ask_gate(uow: UnitOfWork, task: Task, step: Step, *, result: ResultKind) -> Approval:
    """Ask whether the steps after `step` may start, showing what it handed in; `result` says what that is."""
    plan = task.workflow.step(step.name).gate == Gate.PLAN
    approval = await request_approval(
        uow,
        Approval(
            id=approval_id(await uow.approvals.next_number()),
            key=gate_key(step),
            task=task.id,
            step=step.name,
            kind=ApprovalKind.PLAN if plan else ApprovalKind.RESULT,
            title="Start work on this plan" if plan else f"Go on with the result of {step.name}",
            detail=_shown(step, result, task.estimate if plan else None),
            reason=_gate_reason(task) if plan else f"The workflow {task.workflow.name} asks after this step.",
            risk=Risk.LOW,
            created_at=uow.now,
        ),
    )
    await move_step(uow, step, StepState.WAITING)
    return approval


async def ask_conflict(
    uow: UnitOfWork, situation: Situation, step: Step, *, lane: Path, files: Sequence[str], reason: str = ""
) -> None:
    """Ask people to settle in `lane` what no agent could in `files`; `reason` says why, when there is more to say."""
    detail = (
        f"{reason}\nThese files hold conflicts: {', '.join(files)}.\n"
        f"Edit them in {lane} until no conflict marker is left, then approve."
    ).strip()
    number = len(conflicts(situation, step)) + 1
    await request_approval(
        uow,
        Approval(
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
        ),
    )
    await move_step(uow, step, StepState.WAITING)


async def ask_after_failure(uow: UnitOfWork, situation: Situation, step: Step, *, lane: Path) -> None:
    """Ask people, because the agent that was to settle the conflict failed."""
    run = [run for run in situation.runs if run.step == step.name and run.purpose == RunPurpose.MERGE][-1]
    entries = await uow.events.of(situation.task.id, types=("conflict_found",))
    found = [each.event for each in entries if isinstance(each.event, ConflictFound)]
    files = next(event.files for event in reversed(found) if event.step == step.name)
    reason = f"The agent that was to settle it failed: {run.error}"
    await ask_conflict(uow, situation, step, lane=lane, files=files, reason=reason)


async def ask_publish(uow: UnitOfWork, task: Task) -> None:
    """Ask whether `task` is the one of its forks that is kept."""
    others = ", ".join(other.id for other in await uow.tasks.family(task.id) if other.id != task.id)
    await request_approval(
        uow,
        Approval(
            id=approval_id(await uow.approvals.next_number()),
            key=publish_key(task),
            task=task.id,
            step=task.workflow.order()[-1],
            kind=ApprovalKind.PUBLISH,
            title=f"Keep {task.id} and offer its branch, instead of {others}",
            detail=f"Compare them with: orchestrator compare {task.id} {others.split(', ')[0]}",
            reason="The same work was forked, and one of them is kept.",
            risk=Risk.LOW,
            created_at=uow.now,
        ),
    )


def _shown(step: Step, result: ResultKind, estimate: Estimate | None) -> str:
    """What the person is to approve: a plan as Markdown with what it will take, any other result as it is."""
    handed_in = step.result or {}
    if result is ResultKind.PLAN:
        # at its end, where the buttons are
        expected = f"\n\n**Estimate of all of it**\n\n{told_estimate(estimate)}" if estimate else ""
        return results.plan_text(handed_in) + expected
    return json.dumps(handed_in, indent=2, ensure_ascii=False)


def _gate_reason(task: Task) -> str:
    if task.plan_gate == PlanGate.COMPLEX:
        return "The request was judged complex, and this project then asks before work starts."
    return "This project asks before work starts (plan_gate = always)."
