"""Runs one program in its own process group: bounded output, bounded time, nothing left behind."""

import asyncio
import contextlib
import os
import signal
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Literal

import psutil

END_GRACE_S = 2.0
"""How long a program gets between SIGTERM and SIGKILL; git needs it to remove its lock files."""
DRAIN_S = 1.0
"""How long a stream may stay open after the program ended (somebody who left the group holds it)."""


class Capture:
    """Keeps at most `limit_bytes` of a stream, its head or its tail, and counts the rest."""

    def __init__(self, *, limit_bytes: int, keep: Literal["head", "tail"] = "head") -> None:
        self._limit_bytes = limit_bytes
        self._keep = keep
        self._kept = bytearray()
        self.total_bytes = 0

    def feed(self, data: bytes) -> None:
        """Take the next piece of the stream."""
        self.total_bytes += len(data)
        if self._keep == "head":
            self._kept += data[: max(0, self._limit_bytes - len(self._kept))]
        else:
            self._kept += data
            del self._kept[: max(0, len(self._kept) - self._limit_bytes)]

    @property
    def data(self) -> bytes:
        """What was kept."""
        return bytes(self._kept)

    @property
    def lost_bytes(self) -> int:
        """How much was not kept."""
        return self.total_bytes - len(self._kept)


@dataclass(frozen=True, slots=True, kw_only=True)
class Finished:
    """How the program ended; `exit_code` is negative for a signal and None when the time was up."""

    exit_code: int | None
    duration_s: float


class _Stream(asyncio.Protocol):
    """The reading end of one pipe, drained into a capture."""

    def __init__(self, capture: Capture) -> None:
        self._capture = capture
        self.closed = asyncio.get_running_loop().create_future()

    def data_received(self, data: bytes) -> None:
        self._capture.feed(data)

    def connection_lost(self, exc: Exception | None) -> None:
        if not self.closed.done():
            self.closed.set_result(exc)


class _Pipe:
    """A pipe of ours. asyncio's own would make waiting for the program depend on who else holds its output."""

    def __init__(self, capture: Capture) -> None:
        self._stream = _Stream(capture)
        self._transport: asyncio.ReadTransport | None = None
        read_end, self.write_end = os.pipe()
        self._reader = os.fdopen(read_end, "rb", buffering=0)

    async def connect(self) -> None:
        loop = asyncio.get_running_loop()
        self._transport, _ = await loop.connect_read_pipe(lambda: self._stream, self._reader)

    def close_write_end(self) -> None:
        """Ours must go once the program has its own, or the end of its output would never be seen."""
        if self.write_end >= 0:
            os.close(self.write_end)
            self.write_end = -1

    async def close(self, *, drain_s: float) -> None:
        self.close_write_end()
        if self._transport is None:
            self._reader.close()
            return
        await asyncio.wait([self._stream.closed], timeout=drain_s)
        self._transport.close()
        await self._stream.closed


async def run_program(
    arguments: Sequence[str],
    *,
    folder: Path,
    environment: Mapping[str, str],
    timeout_s: float,
    stdout: Capture,
    stderr: Capture | None = None,
    stdin: bytes = b"",
) -> Finished:
    """Run `arguments` in `folder` with exactly `environment`; stderr joins stdout when it has no capture of its own.

    When the time is up or the awaiting task is cancelled, the whole process group is ended first; whoever is left of
    the group after a normal end is ended too. OSError when the program cannot be started.
    """
    started = time.monotonic()
    pipes = [_Pipe(capture) for capture in (stdout, stderr) if capture is not None]
    try:
        for pipe in pipes:
            await pipe.connect()
        process = await _start(arguments, folder=folder, environment=environment, stdin=stdin, pipes=pipes)
        exit_code = await _wait(process, timeout_s=timeout_s)
    finally:
        for pipe in pipes:
            await pipe.close(drain_s=DRAIN_S)
    return Finished(exit_code=exit_code, duration_s=time.monotonic() - started)


async def _start(
    arguments: Sequence[str], *, folder: Path, environment: Mapping[str, str], stdin: bytes, pipes: Sequence[_Pipe]
) -> asyncio.subprocess.Process:
    try:
        with _input(stdin) as source:
            return await asyncio.create_subprocess_exec(
                *arguments,
                cwd=folder,
                env=dict(environment),
                stdin=source,
                stdout=pipes[0].write_end,
                stderr=pipes[1].write_end if len(pipes) > 1 else asyncio.subprocess.STDOUT,
                start_new_session=True,
            )
    finally:
        for pipe in pipes:
            pipe.close_write_end()


def _input(data: bytes) -> IO[bytes]:
    """A file holds the whole input, so nobody has to feed a pipe; an empty one reads as end of file at once."""
    source = tempfile.TemporaryFile()  # noqa: SIM115  the caller's `with` closes it
    source.write(data)
    source.seek(0)
    return source


async def _wait(process: asyncio.subprocess.Process, *, timeout_s: float) -> int | None:
    try:
        async with asyncio.timeout(timeout_s):
            return await process.wait()
    except TimeoutError:
        return None
    finally:
        await _end(process)


async def _end(process: asyncio.subprocess.Process) -> None:
    """Ask, wait a little, then kill: the group, and descendants that made a session of their own."""
    descendants = _descendants(process.pid) if process.returncode is None else []
    try:
        if process.returncode is None:
            _signal_group(process.pid, signal.SIGTERM)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(process.wait(), END_GRACE_S)
    finally:
        _signal_group(process.pid, signal.SIGKILL)
        for descendant in descendants:
            with contextlib.suppress(psutil.Error):
                descendant.kill()
    if process.returncode is None:
        await process.wait()


def _descendants(pid: int) -> list[psutil.Process]:
    try:
        return psutil.Process(pid).children(recursive=True)
    except psutil.Error:
        return []


def _signal_group(group: int, number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(group, number)
