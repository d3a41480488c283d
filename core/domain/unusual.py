"""Spending far from the usual: what was seen, once for each thing and day, and that people are told of it."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Literal

from core.domain.identity import PersonId, TaskId


class Oddity(StrEnum):
    """What is not as usual."""

    TASK = "task"
    """A task that costs more than its like."""
    AGENT = "agent"
    """An agent run that costs more than those of its role in like tasks."""
    HOUR = "hour"
    """An hour in which a project spent more than in others."""
    DAY = "day"
    """A day on which a project spent more than on others."""
    CACHE = "cache"
    """A day on which a project's agents, or those of one role, read much less from the cache than on others."""


OF_TASKS = frozenset({Oddity.TASK, Oddity.AGENT})


@dataclass(frozen=True, slots=True, kw_only=True)
class Thresholds:
    """From where on spending is unusual, as the settings say; the rules are in `core.unusual.watch`."""

    told: bool = True
    """Whether anything is looked for at all."""
    factor: Decimal = Decimal(2)
    task_usd: Decimal = Decimal(1)
    spike_usd: Decimal = Decimal(10)
    cache_tokens: int = 500_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Unusual:
    """One thing that was seen. `key` names it for good, so that it is told once.

    `found` and `usual` are dollars; of the cache they are shares (0 to 1) of what the models read.
    """

    key: str
    kind: Oddity
    project: str
    task: TaskId
    """The task whose model call showed it."""
    about: str
    """The task, the agent run, or the day (ISO date) of the project's time zone."""
    role: str = ""
    """Of an agent run; of the cache, when it is about one role alone."""
    found: Decimal
    usual: Decimal
    over: int
    """How many tasks, agent runs, hours or days are behind the usual: it is the middle one of them."""
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class UnusualSeen:
    """A model call showed something unusual; an event of its task, or of the house when it is about a project."""

    type: Literal["unusual_seen"] = "unusual_seen"
    seen: Unusual
    told: tuple[PersonId, ...]
    """Who asked for the task, and the owners of budgets; () means the project's admins."""
    owners: tuple[PersonId, ...] = ()
    """People among them who want to be told, whatever a project says about its own."""
