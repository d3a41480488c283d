"""The program as it is composed for people, in a folder of its own: with a past, and with the agents to be measured."""

import asyncio
import json
import os
import shutil
from collections.abc import AsyncGenerator, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

from bot.compose import Program, opened
from bot.demo.repository import make_sample_repository
from config.settings import Settings, load_settings
from core.agents.memory import MemoryAgentRunner, Stage
from core.agents.runner import AgentRunner
from core.domain.event import TaskStateChanged
from core.domain.identity import PersonId, ProjectName, TaskId
from core.domain.task import FINAL_TASK_STATES, Task, TaskState
from core.engine.parts import EngineParts
from core.workspaces.workspace import CommitIdentity
from tests.benchmarks.gitless import GitlessWorkspaces

PROJECT = ProjectName("sample")
BY = PersonId("console:bench")
ONE_AGENT, PARKED = "one_agent", "parked"
TEST_COMMAND = "python -m unittest discover -s tests -t ."
PATIENCE_S = 300.0
_FINAL = frozenset(state.value for state in FINAL_TASK_STATES)

_WORKFLOWS = {
    ONE_AGENT: "name: one_agent\ndescription: One agent.\nsteps:\n  - {name: build, role: builder}\n",
    PARKED: (
        "name: parked\ndescription: A person is asked after the first agent.\nsteps:\n"
        "  - {name: build, role: builder, gate: result}\n"
        "  - {name: review, role: reviewer, needs: [build]}\n"
    ),
}
_TOML = """\
home = "home"
[claude]
sandbox = "off"
[agents]
concurrency = {agents}
[projects.{project}]
path = "repository"
base_branch = "main"
plan_gate = "never"
verify = {verify}
environment = {{ PATH = {path} }}
"""


async def furnished(folder: Path, *, past: Path | None, agents: int = 5) -> Path:
    """Make a sample repository, settings and a home that remembers `past` (a database) in `folder`."""
    folder.mkdir(parents=True)
    await make_sample_repository(folder / "repository")
    home = folder / "home"
    for name, text in _WORKFLOWS.items():
        path = home / "workflows" / f"{name}.yaml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    if past is not None:
        shutil.copy(past, home / "orchestrator.sqlite3")
    path = json.dumps(os.environ.get("PATH", "/usr/bin:/bin"))
    text = _TOML.format(project=PROJECT, verify=json.dumps(TEST_COMMAND), path=path, agents=agents)
    (folder / "orchestrator.toml").write_text(text)
    return folder


def settings_of(folder: Path, *, variables: Mapping[str, str] | None = None) -> Settings:
    """The settings of a furnished folder; they owe nothing to the user's own."""
    return load_settings(config=folder / "orchestrator.toml", cwd=folder, environ=_environ(variables))


@asynccontextmanager
async def living(
    folder: Path, *, runner: AgentRunner | None = None, git: bool = True, variables: Mapping[str, str] | None = None
) -> AsyncGenerator[Program]:
    """The program of a furnished folder, at work; without `runner` its agents are real, `git=False` leaves git out."""
    settings = settings_of(folder, variables=variables)
    async with opened(settings, environ=_environ(variables), runner=runner) as program:
        parts = program.parts

        def without_git() -> EngineParts:
            identity = CommitIdentity(name="Bench", email="bench@example.invalid")
            return replace(parts(), workspaces=GitlessWorkspaces(folder=folder / "worktrees", identity=identity))

        chosen = program if git else replace(program, parts=without_git)
        async with chosen.worker():
            yield chosen


def memory_runner() -> MemoryAgentRunner:
    """Agents that make one call and hand in their result, without any delay."""
    return MemoryAgentRunner({"builder": _builds})


async def _builds(stage: Stage) -> Mapping[str, object]:
    await stage.use("Read", {"file_path": "pricing/discount.py"})
    return {"summary": "Nothing had to be done."}


async def submitted(program: Program, *, workflow: str = ONE_AGENT) -> Task:
    """One more task."""
    return await program.orchestrator.submit("fix the discount", project=PROJECT, by=BY, workflow=workflow)


async def all_reach(program: Program, tasks: Iterable[TaskId], states: frozenset[str] = _FINAL, *, after: int) -> None:
    """Wait until each of `tasks` has come to one of `states` after event `after`; RuntimeError when one has failed."""
    left = set(tasks)
    async with asyncio.timeout(PATIENCE_S):
        async for entry in program.store.journal.follow(after=after):
            if entry.task in left and isinstance(entry.event, TaskStateChanged) and entry.event.target in states:
                if entry.event.target == TaskState.FAILED:
                    raise RuntimeError(f"{entry.task} failed: {entry.event.reason}")
                left.discard(entry.task)
            if not left:
                return


def _environ(variables: Mapping[str, str] | None) -> dict[str, str]:
    """Our own environment without settings of this program or keys, and `variables`."""
    ours = ("ORCHESTRATOR_", "ANTHROPIC_", "CLAUDE")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    return {**kept, **(variables or {})}
