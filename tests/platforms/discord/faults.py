"""What can be made to go wrong with calls of the HTTP API: late, refused, broken off before or after the effect."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum

from tests.platforms.discord.call import Call, RefusedError

Which = Callable[[Call], bool]
"""Says of a call whether the fault is meant for it."""


class When(StrEnum):
    """On which side of the effect a fault strikes."""

    BEFORE = "before"
    AFTER = "after"


@dataclass(slots=True, kw_only=True)
class Fault:
    """One thing that goes wrong, `times` times; of the answers one is set, or `reset` breaks the connection."""

    methods: tuple[str, ...] = ()
    """Of which calls, by our names for them; () for every one."""
    when: When = When.BEFORE
    times: int = 1
    which: Which = lambda _: True
    delay_s: float = 0.0
    until: asyncio.Event | None = None
    """Holds the answer back until it is set."""
    reset: bool = False
    status: int = 0
    retry_after_s: float = 0.0
    everything: bool = False
    """Whether a 429 is meant for every call."""
    refused: RefusedError | None = None


@dataclass(slots=True)
class Faults:
    """The faults to come. Each is used up by the calls it strikes; `method` is a name such as `messages.post`."""

    waiting: list[Fault] = field(default_factory=list[Fault])

    def rate_limit(
        self,
        method: str = "",
        *,
        retry_after_s: float = 1.0,
        everything: bool = False,
        times: int = 1,
        which: Which | None = None,
    ) -> None:
        """429 with the time to wait, nothing done."""
        fault = Fault(methods=_named(method), status=429, retry_after_s=retry_after_s, times=times)
        fault.everything = everything
        self._add(fault, which)

    def server_error(
        self, method: str = "", *, status: int = 500, times: int = 1, after: bool = False, which: Which | None = None
    ) -> None:
        """An error page instead of an answer; `after` the call was done all the same."""
        self._add(Fault(methods=_named(method), status=status, times=times, when=_when(after)), which)

    def error(
        self, method: str, code: int, says: str = "", *, status: int = 403, times: int = 1, which: Which | None = None
    ) -> None:
        """An error of Discord's by its code, nothing done."""
        refused = RefusedError(code, says or f"Error {code}", status=status)
        self._add(Fault(methods=_named(method), refused=refused, times=times), which)

    def reset(self, method: str = "", *, after: bool = False, times: int = 1, which: Which | None = None) -> None:
        """The connection breaks before the answer; `after` the call was done."""
        self._add(Fault(methods=_named(method), reset=True, times=times, when=_when(after)), which)

    def reset_one_of(self, methods: tuple[str, ...], *, after: bool = False) -> None:
        """The same for the next call of any of these."""
        self._add(Fault(methods=methods, reset=True, when=_when(after)), None)

    def delay(
        self, method: str = "", *, seconds: float, after: bool = False, times: int = 1, which: Which | None = None
    ) -> None:
        """The answer is late; `after` the call was done before the wait."""
        self._add(Fault(methods=_named(method), delay_s=seconds, times=times, when=_when(after)), which)

    def hold(
        self, method: str = "", *, after: bool = False, times: int = 1, which: Which | None = None
    ) -> asyncio.Event:
        """The answer comes when the returned event is set; `after` the call was done before."""
        until = asyncio.Event()
        self._add(Fault(methods=_named(method), until=until, times=times, when=_when(after)), which)
        return until

    def clear(self) -> None:
        """Nothing goes wrong any more; what is held goes on."""
        for fault in self.waiting:
            if fault.until is not None:
                fault.until.set()
        self.waiting.clear()

    def take(self, call: Call, when: When) -> Fault | None:
        """The first fault for this call, used up by one."""
        for fault in self.waiting:
            if (not fault.methods or call.method in fault.methods) and fault.when == when and fault.which(call):
                fault.times -= 1
                if fault.times == 0:
                    self.waiting.remove(fault)
                return fault
        return None

    def _add(self, fault: Fault, which: Which | None) -> None:
        if which is not None:
            fault.which = which
        self.waiting.append(fault)


def _named(method: str) -> tuple[str, ...]:
    return (method,) if method else ()


def _when(after: bool) -> When:
    return When.AFTER if after else When.BEFORE
