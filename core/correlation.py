"""Correlation: the log lines and trace spans of one piece of work carry the same names, in every process."""

import hashlib
from collections.abc import Generator
from contextlib import contextmanager
from datetime import UTC, datetime
from uuid import uuid4

from structlog.contextvars import bound_contextvars, get_contextvars

from core.domain.identity import AgentRunId, TaskId


def correlation_id(task: TaskId, *, life: int, created_at: datetime) -> str:
    """32 hexadecimal digits for one life of one task: its trace id, the same wherever it is computed.

    The time of creation tells the T1 of one database from the T1 of another that reports to the same place.
    """
    return _digest(f"{task}/{life}/{created_at.astimezone(UTC).isoformat()}", digits=32)


def span_id(correlation: str, name: str) -> str:
    """16 hexadecimal digits for the part of that work called `name`, the same wherever it is computed."""
    return _digest(f"{correlation}/{name}", digits=16)


@contextmanager
def bound(*, task: TaskId, agent_run: AgentRunId | None = None, correlation: str = "") -> Generator[None]:
    """While it lasts, every log line of this context names the work it belongs to.

    Nested ones inherit the correlation of the outer one; without any, a random one is made, so that the lines still
    belong together. Tasks of asyncio that are started inside take it along.
    """
    names = {"task": str(task), "correlation": correlation or _inherited() or uuid4().hex}
    if agent_run is not None:
        names["agent_run"] = str(agent_run)
    with bound_contextvars(**names):
        yield


def _inherited() -> str:
    return str(get_contextvars().get("correlation", ""))


def _digest(text: str, *, digits: int) -> str:
    # the ids of the trace formats must not be all zeros, which no digest ever met is
    return hashlib.sha256(text.encode()).hexdigest()[:digits]
