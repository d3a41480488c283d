"""Spans: periods as traces tell them, with ids that every process computes alike (pure)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from bot.observability.period import Period, PeriodKind
from bot.observability.sighting import TaskFacts
from core.correlation import correlation_id, span_id
from core.domain.cost import Bill

_FAILED = frozenset({"failed"})

Attribute = str | int | float


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """One span. Ids are hexadecimal; `parent` is '' for the root of a trace."""

    trace: str
    id: str
    parent: str
    name: str
    began: datetime
    ended: datetime
    failed: bool
    attributes: Mapping[str, Attribute]


def span_of(period: Period, facts: TaskFacts) -> Span:
    """The span of `period`: its task's life is the trace. No text that people or agents wrote is in it."""
    trace = correlation_id(period.task, life=period.life, created_at=facts.created_at)
    is_root = period.kind is PeriodKind.TASK
    return Span(
        trace=trace,
        id=span_id(trace, period.key),
        parent="" if is_root else span_id(trace, period.parent),
        name=_name(period, facts),
        began=min(period.began, period.ended),
        ended=period.ended,
        failed=period.outcome in _FAILED,
        attributes=_attributes(period, facts),
    )


def _name(period: Period, facts: TaskFacts) -> str:
    match period.kind:
        case PeriodKind.TASK:
            return f"task {facts.workflow}"
        case PeriodKind.STEP:
            return f"step {period.step}"
        case PeriodKind.AGENT_RUN:
            return f"agent {period.role}"
        case PeriodKind.QUEUE:
            return "wait for a place"
        case PeriodKind.APPROVAL:
            return f"wait for approval {period.detail}"
        case PeriodKind.MODEL_CALL:
            return f"chat {period.model}"


def _attributes(period: Period, facts: TaskFacts) -> dict[str, Attribute]:
    told: dict[str, Attribute] = {
        "orchestrator.kind": period.kind.value,
        "orchestrator.task": period.task,
        "orchestrator.life": period.life,
        "orchestrator.project": facts.project,
        "orchestrator.workflow": facts.workflow,
        "orchestrator.outcome": period.outcome,
        "orchestrator.step": period.step or "",
        "orchestrator.round": period.round,
        "orchestrator.role": period.role,
        "orchestrator.agent_run": period.agent_run or "",
        "gen_ai.request.model": period.model,
    }
    spent = _spent(period.bill) if period.bill is not None else {}
    return {name: value for name, value in told.items() if value not in ("", 0)} | spent


def _spent(bill: Bill) -> dict[str, Attribute]:
    """Tokens under the names of OpenTelemetry's conventions for generative AI, where there are such names."""
    return {
        "orchestrator.model_calls": bill.calls,
        "orchestrator.cost_usd": float(bill.cost_usd),
        "gen_ai.usage.input_tokens": bill.usage.input_tokens,
        "gen_ai.usage.output_tokens": bill.usage.output_tokens,
        "gen_ai.usage.cache_read.input_tokens": bill.usage.cache_read_tokens,
        "gen_ai.usage.cache_creation.input_tokens": bill.usage.cache_write_tokens,
    }
