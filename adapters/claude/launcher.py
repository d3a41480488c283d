"""Start the agent CLI with exactly the environment it may have, and end every process it leaves behind.

Runs as a program of its own (`python -I -S launcher.py START …`), between the bot and the CLI, and imports nothing
but the standard library. START is a JSON file that only the owner can read; it is deleted before the CLI starts.

It leads its own session, adopts orphaned descendants (Linux: child subreaper) and holds a named pipe, the lifeline.
When the CLI ends, a signal asks for it, or the lifeline breaks because the bot let go or died, it kills all
descendants, also those that made a session of their own, removes the private folders and exits with the CLI's code.
"""

import contextlib
import ctypes
import json
import os
import select
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TypedDict, cast

CANNOT_START = 127
"""Exit code when the CLI could not be executed, as shells do it."""
STOPPED = 143
"""Exit code when the CLI was ended from outside, as for SIGTERM."""
FIRST_TO_GO = "500"
"""On the kernel's scale from -1000 (never ended for lack of memory) to 1000 (always first)."""
KILL_FOR_S = 1.5
KILL_PAUSE_S = 0.01
PR_SET_PDEATHSIG = 1
PR_SET_CHILD_SUBREAPER = 36
PROC = Path("/proc")
API_KEY_DESCRIPTOR = "CLAUDE_CODE_API_KEY_FILE_DESCRIPTOR"
CONFIG_FOLDER = "CLAUDE_CONFIG_DIR"
RESUMED_PREFIX = "claude-resume-"
"""How claude-agent-sdk names that folder; anything else named by CLAUDE_CONFIG_DIR is not ours to remove."""
FROM_SDK = (
    "CLAUDE_CODE_ENTRYPOINT",
    "CLAUDE_AGENT_SDK_VERSION",
    "CLAUDE_CODE_SDK_READS_SESSION_STATE",
    CONFIG_FOLDER,
)
"""What the SDK tells the CLI by environment; the rest of the bot's environment ends before the launcher."""


class Start(TypedDict):
    """Content of the START file."""

    command: str
    environment: dict[str, str]
    api_key: str
    lifeline: str
    pid_file: str
    """Where the launcher leaves its process id."""
    cpus: int
    """How many processors everything it starts may run on; 0 for all."""
    folders: list[str]
    """Removed at the end."""


def main(arguments: Sequence[str]) -> int:
    """Run the CLI named in the START file with the other arguments; returns its exit code."""
    path = Path(arguments[0])
    start = cast("Start", json.loads(path.read_text(encoding="utf-8")))
    path.unlink()
    with contextlib.suppress(PermissionError):
        os.setsid()
    Path(start["pid_file"]).write_text(str(os.getpid()), encoding="utf-8")
    _limit(start["cpus"])
    _prctl(PR_SET_CHILD_SUBREAPER, 1)
    _prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
    wakeups = _listen()
    lifeline = os.open(start["lifeline"], os.O_RDONLY | os.O_NONBLOCK)
    try:
        if _broken(lifeline):
            return STOPPED
        cli = _start_cli(start, arguments[1:])
        return _follow(cli, lifeline=lifeline, wakeups=wakeups)
    except OSError as error:
        sys.stderr.write(f"cannot start {start['command']}: {error.strerror}\n")
        return CANNOT_START
    finally:
        end_descendants()
        for folder in (*start["folders"], *_resumed_session()):
            shutil.rmtree(folder, ignore_errors=True)


def _limit(cpus: int) -> None:
    """Keep this process and all that come from it on `cpus` processors (Linux; elsewhere there is no such limit).

    Which ones follows from the process id, so that several agents do not crowd the same. And when the machine runs out
    of memory all the same, these processes are to end before the bot does.
    """
    if sys.platform != "linux":
        return
    if cpus:
        free = sorted(os.sched_getaffinity(0))
        first = os.getpid() % len(free)
        os.sched_setaffinity(0, {free[(first + index) % len(free)] for index in range(min(cpus, len(free)))})
    with contextlib.suppress(OSError):
        PROC.joinpath("self", "oom_score_adj").write_text(FIRST_TO_GO, encoding="utf-8")


def _broken(lifeline: int) -> bool:
    """Whether nobody holds the other end, even if it was let go before we came: select does not tell that."""
    try:
        return os.read(lifeline, 1) == b""
    except BlockingIOError:
        return False


def _resumed_session() -> list[str]:
    """The folder the SDK makes for a continued session: after a kill -9 of the bot nobody else removes it."""
    folder = os.environ.get(CONFIG_FOLDER, "")
    return [folder] if Path(folder).name.startswith(RESUMED_PREFIX) else []


