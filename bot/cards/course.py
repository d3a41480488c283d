"""How the money of a period went by, as points of a line, and what its ends are called; pure."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from core.costs.answer import Row
from core.domain.period import Period, midnight

Course = tuple[tuple[float, Decimal], ...]
"""Shares of a period (0 to 1) with what was spent by then, in dollars."""


def course(period: Period, days: Sequence[Row], spent_usd: Decimal, *, now: datetime, zone: str) -> Course:
    """From nothing over the end of each of `days` (what they cost, the oldest first) to what is spent now."""
    spent, found = Decimal(0), [(0.0, Decimal(0))]
    for day in days:
        spent += day.amount.value
        ended = midnight(date.fromisoformat(day.key) + timedelta(days=1), zone)
        if ended < min(now, period.end):
            found.append((_share(period, ended), spent))
    return (*found, (_share(period, now), spent_usd))


def ends(period: Period, *, zone: str) -> tuple[str, str]:
    """`1 Nov` and `30 Nov`; the end of a single day is `midnight`."""
    begin = period.begin.astimezone(ZoneInfo(zone))
    last = (period.end - timedelta(microseconds=1)).astimezone(ZoneInfo(zone))
    first, end = f"{begin.day} {begin:%b}", f"{last.day} {last:%b}"
    return (first, "midnight") if begin.date() == last.date() else (first, end)


def _share(period: Period, at: datetime) -> float:
    return min(1.0, max(0.0, (at - period.begin) / (period.end - period.begin)))
