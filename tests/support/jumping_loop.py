"""An event loop whose clock jumps: whoever waits for a time has it at once, in the right order."""

import asyncio
import selectors
from collections.abc import Coroutine
from typing import Any, TypeVar

Result = TypeVar("Result")


class _Selector(selectors.DefaultSelector):
    """Passes time instead of waiting, when there is a time to wait for."""

    jumped_s = 0.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        ready = super().select(None if timeout is None else 0)
        if not ready and timeout:
            self.jumped_s += timeout
        return ready


class JumpingLoop(asyncio.SelectorEventLoop):
    """Only for code that waits for nothing outside the process."""

    def __init__(self) -> None:
        self._passing = _Selector()
        super().__init__(self._passing)

    def time(self) -> float:
        return self._passing.jumped_s


def run(work: Coroutine[Any, Any, Result]) -> Result:
    """Run `work` to its end, on a clock that starts at 0 s."""
    with asyncio.Runner(loop_factory=JumpingLoop) as runner:
        return runner.run(work)
