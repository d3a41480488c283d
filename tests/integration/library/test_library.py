"""The orchestrator as a library: opened with settings, worked with in a few lines, closed without a trace."""

import asyncio
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from bot.demo.house import PROJECT, demo_house
from bot.library import Orchestrator, load_settings
from config.settings import Settings
from core.agents.memory import MemoryAgentRunner, Stage
from core.domain.errors import ConflictError
from core.domain.event import JournalEntry
from core.domain.identity import PersonId, ProjectName
from core.domain.task import TaskState
from core.views import TaskView
from tests.support.engine import git, make_repository
from tests.support.engine_plays import usual

ME = PersonId("library:test")
API = ProjectName("api")
EXAMPLE = Path(__file__).parents[3] / "examples" / "custom_integration.py"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    make_repository(tmp_path / "api")
    (tmp_path / "orchestrator.toml").write_text('home = "home"\n[projects.api]\npath = "api"\nplan_gate = "never"\n')
    return load_settings(config=None, cwd=tmp_path, environ={"HOME": str(tmp_path)})


class Listener:
    """A hook that keeps what it hears, and refuses what it is told to."""

    def __init__(self, refuses: Mapping[str, str] | None = None) -> None:
        self.heard: list[JournalEntry] = []
        self.refuses = refuses or {}

    async def on_event(self, entry: JournalEntry) -> None:
        self.heard.append(entry)

    async def before_gate(self, task: TaskView, gate: str) -> str:
        return self.refuses.get(gate, "")


async def builds(stage: Stage) -> Mapping[str, object]:
    return await usual(stage)


async def test_a_request_is_handed_over_followed_and_done_in_a_few_lines(settings: Settings) -> None:
    listener = Listener()
    runner = MemoryAgentRunner(lambda _spec: builds)
    async with Orchestrator.open(settings, runner=runner, hooks=[listener], environ={}) as orchestrator:
        task = await orchestrator.submit("fix the sum", project=API, by=ME)
        told = [entry async for entry in orchestrator.events(task)]
        view = await orchestrator.task(task.id)
    assert view.task.state == TaskState.COMPLETED
    assert told[-1].event.type == "task_state_changed"
    heard = [entry.seq for entry in listener.heard]
    assert heard == sorted(set(heard))
    assert set(heard) >= {entry.seq for entry in told}, "the hook was not told how it ended"


async def test_a_hook_that_refuses_the_plan_ends_the_task_with_its_words(settings: Settings) -> None:
    listener = Listener({"plan": "no changes during the freeze."})
    runner = MemoryAgentRunner(lambda _spec: builds)
    gate = 'plan_gate = "always"\n'
    file = settings.config_file
    assert file is not None
    file.write_text(file.read_text().replace('plan_gate = "never"\n', gate))
    settings = load_settings(config=file, cwd=file.parent, environ={"HOME": str(file.parent)})
    async with Orchestrator.open(settings, runner=runner, hooks=[listener], environ={}) as orchestrator:
        task = await orchestrator.submit("fix the sum", project=API, by=ME, workflow="bug_fix")
        async for _ in orchestrator.events(task):
            pass
        view = await orchestrator.task(task.id)
    assert view.task.state == TaskState.CANCELLED
    assert "no changes during the freeze." in view.approvals[0].decision_reason


async def test_without_work_a_process_hands_over_and_decides_but_runs_nothing(settings: Settings) -> None:
    async with Orchestrator.open(settings, work=False, environ={}) as orchestrator:
        task = await orchestrator.submit("fix the sum", project=API, by=ME)
        paused = await orchestrator.pause(task.id, by=ME)
        assert paused.state == TaskState.PAUSED
        with pytest.raises(ConflictError, match="is paused already"):
            await orchestrator.pause(task.id, by=ME)
    assert not (settings.home / "worktrees").exists()


@pytest.mark.slow
@pytest.mark.agent_cli
@pytest.mark.long
async def test_the_example_for_a_custom_integration_runs_as_it_is_documented(tmp_path: Path) -> None:
    async with demo_house(dict(os.environ), fix=True) as house:
        file = house.settings.config_file
        assert file is not None
        environ = {**house.environ, "HOME": str(tmp_path)}
        done = await asyncio.to_thread(
            subprocess.run,
            [sys.executable, EXAMPLE, "fix issue #123"],
            cwd=file.parent,
            env=environ,
            capture_output=True,
            text=True,
            check=False,
            timeout=180,
        )
        assert done.returncode == 0, done.stderr
        branches = git(Path(house.settings.project(PROJECT).repository), "branch", "--list", "orchestrate/*")
    assert "A1 is approved: Start work on this plan" in done.stdout
    assert "T1 build: completed" in done.stdout
    assert "T1 is completed, on orchestrate/T1-" in done.stdout
    assert "orchestrate/T1-" in branches
