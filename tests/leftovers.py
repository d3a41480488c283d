"""Pytest plugin: a test run must leave no process, no listening port and nothing in the user's home behind.

A process belongs to the run when it descends from it, carries the run's mark in its environment, or works inside the
run's temporary folder: agents get a clean environment and may leave the process tree, but not all three at once.
Under xdist each worker looks at itself and tells the controller. What is found fails the run and is then ended.
"""

import os
import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

MARK = "LEFTOVER_WATCH_RUN"
"""Not one of our own prefix: the program would take such a variable for a setting it does not know."""

_OWN = "multiprocessing.resource_tracker"  # lives as long as the interpreter that needed it


class LeftoverWatch:
    """What was there when the session began, and what is there too much when it ends."""

    def __init__(self, config: pytest.Config) -> None:
        self.config = config
        self.controls_workers = hasattr(config.option, "numprocesses") and bool(config.option.numprocesses)
        self.is_worker = hasattr(config, "workerinput")
        self.grace_s: float = config.option.leftovers_grace_s
        self.own = psutil.Process()
        # Appended, so that a test which runs pytest itself is part of this run as well as of its own.
        self.mark = f"{os.environ.get(MARK, '')}/{uuid.uuid4().hex}"
        self.before: frozenset[int] = frozenset()
        self.ports_before: frozenset[int] = frozenset()
        self.home_before: frozenset[str] = frozenset()
        self.findings: list[str] = []

    def pytest_sessionstart(self) -> None:
        os.environ[MARK] = self.mark
        self.before = frozenset(process.pid for process in self.own.children(recursive=True))
        self.ports_before = listening_ports(self.own)
        self.home_before = state_in_home()

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        os.environ.pop(MARK, None)
        if not self.controls_workers or self.is_worker:
            self.findings += self._processes()
        ports = listening_ports(self.own) - self.ports_before
        self.findings += [f"port {port} is still listened on by the test process" for port in sorted(ports)]
        if self.is_worker:
            self._worker_output()["leftovers"] = self.findings
            return
        new_in_home = state_in_home() - self.home_before
        self.findings += [f"{path} was made in the user's home" for path in sorted(new_in_home)]
        if self.findings and session.exitstatus == pytest.ExitCode.OK:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any) -> None:
        self.findings += getattr(node, "workeroutput", {}).get("leftovers", [])

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        if self.findings:
            terminalreporter.section("left behind by the tests", red=True)
            for finding in self.findings:
                terminalreporter.line(finding)

    def _worker_output(self) -> dict[str, Any]:
        return getattr(self.config, "workeroutput")  # noqa: B009 - xdist adds it at run time

    def _processes(self) -> list[str]:
        deadline = time.monotonic() + self.grace_s
        while (left := self._survivors()) and time.monotonic() < deadline:
            psutil.wait_procs(left, timeout=0.1)
        findings = [f"process {process.pid}: {' '.join(command_of(process))[:200]}" for process in left]
        for process in left:
            try:
                process.kill()
            except psutil.NoSuchProcess:
                continue
        return findings

    def _survivors(self) -> list[psutil.Process]:
        return [
            process
            for process in psutil.process_iter()
            if process.pid not in self.before and process != self.own and self._belongs(process)
        ]

    def _belongs(self, process: psutil.Process) -> bool:
        try:
            if process.status() == psutil.STATUS_ZOMBIE or any(_OWN in word for word in process.cmdline()):
                return False
            return (
                process.ppid() == self.own.pid
                or process.environ().get(MARK, "").startswith(self.mark)
                or Path(process.cwd()).is_relative_to(self._temporary_folder())
            )
        except psutil.Error:  # it ended meanwhile, or is another user's
            return False

    def _temporary_folder(self) -> Path:
        factory: Any = getattr(self.config, "_tmp_path_factory")  # noqa: B009 - pytest offers no public way
        return Path(factory.getbasetemp())


def command_of(process: psutil.Process) -> list[str]:
    """The command line of `process`; empty when it ended meanwhile."""
    try:
        return process.cmdline()
    except psutil.Error:
        return []


def listening_ports(process: psutil.Process) -> frozenset[int]:
    """TCP ports on which `process` itself listens."""
    connections = process.net_connections(kind="tcp")
    return frozenset(each.laddr.port for each in connections if each.status == psutil.CONN_LISTEN)


def state_in_home() -> frozenset[str]:
    """What lies at the default place of our state, two levels deep."""
    folder = Path.home() / ".orchestrator"
    return frozenset(str(path) for path in (folder, *_walk(folder, depth=2)) if path.exists())


def _walk(folder: Path, *, depth: int) -> Iterator[Path]:
    if depth == 0 or not folder.is_dir():
        return
    for path in folder.iterdir():
        yield path
        yield from _walk(path, depth=depth - 1)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--leftovers-grace-s",
        type=float,
        default=30.0,
        help="seconds that processes on their way out get after the last test",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Join the run once, however many ways the plugin was named."""
    if not config.pluginmanager.has_plugin("leftover-watch"):
        config.pluginmanager.register(LeftoverWatch(config), "leftover-watch")
