"""What the shell completes: numbers of tasks, agents, names of projects, workflows and templates.

It runs at every press of the key, so it reads the settings file and the database file directly, loads no library, and
is silent about everything that is wrong. On Postgres it knows names from files only. Of tasks and agents the newest
50 are offered.
"""

import contextlib
import os
import re
import sqlite3
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import typer

from config.places import DEFAULT_HOME, expanded, find_file
from config.user_files import SHIPPED
from core.domain.errors import OrchestratorError

_BUSY_TIMEOUT_S = 0.1
_DATABASE = "orchestrator.sqlite3"

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*", re.ASCII)
_NOT_SHOWN = re.compile(r"[^\w .,:#/()+=@-]")

Offered = list[tuple[str, str]]
"""What may be typed, and what the shell says beside it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What can be known without loading the program: the file, its home and its projects."""

    home: Path
    database: Path | None
    projects: tuple[str, ...]


def tasks(incomplete: str) -> Offered:
    """Task numbers, the newest first."""
    rows = _rows("SELECT number, state, title FROM tasks ORDER BY number DESC LIMIT 50")
    return _fitting(((str(number), f"{state}: {title}") for number, state, title in rows), incomplete)


def open_tasks(incomplete: str) -> Offered:
    """Numbers of tasks that have not ended."""
    query = """
        SELECT number, state, title FROM tasks WHERE state NOT IN ('completed', 'failed', 'cancelled')
        ORDER BY number DESC LIMIT 50
    """
    return _fitting(((str(number), f"{state}: {title}") for number, state, title in _rows(query)), incomplete)


def agents(incomplete: str) -> Offered:
    """Agent runs, the newest first."""
    query = "SELECT id, role, state FROM agent_runs ORDER BY created_at DESC LIMIT 50"
    return _fitting(((name, f"{role}, {state}") for name, role, state in _rows(query)), incomplete)


def approvals(incomplete: str) -> Offered:
    """Approvals that wait."""
    query = "SELECT id, task, title FROM approvals WHERE state = 'pending' LIMIT 50"
    return _fitting(((name, f"{task}: {title}") for name, task, title in _rows(query)), incomplete)


def steps(context: typer.Context, incomplete: str) -> Offered:
    """The steps of the task that is typed before."""
    # what is half typed is not parsed into parameters yet
    words = (str(word).upper().removeprefix("T") for word in (context.params.get("number"), *context.args))
    number = next((word for word in words if word.isascii() and word.isdigit()), "")
    query = "SELECT name, role, state FROM steps WHERE task = ? ORDER BY position"
    return _fitting(((name, f"{role}, {state}") for name, role, state in _rows(query, f"T{number}")), incomplete)


def projects(incomplete: str) -> Offered:
    """Projects of the settings file."""
    known = surroundings()
    return _fitting(((name, "") for name in (known.projects if known else ())), incomplete)


def workflows(incomplete: str) -> Offered:
    """Workflows, shipped and own."""
    return _fitting(((name, "") for name in _files("workflows")), incomplete)


def templates(incomplete: str) -> Offered:
    """Templates, shipped and own."""
    return _fitting(((name, "") for name in _files("templates")), incomplete)


def surroundings() -> Surroundings | None:
    """Where things are; None when that cannot be told."""
    try:
        file = find_file(config=None, cwd=Path.cwd(), environ=os.environ)
        tree = tomllib.loads(file.read_text(encoding="utf-8")) if file else {}
        said = os.environ.get("ORCHESTRATOR_HOME") or str(tree.get("home") or DEFAULT_HOME)
        base = Path.cwd() if os.environ.get("ORCHESTRATOR_HOME") or not file else file.parent
        home = base.absolute() / expanded(said, home=os.environ.get("HOME", ""))
        url = os.environ.get("ORCHESTRATOR_DATABASE_URL") or str(tree.get("database_url") or "")
        return Surroundings(home=home, database=_database(url, home), projects=_names(tree.get("projects")))
    except (OSError, ValueError, OrchestratorError):
        return None


def _database(url: str, home: Path) -> Path | None:
    """The SQLite file; None for another kind of database."""
    if not url:
        return home / _DATABASE
    return Path(url.removeprefix("sqlite:///")) if url.startswith("sqlite:///") else None


def _names(table: object) -> tuple[str, ...]:
    return tuple(sorted(cast("dict[str, object]", table))) if isinstance(table, dict) else ()


def _files(kind: str) -> list[str]:
    """Names of the data files of this kind, of everybody and of this home."""
    known = surroundings()
    folders = [SHIPPED / kind, *([known.home / kind] if known else [])]
    return sorted({path.stem.partition("@")[0] for folder in folders for path in folder.glob("*.yaml")})


def _rows(query: str, *parameters: str) -> Iterator[tuple[Any, ...]]:
    known = surroundings()
    if known is None or known.database is None or not known.database.is_file():
        return iter(())
    try:
        address = f"{known.database.absolute().as_uri()}?mode=ro"
        with contextlib.closing(sqlite3.connect(address, uri=True, timeout=_BUSY_TIMEOUT_S)) as database:
            return iter(database.execute(query, parameters).fetchall())
    except sqlite3.Error:
        return iter(())


def _fitting(offered: Iterable[tuple[str, str]], incomplete: str) -> Offered:
    """Those that begin as typed; `T14` means `14`, as everywhere."""
    typed = incomplete.upper().removeprefix("T") if incomplete[1:].isdigit() or incomplete in {"T", "t"} else incomplete
    prefix = "T" if typed != incomplete else ""
    return [
        (f"{prefix}{value}" if value.isdigit() else value, _harmless(said))
        for value, said in offered
        if value.startswith((incomplete, typed)) and _NAME.fullmatch(value)
    ]


def _harmless(text: str) -> str:
    """`text` as one short line without anything a shell might act on: some evaluate what a completer tells them."""
    return _NOT_SHOWN.sub("", " ".join(text.split()))[:60]
