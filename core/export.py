"""Everything that happened as flat rows, read page by page, so that a large history needs little memory."""

import json
from collections.abc import AsyncGenerator, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from sqlalchemy import RowMapping

from core.domain.cost import Bill
from core.domain.identity import ProjectName
from core.store.queries import Happening, RunOfTask, WideQueries
from core.store.store import Store

TASKS_A_PAGE = 200
EVENTS_A_PAGE = 1000
CALLS_A_PAGE = 2000
_FREE_TEXTS = ("title", "request", "failure", "pull_request", "branch", "error", "data")
"""Columns that hold what people, agents or programs wrote."""

Row = dict[str, str | int | float | Decimal | None]


class Kind(StrEnum):
    """What can be exported."""

    TASKS = "tasks"
    RUNS = "runs"
    CALLS = "calls"
    EVENTS = "events"


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """Which rows: tasks and runs by when they were made, calls and events by when they happened. Times are UTC."""

    project: ProjectName | None = None
    since: datetime | None = None
    until: datetime | None = None

    def holds(self, at: datetime) -> bool:
        """Whether `at` is inside; `until` itself is not."""
        return (self.since is None or at >= self.since) and (self.until is None or at < self.until)


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Some rows, and how far through the history they are: `done` of `of`."""

    rows: tuple[Row, ...]
    done: int
    of: int


class Export:
    """Pages of rows; every page is one short snapshot, so an export holds up no writer. Texts are masked."""

    def __init__(
        self,
        store: Store,
        *,
        mask: Callable[[str], str],
        tasks_a_page: int = TASKS_A_PAGE,
        events_a_page: int = EVENTS_A_PAGE,
    ) -> None:
        self._store = store
        self._mask = mask
        self._tasks_a_page = tasks_a_page
        self._events_a_page = events_a_page

    async def pages(self, kind: Kind, selection: Selection) -> AsyncGenerator[Page]:
        """The rows of `kind` in the order they came to be, each with the keys of `COLUMNS[kind]`."""
        match kind:
            case Kind.EVENTS:
                source = self._events(selection)
            case Kind.CALLS:
                source = self._calls(selection)
            case _:
                source = self._by_tasks(kind, selection)
        async for page in source:
            yield page

    async def _calls(self, selection: Selection) -> AsyncGenerator[Page]:
        """The ledger by time; calls that read a question are in it, though they belong to no task."""
        after: tuple[datetime, str] | None = None
        async with self._store.reading() as uow:
            total = (await WideQueries(uow.connection).counts())["calls"]
        done = 0
        while True:
            async with self._store.reading() as uow:
                found = await WideQueries(uow.connection).call_page(
                    after=after,
                    project=selection.project,
                    since=selection.since,
                    until=selection.until,
                    limit=CALLS_A_PAGE,
                )
            last = len(found) < CALLS_A_PAGE
            done += len(found)
            yield Page(rows=tuple(map(call_row, found)), done=total if last else min(done, total), of=total)
            if last:
                return
            after = (found[-1]["at"], found[-1]["message_id"])

    async def _events(self, selection: Selection) -> AsyncGenerator[Page]:
        after, total = 0, await self._store.journal.last_seq()
        while True:
            async with self._store.reading() as uow:
                found = await WideQueries(uow.connection).happenings(
                    after=after, project=selection.project, since=selection.since, limit=self._events_a_page
                )
            after = found[-1].seq if len(found) == self._events_a_page else total
            rows = (self._masked(event_row(each)) for each in found if selection.holds(each.at))
            yield Page(rows=tuple(rows), done=min(after, total), of=total)
            if len(found) < self._events_a_page:
                return

    async def _by_tasks(self, kind: Kind, selection: Selection) -> AsyncGenerator[Page]:
        """Page through the tasks by number: their runs are found by index."""
        after = 0
        total = await self._last_number()
        while True:
            async with self._store.reading() as uow:
                wide = WideQueries(uow.connection)
                tasks = await wide.task_page(after=after, project=selection.project, limit=self._tasks_a_page)
                ids = [task["id"] for task in tasks]
                match kind:
                    case Kind.TASKS:
                        bills, names = await uow.ledger.totals(ids), await wide.workflow_names(ids)
                        found = [(t["created_at"], task_row(t, bills[t["id"]], names[t["id"]])) for t in tasks]
                    case _:
                        runs = await wide.runs_of(ids)
                        costs = await uow.ledger.of_runs([each.run.id for each in runs])
                        found = [(each.run.created_at, run_row(each, costs[each.run.id])) for each in runs]
            after = tasks[-1]["number"] if len(tasks) == self._tasks_a_page else total
            rows = (self._masked(row) for at, row in found if selection.holds(at))
            yield Page(rows=tuple(rows), done=min(after, total), of=total)
            if len(tasks) < self._tasks_a_page:
                return

    async def _last_number(self) -> int:
        async with self._store.reading() as uow:
            newest = await uow.tasks.list(limit=1)
        return newest[0].number if newest else 0

    def _masked(self, row: Row) -> Row:
        """`row` with its free texts masked: looking for secrets in every id would take ten times as long."""
        found = {name: self._mask(text) for name in _FREE_TEXTS if isinstance(text := row.get(name), str)}
        return {**row, **found} if found else row


def task_row(task: RowMapping, bill: Bill, workflow: str) -> Row:
    """One task; durations in seconds, money in dollars."""
    ended, began = task["finished_at"], task["created_at"]
    return {
        "id": task["id"],
        "project": task["project"],
        "title": task["title"],
        "request": task["request"],
        "state": task["state"].value,
        "type": task["type"].value,
        "complexity": task["complexity"].value,
        "priority": task["priority"].value,
        "workflow": workflow,
        "template": task["template"] or None,
        "requested_by": task["requested_by"],
        "created_at": _time(began),
        "started_at": _time(task["started_at"]),
        "finished_at": _time(ended),
        "duration_s": _seconds(began, ended),
        "lives": task["life"],
        "forked_from": task["forked_from"],
        "branch": task["branch"] or None,
        "commit": task["commit"] or None,
        "pull_request": task["pull_request"] or None,
        "failure": task["failure"] or None,
        **_bill(bill),
    }


def run_row(each: RunOfTask, bill: Bill) -> Row:
    """One agent run; memory in bytes, processor time in seconds."""
    run = each.run
    return {
        "id": run.id,
        "task": run.task,
        "project": each.project,
        "step": run.step,
        "round": run.round,
        "role": run.role,
        "model": run.model,
        "purpose": run.purpose.value,
        "state": run.state.value,
        "created_at": _time(run.created_at),
        "started_at": _time(run.started_at),
        "finished_at": _time(run.finished_at),
        "duration_s": _seconds(run.started_at, run.finished_at),
        "attempts": run.attempts,
        "transient_failures": run.transient_failures,
        "interruptions": run.interruptions,
        "restarts": run.restarts,
        "peak_memory_bytes": run.peak_memory_bytes,
        "cpu_s": run.cpu_s,
        "error": run.error or None,
        **_bill(bill),
    }


def call_row(call: RowMapping) -> Row:
    """One model call, as the ledger holds it."""
    words = ("message_id", "agent_run", "task", "step", "role", "project", "person", "model")
    tokens = ("input_tokens", "output_tokens", "cache_read_tokens", "cache_write_tokens", "thinking_tokens")
    row: Row = {name: call[name] for name in (*words, *tokens)}
    return {**row, "cost_usd": call["cost_usd"], "at": _time(call["at"])}


def event_row(event: Happening) -> Row:
    """One event; what is special to its type is JSON in `data`."""
    data = {key: value for key, value in event.data.items() if key != "type"}
    return {
        "seq": event.seq,
        "task": event.task or None,
        "at": _time(event.at),
        "type": event.type,
        "data": json.dumps(data, ensure_ascii=False),
    }


COLUMNS: Mapping[Kind, tuple[str, ...]] = {
    Kind.TASKS: (
        *("id", "project", "title", "request", "state", "type", "complexity", "priority", "workflow", "template"),
        *("requested_by", "created_at", "started_at", "finished_at", "duration_s", "lives", "forked_from", "branch"),
        *("commit", "pull_request", "failure", "model_calls", "input_tokens", "output_tokens", "cost_usd"),
    ),
    Kind.RUNS: (
        *("id", "task", "project", "step", "round", "role", "model", "purpose", "state", "created_at", "started_at"),
        *("finished_at", "duration_s", "attempts", "transient_failures", "interruptions", "restarts"),
        *("peak_memory_bytes", "cpu_s", "error", "model_calls", "input_tokens", "output_tokens", "cost_usd"),
    ),
    Kind.CALLS: (
        *("message_id", "agent_run", "task", "step", "role", "project", "person", "model", "input_tokens"),
        *("output_tokens", "cache_read_tokens", "cache_write_tokens", "thinking_tokens", "cost_usd", "at"),
    ),
    Kind.EVENTS: ("seq", "task", "at", "type", "data"),
}
"""Names and order of the columns of each kind; scripts may rely on them."""


def _bill(bill: Bill) -> Row:
    return {
        "model_calls": bill.calls,
        "input_tokens": bill.usage.prompt_tokens,
        "output_tokens": bill.usage.output_tokens,
        "cost_usd": bill.cost_usd,
    }


def _time(at: datetime | None) -> str | None:
    return at.isoformat() if at is not None else None


def _seconds(begin: datetime | None, end: datetime | None) -> float | None:
    return round((end - begin).total_seconds(), 3) if begin is not None and end is not None else None
