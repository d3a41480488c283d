"""A schedule: work or a report that begins by the clock; pure values."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Literal, NewType

from core.domain.identity import PersonId, Place, ProjectName
from core.domain.project import PlanGate
from core.domain.task import Priority
from core.domain.workflow import Mode

ScheduleId = NewType("ScheduleId", str)
"""`S3`."""


class ScheduleState(StrEnum):
    """Whether it goes on."""

    ACTIVE = "active"
    PAUSED = "paused"
    DONE = "done"
    """It was for one time, and that has passed."""


class Missed(StrEnum):
    """What happens at the next start when its time passed while nothing ran."""

    RUN = "run"
    """Once, however many times were missed."""
    SKIP = "skip"


@dataclass(frozen=True, slots=True, kw_only=True)
class When:
    """Its times: either again and again by `cron` (five fields), or once `at` (UTC). Days are those of `time_zone`."""

    cron: str = ""
    at: datetime | None = None
    time_zone: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ScheduledWork:
    """A request that becomes a task each time; '' and None leave it to the project, as a person would."""

    kind: Literal["work"] = "work"
    request: str = ""
    template: str = ""
    values: tuple[tuple[str, str], ...] = ()
    """What the template is filled with."""
    workflow: str = ""
    model: str = ""
    priority: Priority | None = None
    mode: Mode | None = None
    plan_gate: PlanGate | None = None
    include_analyst: bool = False
    budget_usd: str = ""
    """What each task may cost, as decimal text."""


class Span(StrEnum):
    """What a report is about: the day or the week that is over when it is made."""

    DAILY = "daily"
    WEEKLY = "weekly"


@dataclass(frozen=True, slots=True, kw_only=True)
class ScheduledReport:
    """What was spent and done, told in the schedule's place."""

    kind: Literal["report"] = "report"
    span: Span


Scheduled = ScheduledWork | ScheduledReport


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """What begins when, for whom. What it starts is asked for by `by`, and told in `place`."""

    id: ScheduleId
    project: ProjectName
    by: PersonId
    place: Place | None = None
    when: When
    what: Scheduled
    missed: Missed = Missed.RUN
    state: ScheduleState = ScheduleState.ACTIVE
    reason: str = ""
    """Why it is paused, for people."""
    counted_from: datetime
    """Times up to this one are over: they were run, or skipped, or were before it was made or resumed."""
    last_run: str = ""
    """What the last one became: a task's id, or `report`."""
    created_at: datetime
    key: str = ""
    """Names the act that made it: the same one again makes no second schedule. '' for none."""


ScheduleChange = Literal["added", "paused", "resumed", "removed", "ran", "skipped"]
"""What can happen to a schedule."""


def schedule_id(number: int) -> ScheduleId:
    """The id of schedule `number` (1, 2, …)."""
    return ScheduleId(f"S{number}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """What is to be done about a schedule now."""

    run: datetime | None
    """The time that is to be run; None when all that passed are skipped."""
    counted_to: datetime
    """Up to here nothing is left to do."""
