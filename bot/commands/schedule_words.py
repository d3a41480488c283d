"""What may follow `schedule`: a time and a request or a report, or something about one of the schedules; pure."""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from core.domain.errors import InvalidInputError
from core.domain.schedule import ScheduledReport, ScheduleId, Span, When
from core.schedules.words import begins_with_time, read_when

Doing = Literal["list", "show", "pause", "resume", "delete", "run"]
_DOING: dict[str, Doing] = {
    **dict.fromkeys(("list", "ls", "all"), "list"),
    **dict.fromkeys(("show", "view", "info"), "show"),
    **dict.fromkeys(("pause", "stop", "disable", "suspend"), "pause"),
    **dict.fromkeys(("resume", "continue", "enable", "start"), "resume"),
    **dict.fromkeys(("delete", "remove", "cancel", "drop"), "delete"),
    **dict.fromkeys(("run", "trigger"), "run"),
}
_NAME = re.compile(r"s?(\d{1,9})", re.IGNORECASE | re.ASCII)
_REPORT = re.compile(
    r"(?:(?:send|post|give|make|show)(?: me| us)? )?(?:an? |the |our )?(?P<span>daily|weekly)? ?"
    r"(?:(?:cost|costs|spending|status) )?(?:report|summary)(?: of (?:the )?costs?)?\b[.!]?",
    re.IGNORECASE,
)
_USUAL = {Span.DAILY: "every day at 9", Span.WEEKLY: "every monday at 9"}


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """Something is wanted of one schedule, or of all for `list`."""

    doing: Doing
    schedule: ScheduleId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """Something new: a report, or the request in `text`."""

    when: When
    text: str = ""
    report: ScheduledReport | None = None


def is_meant(text: str) -> bool:
    """Whether what follows the word `schedule` shows that it was meant as the command."""
    return not text or _about(text) is not None or _REPORT.match(text) is not None or begins_with_time(text)


def read_schedule(text: str, *, now: datetime, time_zone: str) -> About | Planned:
    """What is wanted; InvalidInputError with examples when that is not clear."""
    about = _about(text)
    if about is not None:
        return about
    if found := _REPORT.match(text):
        span = Span((found["span"] or "daily").lower())
        rest = text[found.end() :].strip() or _USUAL[span]
        said = read_when(rest, now=now, time_zone=time_zone)
        return Planned(when=said.when, report=ScheduledReport(span=span if found["span"] else _span(said.when)))
    said = read_when(text, now=now, time_zone=time_zone)
    if found := _REPORT.fullmatch(said.rest):
        span = Span(found["span"].lower()) if found["span"] else _span(said.when)
        return Planned(when=said.when, report=ScheduledReport(span=span))
    return Planned(when=said.when, text=said.rest)


def _about(text: str) -> About | None:
    words = text.split()
    if not words:
        return About(doing="list")
    doing = _DOING.get(words[0].lower())
    named = [found for word in words[1:] if (found := _NAME.fullmatch(word))]
    if doing is None or len(words) > 2 or (len(words) == 2 and not named):
        return None
    if doing == "list":
        return About(doing=doing)
    if not named:
        raise InvalidInputError(f"{words[0]} which schedule?", hint=f"For example: schedule {doing} S3")
    return About(doing=doing, schedule=ScheduleId(f"S{int(named[0][1])}"))


def _span(when: When) -> Span:
    """A report that comes on one day of the week is about the week."""
    day = when.cron.rpartition(" ")[2]
    return Span.WEEKLY if day.isdigit() else Span.DAILY
