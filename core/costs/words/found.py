"""What was found in a question word by word, before it is made a typed query."""

from dataclasses import dataclass, field
from enum import StrEnum

from core.costs.query import Group, Metric, Order
from core.costs.words.dates import When
from core.domain.task import TaskState, TaskType


class Sign(StrEnum):
    """Something a word tells about the whole question."""

    MONEY = "money"
    MUCH = "how much"
    MANY = "how many"
    TASKS = "tasks"
    COMPARE = "compare"
    BUDGET = "budget"
    LEFT = "left"
    FUTURE = "future"
    USED = "used"
    WHY = "why"
    AVERAGE = "average"
    SUPERLATIVE = "superlative"
    ONE = "one"
    """One of a group is asked for: `which agent`, `who`."""
    SHOW = "show"
    SLOW = "slow"
    HERE = "here"
    """The task that is talked about is meant, without its name."""
    EVERYBODY = "everybody"
    EVERYTHING = "everything"
    BEFORE = "before"
    """Compared with the period before: `more than last week`."""


@dataclass(slots=True, kw_only=True)
class Found:
    """Filled while the words are read; `unknown` are those that no rule knows."""

    signs: set[Sign] = field(default_factory=set[Sign])
    metric: Metric | None = None
    group: Group | None = None
    groups: list[Group] = field(default_factory=list[Group])
    """Everything it is to be told apart by; `group` is the last of them."""
    noun: Group | None = None
    """A group that was only mentioned: `the most expensive agents`."""
    order: Order | None = None
    limit: int | None = None
    whens: list[When] = field(default_factory=list[When])
    projects: list[str] = field(default_factory=list[str])
    persons: list[str] = field(default_factory=list[str])
    roles: list[str] = field(default_factory=list[str])
    models: list[str] = field(default_factory=list[str])
    tasks: list[str] = field(default_factory=list[str])
    types: list[TaskType] = field(default_factory=list[TaskType])
    states: list[TaskState] = field(default_factory=list[TaskState])
    unknown: list[str] = field(default_factory=list[str])

    def has(self, *signs: Sign) -> bool:
        """Whether one of `signs` was seen."""
        return not self.signs.isdisjoint(signs)

    @property
    def narrows(self) -> bool:
        """Whether anything is named that only some of the work has."""
        return any((self.projects, self.persons, self.roles, self.models, self.tasks, self.types, self.states))
