"""The timeline of one task: turns journal entries into the periods that end with them (pure, told in order)."""

from dataclasses import dataclass, replace
from datetime import datetime

from bot.observability.period import Period, PeriodKind
from core.domain.event import (
    AgentRunPostponed,
    AgentRunStateChanged,
    ApprovalDecided,
    ApprovalRequested,
    JournalEntry,
    ModelCalled,
    StepStateChanged,
    TaskReopened,
    TaskStateChanged,
    TaskSubmitted,
)
from core.domain.identity import AgentRunId, ApprovalId, StepName
from core.domain.task import AGENT_RUN_ENDS, AT_WORK, FINAL_TASK_STATES, AgentRunState, StepState

TOLD_BY = (
    "task_submitted",
    "task_state_changed",
    "task_reopened",
    "step_state_changed",
    "agent_run_state_changed",
    "agent_run_postponed",
    "model_called",
    "approval_requested",
    "approval_decided",
)
"""Types of the events that matter here."""

_FINAL_TASK = frozenset(state.value for state in FINAL_TASK_STATES)
_RUN_ENDS = frozenset(state.value for state in AGENT_RUN_ENDS)
_AT_WORK = frozenset(state.value for state in AT_WORK)
_STEP_ENDS = frozenset({StepState.COMPLETED.value, StepState.FAILED.value, StepState.CANCELLED.value})


@dataclass(slots=True, kw_only=True)
class _Run:
    """What is known of one agent run that is not over."""

    step: StepName | None = None
    last_answer: datetime | None = None
    """Or its last change of state. What it does is no mark: it is told before the answer it comes from is counted."""
    began: datetime | None = None
    queued: datetime | None = None
    postponed: datetime | None = None


class Timeline:
    """What has begun in a task and is not over. Entries whose beginning is not known end nothing."""

    def __init__(self) -> None:
        self._life = 1
        self._began: datetime | None = None
        self._steps: dict[StepName, datetime] = {}
        self._rounds: dict[StepName, int] = {}
        self._runs: dict[AgentRunId, _Run] = {}
        self._asked: dict[ApprovalId, tuple[StepName, datetime]] = {}

    @property
    def life(self) -> int:
        """Which life of the task this is."""
        return self._life

    def tell(self, entry: JournalEntry) -> list[Period]:
        """The periods that `entry` ends, innermost first."""
        event = entry.event
        match event:
            case TaskSubmitted():
                self._began = entry.at
            case TaskReopened():
                self._life, self._began = event.life, entry.at
            case TaskStateChanged():
                return self._task_moved(entry, event)
            case StepStateChanged():
                return self._step_moved(entry, event)
            case AgentRunStateChanged():
                return self._run_moved(entry, event)
            case AgentRunPostponed():
                self._run(event.agent_run).postponed = event.until
            case ModelCalled():
                return self._called(entry, event)
            case ApprovalRequested():
                self._asked[event.approval] = (event.step, entry.at)
            case ApprovalDecided():
                return self._decided(entry, event)
            case _:
                pass
        return []

    def _task_moved(self, entry: JournalEntry, event: TaskStateChanged) -> list[Period]:
        if event.target not in _FINAL_TASK:
            # reopened: the event that says which life it is may come before or after this one
            self._began = entry.at if event.source in _FINAL_TASK else self._began
            return []
        began, self._began = self._began, None
        if began is None:
            return []
        return [self._period(PeriodKind.TASK, entry, key="", began=began, outcome=event.target)]

    def _step_moved(self, entry: JournalEntry, event: StepStateChanged) -> list[Period]:
        step = event.step
        if event.target == StepState.RUNNING:
            if self._rounds.get(step) != event.round:
                self._steps[step] = entry.at
            self._steps.setdefault(step, entry.at)
            self._rounds[step] = event.round
        if event.target not in _STEP_ENDS or step not in self._steps:
            return []
        began, number = self._steps.pop(step), self._rounds[step]
        period = self._period(PeriodKind.STEP, entry, key=_step_key(step, number), began=began, outcome=event.target)
        return [replace(period, step=step, round=number)]

    def _run_moved(self, entry: JournalEntry, event: AgentRunStateChanged) -> list[Period]:
        run = self._run(event.agent_run)
        run.step, run.last_answer = event.step, entry.at
        if event.target == AgentRunState.QUEUED:
            run.queued = entry.at
            return []
        ended = self._queue_left(entry, event, run)
        if event.target in _AT_WORK:
            run.began = run.began or entry.at
        if event.target in _RUN_ENDS:
            ended += self._run_ended(entry, event)
        return ended

    def _queue_left(self, entry: JournalEntry, event: AgentRunStateChanged, run: _Run) -> list[Period]:
        queued, until = run.queued, run.postponed
        run.queued = run.postponed = None
        if queued is None or event.target not in _AT_WORK:
            return []
        period = self._of_run(PeriodKind.QUEUE, entry, event.agent_run, began=max(queued, until or queued))
        # a run may wait more than once, so the number of the entry is part of the key
        return [replace(period, key=f"{event.agent_run}:queue:{entry.seq}", outcome="started", role=event.role)]

    def _run_ended(self, entry: JournalEntry, event: AgentRunStateChanged) -> list[Period]:
        began = self._run(event.agent_run).began
        period = self._of_run(PeriodKind.AGENT_RUN, entry, event.agent_run, began=began or entry.at)
        del self._runs[event.agent_run]
        return [replace(period, outcome=event.target, role=event.role)] if began else []

    def _called(self, entry: JournalEntry, event: ModelCalled) -> list[Period]:
        run = self._run(event.agent_run)
        began, run.last_answer = run.last_answer or entry.at, entry.at
        period = self._of_run(PeriodKind.MODEL_CALL, entry, event.agent_run, began=began)
        key = f"call:{event.message_id}"
        return [replace(period, key=key, parent=event.agent_run, outcome="answered", model=event.model)]

    def _decided(self, entry: JournalEntry, event: ApprovalDecided) -> list[Period]:
        if event.approval not in self._asked:
            return []
        step, began = self._asked.pop(event.approval)
        period = self._period(PeriodKind.APPROVAL, entry, key=event.approval, began=began, outcome=event.state)
        return [replace(period, parent=self._parent(step), step=step, detail=event.kind)]

    def _run(self, run: AgentRunId) -> _Run:
        return self._runs.setdefault(run, _Run())

    def _of_run(self, kind: PeriodKind, entry: JournalEntry, run: AgentRunId, *, began: datetime) -> Period:
        step = self._run(run).step
        period = self._period(kind, entry, key=run, began=began, outcome="")
        return replace(period, parent=self._parent(step), step=step, agent_run=run)

    def _period(self, kind: PeriodKind, entry: JournalEntry, *, key: str, began: datetime, outcome: str) -> Period:
        return Period(
            kind=kind, key=key, task=entry.task, life=self._life, began=began, ended=entry.at, outcome=outcome
        )

    def _parent(self, step: StepName | None) -> str:
        """Key of the latest round of `step`; '' (the task) when it is not known."""
        return _step_key(step, self._rounds[step]) if step is not None and step in self._rounds else ""


def _step_key(step: StepName, number: int) -> str:
    return f"{step}:{number}"
