"""What happened to budgets that people, projects, roles and models share, and when people were told; past tense."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from core.domain.identity import PersonId


@dataclass(frozen=True, slots=True, kw_only=True)
class BudgetThresholdReached:
    """A model call of the task took a budget to a threshold: its `told` are written to, once; decimal strings."""

    type: Literal["budget_threshold_reached"] = "budget_threshold_reached"
    budget: str
    """Key of the shared budget; '' for the task's own."""
    name: str
    """As people call it: `the monthly budget of api`."""
    percent: int
    """The threshold; 100 when it is used up."""
    limit_usd: str
    spent_usd: str
    until: datetime | None = None
    """When its period ends; None for a task's own."""
    told: tuple[PersonId, ...]
    """Who asked for the task, and the owners."""
    owners: tuple[PersonId, ...] = ()
    """Of a shared budget: people who want to be told, whatever a project says about its own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BudgetLimitChanged:
    """A shared budget was set, raised or taken away; an event of the house. Decimal strings, '' for no limit."""

    type: Literal["budget_limit_changed"] = "budget_limit_changed"
    budget: str
    name: str
    source: str
    target: str
    until: datetime | None = None
    """The end of the only period it holds for; None when it holds from now on."""
    by: PersonId | None = None


BudgetEvent = BudgetThresholdReached | BudgetLimitChanged
