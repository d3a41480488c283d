"""What the CLI tells about the provider: requests it tries again, and limits met; and how long it may go on (pure)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from claude_agent_sdk import RateLimitInfo

REFUSED = frozenset({401, 403})
"""Answers that repeating never changes, though the CLI does repeat them: the key is not accepted."""
RETRY = "api_retry"
"""Subtype of the CLI's message before it waits to repeat a failed request."""
FIRST_PAUSE_S = 0.5
LONGEST_PAUSE_S = 32.0
JITTER = 1.3
"""The CLI's own pauses double from 0.5 s to 32 s, and it adds up to a quarter (seen with CLI 2.1.329)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Retry:
    """A request failed and is to be repeated after `pause_s`. `status` is None when there was no answer."""

    status: int | None
    attempt: int
    pause_s: float

    @property
    def asked_for_s(self) -> float | None:
        """The pause, when it is longer than the CLI's own would be: then the provider asked for it."""
        own_s = min(FIRST_PAUSE_S * 2 ** (self.attempt - 1), LONGEST_PAUSE_S) * JITTER
        return self.pause_s if self.pause_s > own_s else None


def retry(data: Mapping[str, object]) -> Retry:
    """Read the CLI's message; what is missing or of a strange kind counts as nothing."""
    status, attempt, pause_ms = data.get("error_status"), data.get("attempt"), data.get("retry_delay_ms")
    return Retry(
        status=status if isinstance(status, int) else None,
        attempt=attempt if isinstance(attempt, int) and attempt > 0 else 1,
        pause_s=pause_ms / 1000 if isinstance(pause_ms, int | float) else 0.0,
    )


def full_until(info: RateLimitInfo) -> datetime | None:
    """Until when (UTC) the provider takes no more requests; None when it takes them or does not say."""
    if info.status != "rejected" or info.resets_at is None:
        return None
    try:
        return datetime.fromtimestamp(info.resets_at, UTC)
    except (OverflowError, OSError, ValueError):
        return None


class Patience:
    """How long the CLI may repeat one request by itself before the run ends and waits where no process is needed.

    At most `max_retries` times, and never when that would keep it for more than `within_s` seconds of `clock`, or when
    the key was refused.
    """

    def __init__(self, *, max_retries: int, within_s: float, clock: Callable[[], float]) -> None:
        self._max_retries = max_retries
        self._within_s = within_s
        self._clock = clock
        self._since_s: float | None = None

    def answered(self) -> None:
        """The provider has answered: trouble is over."""
        self._since_s = None

    def ends_with(self, retry: Retry) -> bool:
        """Whether it ends now, instead of waiting for this retry."""
        now_s = self._clock()
        if self._since_s is None:
            self._since_s = now_s
        spent_s = now_s - self._since_s + retry.pause_s
        return retry.status in REFUSED or retry.attempt > self._max_retries or spent_s > self._within_s
