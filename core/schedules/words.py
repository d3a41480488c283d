"""When something is to begin, as people say it: `every weekday at 9`, `tomorrow at 18:30`, `cron "0 9 * * 1-5"`; pure.

It is matched word by word from the beginning, so that nothing of the request behind it is taken for a time.
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from core.domain.errors import InvalidInputError
from core.domain.schedule import When
from core.schedules.again import read_again
from core.schedules.once import read_once
from core.schedules.times import checked_cron

EXAMPLES = "every weekday at 9, every monday at 18:30, every 2 hours, on the 1st of the month at 8, tomorrow at 9"
_CRON = re.compile(r"cron +(?:\"([^\"]*)\"|“([^”]*)”|'([^']*)'|(\S+(?: \S+){4}))", re.IGNORECASE)
_BEGINNING = datetime(2026, 1, 1, tzinfo=UTC)
_QUOTED = re.compile(r"\"([^\"]+)\"|“([^”]+)”|'([^']+)'")


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """A time, and what was said after it."""

    when: When
    rest: str


def read_when(text: str, *, now: datetime, time_zone: str) -> Said:
    """The time that `text` begins with, quoted or not, and the rest: `every weekday at 9 fix flaky tests`.

    InvalidInputError, with examples, when it begins with none, and for a moment that is over.
    """
    text = text.strip()
    if cron := _CRON.match(text):
        expression = next(group for group in cron.groups() if group is not None)
        return Said(when=When(cron=checked_cron(expression), time_zone=time_zone), rest=_rest(text, cron.end()))
    if quoted := _QUOTED.match(text):
        inside = read_when(next(filter(None, quoted.groups())), now=now, time_zone=time_zone)
        if inside.rest:
            raise _unread(inside.rest)
        return Said(when=inside.when, rest=_rest(text, quoted.end()))
    if again := read_again(text):
        return Said(when=When(cron=checked_cron(again.cron), time_zone=time_zone), rest=_rest(text, again.end))
    if once := read_once(text, now=now, zone=ZoneInfo(time_zone)):
        return Said(when=When(at=once.at, time_zone=time_zone), rest=_rest(text, once.end))
    raise _unread(text)


def _rest(text: str, end: int) -> str:
    return text[end:].lstrip(" ,:;—").strip()


def _unread(text: str) -> InvalidInputError:
    said = f"{text[:60]!r} does not begin with a time." if text else "No time is given."
    return InvalidInputError(f"When? {said}", hint=f"For example: {EXAMPLES}.")


def begins_with_time(text: str) -> bool:
    """Whether `text` begins with something that was meant as a time, be it one that can be or not."""
    text = text.strip()
    if quoted := _QUOTED.match(text):
        text = next(filter(None, quoted.groups()))
    if _CRON.match(text):
        return True
    try:
        return read_again(text) is not None or read_once(text, now=_BEGINNING, zone=ZoneInfo("UTC")) is not None
    except InvalidInputError:
        return True
