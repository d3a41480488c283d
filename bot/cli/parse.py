"""Reading the names people type: `142`, `T142`, `A17`, `T142.3`."""

import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from core.domain.budget import usd_of
from core.domain.errors import InvalidInputError
from core.domain.identity import AgentRunId, ApprovalId, TaskId

_AGENT = re.compile(r"T?(\d{1,9})(?:\.(\d{1,6}))?", re.ASCII | re.IGNORECASE)
_AGO = re.compile(r"(\d{1,5})\s*(m|min|h|d|w)", re.ASCII)
_UNIT = {"m": "minutes", "min": "minutes", "h": "hours", "d": "days", "w": "weeks"}


def task_id(text: str) -> TaskId:
    """`142` or `T142`."""
    match = re.fullmatch(r"T?(\d{1,9})", text.strip(), re.ASCII | re.IGNORECASE)
    if match is None:
        raise InvalidInputError(f"{text[:40]!r} is not a task.", hint="A task looks like 142 or T142.")
    return TaskId(f"T{int(match[1])}")


def approval_id(text: str) -> ApprovalId:
    """`17` or `A17`."""
    match = re.fullmatch(r"A?(\d{1,9})", text.strip(), re.ASCII | re.IGNORECASE)
    if match is None:
        raise InvalidInputError(f"{text[:40]!r} is not an approval.", hint="An approval looks like A17.")
    return ApprovalId(f"A{int(match[1])}")


def task_of_agent(text: str) -> TaskId:
    """The task of `T142.3`, or of `T142` itself."""
    match = _AGENT.fullmatch(text.strip())
    if match is None:
        raise InvalidInputError(f"{text[:40]!r} is not an agent run.", hint="An agent run looks like T142.3.")
    return TaskId(f"T{int(match[1])}")


def agent_run_id(text: str) -> AgentRunId | None:
    """`T142.3`; None when only a task is named."""
    match = _AGENT.fullmatch(text.strip())
    return AgentRunId(f"T{int(match[1])}.{int(match[2])}") if match is not None and match[2] else None


def budget(text: str) -> Decimal | None:
    """`7.50` in US dollars; None for `none`, which is no limit."""
    return None if text.strip().lower() in {"none", "off", "unlimited"} else usd_of(text)


def moment(text: str, *, now: datetime) -> datetime:
    """`30d`, `12h`, `2w` before `now`, or a date or time such as `2026-01-31`, of this machine's zone by default."""
    text = text.strip()
    ago = _AGO.fullmatch(text)
    try:
        if ago is not None:
            return now - timedelta(**{_UNIT[ago[2]]: int(ago[1])})
        return datetime.fromisoformat(text).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise InvalidInputError(
            f"{text[:40]!r} is no time.", hint="Write how long ago, such as 30d or 12h, or a date: 2026-01-31."
        ) from error
