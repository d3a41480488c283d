"""The program's own log: structured lines on stderr, secrets masked, quiet unless something is wrong."""

import logging
import sys
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from typing import Literal, cast

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

from core.masking import SecretMask

AGENT_LIBRARY = "claude_agent_sdk"
"""Its logger calls every agent that was stopped a fatal error; how agents end is told by their runner."""
TRACE_LIBRARY = "opentelemetry"
"""Its loggers tell every failed attempt to export; `bot.observability.tracing` tells when it begins and ends."""
ENGINE_LIBRARY = "dbos"
"""Brings a handler and a format of its own, unless its logger has a handler already."""

_DEEPEST = 6
LogFormat = Literal["text", "json"]
Mask = Callable[[str], str]


def configure_logs(level: str, *, mask_values: Iterable[str] = (), log_format: LogFormat = "text") -> None:
    """Send log lines of `level` and above to stderr, those of libraries too, as logfmt text or as one JSON object each.

    Every value of a line is masked, those inside lists and tables and those of exceptions too.
    """
    mask = SecretMask(mask_values).mask
    number = logging.getLevelNamesMapping()[level.upper()]
    tail = (_masked(mask), _renderer(log_format))
    _configure_libraries(number, tail=tail)
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            *tail,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(number),
        # asked for at each line: stderr may be exchanged, and a closed one must not end the work
        logger_factory=lambda *_: structlog.WriteLogger(sys.stderr),
        cache_logger_on_first_use=False,
    )


def _renderer(log_format: LogFormat) -> Processor:
    if log_format == "json":
        return structlog.processors.JSONRenderer(ensure_ascii=False)
    return structlog.processors.LogfmtRenderer(key_order=["timestamp", "level", "event"])


def _masked(mask: Mask) -> Processor:
    def masked(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
        # the time is ours, and digits in a row could look like a secret
        return {key: value if key == "timestamp" else _clean(value, mask) for key, value in event.items()}

    return masked


def _clean(value: object, mask: Mask, *, depth: int = 0) -> object:
    """`value` as plain data without secrets; what is no plain data becomes text first, so that it is looked at too."""
    match value:
        case None | bool() | int() | float():
            return value
        case str():
            return mask(value)
        case Mapping() if depth < _DEEPEST:
            table = cast("Mapping[object, object]", value)
            return {mask(str(key)): _clean(item, mask, depth=depth + 1) for key, item in table.items()}
        case list() | tuple() | set() | frozenset() if depth < _DEEPEST:
            items = cast("Iterable[object]", value)
            return [_clean(item, mask, depth=depth + 1) for item in items]
        case BaseException():
            return mask(f"{type(value).__name__}: {value}")
        case _:
            return mask(str(value))


class _Line(logging.Formatter):
    """A library's record in the form of our own lines, with the names of the work it belongs to."""

    def __init__(self, tail: tuple[Processor, ...]) -> None:
        super().__init__()
        self._tail = tail

    def format(self, record: logging.LogRecord) -> str:
        line: EventDict = {
            "timestamp": datetime.fromtimestamp(record.created, UTC).isoformat().replace("+00:00", "Z"),
            "level": record.levelname.lower(),
            "event": record.getMessage(),
            **structlog.contextvars.get_contextvars(),
        }
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        line["logger"] = record.name
        rendered: object = line
        for processor in self._tail:
            rendered = processor(None, record.levelname.lower(), cast("EventDict", rendered))
        return str(rendered)


def _configure_libraries(number: int, *, tail: tuple[Processor, ...]) -> None:
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_Line(tail))
    # libraries tell much at info that is nobody's business but their own
    level = number if number == logging.DEBUG else max(number, logging.WARNING)
    logging.basicConfig(handlers=[handler], level=level, force=True)
    logging.getLogger("aiosqlite").setLevel(max(level, logging.INFO))  # two lines for every statement
    if number > logging.DEBUG:
        for library in (AGENT_LIBRARY, TRACE_LIBRARY):
            logging.getLogger(library).setLevel(logging.CRITICAL)
    engine = logging.getLogger(ENGINE_LIBRARY)
    # a handler that does nothing keeps it from bringing its own, and all it says comes to ours
    engine.handlers[:] = [logging.NullHandler()]
    engine.propagate = True
