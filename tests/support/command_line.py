"""The program as a person or a script meets it: `orchestrator` as a real process, in a home of its own."""

import asyncio
import json
import os
import signal
import sys
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil

from tests.support.waiting import fair_s

PROGRAM = Path(sys.executable).with_name("orchestrator")
WATCH = "LEFTOVER_WATCH_RUN"
PATIENCE_S = 300.0
"""For whole workflows of real agents: a busy machine takes minutes for them."""
GONE_WITHIN_S = 3.0
"""What is promised on a machine that has time for us; see `fair_s`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """How a command ended."""

    code: int
    stdout: str
    stderr: str

    @property
    def document(self) -> Any:
        """All of stdout as one JSON document."""
        return json.loads(self.stdout)

    def refused(self, code: int) -> str:
        """The one line on stderr with which it was refused; nothing else was printed."""
        assert (self.code, self.stdout) == (code, ""), self
        lines = self.stderr.splitlines()
        assert len(lines) == 1, self.stderr
        assert lines[0].startswith("Error: "), self.stderr
        return lines[0].removeprefix("Error: ")


@dataclass(slots=True, kw_only=True)
class Running:
    """A command that has not ended yet, the first of a process group of its own."""

    process: asyncio.subprocess.Process

    _complaints: list[str] = field(default_factory=list[str])

    async def ended(self, *, within_s: float = PATIENCE_S) -> Ended:
        async with asyncio.timeout(within_s):
            stdout, stderr = await self.process.communicate()
        assert self.process.returncode is not None
        told = "".join(self._complaints) + stderr.decode()
        return Ended(code=self.process.returncode, stdout=stdout.decode(), stderr=told)

    async def line(self, beginning: str, *, within_s: float = PATIENCE_S) -> str:
        """Read stdout up to the line that begins like this."""
        assert self.process.stdout is not None
        seen: list[str] = []
        async with asyncio.timeout(within_s):
            while raw := await self.process.stdout.readline():
                seen.append(raw.decode())
                if seen[-1].startswith(beginning):
                    return seen[-1].rstrip("\n")
        raise AssertionError(f"It ended without {beginning!r}: {''.join(seen)}")

    async def complaint(self, words: str, *, within_s: float = PATIENCE_S) -> str:
        """Read stderr up to the line that holds `words`."""
        assert self.process.stderr is not None
        async with asyncio.timeout(within_s):
            while raw := await self.process.stderr.readline():
                self._complaints.append(raw.decode())
                if words in self._complaints[-1]:
                    return self._complaints[-1]
        raise AssertionError(f"It ended without {words!r}: {''.join(self._complaints)}")

    def send(self, number: signal.Signals) -> None:
        self.process.send_signal(number)


@dataclass(slots=True, kw_only=True)
class CommandLine:
    """One machine's user: a home, a working folder and an environment that owes nothing to the developer's own."""

    folder: Path
    variables: dict[str, str] = field(default_factory=dict[str, str])

    @property
    def home(self) -> Path:
        """$ORCHESTRATOR_HOME."""
        return self.folder / "state"

    @property
    def user_home(self) -> Path:
        """$HOME."""
        return self.folder / "user"

    @property
    def temporary(self) -> Path:
        """$TMPDIR."""
        return self.folder / "tmp"

    @property
    def database(self) -> Path:
        return self.home / "orchestrator.sqlite3"

    def environment(self) -> dict[str, str]:
        for folder in (self.user_home, self.temporary):
            folder.mkdir(exist_ok=True)
        return {
            "PATH": f"{PROGRAM.parent}:{os.environ['PATH']}",
            "HOME": str(self.user_home),
            "TMPDIR": str(self.temporary),
            "LANG": "C.UTF-8",
            "USER": "alice",
            "LOGNAME": "alice",
            "ORCHESTRATOR_HOME": str(self.home),
            **({WATCH: os.environ[WATCH]} if WATCH in os.environ else {}),
            **self.variables,
        }

    async def run(self, *arguments: str, within_s: float = PATIENCE_S, **variables: str) -> Ended:
        """Run to the end, without a terminal and with nothing to read."""
        async with self.started(*arguments, **variables) as running:
            return await running.ended(within_s=within_s)

    @asynccontextmanager
    async def started(self, *arguments: str, **variables: str) -> AsyncGenerator[Running]:
        """Start it; what still runs at the end of the block is killed with its whole group."""
        process = await asyncio.create_subprocess_exec(
            PROGRAM,
            *arguments,
            cwd=self.folder,
            env={**self.environment(), **variables},
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            start_new_session=True,
            limit=2**22,
        )
        try:
            yield Running(process=process)
        finally:
            if process.returncode is None:
                # it may be gone, and we not know it yet
                with suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGKILL)
                await process.communicate()

    def write_settings(self, text: str) -> None:
        """orchestrator.toml in the working folder."""
        (self.folder / "orchestrator.toml").write_text(text)

    def processes(self, which: Callable[[psutil.Process], bool] = lambda _: True) -> list[psutil.Process]:
        """Every living process that works below this folder, or was started with a path in it, and is as `which` says.

        One that ends while it is looked at is none of them.
        """
        return [process for process in psutil.process_iter() if self._is_ours(process, which)]

    async def nobody_left(self) -> None:
        """Fail unless every process of ours is gone in time."""
        deadline = asyncio.get_running_loop().time() + fair_s(GONE_WITHIN_S)
        while left := self.processes():
            told = [(process.pid, _words(process)) for process in left]
            assert asyncio.get_running_loop().time() < deadline, f"still there: {told}"
            await asyncio.sleep(0.05)

    def _is_ours(self, process: psutil.Process, which: Callable[[psutil.Process], bool]) -> bool:
        if process.pid == os.getpid():
            return False
        try:
            if process.status() == psutil.STATUS_ZOMBIE:
                return False
            below = Path(process.cwd()).is_relative_to(self.folder)
            return (below or str(self.folder) in " ".join(process.cmdline())) and which(process)
        except psutil.Error:
            return False


def _words(process: psutil.Process) -> str:
    try:
        return " ".join(process.cmdline())[:200]
    except psutil.Error:
        return "?"


def settings_text(repository: Path, *, tables: str = "", project: Mapping[str, str] | None = None) -> str:
    """An orchestrator.toml that binds `repository` as project `shop`."""
    options = {"base_branch": "main", "verify": "python -m unittest discover -s tests -t .", **(project or {})}
    lines = "\n".join(f"{key} = {json.dumps(value)}" for key, value in options.items())
    return f"{tables}\n[projects.shop]\npath = {json.dumps(str(repository))}\n{lines}\n"
