"""How things stand now: what the gauges show, read from the store in one snapshot and kept for a second."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

import structlog
from sqlalchemy import Executable, Select, func, select

from core.domain.approval import ApprovalState
from core.domain.errors import StoreError
from core.domain.task import AGENT_RUN_ENDS, AT_WORK, FINAL_TASK_STATES, AgentRunState
from core.store.store import Store
from core.store.tables import agent_runs, approvals, tasks
from core.store.unit_of_work import UnitOfWork

KEPT_S = 1.0
READ_WITHIN_S = 2.0
_UNFINISHED_RUNS = tuple(state for state in AgentRunState if state not in AGENT_RUN_ENDS)

Counts = Mapping[tuple[str, ...], int]
"""How many, by the values of the labels."""

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How many of what, and how old the oldest is."""

    last_seq: int = 0
    tasks: Counts = field(default_factory=dict[tuple[str, ...], int])
    """(project, state)."""
    agent_runs: Counts = field(default_factory=dict[tuple[str, ...], int])
    """(project, role, model, state), of those that are not over and whose task is not."""
    at_work: int = 0
    oldest_queued_s: float = 0.0
    """How long the run that has waited longest for a place has been waiting; back-offs are no waiting."""
    approvals: Counts = field(default_factory=dict[tuple[str, ...], int])
    """(project, kind), of those that nobody has decided."""
    oldest_approval_s: float = 0.0
    models_held: Mapping[tuple[str, str], float] = field(default_factory=dict[tuple[str, str], float])
    """(model, cause) → seconds left; the cause is `limited` (by the provider) or `broken` (too many failures)."""


class Standings:
    """Reads the standing, at most once in `kept_s` however often it is asked."""

    def __init__(self, store: Store, *, monotonic: Callable[[], float], kept_s: float = KEPT_S) -> None:
        self._store = store
        self._monotonic = monotonic
        self._kept_s = kept_s
        self._one_at_a_time = asyncio.Lock()
        self._kept: tuple[float, Standing | None] | None = None

    async def now(self) -> Standing | None:
        """How things stand, at most a second old; None when the store does not tell within two seconds."""
        async with self._one_at_a_time:
            if self._kept is None or self._monotonic() - self._kept[0] >= self._kept_s:
                self._kept = (self._monotonic(), await self._read())
            return self._kept[1]

    async def _read(self) -> Standing | None:
        try:
            async with asyncio.timeout(READ_WITHIN_S), self._store.reading() as uow:
                return await read_standing(uow)
        except (StoreError, TimeoutError) as error:
            log.warning("standing_not_readable", reason=str(error) or type(error).__name__)
            return None


async def read_standing(uow: UnitOfWork) -> Standing:
    """The standing at the unit's own time. Everything but the count of tasks reads only what is not over."""
    run, task, approval = agent_runs.c, tasks.c, approvals.c
    open_run = run.state.in_(_UNFINISHED_RUNS) & task.state.not_in(FINAL_TASK_STATES)
    pending = approval.state == ApprovalState.PENDING
    runs = await _counts(
        uow,
        select(task.project, run.role, run.model, run.state, func.count())
        .join(tasks, task.id == run.task)
        .where(open_run)
        .group_by(task.project, run.role, run.model, run.state),
    )
    # one that is put off has an age below zero, and so is never the oldest
    queued_since = func.min(func.coalesce(run.not_before, run.created_at), type_=run.created_at.type)
    return Standing(
        last_seq=await uow.events.last_seq(),
        tasks=await _counts(uow, select(task.project, task.state, func.count()).group_by(task.project, task.state)),
        agent_runs=runs,
        at_work=sum(count for labels, count in runs.items() if labels[3] in AT_WORK),
        oldest_queued_s=await _age_s(
            uow,
            select(queued_since).join(tasks, task.id == run.task).where(open_run, run.state == AgentRunState.QUEUED),
        ),
        approvals=await _counts(
            uow,
            select(task.project, approval.kind, func.count())
            .join(tasks, task.id == approval.task)
            .where(pending)
            .group_by(task.project, approval.kind),
        ),
        oldest_approval_s=await _age_s(uow, select(func.min(approval.created_at)).where(pending)),
        models_held=await _held(uow),
    )


async def _counts(uow: UnitOfWork, query: Executable) -> Counts:
    rows = await uow.connection.execute(query)
    return {tuple(str(label) for label in row[:-1]): int(row[-1]) for row in rows}


async def _age_s(uow: UnitOfWork, query: Select[datetime]) -> float:
    since = (await uow.connection.execute(query)).scalar_one_or_none()
    return 0.0 if since is None else max((uow.now - since).total_seconds(), 0.0)


async def _held(uow: UnitOfWork) -> dict[tuple[str, str], float]:
    held: dict[tuple[str, str], float] = {}
    for model, standing in (await uow.models.all()).items():
        for cause, until in (("limited", standing.limited_until), ("broken", standing.broken_until)):
            if until is not None:
                held[model, cause] = max((until - uow.now).total_seconds(), 0.0)
    return held
