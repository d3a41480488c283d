"""When a question that nobody answers is asked again, and when others are told: pure arithmetic."""

from datetime import datetime, timedelta

MOST_REMINDERS = 20


def reminders_due(asked_at: datetime, *, now: datetime, after_s: float) -> int:
    """How many reminders are due: the first after `after_s` seconds, the next after 2, 4, 8 … times that.

    Only the last of them is to be sent: whoever was away, or whose clock jumped, is not flooded.
    """
    waited_s = (now - asked_at).total_seconds()
    count = 0
    while count < MOST_REMINDERS and waited_s >= after_s * 2**count:
        count += 1
    return count


def is_late(asked_at: datetime, *, now: datetime, after_s: float) -> bool:
    """Whether others are to be told that nobody answers."""
    return now - asked_at >= timedelta(seconds=after_s)
