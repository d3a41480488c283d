"""A time of day in people's words: `9`, `9:30`, `6pm`, `noon`; pure."""

import re
from dataclasses import dataclass
from datetime import time

from core.domain.errors import InvalidInputError

MORNING = time(9)
"""When no time of day is said."""
_NAMED = {"noon": time(12), "midday": time(12), "midnight": time(0)}
# a number alone is an hour only after "at": "every day 3 tests fail" is about tests
_CLOCK = re.compile(
    r"[ ,]*(?P<at>(?:at|@) )?(?:(?P<named>noon|midday|midnight)"
    r"|(?P<hour>\d{1,2})(?(at)|(?=[:.]\d| ?[ap]\.?m\b))(?:[:.](?P<minute>\d{2}))? ?(?P<half>[ap]\.?m\.?)?"
    r"(?: ?o'?clock)?)(?![\w%/-])",
    re.IGNORECASE | re.ASCII,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """A time of day, and where in the text it ends."""

    at: time
    end: int


def clock_at(text: str, begin: int) -> Clock:
    """The time of day that stands at `begin`; nine in the morning, of no length, when there is none.

    InvalidInputError for one that no clock shows.
    """
    found = _CLOCK.match(text, begin)
    if found is None:
        return Clock(at=MORNING, end=begin)
    if found["named"]:
        return Clock(at=_NAMED[found["named"].lower()], end=found.end())
    hour, minute = int(found["hour"]), int(found["minute"] or 0)
    half = (found["half"] or "")[:1].lower()
    if minute > 59 or hour > 23 or (half and not 1 <= hour <= 12):
        raise InvalidInputError(
            f"{found[0].strip(' ,')!r} is no time of day.", hint="Write it such as 9, 9:30, 6pm or 18:30."
        )
    if half:
        hour = hour % 12 + (12 if half == "p" else 0)
    return Clock(at=time(hour, minute), end=found.end())
