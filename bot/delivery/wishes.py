"""What one person wants to be told, over what the project says: read from the JSON that `people` keeps."""

from collections.abc import Mapping
from datetime import time
from typing import cast
from zoneinfo import ZoneInfo

from core.domain.notification import Happening, NotificationRules, QuietHours

Wishes = Mapping[str, object]
"""`direct`: list of happenings; `quiet`: None, or `begin`, `end` (HH:MM) and `time_zone`. A missing key is no wish."""


def wished(project: NotificationRules, wishes: Wishes) -> NotificationRules:
    """The rules for one person; a wish that cannot be read counts as none."""
    direct, quiet = project.direct, project.quiet
    if isinstance(listed := wishes.get("direct"), list | tuple):
        known = {happening.value: happening for happening in Happening}
        direct = frozenset(known[name] for name in cast("list[str]", listed) if name in known)
    if "quiet" in wishes:
        quiet = _quiet(wishes["quiet"], otherwise=quiet)
    return NotificationRules(channel=project.channel, direct=direct, quiet=quiet)


def _quiet(wish: object, *, otherwise: QuietHours | None) -> QuietHours | None:
    if wish is None:
        return None
    try:
        given = cast("Mapping[str, str]", wish)
        zone = given["time_zone"]
        ZoneInfo(zone)
        begin, end = time.fromisoformat(given["begin"]), time.fromisoformat(given["end"])
    except (KeyError, TypeError, ValueError, OSError):
        return otherwise
    return QuietHours(begin=begin, end=end, time_zone=zone)
