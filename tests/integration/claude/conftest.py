"""A desk with everything a real agent run needs: a worktree, a scripted model, a runner with its own folders."""

import uuid
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import psutil
import pytest

from adapters.claude import ClaudeAgentRunner, ClaudeSettings, MemoryTranscripts
from adapters.claude.launch import MARK, mark
from bot.demo.scripted import Script, ScriptedModel
from core.agents.runner import AgentOutcome, AgentSpec
from tests.support.agents import Ears, a_spec

KEY = "sk-ant-the-key-of-this-test"


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
