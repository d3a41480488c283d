"""The program's own log: structured lines on stderr, secrets masked, quiet unless something is wrong."""

import json
import logging
import sys
from collections.abc import Callable, Iterable
from datetime import UTC, datetime

import structlog
from structlog.typing import EventDict, WrappedLogger

from core.masking import SecretMask

AGENT_LIBRARY = "claude_agent_sdk"
"""Its logger calls every agent that was stopped a fatal error; how agents end is told by their runner."""


def configure_logs(level: str, *, mask_values: Iterable[str] = ()) -> None:
    """Send log lines of `level` and above to stderr, those of libraries too."""
    mask = SecretMask(mask_values).mask
    number = logging.getLevelNamesMapping()[level.upper()]
    _configure_libraries(number, mask=mask)

    def masked(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
        return {key: mask(value) if isinstance(value, str) else value for key, value in event.items()}

    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            masked,
            structlog.processors.LogfmtRenderer(key_order=["timestamp", "level", "event"]),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(number),
        # asked for at each line: stderr may be exchanged, and a closed one must not end the work
        logger_factory=lambda *_: structlog.WriteLogger(sys.stderr),
        cache_logger_on_first_use=False,
    )


class _Line(logging.Formatter):
    """A library's record in the form of our own lines, without secrets."""

    def __init__(self, mask: Callable[[str], str]) -> None:
        super().__init__()
        self._mask = mask

    def format(self, record: logging.LogRecord) -> str:
        at = datetime.fromtimestamp(record.created, UTC).isoformat().replace("+00:00", "Z")
        told = json.dumps(self._mask(super().format(record)), ensure_ascii=False)
        return f"timestamp={at} level={record.levelname.lower()} event={told} logger={record.name}"


def _configure_libraries(number: int, *, mask: Callable[[str], str]) -> None:
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_Line(mask))
    # libraries tell much at info that is nobody's business but their own
    level = number if number == logging.DEBUG else max(number, logging.WARNING)
    logging.basicConfig(handlers=[handler], level=level, force=True)
    logging.getLogger("aiosqlite").setLevel(max(level, logging.INFO))  # two lines for every statement
    if number > logging.DEBUG:
        logging.getLogger(AGENT_LIBRARY).setLevel(logging.CRITICAL)
