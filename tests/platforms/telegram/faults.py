"""What can be made to go wrong with calls of the Bot API: late, refused, broken off before or after the effect."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

Which = Callable[[dict[str, Any]], bool]
"""Says of a call's arguments whether the fault is meant for it."""


class When(StrEnum):
    """On which side of the effect a fault strikes."""

    BEFORE = "before"
    AFTER = "after"


@dataclass(slots=True, kw_only=True)
class Fault:
    """One thing that goes wrong, `times` times; of the answers one is set, or `reset` breaks the connection."""

    methods: tuple[str, ...] = ()
    """Of which methods; () for every one but getUpdates."""
    when: When = When.BEFORE
    times: int = 1
    which: Which = lambda _: True
    delay_s: float = 0.0
    until: asyncio.Event | None = None
    """Holds the answer back until it is set."""
    reset: bool = False
    status: int = 0
    retry_after_s: int = 0
    error: str = ""
    """A description, sent with `status`."""

    def strikes(self, method: str, arguments: dict[str, Any], when: When) -> bool:
        """Whether it is meant for this call."""
        named = method in self.methods if self.methods else method != "getUpdates"
        return named and self.when == when and self.which(arguments)


@dataclass(slots=True)
class Faults:
    """The faults to come. Each is used up by the calls it strikes; without a method it is for any but getUpdates."""

    waiting: list[Fault] = field(default_factory=list[Fault])
    _all: list[Fault] = field(default_factory=list[Fault])

    def flood(self, *methods: str, retry_after_s: int = 1, times: int = 1, which: Which | None = None) -> None:
        """429 with retry_after, nothing done."""
        self._add(Fault(methods=methods, status=429, retry_after_s=retry_after_s, times=times), which)

    def server_error(
        self, *methods: str, status: int = 502, times: int = 1, after: bool = False, which: Which | None = None
    ) -> None:
        """An error page instead of an answer; `after` the call was done all the same."""
        self._add(Fault(methods=methods, status=status, times=times, when=_when(after)), which)

    def error(
        self, *methods: str, description: str, status: int = 400, times: int = 1, which: Which | None = None
    ) -> None:
        """`ok: false` with a description of Telegram's, such as "Bad Request: chat not found"; nothing done."""
        self._add(Fault(methods=methods, status=status, error=description, times=times), which)

    def reset(self, *methods: str, after: bool = False, times: int = 1, which: Which | None = None) -> None:
        """The connection breaks before the answer; `after` the call was done."""
        self._add(Fault(methods=methods, reset=True, times=times, when=_when(after)), which)

    def delay(
        self, *methods: str, seconds: float, after: bool = False, times: int = 1, which: Which | None = None
    ) -> None:
        """The answer is late; `after` the call was done before the wait."""
        self._add(Fault(methods=methods, delay_s=seconds, times=times, when=_when(after)), which)

    def hold(self, *methods: str, after: bool = False, times: int = 1, which: Which | None = None) -> asyncio.Event:
        """The answer comes when the returned event is set; `after` the call was done before."""
        until = asyncio.Event()
        self._add(Fault(methods=methods, until=until, times=times, when=_when(after)), which)
        return until

    def clear(self) -> None:
        """Nothing goes wrong any more; what is held goes on."""
        for fault in self._all:
            if fault.until is not None:
                fault.until.set()
        self.waiting.clear()

    def take(self, method: str, arguments: dict[str, Any], when: When) -> Fault | None:
        """The first fault for this call, used up by one."""
        for fault in self.waiting:
            if fault.strikes(method, arguments, when):
                fault.times -= 1
                if fault.times == 0:
                    self.waiting.remove(fault)
                return fault
        return None

    def _add(self, fault: Fault, which: Which | None) -> None:
        if which is not None:
            fault.which = which
        self.waiting.append(fault)
        self._all.append(fault)


def _when(after: bool) -> When:
    return When.AFTER if after else When.BEFORE
