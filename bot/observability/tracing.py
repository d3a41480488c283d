"""Traces: each life of a task as spans, sent over OTLP/HTTP in the background once they are over.

The libraries are the extra `tracing`: a dozen packages (protobuf among them) that nobody needs who sends no traces.
"""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from bot.observability.sighting import Listener, Sighting
from bot.observability.span import span_of
from core.domain.errors import ConfigurationError

if TYPE_CHECKING:
    from bot.observability.otlp import SpanSender

TIMEOUT_S = 3.0
"""For one delivery with all its attempts, and so about what closing waits for a collector that does not answer."""
_PATH = "/v1/traces"
_SOURCE = "tracing.endpoint"


class Tracing:
    """Hears sightings, and sends the periods that ended as spans."""

    def __init__(self, sender: "SpanSender") -> None:
        self._sender = sender

    def hear(self, sighting: Sighting) -> None:
        """Send what ended; without the task's facts there is no trace to belong to."""
        if sighting.task is not None:
            for period in sighting.periods:
                self._sender.send(span_of(period, sighting.task))


@asynccontextmanager
async def tracing(endpoint: str, *, timeout_s: float = TIMEOUT_S) -> AsyncGenerator[Listener]:
    """A listener that sends to `endpoint` while it lasts; each delivery may take `timeout_s`.

    A collector that cannot be reached costs spans and a line in the log, nothing else. ConfigurationError when the
    endpoint is no URL, or the libraries are not installed.
    """
    url = traces_url(endpoint)
    try:
        from bot.observability.otlp import SpanSender
    except ImportError as error:
        raise ConfigurationError(
            "tracing.endpoint is set, but the libraries that send traces are not installed.",
            source=_SOURCE,
            hint='Install them with `pip install ".[tracing]"` in the folder of this program, or unset it.',
        ) from error
    sender = SpanSender(url, timeout_s=timeout_s)
    try:
        yield Tracing(sender)
    finally:
        await asyncio.to_thread(sender.close)


def traces_url(endpoint: str) -> str:
    """Where spans go when people write the collector's address; ConfigurationError when it is none."""
    try:
        parts = urlsplit(endpoint)
    except ValueError:
        parts = urlsplit("")
    if parts.scheme not in ("http", "https") or not parts.hostname:
        # not repeated: it may hold a password
        raise ConfigurationError(
            "tracing.endpoint is no URL.", source=_SOURCE, hint="Write it like http://localhost:4318."
        )
    return endpoint if parts.path.endswith(_PATH) else parts._replace(path=parts.path.rstrip("/") + _PATH).geturl()
