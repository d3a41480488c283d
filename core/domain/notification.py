"""Who is told of what, where and when: pure rules over a project's and a person's wishes."""

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo


class Happening(StrEnum):
    """What people can be told of."""

    STARTED = "started"
    APPROVAL = "approval"
    """Somebody must decide."""
    FINISHED = "finished"
    FAILED = "failed"
    CANCELLED = "cancelled"
    BUDGET = "budget"


@dataclass(frozen=True, slots=True, kw_only=True)
class QuietHours:
    """Hours of the day without direct messages, in the zone `time_zone` (IANA name); they may pass midnight."""

    begin: time
    end: time
    time_zone: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NotificationRules:
    """What a project, or one person, wants to be told beside the task's own thread."""

    channel: frozenset[Happening] = frozenset()
    direct: frozenset[Happening] = frozenset()
    quiet: QuietHours | None = None


def quiet_until(rules: NotificationRules, now: datetime) -> datetime | None:
    """When the quiet hours that hold at `now` (aware) end, as an aware UTC time; None when they do not hold."""
    quiet = rules.quiet
    if quiet is None or quiet.begin == quiet.end:
        return None
    local = now.astimezone(ZoneInfo(quiet.time_zone))
    passes_midnight = quiet.end < quiet.begin
    evening, morning = local.time() >= quiet.begin, local.time() < quiet.end
    if not (evening or morning if passes_midnight else evening and morning):
        return None
    day = local.date() if morning else local.date() + timedelta(days=1)
    # in the hour that comes twice in autumn, the end of the one it is now
    return datetime.combine(day, quiet.end, tzinfo=local.tzinfo).replace(fold=local.fold).astimezone(UTC)
