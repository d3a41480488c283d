"""Counters and histograms: what happened since this process began to look, as the journal tells it."""

from typing import assert_never

from prometheus_client import CollectorRegistry, Counter, Histogram

from bot.observability.labels import Labels
from bot.observability.period import Period, PeriodKind
from bot.observability.sighting import Sighting
from core.domain.event import (
    AgentRunPostponed,
    AgentRunStateChanged,
    AgentStuck,
    ConflictFound,
    CostMismatchFound,
    Event,
    ModelHeld,
    ModelSwitched,
    StepStateChanged,
    TaskReopened,
    TaskStateChanged,
    TaskSubmitted,
    WorkVerified,
)
from core.domain.task import FINAL_TASK_STATES, AgentRunState, StepState, TaskState

_TASK_ENDS = frozenset(state.value for state in FINAL_TASK_STATES)
_SHORT_S = (0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600, 1800)
_LONG_S = (1, 5, 15, 30, 60, 120, 300, 600, 1200, 1800, 3600, 7200, 14400, 43200, 86400)


class JournalMetrics:
    """Hears sightings and counts them. Amounts of money are US dollars, times are seconds."""

    def __init__(self, registry: CollectorRegistry, labels: Labels) -> None:
        self._labels = labels

        def counter(name: str, text: str, *of: str) -> Counter:
            return Counter(f"orchestrator_{name}", text, of, registry=registry)

        def histogram(name: str, text: str, *of: str, buckets: tuple[float, ...]) -> Histogram:
            return Histogram(f"orchestrator_{name}_seconds", text, of, buckets=buckets, registry=registry)

        self._submitted = counter("tasks_submitted", "Tasks taken on.", "project")
        self._ended = counter("tasks_ended", "Tasks that ended.", "project", "workflow", "outcome")
        self._runs_ended = counter("agent_runs_ended", "Agent runs that ended.", "project", "role", "model", "outcome")
        self._calls = counter("model_calls", "Answers of models.", "project", "role", "model")
        self._tokens = counter("tokens", "Tokens by kind.", "project", "role", "model", "kind")
        self._cost = counter("cost_usd", "What model calls cost, in US dollars.", "project", "role", "model")
        self._failures = counter("failures", "What went wrong, and with what.", "what", "kind")
        self._retries = counter("retries", "What was tried again, and how.", "how")
        self._holds = counter("model_holds", "How often a model was left alone for a while.", "model")
        self._task_s = histogram("task_duration", "Lives of tasks.", "workflow", "outcome", buckets=_LONG_S)
        self._step_s = histogram("step_duration", "Rounds of steps.", "role", "outcome", buckets=_LONG_S)
        self._run_s = histogram("agent_run_duration", "Agent runs.", "role", "model", "outcome", buckets=_LONG_S)
        self._queue_s = histogram("queue_wait", "Waits for a place to work.", "project", "role", buckets=_SHORT_S)
        self._approval_s = histogram("approval_wait", "Waits for a person.", "kind", "outcome", buckets=_LONG_S)

    def hear(self, sighting: Sighting) -> None:
        """Count what the entry says, and the periods it ended."""
        project = self._labels.project(sighting.task.project if sighting.task else "")
        workflow = self._labels.workflow(sighting.task.workflow if sighting.task else "")
        self._count(sighting.entry.event, project=project, workflow=workflow)
        for period in sighting.periods:
            self._measure(period, project=project, workflow=workflow)

    def _count(self, event: Event, *, project: str, workflow: str) -> None:
        match event:
            case TaskSubmitted():
                self._submitted.labels(project).inc()
            case TaskStateChanged() if event.target in _TASK_ENDS:
                self._ended.labels(project, workflow, event.target).inc()
                if event.target == TaskState.FAILED:
                    self._failed("task")
            case StepStateChanged() if event.target == StepState.FAILED:
                self._failed("step")
            case AgentRunStateChanged() if event.target == AgentRunState.FAILED:
                self._failed("agent_run", event.failure)
            case ConflictFound():
                self._failed("merge_conflict")
            case CostMismatchFound():
                self._failed("cost_mismatch")
            case WorkVerified() if not event.passed:
                self._failed("verification")
            case _:
                self._count_again(event)

    def _count_again(self, event: Event) -> None:
        """What is about to be tried again, or deliberately not yet."""
        match event:
            case TaskReopened():
                self._retries.labels(f"task_{event.how}").inc()
            case AgentRunPostponed():
                self._failed("agent_run_for_now", event.failure)
                self._retries.labels("postponed").inc()
            case AgentStuck():
                self._failed("agent_stuck", event.action)
                if event.action == "restarted":
                    self._retries.labels("restarted").inc()
            case ModelSwitched():
                self._retries.labels("model_switched").inc()
            case ModelHeld():
                self._holds.labels(self._labels.model(event.model)).inc()
            case _:
                pass

    def _failed(self, what: str, kind: str = "") -> None:
        self._failures.labels(what, kind or "unknown").inc()

    def _measure(self, period: Period, *, project: str, workflow: str) -> None:
        role, model = self._labels.role(period.role), self._labels.model(period.model)
        match period.kind:
            case PeriodKind.TASK:
                self._task_s.labels(workflow, period.outcome).observe(period.seconds)
            case PeriodKind.STEP:
                self._step_s.labels(role, period.outcome).observe(period.seconds)
            case PeriodKind.AGENT_RUN:
                self._run_s.labels(role, model, period.outcome).observe(period.seconds)
                self._runs_ended.labels(project, role, model, period.outcome).inc()
            case PeriodKind.QUEUE:
                self._queue_s.labels(project, role).observe(period.seconds)
            case PeriodKind.APPROVAL:
                self._approval_s.labels(period.detail, period.outcome).observe(period.seconds)
            case PeriodKind.MODEL_CALL:
                self._spend(period, project, role, model)
            case _:
                assert_never(period.kind)

    def _spend(self, period: Period, *who: str) -> None:
        self._calls.labels(*who).inc()
        if period.bill is None:
            return
        self._cost.labels(*who).inc(float(period.bill.cost_usd))
        usage = period.bill.usage
        for kind, tokens in (
            ("input", usage.input_tokens),
            ("output", usage.output_tokens),
            ("cache_read", usage.cache_read_tokens),
            ("cache_write", usage.cache_write_tokens),
        ):
            self._tokens.labels(*who, kind).inc(tokens)
