"""Signals that end a command: the first one puts everything away, the third ends it at once."""

import asyncio
import contextlib
import os
import signal
import sys
from collections.abc import Generator
from dataclasses import dataclass, field
from types import FrameType

_POLITE = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@dataclass(slots=True)
class Signals:
    """The signals that came so far, oldest first."""

    came: list[signal.Signals] = field(default_factory=list[signal.Signals])

    @property
    def first(self) -> signal.Signals | None:
        """What ended the command; None when nothing did."""
        return self.came[0] if self.came else None

    @contextlib.contextmanager
    def cancelling(self, task: asyncio.Task[int]) -> Generator[None]:
        """While it lasts, the first signal cancels `task`.

        What the caller was told to ignore (by nohup, or as a background job) stays ignored. The handlers are plain
        ones, not the loop's: they must also work while something blocks the loop.
        """
        loop = asyncio.get_running_loop()

        def handle(number: int, _frame: FrameType | None) -> None:
            self.came.append(signal.Signals(number))
            if len(self.came) == 1:
                loop.call_soon_threadsafe(task.cancel)
            elif len(self.came) == 2:
                whisper("Putting everything away. Once more ends it at once.")
            else:
                signal.signal(number, signal.SIG_DFL)
                os.kill(os.getpid(), number)

        before = {each: signal.getsignal(each) for each in _POLITE}
        for each, handler in before.items():
            if handler != signal.SIG_IGN:
                signal.signal(each, handle)
        try:
            yield
        finally:
            for each, handler in before.items():
                signal.signal(each, handler)


def whisper(text: str) -> None:
    """One line on stderr; nothing when the terminal is gone."""
    with contextlib.suppress(OSError, ValueError):
        sys.stderr.write(f"{text}\n")
        sys.stderr.flush()
