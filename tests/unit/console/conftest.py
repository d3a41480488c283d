"""A terminal for tests: a real pseudo-terminal, and as much of a screen as rich's live drawing needs."""

import asyncio
import codecs
import contextlib
import fcntl
import os
import re
import struct
import termios
from collections.abc import AsyncIterator
from typing import TextIO

import pytest

from adapters.console.adapter import Console
from tests.support.waiting import eventually

COLUMNS, LINES = 80, 40
_TOKENS = re.compile(r"\x1b\[([0-9;?]*)([A-Za-z])|([\r\n])|([^\x1b\r\n]+)")
_CUT_OFF = re.compile(r"\x1b(\[[0-9;?]*)?\Z")


class Terminal:
    """What a person sees and types."""

    def __init__(self) -> None:
        self._master, slave = os.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", LINES, COLUMNS, 0, 0))
        self.output: TextIO = os.fdopen(slave, "w", encoding="utf-8")
        self.keyboard: TextIO = os.fdopen(os.dup(slave), "r", encoding="utf-8")
        self._rows = [""]
        self._row = self._column = 0
        self.raw = ""
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._cut_off = ""
        self._closed = False
        os.set_blocking(self._master, False)
        asyncio.get_running_loop().add_reader(self._master, self.drain)

    @property
    def screen(self) -> str:
        """Everything that stands on the (endless) screen now."""
        if not self._closed:
            self.drain()
        return "\n".join(row.rstrip() for row in self._rows).rstrip()

    @property
    def echoes(self) -> bool:
        """Whether the terminal prints what is typed by itself."""
        return bool(termios.tcgetattr(self.output.fileno())[3] & termios.ECHO)

    def type(self, keys: str) -> None:
        """Press keys."""
        os.write(self._master, keys.encode())

    async def shows(self, text: str) -> None:
        """Wait until `text` stands on the screen."""
        await eventually(lambda: text in self.screen, what=f"{text!r} on the screen:\n{self.screen}\n")

    def drain(self) -> None:
        """Take in all that was written: the kernel may hand it over in parts that end anywhere."""
        data = b""
        with contextlib.suppress(OSError):
            while part := os.read(self._master, 1 << 20):
                data += part
        text = self._decoder.decode(data)
        self.raw += text
        text, self._cut_off = self._cut_off + text, ""
        if cut := _CUT_OFF.search(text):
            text, self._cut_off = text[: cut.start()], cut[0]
        for token in _TOKENS.finditer(text):
            self._take(*token.groups())

    def hang_up(self) -> None:
        """Close the window."""
        if not self._closed:
            self._closed = True
            asyncio.get_running_loop().remove_reader(self._master)
            os.close(self._master)

    def close(self) -> None:
        """Give everything back."""
        self.hang_up()
        for stream in (self.output, self.keyboard):
            try:
                stream.close()
            except OSError:
                continue

    def _take(self, numbers: str | None, command: str | None, control: str | None, text: str | None) -> None:
        match command:
            case "A":
                self._row = max(0, self._row - int(numbers or 1))
            case "K":
                self._rows[self._row] = ""
            case _:
                pass
        if control == "\r":
            self._column = 0
        elif control == "\n":
            self._row, self._column = self._row + 1, 0
            self._rows += [""] * (self._row + 1 - len(self._rows))
        elif text:
            row = self._rows[self._row].ljust(self._column)
            self._rows[self._row] = row[: self._column] + text + row[self._column + len(text) :]
            self._column += len(text)


@pytest.fixture
async def terminal(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Terminal]:
    """A terminal of 80 columns and 40 lines."""
    for name, value in (("TERM", "xterm-256color"), ("COLUMNS", str(COLUMNS)), ("LINES", str(LINES))):
        monkeypatch.setenv(name, value)
    opened = Terminal()
    yield opened
    opened.close()


@pytest.fixture
def live(terminal: Terminal) -> Console:
    """A console on that terminal."""
    return Console(output=terminal.output, keyboard=terminal.keyboard)
