"""The ledger: one row per model call, counted once, and the sums over it."""

from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import Column, ColumnElement, Row, func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from core.domain.cost import Bill, ModelCall, TokenUsage
from core.domain.errors import NotFoundError
from core.domain.identity import AgentRunId, PersonId, StepName, TaskId
from core.store import tables
from core.store.sums import add_to_sums

_CALLS = tables.model_calls
_SUMS = (
    func.count().label("calls"),
    *(
        func.coalesce(func.sum(column), 0).label(column.name)
        for column in (
            _CALLS.c.input_tokens,
            _CALLS.c.output_tokens,
            _CALLS.c.cache_read_tokens,
            _CALLS.c.cache_write_tokens,
            _CALLS.c.thinking_tokens,
        )
    ),
    func.coalesce(func.sum(_CALLS.c.cost_usd, type_=_CALLS.c.cost_usd.type), 0, type_=_CALLS.c.cost_usd.type).label(
        "cost_usd"
    ),
)


class Ledger:
    """Model calls and what they cost, as one unit of work sees them."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def record(self, call: ModelCall) -> bool:
        """Write the call of an agent down; False, and nothing changes, when its message id is already there.

        NotFoundError when the agent run does not exist.
        """
        return await self._add(call, await self._who(call.agent_run or AgentRunId("")))

    async def record_question(self, call: ModelCall, *, person: PersonId, role: str) -> bool:
        """Write down a call that read a question of `person`: it belongs to no task and no project."""
        return await self._add(call, {"task": "", "step": "", "role": role, "project": "", "person": person})

    async def _add(self, call: ModelCall, who: Mapping[str, str]) -> bool:
        insert = postgresql.insert if self._connection.dialect.name == "postgresql" else sqlite.insert
        row = {
            "message_id": call.message_id,
            "agent_run": call.agent_run,
            "model": call.model,
            "input_tokens": call.usage.input_tokens,
            "output_tokens": call.usage.output_tokens,
            "cache_read_tokens": call.usage.cache_read_tokens,
            "cache_write_tokens": call.usage.cache_write_tokens,
            "thinking_tokens": call.usage.thinking_tokens,
            "cost_usd": call.cost_usd,
            "at": call.at,
            **who,
        }
        done = await self._connection.execute(insert(_CALLS).values(row).on_conflict_do_nothing())
        if done.rowcount != 1:
            return False
        await add_to_sums(self._connection, row)
        return True

    async def of_task(self, task: TaskId) -> Bill:
        """What `task` cost so far."""
        return await self._bill(_CALLS.c.task == task)

    async def of_run(self, run: AgentRunId) -> Bill:
        """What one agent run cost so far."""
        return await self._bill(_CALLS.c.agent_run == run)

    async def by_step(self, task: TaskId) -> dict[StepName, Bill]:
        """What each step of `task` cost; a step without model calls is not in it."""
        return await self._bills(_CALLS.c.step, _CALLS.c.task == task)

    async def by_run(self, task: TaskId) -> dict[AgentRunId, Bill]:
        """What each agent run of `task` cost; a run without model calls is not in it."""
        return await self._bills(_CALLS.c.agent_run, _CALLS.c.task == task)

    async def totals(self, tasks: Collection[TaskId]) -> dict[TaskId, Bill]:
        """What each of `tasks` cost; one without model calls has an empty bill."""
        found: dict[TaskId, Bill] = await self._bills(_CALLS.c.task, _CALLS.c.task.in_(tasks)) if tasks else {}
        return {task: found.get(task, Bill()) for task in tasks}

    async def of_runs(self, runs: Collection[AgentRunId]) -> dict[AgentRunId, Bill]:
        """What each of `runs` cost; one without model calls has an empty bill."""
        found: dict[AgentRunId, Bill] = (
            await self._bills(_CALLS.c.agent_run, _CALLS.c.agent_run.in_(runs)) if runs else {}
        )
        return {run: found.get(run, Bill()) for run in runs}

    async def _who(self, run: AgentRunId) -> dict[str, str]:
        runs, tasks = tables.agent_runs, tables.tasks
        query = (
            select(runs.c.task, runs.c.step, runs.c.role, tasks.c.project, tasks.c.requested_by.label("person"))
            .join(tasks, tasks.c.id == runs.c.task)
            .where(runs.c.id == run)
        )
        row = (await self._connection.execute(query)).mappings().one_or_none()
        if row is None:
            raise NotFoundError("agent run", run, hint="A model call belongs to an agent run that was added before.")
        return dict(row)

    async def _bill(self, where: ColumnElement[bool]) -> Bill:
        return _bill((await self._connection.execute(select(*_SUMS).where(where))).one())

    async def _bills(self, column: Column[Any], where: ColumnElement[bool]) -> dict[Any, Bill]:
        rows = await self._connection.execute(select(column.label("of"), *_SUMS).where(where).group_by(column))
        return {row.of: _bill(row) for row in rows}


def _bill(row: Row[Any]) -> Bill:
    usage = TokenUsage(
        input_tokens=int(row.input_tokens),
        output_tokens=int(row.output_tokens),
        cache_read_tokens=int(row.cache_read_tokens),
        cache_write_tokens=int(row.cache_write_tokens),
        thinking_tokens=int(row.thinking_tokens),
    )
    return Bill(calls=row.calls, usage=usage, cost_usd=row.cost_usd)
