"""A schedule's times in words for people; pure."""

from datetime import datetime
from zoneinfo import ZoneInfo

from core.domain.schedule import When


def told_when(when: When) -> str:
    """`At 09:00 on Monday through Friday`, or the moment; with the time zone."""
    if when.at is not None:
        return f"Once, {told_moment(when.at, when.time_zone)}"
    # it takes a while to load, and most commands need no words of it
    from cronsim import CronSim

    return f"{CronSim(when.cron, datetime(2026, 1, 1)).explain()} ({when.time_zone})"  # noqa: DTZ001 - explained only


def told_moment(at: datetime, time_zone: str) -> str:
    """`Mon 23 Nov 2026, 09:00 (Europe/Berlin)`."""
    return f"{at.astimezone(ZoneInfo(time_zone)):%a %-d %b %Y, %H:%M} ({time_zone})"
