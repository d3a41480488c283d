"""A private folder for one CLI process: its home, its start file, the stub the SDK executes, and the lifeline."""

import json
import os
import shlex
import shutil
import stat
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from adapters.claude import launcher
from adapters.claude.owner import owner_of
from adapters.claude.settings import ClaudeSettings
from adapters.claude.tool_servers import STARTS_WITHIN_S, outside_servers
from core.agents.runner import AgentSpec
from core.domain.errors import AgentUnavailableError

MARK = "ORCHESTRATOR_AGENT_RUN"
"""Every process of an agent run carries this variable, so that leftovers can be found."""
OWNER = "ORCHESTRATOR_AGENT_OWNER"
"""The same for the process that started it, so that nobody ends the agents of another one that lives."""
DEFAULT_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
CLI_BEHAVIOUR = {
    "CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC": "1",
    "CLAUDE_CODE_DISABLE_BACKGROUND_TASKS": "1",
    "CLAUDE_CODE_DISABLE_CRON": "1",
    "CLAUDE_CODE_DISABLE_BUNDLED_SKILLS": "1",
    "DISABLE_AUTOUPDATER": "1",
    # A 429 is told with the pause the provider asks for, instead of ending the process without a word of it. The CLI
    # would wait as long as it takes: `provider.Patience` ends that.
    "CLAUDE_CODE_RETRY_WATCHDOG": "1",
    # Every tool stands in the request; searching for tools is a tool nobody has allowed.
    "ENABLE_TOOL_SEARCH": "false",
}


def mark(spec: AgentSpec) -> str:
    """The value of MARK: run ids are counted per database, and there may be several on a machine."""
    return f"{spec.agent_run}@{spec.session}"


@dataclass(frozen=True, slots=True, kw_only=True)
class LaunchPaths:
    """Where things lie in the private folder."""

    folder: Path

    @property
    def stub(self) -> Path:
        """What the SDK executes."""
        return self.folder / "cli"

    @property
    def start(self) -> Path:
        """Environment and key, read and deleted by the launcher."""
        return self.folder / "start.json"

    @property
    def lifeline(self) -> Path:
        """The named pipe whose break ends everything."""
        return self.folder / "lifeline"

    @property
    def pid(self) -> Path:
        """The launcher's process id, written by it."""
        return self.folder / "pid"

    @property
    def tool_servers(self) -> Path:
        """What the CLI is told about outside tool servers; it holds secrets and is deleted once it was read."""
        return self.folder / "servers.json"

    @property
    def home(self) -> Path:
        """The agent's HOME."""
        return self.folder / "home"

    @property
    def config(self) -> Path:
        """CLAUDE_CONFIG_DIR of a session that begins; a continued one gets its own from the SDK."""
        return self.folder / "config"

    @property
    def temporary(self) -> Path:
        """TMPDIR."""
        return self.folder / "tmp"

    @property
    def system_prompt(self) -> Path:
        """The system prompt: as an argument it could be too long, and everybody could read it."""
        return self.folder / "system.txt"


