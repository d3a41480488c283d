"""A desk with everything a real agent run needs: a worktree, a scripted model, a runner with its own folders."""

import uuid
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import psutil
import pytest

from adapters.claude import ClaudeAgentRunner, ClaudeSettings, MemoryTranscripts
from adapters.claude.launch import MARK, mark
from adapters.claude.sessions import Entry
from bot.demo.scripted import Script, ScriptedModel
from core.agents.runner import AgentOutcome, AgentSpec
from tests.support.agents import Ears, a_spec, bash

KEY = "sk-ant-the-key-of-this-test"
_KILL = "kill -9 $PPID"
# The CLI hands its transcript over behind our back: killed at once, it may not have got round to that.
DIES_ONCE = bash(f"test -e once || {{ touch once; until test -e kept; do sleep 0.05; done; {_KILL}; sleep 60; }}")


class DeadlyTranscripts(MemoryTranscripts):
    """Lets a CLI that is to die do so once the deadly call itself is in the transcript."""

    def __init__(self, kept: Path) -> None:
        super().__init__()
        self._kept = kept

    async def append(self, project_key: str, session_id: str, subpath: str, entries: Sequence[Entry]) -> None:
        await super().append(project_key, session_id, subpath, entries)
        if any(_KILL in str(entry) for entry in entries):
            self._kept.touch()


@dataclass(kw_only=True)
class Desk:
    """Where one test works; `run` starts the real CLI."""

    folder: Path
    stack: AsyncExitStack
    sessions: MemoryTranscripts = field(default_factory=MemoryTranscripts)
    model: ScriptedModel | None = None
    mask: Callable[[str], str] = str
    session: str = field(default_factory=lambda: str(uuid.uuid4()))

    @property
    def worktree(self) -> Path:
        path = self.folder / "worktree"
        path.mkdir(exist_ok=True)
        return path

    @property
    def runs(self) -> Path:
        return self.folder / "runs"

    def may_die(self) -> None:
        """Let `DIES_ONCE` end the CLI, with everything up to that call in the transcript."""
        self.sessions = DeadlyTranscripts(self.worktree / "kept")

    async def asks(self, script: Script) -> str:
        """Start a model that answers by `script`; its URL."""
        self.model = await self.stack.enter_async_context(ScriptedModel(script))
        return self.model.url

    def settings(self, **changes: Any) -> ClaudeSettings:
        url = self.model.url if self.model is not None else "http://127.0.0.1:9"
        settings = ClaudeSettings(api_url=url, api_key=KEY, run_folder=self.runs, sandbox="off", max_retries=0)
        return replace(settings, **changes)

    def runner(self, **changes: Any) -> ClaudeAgentRunner:
        return ClaudeAgentRunner(settings=self.settings(**changes), sessions=self.sessions, mask=self.mask)

    def spec(self, **changes: Any) -> AgentSpec:
        return a_spec(self.worktree, **{"session": self.session, **changes})

    async def run(self, spec: AgentSpec | None = None, *, ears: Ears | None = None, **changes: Any) -> AgentOutcome:
        return await self.runner(**changes).run(spec or self.spec(), on_signal=ears or Ears())

    def marked(self) -> list[psutil.Process]:
        """Living processes that carry the mark of this desk's session."""
        return [process for process in _living() if _environ(process).get(MARK) == mark(self.spec())]

    def sleepers(self) -> list[psutil.Process]:
        """`sleep` processes that work in this desk's worktree, whatever their session, parent or environment."""
        return [process for process in _living() if _sleeps_in(process, self.worktree)]

    def ran(self) -> list[str]:
        path = self.worktree / "ran.txt"
        return path.read_text().split() if path.exists() else []


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    async with AsyncExitStack() as stack:
        yield Desk(folder=tmp_path, stack=stack)


def _living() -> list[psutil.Process]:
    return list(psutil.process_iter())


def _environ(process: psutil.Process) -> dict[str, str]:
    try:
        return {} if process.status() == psutil.STATUS_ZOMBIE else process.environ()
    except psutil.Error:
        return {}


def _sleeps_in(process: psutil.Process, folder: Path) -> bool:
    try:
        return process.cmdline()[:1] == ["sleep"] and Path(process.cwd()) == folder
    except psutil.Error:
        return False
