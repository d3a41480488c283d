"""The program's own log: structured lines on stderr, secrets masked, quiet unless something is wrong."""

import logging
import sys
from collections.abc import Iterable

import structlog
from structlog.typing import EventDict, WrappedLogger

from core.masking import SecretMask


def configure_logs(level: str, *, mask_values: Iterable[str] = ()) -> None:
    """Send log lines of `level` and above to stderr."""
    mask = SecretMask(mask_values)

    def masked(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
        return {key: mask.mask(value) if isinstance(value, str) else value for key, value in event.items()}

    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            masked,
            structlog.processors.LogfmtRenderer(key_order=["timestamp", "level", "event"]),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level.upper()]),
        logger_factory=structlog.WriteLoggerFactory(file=sys.stderr),
        cache_logger_on_first_use=False,
    )
