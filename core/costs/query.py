"""The typed query: everything that can be asked of the ledger, as one frozen value; pure."""

from dataclasses import dataclass, fields
from enum import StrEnum

from core.domain.period import Period
from core.domain.task import TaskState, TaskType


class Subject(StrEnum):
    """What kind of answer is wanted."""

    FIGURES = "figures"
    """Numbers: one, or one for each of a group."""
    TASKS = "tasks"
    """A list of tasks."""
    BILL = "bill"
    """What one task cost, and why."""
    BUDGET = "budget"
    """Whether the money will last."""
    WAITING = "waiting"
    """What waits for the asker."""
    UNUSUAL = "unusual"
    """Spending that was out of the ordinary."""
    ADVICE = "advice"
    """Where money could be saved."""
    ESTIMATES = "estimates"
    """How good estimates were."""


class Metric(StrEnum):
    """What is counted. Money, tokens and calls count in the period they were spent in."""

    COST = "cost"
    TOKENS = "tokens"
    CALLS = "calls"
    TASKS = "tasks"
    """How many tasks: those that were asked for in the period, or those that ended so in it when a state is named."""
    AVERAGE = "average"
    """Dollars for each task: all that the tasks cost which ended in the period."""
    DURATION = "duration"
    """Seconds for each task, from its start to its end, of the tasks that ended in the period."""
    CACHED = "cached"
    """Share (0 to 1) of the tokens of prompts that came from the cache."""


class Group(StrEnum):
    """What a figure is given for each of."""

    AGENT = "agent"
    """One agent run."""
    ROLE = "role"
    MODEL = "model"
    TASK = "task"
    STEP = "step"
    PERSON = "person"
    PROJECT = "project"
    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    TYPE = "type"
    """The kind of task."""
    STATE = "state"
    """How tasks stand."""


TIMES = frozenset({Group.DAY, Group.WEEK, Group.MONTH})
OF_TASKS = frozenset({Metric.TASKS, Metric.AVERAGE, Metric.DURATION})
"""What is counted in tasks, not in model calls."""
AVERAGES = frozenset({Metric.AVERAGE, Metric.DURATION, Metric.CACHED})
"""What is a ratio: of several, the weighted middle counts, and never the sum."""


class Order(StrEnum):
    """Which row comes first."""

    MOST = "most"
    LEAST = "least"
    TIME = "time"
    """The oldest first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Where:
    """What counts: of each kind any one of those named, () for all."""

    projects: tuple[str, ...] = ()
    persons: tuple[str, ...] = ()
    """Person ids."""
    roles: tuple[str, ...] = ()
    models: tuple[str, ...] = ()
    """Whole names, or a part of them such as `opus`."""
    tasks: tuple[str, ...] = ()
    types: tuple[TaskType, ...] = ()
    states: tuple[TaskState, ...] = ()

    @property
    def several(self) -> tuple[str, ...]:
        """The kinds of which more than one is named."""
        return tuple(each.name for each in fields(self) if len(getattr(self, each.name)) > 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """One question. `period` None means all of the past; `said` is that period as people say it: `last week`."""

    subject: Subject = Subject.FIGURES
    metric: Metric = Metric.COST
    group: Group | None = None
    where: Where = Where()
    period: Period | None = None
    said: str = ""
    order: Order = Order.MOST
    limit: int | None = None
    """How many rows at most; None for as many as are good to read."""

    @property
    def over_time(self) -> bool:
        """Whether its rows are days, weeks or months."""
        return self.group in TIMES


GROUP_OF = {
    "projects": Group.PROJECT,
    "persons": Group.PERSON,
    "roles": Group.ROLE,
    "models": Group.MODEL,
    "tasks": Group.TASK,
    "types": Group.TYPE,
    "states": Group.STATE,
}
"""Which group tells the kinds of `Where` apart."""
