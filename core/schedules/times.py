"""Which times a schedule has, and what is due of it now; pure.

Around a change of the clocks: a time of day that does not exist runs at the next moment that does, one that comes
twice runs the first time only (as Debian's cron does it, and the library cronsim).
"""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from cronsim import CronSim, CronSimError

from core.domain.errors import InvalidInputError
from core.domain.schedule import Due, Missed, Schedule, ScheduleState, When

ON_TIME = timedelta(minutes=2)
"""What is not later than this was not missed: the process was busy, or has just begun."""
LEAST_PAUSE = timedelta(minutes=5)
"""Closer together than this work would pile up."""


def checked_cron(expression: str) -> str:
    """`expression` with single blanks; InvalidInputError when it is none, never comes, or comes far too often."""
    cron = " ".join(expression.split())
    hint = 'Five fields: minute, hour, day, month, weekday. For example: cron "0 9 * * 1-5"'
    if len(cron.split()) != 5:
        raise InvalidInputError(f"{cron[:60]!r} is no cron expression.", hint=hint)
    try:
        times = CronSim(cron, datetime(2026, 1, 1, tzinfo=UTC))
        first, second = next(times), next(times)
    except CronSimError as error:
        raise InvalidInputError(f"{cron[:60]!r} is no cron expression: {error}.", hint=hint) from error
    except StopIteration:
        raise InvalidInputError(f"{cron!r} never comes.", hint="Name a day that exists.") from None
    if second - first < LEAST_PAUSE:
        raise InvalidInputError(
            f"{cron!r} comes every {int((second - first).total_seconds() // 60)} min.",
            hint=f"At most every {int(LEAST_PAUSE.total_seconds() // 60)} minutes.",
        )
    return cron


def due(schedule: Schedule, *, now: datetime) -> Due | None:
    """What of an active schedule is due at `now`; None for nothing. Of several missed times only the last is run."""
    if schedule.state is not ScheduleState.ACTIVE:
        return None
    last = last_time(schedule.when, until=now)
    if last is None or last <= schedule.counted_from:
        return None
    missed = now - last > ON_TIME
    return Due(run=None if missed and schedule.missed is Missed.SKIP else last, counted_to=last)


def last_time(when: When, *, until: datetime) -> datetime | None:
    """The last time that is not later than `until` (aware), in UTC; None when there was none."""
    if when.at is not None:
        return when.at if when.at <= until else None
    # the library leaves out the moment it begins with
    begin = until.replace(second=0, microsecond=0) + timedelta(minutes=1)
    back = next(CronSim(when.cron, begin.astimezone(ZoneInfo(when.time_zone)), reverse=True), None)
    found = back.astimezone(UTC) if back is not None else None
    # In the hour that comes twice the way back misses what ran in the first of the two, until its time comes again
    while found is not None and (later := next_time(when, after=found)) is not None and later <= until:
        found = later
    return found


def next_time(when: When, *, after: datetime) -> datetime | None:
    """The first time after `after` (aware), in UTC; None when there is none any more."""
    if when.at is not None:
        return when.at if when.at > after else None
    found = next(CronSim(when.cron, after.astimezone(ZoneInfo(when.time_zone))), None)
    return found.astimezone(UTC) if found is not None else None


def upcoming(schedule: Schedule, *, now: datetime) -> datetime | None:
    """When it runs next; None when it does not."""
    if schedule.state is not ScheduleState.ACTIVE:
        return None
    return next_time(schedule.when, after=max(now, schedule.counted_from))
