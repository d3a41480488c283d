"""Which process started an agent, and for which folder of runs: what tells an orphan from another one's agent."""

from dataclasses import dataclass
from pathlib import Path

import psutil


@dataclass(frozen=True, slots=True, kw_only=True)
class Owner:
    """The process that started an agent, and the folder of runs it belongs to.

    Ids of processes are used again, so the moment it was started (seconds since 1970) is part of what it is.
    """

    pid: int
    started_at: float
    run_folder: Path

    def __str__(self) -> str:
        return f"{self.pid}:{self.started_at:.2f}:{self.run_folder}"

    @property
    def alive(self) -> bool:
        """Whether it still runs."""
        try:
            process = psutil.Process(self.pid)
            return abs(process.create_time() - self.started_at) < 1 and process.status() != psutil.STATUS_ZOMBIE
        except psutil.Error:
            return False


def this_owner(run_folder: Path) -> Owner:
    """This process, as the owner of agents in `run_folder`."""
    process = psutil.Process()
    return Owner(pid=process.pid, started_at=process.create_time(), run_folder=run_folder.absolute())


def read_owner(text: str) -> Owner | None:
    """The owner a mark names; None for one that is not to be understood."""
    pid, _, rest = text.partition(":")
    started_at, _, folder = rest.partition(":")
    try:
        return Owner(pid=int(pid), started_at=float(started_at), run_folder=Path(folder))
    except ValueError:
        return None
