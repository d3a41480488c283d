"""Reads how each role did with each model it worked with: steps at the first try, sent back, failed, and the cost."""

from dataclasses import replace

from sqlalchemy import ColumnElement, RowMapping, case, func, select

from core.advice.advice import Trial
from core.costs.query import Query
from core.costs.source import Projects, source_of
from core.domain.cost import TokenUsage
from core.domain.task import AgentRunState, RunPurpose
from core.store import tables
from core.store.columns import Usd
from core.store.unit_of_work import UnitOfWork

_RUNS, _TASKS = tables.agent_runs, tables.tasks
_COUNTS = ("steps", "first_try", "sent_back", "failed", "rounds")
_TOKENS = ("input_tokens", "output_tokens", "cache_read_tokens", "cache_write_tokens")
_OPEN = (AgentRunState.QUEUED, AgentRunState.STARTING, AgentRunState.RUNNING, AgentRunState.WAITING)


async def trials(uow: UnitOfWork, query: Query, *, projects: Projects) -> list[Trial]:
    """Every role with every model in the query's period and names, the most expensive first.

    Steps count by when their last agent ended, money by when it was spent. What people cancelled says nothing.
    """
    money = await _money(uow, query, projects)
    steps = await _steps(uow, query, projects)
    found = [_trial(key, steps.get(key), money.get(key)) for key in {**money, **steps}]
    return sorted(found, key=lambda each: (-each.cost_usd, each.role, each.model))


async def _steps(uow: UnitOfWork, query: Query, projects: Projects) -> dict[tuple[str, str], RowMapping]:
    runs = _RUNS.c
    conditions: list[ColumnElement[bool]] = [runs.purpose == RunPurpose.WORK]
    if projects is not None:
        conditions.append(_TASKS.c.project.in_(sorted(projects)))
    for column, values in ((_TASKS.c.project, query.where.projects), (runs.role, query.where.roles)):
        if values:
            conditions.append(column.in_(values))
    ended = func.max(runs.finished_at)
    undecided = case((runs.state.in_((*_OPEN, AgentRunState.CANCELLED)), 1), else_=0)
    if query.period is not None:
        # most tasks of the past need not be looked at
        of_period = (runs.finished_at >= query.period.begin, runs.finished_at < query.period.end)
        conditions.append(runs.task.in_(select(runs.task).where(*of_period)))
    of_steps = (
        select(
            func.max(runs.role).label("role"),
            func.max(runs.model).label("model"),
            func.max(runs.round).label("rounds"),
            func.max(case((runs.state == AgentRunState.FAILED, 1), else_=0)).label("failed"),
        )
        .join(_TASKS, _TASKS.c.id == runs.task)
        .where(*conditions)
        .group_by(runs.task, runs.step)
        .having(
            func.min(runs.model) == func.max(runs.model),
            func.min(runs.role) == func.max(runs.role),
            func.max(undecided) == 0,
        )
    )
    if query.period is not None:
        of_steps = of_steps.having(ended >= query.period.begin, ended < query.period.end)
    step = of_steps.subquery().c
    first_try = case(((step.rounds == 1) & (step.failed == 0), 1), else_=0)
    statement = select(
        step.role,
        step.model,
        func.count().label("steps"),
        func.sum(first_try).label("first_try"),
        func.sum(case((step.rounds > 1, 1), else_=0)).label("sent_back"),
        func.sum(step.failed).label("failed"),
        func.sum(step.rounds).label("rounds"),
    ).group_by(step.role, step.model)
    rows = (await uow.connection.execute(statement)).mappings()
    return {(row["role"], row["model"]): row for row in rows}


async def _money(uow: UnitOfWork, query: Query, projects: Projects) -> dict[tuple[str, str], RowMapping]:
    """By the model an agent run was given: providers may call it by a longer name."""
    source = source_of(query, projects, dialect=uow.connection.dialect.name)
    statement = (
        select(
            _RUNS.c.role,
            _RUNS.c.model,
            func.sum(source.column("calls")).label("calls"),
            *(func.sum(source.column(name)).label(name) for name in _TOKENS),
            func.sum(source.column("cost_usd"), type_=Usd()).label("cost_usd"),
        )
        .join_from(source.rows, _RUNS, _RUNS.c.id == source.column("agent_run"))
        .where(*source.conditions)
        .group_by(_RUNS.c.role, _RUNS.c.model)
    )
    rows = (await uow.connection.execute(statement)).mappings()
    return {(row["role"], row["model"]): row for row in rows}


def _trial(key: tuple[str, str], steps: RowMapping | None, money: RowMapping | None) -> Trial:
    found = Trial(role=key[0], model=key[1])
    if steps is not None:
        found = replace(found, **{name: int(steps[name]) for name in _COUNTS})
    if money is None:
        return found
    usage = TokenUsage(**{name: int(money[name]) for name in _TOKENS})
    return replace(found, usage=usage, calls=int(money["calls"]), cost_usd=money["cost_usd"])