class Launch:
    """The folder and the lifeline of one process; an async context manager. Leaving it removes both.

    Raises AgentUnavailableError on entry when the folder cannot be made.
    """

    def __init__(self, spec: AgentSpec, *, settings: ClaudeSettings, cli: Path) -> None:
        self._spec = spec
        self._settings = settings
        self._cli = cli
        self._lifeline = -1
        self._paths: LaunchPaths | None = None

    @property
    def paths(self) -> LaunchPaths:
        """Known once entered."""
        if self._paths is None:
            raise RuntimeError("The launch folder does not exist yet; enter it first.")
        return self._paths

    async def __aenter__(self) -> Self:
        try:
            # Not in a thread: it takes a millisecond, and a cancelled start must not leave a folder being made.
            self._make()
        except OSError as error:
            raise AgentUnavailableError(
                f"The agent cannot get a private folder in {self._settings.run_folder}: {error.strerror}.",
                hint="Make the folder writable and see that its disk is not full, then try again.",
            ) from error
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.let_go()
        shutil.rmtree(self.paths.folder, ignore_errors=True)

    def let_go(self) -> None:
        """Break the lifeline: the launcher, if it still runs, kills all it started and ends. Safe to repeat."""
        if self._lifeline >= 0:
            os.close(self._lifeline)
            self._lifeline = -1

    def drop_secrets(self) -> None:
        """Delete what the CLI has read by now and nobody else should."""
        self.paths.tool_servers.unlink(missing_ok=True)

    def _make(self) -> None:
        self._settings.run_folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._paths = LaunchPaths(folder=Path(tempfile.mkdtemp(prefix="agent-", dir=self._settings.run_folder)))
        for folder in (self.paths.home, self.paths.config, self.paths.temporary):
            folder.mkdir()
        os.mkfifo(self.paths.lifeline, mode=0o600)
        # Open for reading too: a pipe can only be opened for writing alone when a reader is there already.
        self._lifeline = os.open(self.paths.lifeline, os.O_RDWR | os.O_CLOEXEC)
        self.paths.system_prompt.write_text(self._spec.system_prompt, encoding="utf-8", errors="replace")
        if self._spec.mcp_servers:
            _write_private(self.paths.tool_servers, outside_servers(self._spec.mcp_servers))
        self._write_start()
        self._write_stub()

    def _write_start(self) -> None:
        start = launcher.Start(
            command=str(self._cli),
            environment=environment(self._spec, settings=self._settings, paths=self.paths),
            api_key=self._settings.api_key,
            lifeline=str(self.paths.lifeline),
            pid_file=str(self.paths.pid),
            cpus=self._spec.limits.cpus or 0,
            folders=[str(self.paths.folder)],
        )
        _write_private(self.paths.start, start)

    def _write_stub(self) -> None:
        owner = str(owner_of(self._settings.run_folder))
        self.paths.stub.write_text(stub(self.paths.start, marked=mark(self._spec), owner=owner), encoding="utf-8")
        self.paths.stub.chmod(stat.S_IRWXU)


def _write_private(path: Path, content: object) -> None:
    """A JSON file that only its owner ever could read."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        json.dump(content, file)


def stub(start: Path, *, marked: str, owner: str = "") -> str:
    """The shell script the SDK executes: it drops the bot's environment before anything else happens."""
    marks = (f"{MARK}={shlex.quote(marked)}", f"{OWNER}={shlex.quote(owner)}")
    kept = " ".join([*marks, *(f'{name}="${{{name}-}}"' for name in launcher.FROM_SDK)])
    program = " ".join(map(shlex.quote, (sys.executable, "-I", "-S", str(Path(launcher.__file__)), str(start))))
    return f'#!/bin/sh\nexec env -i {kept} {program} "$@"\n'


def environment(spec: AgentSpec, *, settings: ClaudeSettings, paths: LaunchPaths) -> dict[str, str]:
    """The whole environment of the CLI but for what the SDK adds and the key: the spec's, and what the CLI needs."""
    return {
        "PATH": DEFAULT_PATH,
        "TMPDIR": str(paths.temporary),
        **spec.environment,
        **CLI_BEHAVIOUR,
        "CLAUDE_CODE_MAX_RETRIES": str(settings.max_retries),
        "API_TIMEOUT_MS": f"{settings.request_timeout_s * 1000:.0f}",
        "CLAUDE_STREAM_IDLE_TIMEOUT_MS": f"{settings.request_timeout_s * 1000:.0f}",
        "MCP_TIMEOUT": f"{STARTS_WITHIN_S * 1000:.0f}",
        "CLAUDE_CODE_TMPDIR": str(paths.temporary),
        "ANTHROPIC_BASE_URL": settings.api_url,
        "HOME": str(paths.home),
        "PWD": str(spec.worktree),
        MARK: mark(spec),
        OWNER: str(owner_of(settings.run_folder)),
    }
