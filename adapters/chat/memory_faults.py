"""How a chat platform in memory fails on demand: before the call is done, after it, or by never answering."""

import asyncio
from dataclasses import dataclass
from typing import NoReturn

from adapters.chat.errors import ChatError


@dataclass(slots=True, kw_only=True)
class Fault:
    """What calls named `call` ('' for any) suffer, `times` times; with `done` they are carried out first."""

    call: str = ""
    error: ChatError | None
    """None: it never answers."""
    done: bool = False
    times: int = 1


class Faults:
    """The faults that wait for their calls, first come first served."""

    def __init__(self) -> None:
        self._waiting: list[Fault] = []
        self._hanging = 0
        self._hangs = asyncio.Event()

    def fail(self, error: ChatError, *, call: str = "", times: int = 1, done: bool = False) -> None:
        """Let the next calls raise `error`.

        An OutcomeUnknownError with `done` is a message that was posted though its answer got lost.
        """
        self._waiting.append(Fault(call=call, error=error, done=done, times=times))

    def hang(self, *, call: str = "", times: int = 1, done: bool = False) -> None:
        """Let the next calls never answer, so that a test can cancel the program in the middle of one."""
        self._waiting.append(Fault(call=call, error=None, done=done, times=times))

    def clear(self) -> None:
        """Let everything work again."""
        self._waiting.clear()

    async def until_hanging(self) -> None:
        """Wait until a call hangs; bound it with a timeout."""
        await self._hangs.wait()

    def next(self, call: str) -> Fault | None:
        """What this call suffers, None for nothing."""
        for fault in self._waiting:
            if fault.call in {"", call}:
                fault.times -= 1
                if not fault.times:
                    self._waiting.remove(fault)
                return fault
        return None

    async def suffer(self, fault: Fault) -> NoReturn:
        """Raise the fault's error, or wait until cancelled."""
        if fault.error is not None:
            raise fault.error
        self._hanging += 1
        self._hangs.set()
        try:
            while True:
                await asyncio.Event().wait()
        finally:
            self._hanging -= 1
            if not self._hanging:
                self._hangs.clear()
