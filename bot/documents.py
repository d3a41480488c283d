"""JSON documents of the command line: stable shapes that scripts may rely on."""

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Any

from bot.preview_documents import estimate_document
from core.domain.approval import Approval
from core.domain.cost import Bill
from core.domain.event import CostMismatchFound
from core.domain.task import Task
from core.estimates.passing import first_passing

if TYPE_CHECKING:  # the store's library takes long to load
    from bot.cards.agent import LoggedWork
    from core.queries import AgentDetail, AgentEntry
    from core.views import StepView, TaskView


def task_document(view: "TaskView", *, now: datetime, diff: str) -> dict[str, Any]:
    """One task with steps, approvals and diff; `cost_usd` in dollars, durations in seconds."""
    return {
        "task": {
            **task_summary(view, now=now),
            "estimate": None if view.task.estimate is None else estimate_document(view.task.estimate),
            "likely_passes": _passes(view),
            "cost_mismatches": [_mismatch(each) for each in view.mismatches],
        },
        "steps": [step_document(step, now=now) for step in view.steps],
        "approvals": [{"kind": a.kind.value, "decision": a.state.value, "by": a.decided_by} for a in view.approvals],
        "diff": diff,
    }


def _passes(view: "TaskView") -> dict[str, Any] | None:
    """The budget that will likely be passed first, by its key (None: its own), and at which step."""
    found = first_passing(view)
    if found is None:
        return None
    budget = None if found.budget is None else found.budget.key
    return {"budget": budget, "step": found.at.step, "number": found.at.number}


def task_summary(view: "TaskView", *, now: datetime) -> dict[str, Any]:
    """One task in a listing."""
    task = view.task
    return {
        "number": task.number,
        "id": task.id,
        "project": task.project,
        "title": task.title,
        "state": task.state.value,
        "workflow": task.workflow.name,
        "priority": task.priority.value,
        "forked_from": task.forked_from,
        "branch": task.branch or None,
        "commit": task.commit or None,
        "pull_request": task.pull_request or None,
        "pull_request_url": task.pull_request_url or None,
        "pull_request_state": task.pull_request_state or None,
        "failure": task.failure or None,
        "cost_usd": _dollars(view.bill),
        "budget_usd": None if task.budget_usd is None else float(task.budget_usd),
        "duration_s": task_duration_s(task, now=now),
        "created_at": task.created_at.isoformat(),
    }


def step_document(view: "StepView", *, now: datetime) -> dict[str, Any]:
    """One step; tokens and cost over all its rounds, `attempts` = rounds begun."""
    step, usage = view.step, view.bill.usage
    begun, ended = step.started_at, step.finished_at
    return {
        "name": step.name,
        "role": step.role,
        "state": step.state.value,
        "attempts": len({v.run.round for v in view.runs}),
        "cost_usd": _dollars(view.bill),
        "input_tokens": usage.input_tokens + usage.cache_read_tokens + usage.cache_write_tokens,
        "output_tokens": usage.output_tokens,
        "duration_s": round(((ended or now) - begun).total_seconds(), 3) if begun else 0.0,
    }


def approval_document(approval: Approval) -> dict[str, Any]:
    """One approval in a listing."""
    return {
        "id": approval.id,
        "task": approval.task,
        "step": approval.step,
        "kind": approval.kind.value,
        "state": approval.state.value,
        "title": approval.title,
        "detail": approval.detail,
        "reason": approval.reason,
        "risk": approval.risk.value,
        "decision": approval.state.value,
        "by": approval.decided_by,
    }


def held_documents(views: "Iterable[TaskView]", *, now: datetime) -> list[dict[str, Any]]:
    """The models that queued agents of these tasks wait for; `until` is when the next agent may start on it."""
    standings = {model: standing for view in views for model, standing in view.held.items()}
    return [
        {"model": model, "until": until.isoformat(), "reason": standing.reason}
        for model, standing in sorted(standings.items())
        if (until := standing.held_until(now)) is not None
    ]


def agent_document(entry: "AgentEntry", *, doing: str, now: datetime) -> dict[str, Any]:
    """One agent run in a listing; `now` is what it does, or why it waits."""
    run, usage = entry.run, entry.bill.usage
    return {
        "id": run.id,
        "task": run.task,
        "title": entry.of.title,
        "project": entry.of.project,
        "step": run.step,
        "round": run.round,
        "role": run.role,
        "model": run.model,
        "state": run.state.value,
        "now": doing,
        "since": (run.started_at or run.created_at).isoformat(),
        "not_before": run.not_before.isoformat() if run.not_before else None,
        "duration_s": round(((run.finished_at or now) - (run.started_at or run.created_at)).total_seconds(), 3),
        "cost_usd": _dollars(entry.bill),
        "input_tokens": usage.prompt_tokens,
        "output_tokens": usage.output_tokens,
    }


def agent_detail_document(detail: "AgentDetail", work: "LoggedWork", *, doing: str, now: datetime) -> dict[str, Any]:
    """Everything about one agent run; memory in bytes, processor time in seconds."""
    run, bill = detail.entry.run, detail.entry.bill
    return {
        **agent_document(detail.entry, doing=doing, now=now),
        "purpose": run.purpose.value,
        "attempts": run.attempts,
        "transient_failures": run.transient_failures,
        "interruptions": run.interruptions,
        "restarts": run.restarts,
        "model_calls": bill.calls,
        "cache_read_tokens": bill.usage.cache_read_tokens,
        "reported_usd": run.reported_cost_usd or None,
        "cost_mismatches": [_mismatch(each) for each in detail.mismatches],
        "tool_calls": work.tool_calls,
        "approvals": [{"id": each.id, "state": each.state.value} for each in detail.approvals],
        "peak_memory_bytes": run.peak_memory_bytes,
        "cpu_s": run.cpu_s,
        "session": run.session or None,
        "error": run.error or None,
        "log_folder": work.folder,
        "prompt_tail": work.prompt,
        "text_tail": work.said,
    }


def task_duration_s(task: Task, *, now: datetime) -> float:
    """Seconds since the task was submitted, up to its end."""
    return round(((task.finished_at or now) - task.created_at).total_seconds(), 3)


def _mismatch(found: CostMismatchFound) -> dict[str, Any]:
    """Where the ledger and the agent program came to different sums for one process; money as exact text."""
    return {"agent": found.agent_run, "ledger_usd": found.ledger_usd, "reported_usd": found.reported_usd}


def _dollars(bill: Bill) -> float:
    return float(bill.cost_usd)
