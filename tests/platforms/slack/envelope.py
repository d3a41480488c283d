"""Something Slack tells the app, until the app has said that it got it."""

from dataclasses import dataclass, field
from typing import Any

ACK_WITHIN_S = 5 * 3.0
"""docs.slack.dev: requests must be acknowledged within three seconds. Five times that here: a test must not fail
because its machine is busy."""


@dataclass(slots=True, kw_only=True)
class Envelope:
    """One payload of a kind (`events_api`, `slash_commands`, `interactive`) and what became of it."""

    id: str
    kind: str
    payload: dict[str, Any]
    attempts: int = 0
    sent_at: float | None = None
    """Of the last attempt."""
    acked_after_s: float | None = None
    """From the attempt that was acknowledged; None while none was in time."""
    answer: Any = None
    """What came with the acknowledgement."""
    failures: list[str] = field(default_factory=list[str])
    """Why each failed attempt failed: `timeout`, `no_connection`, `connection_lost`, or the HTTP answer."""

    @property
    def acked(self) -> bool:
        """Whether it was acknowledged in time."""
        return self.acked_after_s is not None

    @property
    def failure(self) -> str:
        """What the person sees when it failed; '' when it did not."""
        return "" if self.acked or not self.failures else self.failures[-1]

    @property
    def retries(self) -> bool:
        """Whether Slack tries it again: events only, people press buttons again themselves."""
        return self.kind == "events_api"
