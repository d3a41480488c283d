"""Which process started an agent, and for which folder of runs: what tells an orphan from another one's agent."""

import os
import sys
from dataclasses import dataclass
from pathlib import Path

import psutil


@dataclass(frozen=True, slots=True, kw_only=True)
class Owner:
    """The process that started an agent, and the folder of runs it belongs to.

    Ids of processes are used again, so the moment it was started is part of what it is: in seconds of a clock that
    nobody sets, where there is one.
    """

    pid: int
    started_s: float
    run_folder: Path

    def __str__(self) -> str:
        return f"{self.pid}:{self.started_s:.2f}:{self.run_folder}"

    @property
    def alive(self) -> bool:
        """Whether it still runs."""
        try:
            process = psutil.Process(self.pid)
            return abs(_started_s(process) - self.started_s) < 1 and process.status() != psutil.STATUS_ZOMBIE
        except (psutil.Error, OSError):
            return False


def owner_of(run_folder: Path, *, pid: int | None = None) -> Owner:
    """This process, or the living one with `pid`, as the owner of agents in `run_folder`."""
    process = psutil.Process(pid)
    return Owner(pid=process.pid, started_s=_started_s(process), run_folder=run_folder.absolute())


def read_owner(text: str) -> Owner | None:
    """The owner a mark names; None for one that is not to be understood."""
    pid, _, rest = text.partition(":")
    started_s, _, folder = rest.partition(":")
    try:
        return Owner(pid=int(pid), started_s=float(started_s), run_folder=Path(folder))
    except ValueError:
        return None


def _started_s(process: psutil.Process) -> float:
    """Since the machine was started on Linux: a wall clock that is set would make strangers of living owners."""
    if sys.platform != "linux":
        return process.create_time()
    stat = Path(f"/proc/{process.pid}/stat").read_text(encoding="utf-8", errors="replace")
    # Field 22; the second is the program's name in brackets and may itself hold brackets and spaces.
    return int(stat.rpartition(")")[2].split()[19]) / os.sysconf("SC_CLK_TCK")
