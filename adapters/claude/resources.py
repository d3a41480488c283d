"""What the processes of one agent run use, measured while they live, and noticed when it is too much."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

import psutil

from adapters.claude.pulse import Pulse
from core.agents.runner import ResourcesMeasured

CLOSE_TO_THE_LIMIT = 0.5
"""From this share of the limit on, memory is measured five times as often: a process can take gigabytes in a second."""
_HASTE = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """All processes of a run together at one moment; `cpu_s` counts those that have ended too."""

    memory_bytes: int
    cpu_s: float
    biggest: str = ""
    """Name and memory of the biggest process."""


class ResourceWatch:
    """Measures the processes below the launcher whose id is in `pid_file`, and tells what they used.

    A process's memory counts once however many share it, where the system can say so (Linux: its proportional share).
    """

    def __init__(
        self,
        pid_file: Path,
        *,
        limit_bytes: int | None,
        tell: Callable[[ResourcesMeasured], Awaitable[None]],
        measure_every_s: float,
        tell_every_s: float,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._pid_file = pid_file
        self._limit_bytes = limit_bytes
        self._tell = tell
        self._measure_every_s = measure_every_s
        self._pulse = Pulse(every_s=tell_every_s, clock=clock)
        self._root: psutil.Process | None = None
        self._peak_bytes = 0
        self._cpu_s = 0.0

    async def until_too_much(self) -> Measured:
        """Measure on and on; returns what was measured when it is over the limit."""
        while True:
            measured = await asyncio.to_thread(self._measure)
            if measured is not None:
                self._peak_bytes = max(self._peak_bytes, measured.memory_bytes)
                self._cpu_s = max(self._cpu_s, measured.cpu_s)
                if self._limit_bytes is not None and measured.memory_bytes > self._limit_bytes:
                    return measured
                if self._pulse.due():
                    await self.tell()
            await asyncio.sleep(self._pause_s(measured))

    async def tell(self) -> None:
        """Tell the figures so far; nothing when nothing was measured."""
        if self._peak_bytes:
            await self._tell(ResourcesMeasured(peak_memory_bytes=self._peak_bytes, cpu_s=self._cpu_s))

    def _pause_s(self, measured: Measured | None) -> float:
        if measured is None:
            return self._measure_every_s / _HASTE
        close = self._limit_bytes is not None and measured.memory_bytes > self._limit_bytes * CLOSE_TO_THE_LIMIT
        return self._measure_every_s / (_HASTE if close else 1)

    def _measure(self) -> Measured | None:
        try:
            if self._root is None:
                self._root = psutil.Process(int(self._pid_file.read_text()))
            family = [self._root, *self._root.children(recursive=True)]
        except (OSError, ValueError, psutil.Error):
            # Not there yet, or gone already.
            return None
        quick = measured(family, memory_of=_resident_bytes)
        if self._limit_bytes is None or quick.memory_bytes <= self._limit_bytes:
            return quick
        return measured(family, memory_of=_share_bytes)


def measured(processes: Iterable[psutil.Process], *, memory_of: Callable[[psutil.Process], int]) -> Measured:
    """The sum over processes; those that end meanwhile count as nothing."""
    used: list[tuple[int, str]] = []
    cpu_s = 0.0
    for process in processes:
        try:
            with process.oneshot():
                used.append((memory_of(process), process.name()))
                cpu_s += sum(process.cpu_times()[:4])  # user and system, of it and of its ended children
        except psutil.Error:
            continue
    biggest_bytes, name = max(used, default=(0, ""))
    return Measured(
        memory_bytes=sum(memory for memory, _ in used),
        cpu_s=cpu_s,
        biggest=f"{name} with {biggest_bytes / 2**20:.0f} MB" if name else "",
    )


def _resident_bytes(process: psutil.Process) -> int:
    return process.memory_info().rss


def _share_bytes(process: psutil.Process) -> int:
    """Its own memory and its share of what it has in common with others; slower to find out."""
    try:
        return int(getattr(process.memory_full_info(), "pss", 0)) or _resident_bytes(process)
    except psutil.AccessDenied:
        return _resident_bytes(process)