def _start_cli(start: Start, arguments: Sequence[str]) -> int:
    """Fork and execute the CLI, the key in a pipe that only it reads; OSError when it cannot be executed."""
    key_reader, key_writer = os.pipe()
    os.set_inheritable(key_reader, True)
    os.write(key_writer, start["api_key"].encode())
    os.close(key_writer)
    failure_reader, failure_writer = os.pipe()
    told = {name: value for name in FROM_SDK if (value := os.environ.get(name))}
    environment = {**told, **start["environment"], API_KEY_DESCRIPTOR: str(key_reader)}
    pid = os.fork()
    if pid == 0:
        _become_cli([start["command"], *arguments], environment=environment, failure=failure_writer)
    os.close(key_reader)
    os.close(failure_writer)
    with os.fdopen(failure_reader, "rb") as failure:
        code = failure.read()
    if code:
        raise OSError(int(code), os.strerror(int(code)))
    return pid


def _become_cli(command: list[str], *, environment: Mapping[str, str], failure: int) -> None:
    """In the forked child: never returns. A failed exec is told through the pipe `failure`."""
    try:
        _prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        # Python ignores SIGPIPE and an ignored signal stays ignored after exec: shells of the agent need the default.
        signal.signal(signal.SIGPIPE, signal.SIG_DFL)
        os.execve(command[0], command, environment)  # noqa: S606 - an argument list; a shell is what we avoid
    except OSError as error:
        os.write(failure, str(error.errno).encode())
    finally:
        os._exit(CANNOT_START)


def _listen() -> int:
    """Make signals readable on the returned descriptor instead of interrupting anything."""
    reader, writer = os.pipe()
    os.set_blocking(reader, False)
    os.set_blocking(writer, False)
    signal.set_wakeup_fd(writer, warn_on_full_buffer=False)
    for number in (signal.SIGCHLD, signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, lambda _number, _frame: None)
    return reader


def _follow(cli: int, *, lifeline: int, wakeups: int) -> int:
    """Wait for the end of the CLI, of the lifeline, or for a signal to stop; returns the exit code."""
    while True:
        readable, _, _ = select.select([lifeline, wakeups], [], [])
        if wakeups in readable:
            for number in os.read(wakeups, 512):
                if number != signal.SIGCHLD:
                    return STOPPED
            ended = reap()
            if cli in ended:
                return ended[cli]
        # Nothing is ever written: readable means that the last writer, the bot, is gone.
        if lifeline in readable:
            return STOPPED


def reap() -> dict[int, int]:
    """Collect ended children, adopted ones too; their exit codes by pid (128 + n for signal n)."""
    ended: dict[int, int] = {}
    with contextlib.suppress(ChildProcessError):
        while True:
            pid, status = os.waitpid(-1, os.WNOHANG)
            if pid == 0:
                break
            code = os.waitstatus_to_exitcode(status)
            ended[pid] = code if code >= 0 else 128 - code
    return ended


def end_descendants() -> None:
    """Kill until nobody is left: a child of a killed process becomes ours and is found in the next round."""
    deadline = time.monotonic() + KILL_FOR_S
    while (alive := _descendants(os.getpid())) and time.monotonic() < deadline:
        for pid in alive:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.kill(pid, signal.SIGKILL)
        time.sleep(KILL_PAUSE_S)
        reap()


def _descendants(root: int) -> list[int]:
    children: dict[int, list[int]] = {}
    for pid, parent in _parents():
        children.setdefault(parent, []).append(pid)
    found: list[int] = []
    open_ends = [root]
    while open_ends:
        for pid in children.get(open_ends.pop(), []):
            found.append(pid)
            open_ends.append(pid)
    return found


def _parents() -> list[tuple[int, int]]:
    """(pid, parent pid) of every process."""
    if PROC.joinpath("self", "stat").exists():
        return [pair for entry in PROC.iterdir() if entry.name.isdigit() and (pair := _stat(entry))]
    listing = subprocess.run(["ps", "-A", "-o", "pid=,ppid="], capture_output=True, text=True, timeout=5, check=False)
    return [(int(line.split()[0]), int(line.split()[1])) for line in listing.stdout.splitlines()]


def _stat(entry: Path) -> tuple[int, int] | None:
    try:
        # The second field is the program's name in brackets and may itself hold brackets and spaces.
        fields = entry.joinpath("stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
    except OSError:
        return None
    return int(entry.name), int(fields[1])


def _prctl(option: int, value: int) -> None:
    """Linux only; elsewhere the lifeline and the list of processes must do."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(option, value, 0, 0, 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
