"""What the journal does not tell and the store knows: whose task, which model, how many tokens."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace

from sqlalchemy import select

from bot.observability.period import Period, PeriodKind
from bot.observability.sighting import TaskFacts
from bot.observability.timeline import TOLD_BY, Timeline
from core.domain.cost import Bill, TokenUsage
from core.domain.errors import NotFoundError
from core.domain.event import JournalEntry
from core.domain.identity import AgentRunId, TaskId
from core.store.tables import model_calls
from core.store.unit_of_work import UnitOfWork

_CALL = model_calls.c


async def facts_of(uow: UnitOfWork, task: TaskId) -> TaskFacts | None:
    """Whose task it is; None when it is not there (any more)."""
    try:
        known = await uow.tasks.get(task)
    except NotFoundError:
        return None
    return TaskFacts(project=known.project, workflow=known.workflow.name, created_at=known.created_at)


async def timeline_before(uow: UnitOfWork, entry: JournalEntry) -> Timeline:
    """The timeline of the entry's task as it was before the entry, from the journal itself."""
    timeline = Timeline()
    for earlier in await uow.events.of(entry.task, types=TOLD_BY):
        if earlier.seq < entry.seq:
            timeline.tell(earlier)
    return timeline


async def completed(uow: UnitOfWork, period: Period) -> Period:
    """`period` with role, model and what was spent on it, as far as the store knows them."""
    look_up = _LOOK_UPS.get(period.kind)
    if look_up is None:
        return period
    try:
        return await look_up(uow, period)
    except NotFoundError:
        return period


async def _task(uow: UnitOfWork, period: Period) -> Period:
    return replace(period, bill=await uow.ledger.of_task(period.task))


async def _step(uow: UnitOfWork, period: Period) -> Period:
    """The step's role, and the bill of the agents of this round alone."""
    runs = [run for run in await uow.agent_runs.of(period.task) if (run.step, run.round) == (period.step, period.round)]
    bills = await uow.ledger.by_run(period.task)
    role = runs[-1].role if runs else ""
    return replace(period, role=role, bill=_sum(bills, [run.id for run in runs]))


async def _agent_run(uow: UnitOfWork, period: Period) -> Period:
    if period.agent_run is None:
        return period
    run = await uow.agent_runs.get(period.agent_run)
    return replace(period, role=run.role, model=run.model, bill=await uow.ledger.of_run(run.id))


async def _model_call(uow: UnitOfWork, period: Period) -> Period:
    query = select(model_calls).where(_CALL.message_id == period.key.removeprefix("call:"))
    row = (await uow.connection.execute(query)).one_or_none()
    if row is None:
        return period
    usage = TokenUsage(
        input_tokens=row.input_tokens,
        output_tokens=row.output_tokens,
        cache_read_tokens=row.cache_read_tokens,
        cache_write_tokens=row.cache_write_tokens,
    )
    return replace(period, role=row.role, bill=Bill(calls=1, usage=usage, cost_usd=row.cost_usd))


_LOOK_UPS: Mapping[PeriodKind, Callable[[UnitOfWork, Period], Awaitable[Period]]] = {
    PeriodKind.TASK: _task,
    PeriodKind.STEP: _step,
    PeriodKind.AGENT_RUN: _agent_run,
    PeriodKind.MODEL_CALL: _model_call,
}

LOOKED_UP = frozenset(_LOOK_UPS)
"""Kinds of periods that `completed` adds something to."""


def _sum(bills: Mapping[AgentRunId, Bill], runs: list[AgentRunId]) -> Bill:
    total = Bill()
    for bill in (bills[run] for run in runs if run in bills):
        total = Bill(
            calls=total.calls + bill.calls,
            usage=total.usage + bill.usage,
            cost_usd=total.cost_usd + bill.cost_usd,
        )
    return total
