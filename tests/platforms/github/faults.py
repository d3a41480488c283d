"""What can be made to go wrong with calls to GitHub: late, refused, broken off before or after the effect."""

import asyncio
from dataclasses import dataclass, field
from enum import StrEnum


class When(StrEnum):
    """On which side of the effect a fault strikes."""

    BEFORE = "before"
    AFTER = "after"


@dataclass(slots=True, kw_only=True)
class Fault:
    """One thing that goes wrong, `times` times, with the calls whose `METHOD /path` holds `where`."""

    where: str = ""
    when: When = When.BEFORE
    times: int = 1
    status: int = 0
    words: str = ""
    headers: dict[str, str] = field(default_factory=dict[str, str])
    page: str | None = None
    """Answered instead of JSON."""
    reset: bool = False
    until: asyncio.Event | None = None


@dataclass(slots=True)
class Faults:
    """The faults to come. Each is used up by the calls it strikes."""

    waiting: list[Fault] = field(default_factory=list[Fault])

    def secondary_limit(self, where: str = "", *, retry_after_s: int = 1, times: int = 1) -> None:
        """Too much at once: 403 with Retry-After, nothing done."""
        words = "You have exceeded a secondary rate limit. Please wait a few minutes before you try again."
        self._add(where, status=403, words=words, headers={"Retry-After": str(retry_after_s)}, times=times)

    def primary_limit(self, where: str = "", *, reset_at: float, times: int = 1) -> None:
        """The hour's calls are used up."""
        headers = {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": str(int(reset_at))}
        self._add(where, status=403, words="API rate limit exceeded for user ID 1.", headers=headers, times=times)

    def error(self, where: str, status: int, words: str = "", *, times: int = 1, after: bool = False) -> None:
        """An error of GitHub's; `after` the call was done all the same."""
        self._add(where, status=status, words=words, times=times, after=after)

    def page(self, where: str = "", *, text: str = "<html>Welcome to the hotel</html>", times: int = 1) -> None:
        """Something on the way answers with a page of its own."""
        self._add(where, status=200, page=text, times=times)

    def reset(self, where: str = "", *, after: bool = False, times: int = 1) -> None:
        """The connection breaks before the answer; `after` the call was done."""
        self._add(where, reset=True, after=after, times=times)

    def hold(self, where: str = "", *, after: bool = False, times: int = 1) -> asyncio.Event:
        """The answer comes when the returned event is set; `after` the call was done before."""
        until = asyncio.Event()
        self._add(where, until=until, after=after, times=times)
        return until

    def clear(self) -> None:
        """Nothing goes wrong any more; what is held goes on."""
        for fault in self.waiting:
            if fault.until is not None:
                fault.until.set()
        self.waiting.clear()

    def take(self, call: str, when: When) -> Fault | None:
        """The first fault for this call, used up by one."""
        for fault in self.waiting:
            if fault.where in call and fault.when == when:
                fault.times -= 1
                if fault.times == 0:
                    self.waiting.remove(fault)
                return fault
        return None

    def _add(self, where: str, *, after: bool = False, **what: object) -> None:
        self.waiting.append(Fault(where=where, when=When.AFTER if after else When.BEFORE, **what))  # type: ignore[arg-type]
