"""A house with a long past: one real task, lived through once, is copied as often as wanted with all its traces."""

import re
import shutil
import sqlite3
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.compose import Program
from tests.benchmarks.house import PATIENCE_S, all_reach, furnished, living, memory_runner, submitted
from tests.support.waiting import eventually_awaited

TABLES = {
    "tasks": "id",
    "steps": "task",
    "agent_runs": "task",
    "model_calls": "task",
    "spending": "task",
    "events": "task",
    "workflow_status": "workflow_uuid",
    "workflow_input": "workflow_uuid",
    "workflow_output": "workflow_uuid",
}
"""Every table a task leaves rows in, ours and the engine library's, and the column that names the task."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """Two databases to copy."""

    small: Path
    """Empty but for one ended task."""
    large: Path
    tasks: int
    events: int
    """How many there are in the large one."""

    def items(self) -> list[tuple[str, Path]]:
        """Both by name."""
        return [("small", self.small), ("large", self.large)]


async def make_past(folder: Path, *, tasks: int) -> Past:
    """Live through one task, then remember it `tasks` times."""
    house = await furnished(folder / "first", past=None)
    async with living(house, runner=memory_runner(), git=False) as program:
        task = await submitted(program)
        await all_reach(program, [task.id], after=0)
        # the engine library notes the end a moment later, and a past full of open workflows would be none
        await eventually_awaited(lambda: _nothing_lives(program), within_s=PATIENCE_S, what="the end of the workflow")
    lived = house / "home" / "orchestrator.sqlite3"
    small, large = folder / "small.sqlite3", folder / "large.sqlite3"
    for path in (small, large):
        with closing(sqlite3.connect(lived)) as source, closing(sqlite3.connect(path)) as target:
            source.backup(target)
    events = _multiplied(large, times=tasks)
    shutil.rmtree(house)
    return Past(small=small, large=large, tasks=tasks, events=events)


async def _nothing_lives(program: Program) -> bool:
    return not await program.client.live_tasks()


def _multiplied(path: Path, *, times: int) -> int:
    """Copy task T1 until there are `times` tasks; how many events there are then."""
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.row_factory = sqlite3.Row
        known = {table: _rows(connection, table, column) for table, column in TABLES.items()}
        session = known["agent_runs"][0]["session"]
        per_task = len(known["events"])
        for table, rows in known.items():
            copies = (
                _copy(row, number, session=session, per_task=per_task) for number in range(2, times + 1) for row in rows
            )
            _insert(connection, table, rows, copies)
        connection.execute("UPDATE counters SET value = ? WHERE name = 'tasks'", (times,))
        connection.execute("UPDATE counters SET value = ? WHERE name = 'journal'", (times * per_task,))
        return times * per_task


def _rows(connection: sqlite3.Connection, table: str, column: str) -> list[dict[str, Any]]:
    named = connection.execute(f"SELECT * FROM {table} WHERE {column} IN ('T1', 'task:T1')")
    return [dict(row) for row in named]


def _copy(row: Mapping[str, Any], number: int, *, session: str, per_task: int) -> dict[str, Any]:
    """The same row as task `number` would have left it."""

    def renamed(value: object) -> object:
        if not isinstance(value, str):
            return value
        return re.sub(r"\bT1\b", f"T{number}", value.replace(session, f"{session[:-8]}{number:08x}"))

    copied: dict[str, Any] = {name: renamed(value) for name, value in row.items()}
    if "seq" in copied:
        copied["seq"] += (number - 1) * per_task
    if "number" in copied:
        copied["number"] = number
    return copied


def _insert(connection: sqlite3.Connection, table: str, rows: Sequence[Mapping[str, Any]], copies: Any) -> None:
    if rows:
        names = list(rows[0])
        columns = ", ".join(f'"{name}"' for name in names)
        places = ", ".join("?" * len(names))
        connection.executemany(
            f"INSERT INTO {table} ({columns}) VALUES ({places})", ([copy[name] for name in names] for copy in copies)
        )
