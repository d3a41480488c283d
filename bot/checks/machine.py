"""Looks at the machine: Python, git, the home and its disk, the sandbox, processes that nobody watches any more."""

import asyncio
import platform
import shutil
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

import psutil

from bot.checks.finding import Finding, broken, fine, note, warning
from bot.cli.clean import shown_bytes
from config.settings import Settings
from core.workspaces.git import Git
from core.workspaces.sandbox import Sandbox

OLDEST_PYTHON = (3, 11)
LITTLE_BYTES = 2 * 2**30
HARDLY_ANY_BYTES = 200 * 2**20
MARK = "ORCHESTRATOR_AGENT_RUN"
"""Every process of an agent carries this variable: `<agent run>@<session>`."""


async def python() -> Sequence[Finding]:
    """The interpreter's version."""
    shown = f"Python {platform.python_version()} on {platform.system()} {platform.machine()}"
    if sys.version_info[:2] < OLDEST_PYTHON:
        return [broken("Python", f"{shown} is too old.", todo="Install Python 3.11 or newer.")]
    return [fine("Python", shown)]


async def git() -> Sequence[Finding]:
    """Git is there and new enough; WorkspaceError otherwise."""
    told = await Git().run("version", folder=Path("/"), doing="run git")
    return [fine("Git", told)]


async def home(settings: Settings) -> Sequence[Finding]:
    """The home can be written to, and its disk has room."""
    folder = await asyncio.to_thread(_nearest, settings.home)
    where = str(settings.home)
    if problem := await asyncio.to_thread(_write_problem, folder):
        return [
            broken(
                "Home", f"{where} cannot be written to: {problem}.", todo="Make it writable, or set ORCHESTRATOR_HOME."
            )
        ]
    free = (await asyncio.to_thread(shutil.disk_usage, folder)).free
    if free < HARDLY_ANY_BYTES:
        return [broken("Home", f"{where}: only {shown_bytes(free)} free.", todo="Make room: orchestrator clean")]
    if free < LITTLE_BYTES:
        return [warning("Home", f"{where}: {shown_bytes(free)} free.", todo="Make room: orchestrator clean")]
    return [fine("Home", f"{where}, {shown_bytes(free)} free")]


async def sandbox(settings: Settings) -> Sequence[Finding]:
    """Whether shell commands of agents run in a box; AgentUnavailableError when they must and cannot."""
    wish = settings.claude.sandbox
    if wish == "off":
        return [note("Sandbox", "Switched off: agents' commands run as you do.", todo='Set claude.sandbox = "auto".')]
    if await Sandbox(wish).usable():
        return [fine("Sandbox", "Bubblewrap works: agents' commands can write only to their worktree.")]
    todo = "Install bubblewrap and socat, and allow user namespaces."
    return [
        warning(
            "Sandbox", "Bubblewrap does not work here: agents' commands run unboxed, by the rules alone.", todo=todo
        )
    ]


async def processes() -> dict[str, list[int]]:
    """Process ids of agents on this machine, by session."""
    return await asyncio.to_thread(lambda: _by_session(_marked()))


def orphans(found: dict[str, list[int]], abandoned: frozenset[str]) -> Sequence[Finding]:
    """`abandoned` are the sessions that nobody works on."""
    left = sorted(pid for session in abandoned for pid in found.get(session, []))
    if not left:
        return [fine("Processes", "No agent process is left over.")]
    named = " ".join(map(str, left))
    text = f"{len(left)} agent process{'' if len(left) == 1 else 'es'} left over that nobody watches: {named}."
    return [warning("Processes", text, todo=f"The next worker ends them; or now: kill {named}")]


def _marked() -> Iterator[tuple[str, int]]:
    for process in psutil.process_iter():
        try:
            value = process.environ().get(MARK, "")
        except psutil.Error:
            continue  # gone meanwhile, or somebody else's
        if "@" in value:
            yield value.partition("@")[2], process.pid


def _by_session(marked: Iterator[tuple[str, int]]) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    for session, pid in marked:
        found.setdefault(session, []).append(pid)
    return found


def _nearest(folder: Path) -> Path:
    """The folder, or the nearest one above it that exists."""
    return next(each for each in (folder, *folder.parents) if each.exists())


def _write_problem(folder: Path) -> str:
    """Why nothing can be written to `folder`; '' when it can."""
    try:
        with tempfile.TemporaryFile(dir=folder) as file:
            file.write(b"x")
    except OSError as error:
        return error.strerror or type(error).__name__
    return ""
