"""A person's terminal: a command in a pseudo-terminal, what it printed, and the keys that are typed."""

import asyncio
import contextlib
import fcntl
import os
import pty
import re
import signal
import struct
import termios
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from tests.support.command_line import PATIENCE_S, PROGRAM, CommandLine

ROWS, COLUMNS = 50, 100
_ESCAPES = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]|\x1b[@-Z\\-_]|\r")


@dataclass(slots=True, kw_only=True)
class Terminal:
    """One command in one terminal; `printed` is all it ever wrote, without escapes."""

    process: asyncio.subprocess.Process
    keyboard: int
    raw: bytearray = field(default_factory=bytearray)
    _news: asyncio.Event = field(default_factory=asyncio.Event)
    _seen: int = 0

    @property
    def printed(self) -> str:
        return _ESCAPES.sub("", self.raw.decode(errors="replace"))

    async def shows(self, text: str, *, within_s: float = PATIENCE_S) -> None:
        """Wait until `text` was printed after what was waited for before."""
        async with asyncio.timeout(within_s) as limit:
            with contextlib.suppress(TimeoutError):
                while (at := self.printed.find(text, self._seen)) < 0:
                    if self.process.returncode is not None:
                        # its last words may come to us after the news of its end
                        assert self._read(), f"it ended without {text!r}: {self.printed[-3000:]}"
                        continue
                    self._news.clear()
                    with contextlib.suppress(TimeoutError):
                        await asyncio.wait_for(self._news.wait(), 0.5)
                self._seen = at + len(text)
                return
        assert not limit.expired(), f"{text!r} was not shown: {self.printed[-3000:]}"

    def type(self, text: str) -> None:
        """Type `text` and Enter."""
        os.write(self.keyboard, text.encode() + b"\n")

    def press(self, key: bytes) -> None:
        os.write(self.keyboard, key)

    def close_window(self) -> None:
        """Take the terminal away, as closing its window does."""
        asyncio.get_running_loop().remove_reader(self.keyboard)
        os.close(self.keyboard)
        self.keyboard = -1

    async def ended(self, *, within_s: float = PATIENCE_S) -> int:
        async with asyncio.timeout(within_s):
            code = await self.process.wait()
        while self.keyboard >= 0 and self._read():
            pass
        return code

    def _read(self) -> bool:
        """Take in what was printed; whether there was anything."""
        try:
            data = os.read(self.keyboard, 65536)
        except BlockingIOError:
            return False
        except OSError:
            # nobody has the terminal open any more
            data = b""
        if not data:
            asyncio.get_running_loop().remove_reader(self.keyboard)
        self.raw += data
        self._news.set()
        return bool(data)


@asynccontextmanager
async def terminal(
    line: CommandLine, *arguments: str, columns: int = COLUMNS, **variables: str
) -> AsyncIterator[Terminal]:
    """Run the command as the foreground job of a new terminal; it is killed at the end of the block."""
    keyboard, screen = pty.openpty()
    fcntl.ioctl(screen, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, columns, 0, 0))
    process = await asyncio.create_subprocess_exec(
        PROGRAM,
        *arguments,
        cwd=line.folder,
        env={**line.environment(), "TERM": "xterm-256color", **variables},
        stdin=screen,
        stdout=screen,
        stderr=screen,
        start_new_session=True,
        preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),
    )
    os.close(screen)
    os.set_blocking(keyboard, False)
    seat = Terminal(process=process, keyboard=keyboard)
    asyncio.get_running_loop().add_reader(keyboard, seat._read)
    try:
        yield seat
    finally:
        if process.returncode is None:
            # it may be gone, and we not know it yet
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            await process.wait()
        if seat.keyboard >= 0:
            seat.close_window()
