"""What machine this is, and how busy it is: no figure means anything without it."""

import os
import platform
import sqlite3
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path

import psutil

LIBRARIES = ("chatops-orchestrator", "claude-agent-sdk", "dbos", "sqlalchemy", "aiosqlite")


@dataclass(frozen=True, slots=True, kw_only=True)
class Machine:
    """Where the figures were taken."""

    cpu: str
    cores: int
    memory_gb: float
    os: str
    python: str
    sqlite: str
    versions: dict[str, str]
    load_before: float
    """Processes that wanted to run, on average over the minute before; near 0 on a machine that is left alone."""

    def document(self) -> dict[str, object]:
        """As JSON can hold it."""
        return asdict(self)

    def lines(self) -> list[str]:
        """For people."""
        libraries = ", ".join(f"{name} {number}" for name, number in self.versions.items())
        return [
            f"{self.cpu}, {self.cores} cores, {self.memory_gb:.1f} GB, {self.os}",
            f"Python {self.python}, SQLite {self.sqlite}, {libraries}",
            f"load before: {self.load_before:.2f}",
        ]


def this_machine() -> Machine:
    """The machine we run on."""
    return Machine(
        cpu=_cpu(),
        cores=len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1,
        memory_gb=psutil.virtual_memory().total / 2**30,
        os=f"{platform.system()} {platform.release()}",
        python=platform.python_version(),
        sqlite=sqlite3.sqlite_version,
        versions={name: version(name) for name in LIBRARIES},
        load_before=os.getloadavg()[0],
    )


def _cpu() -> str:
    """The processor's name as Linux tells it, else what Python knows."""
    told = Path("/proc/cpuinfo")
    names = [line.partition(":")[2].strip() for line in _lines(told) if line.startswith("model name")]
    return names[0] if names else platform.processor() or platform.machine()


def _lines(path: Path) -> list[str]:
    return path.read_text().splitlines() if path.exists() else []
