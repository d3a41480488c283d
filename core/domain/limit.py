"""Limits on what is spent by people, projects, roles and models in a day, a week or a month; in US dollars."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from decimal import Decimal

from core.domain.identity import PersonId
from core.domain.period import PeriodUnit

WARN_AT = (50, 75, 90)
"""Per cent of a budget at which people are told, unless the settings say otherwise."""
ALL = 100
"""Per cent at which work stops."""
UNIT_WORDS: Mapping[PeriodUnit, str] = {
    PeriodUnit.DAY: "daily",
    PeriodUnit.WEEK: "weekly",
    PeriodUnit.MONTH: "monthly",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Draw:
    """Whose money a model call is: all that a scope may ask about. `model` is '' while it is not chosen."""

    project: str
    person: PersonId
    role: str
    model: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class BudgetScope:
    """Which model calls a budget counts: those that fit everything named here; '' fits any."""

    project: str = ""
    person: str = ""
    role: str = ""
    model: str = ""
    """Part of the model's name, such as `opus`."""

    def covers(self, draw: Draw) -> bool:
        """Whether what `draw` stands for is counted; a model that is not chosen yet fits no name."""
        exact = all(getattr(self, name) in ("", getattr(draw, name)) for name in ("project", "person", "role"))
        return exact and self.model.lower() in draw.model.lower()

    @property
    def is_open(self) -> bool:
        """Whether everybody who sees the project it names may see how it stands; never where it is about a person."""
        return bool(self.project) and not self.person

    @property
    def key(self) -> str:
        """`project=api,role=builder`; `everything` when nothing is named."""
        named = [f"{each.name}={value}" for each in fields(self) if (value := getattr(self, each.name))]
        return ",".join(named) or "everything"


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """What may be spent within a scope in each day, week or month."""

    scope: BudgetScope
    unit: PeriodUnit
    usd: Decimal
    warn_at: tuple[int, ...] = WARN_AT
    """Per cent, ascending, each from 1 to 99."""
    owners: tuple[PersonId, ...] = ()
    """Who is told besides the people whose work draws on it."""

    @property
    def key(self) -> str:
        """Names it for good: there is one budget for a scope and a unit."""
        return budget_key(self.scope, self.unit)


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptBudget:
    """A budget as a person set it, stronger than the settings; without `usd` it stands for no limit."""

    key: str
    scope: BudgetScope
    unit: PeriodUnit
    usd: Decimal | None
    warn_at: tuple[int, ...]
    owners: tuple[PersonId, ...]
    by: PersonId
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """What was done about one budget in the period that begins at `begin`."""

    budget: str
    begin: datetime
    extra_usd: Decimal = Decimal(0)
    """By how much people raised it for this period alone."""
    told_percent: int = 0
    """The highest threshold people were told of, 0 for none …"""
    told_limit_usd: Decimal = Decimal(0)
    """… and what the limit was then."""


def budget_key(scope: BudgetScope, unit: PeriodUnit) -> str:
    """`project=api/month`."""
    return f"{scope.key}/{unit.value}"
