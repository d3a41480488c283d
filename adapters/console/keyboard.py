"""Input as it comes, without blocking the loop or leaving a thread behind, and the terminal's mode while we draw."""

import asyncio
import codecs
import os
import termios
from collections.abc import Generator
from contextlib import contextmanager
from typing import TextIO

from adapters.console.limits import READ_BYTES


class Keyboard:
    """What a person, or a pipe, types. One reader at a time."""

    def __init__(self, stream: TextIO) -> None:
        """Read from `stream`'s file; its own buffer is passed by, so nothing else may read from it."""
        self._file = stream.fileno()
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._kept = ""
        self.is_terminal = stream.isatty()

    async def read(self) -> str:
        """What was typed since the last time; '' at the end of input. Cancelling it loses nothing."""
        if self._kept:
            kept, self._kept = self._kept, ""
            return kept
        while True:
            data = await self._bytes()
            text = self._decoder.decode(data)
            if text or not data:
                return text

    def keep(self, text: str) -> None:
        """Give back what was read too far."""
        self._kept = text + self._kept

    def forget(self) -> None:
        """Drop what was typed ahead at a terminal: a key pressed before a question was seen is no answer to it."""
        if self.is_terminal:
            self._kept = ""
            self._decoder.reset()
            if self._in_foreground():
                termios.tcflush(self._file, termios.TCIFLUSH)

    @contextmanager
    def silent(self) -> Generator[None]:
        """While it lasts, keys come one by one and are not echoed into the picture; Ctrl-C still interrupts."""
        if not self.is_terminal or not self._in_foreground():
            yield
            return
        before = termios.tcgetattr(self._file)
        during = termios.tcgetattr(self._file)
        during[3] &= ~(termios.ECHO | termios.ICANON)
        during[6][termios.VMIN], during[6][termios.VTIME] = 1, 0
        termios.tcsetattr(self._file, termios.TCSADRAIN, during)
        try:
            yield
        finally:
            # a terminal that is gone needs no mode
            if self._in_foreground():
                termios.tcsetattr(self._file, termios.TCSADRAIN, before)

    def _in_foreground(self) -> bool:
        """Whether we own the terminal: a background job that changes its mode would be stopped by the kernel."""
        try:
            return os.tcgetpgrp(self._file) == os.getpgrp()
        except OSError:
            # not our controlling terminal, so no job control either; or gone
            return _alive(self._file)

    async def _bytes(self) -> bytes:
        loop = asyncio.get_running_loop()
        ready = loop.create_future()
        try:
            loop.add_reader(self._file, _announce, ready)
        except PermissionError:
            # a plain file is always ready, and the selector refuses it
            return os.read(self._file, READ_BYTES)
        try:
            await ready
        finally:
            loop.remove_reader(self._file)
        try:
            return os.read(self._file, READ_BYTES)
        except OSError:
            # the terminal was closed
            return b""


def _announce(ready: "asyncio.Future[None]") -> None:
    if not ready.done():
        ready.set_result(None)


def _alive(file: int) -> bool:
    try:
        termios.tcgetattr(file)
    except termios.error:
        return False
    return True
