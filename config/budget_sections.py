"""The shape of what `orchestrator.toml` says about money: `[budgets]`, the same for one project, and `[unusual]`."""

from decimal import Decimal
from typing import Annotated

from pydantic import AfterValidator, Field

from config.chat_ids import one_person
from config.documents import Document
from core.domain.budget import MOST_USD
from core.domain.limit import WARN_AT
from core.domain.unusual import Thresholds

Usd = Annotated[Decimal, Field(gt=0, le=MOST_USD)]
Percent = Annotated[int, Field(ge=1, le=99)]
OnePerson = Annotated[str, AfterValidator(one_person)]


def _ascending(percents: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(sorted(set(percents)))


class _Amounts(Document):
    """What may be spent in each day, week and month; none means no limit."""

    daily_usd: Usd | None = None
    weekly_usd: Usd | None = None
    monthly_usd: Usd | None = None
    warn_at: Annotated[tuple[Percent, ...], AfterValidator(_ascending)] | None = None
    """Per cent at which people are told; none means as in the table around it."""
    owners: tuple[OnePerson, ...] = ()
    """Who is told besides the people whose work it is; () means as in the table around it."""


class ProjectLimitSection(_Amounts):
    """`[[projects.NAME.budgets.limits]]`: what one person, role or model may cost in the project."""

    person: Annotated[str, AfterValidator(lambda name: one_person(name) if name else name)] = ""
    role: str = ""
    model: str = ""
    """Part of the model's name, such as `opus`."""

    def __str__(self) -> str:
        return ", ".join(f"{key} {value}" for key, value in self if value)


class LimitSection(ProjectLimitSection):
    """`[[budgets.limits]]`: the same, in one project or in all of them."""

    project: str = ""


class ProjectBudgetsSection(_Amounts):
    """`[projects.NAME.budgets]`: what the project may cost."""

    limits: tuple[ProjectLimitSection, ...] = ()


class BudgetsSection(_Amounts):
    """`[budgets]`: what everything together may cost; `warn_at` and `owners` are those of every budget."""

    warn_at: Annotated[tuple[Percent, ...], AfterValidator(_ascending)] = WARN_AT  # pyright: ignore[reportIncompatibleVariableOverride]  # here it is never left open
    limits: tuple[LimitSection, ...] = ()


class UnusualSection(Document):
    """`[unusual]`: what people are told about spending far from the usual."""

    told: bool = True
    factor: Annotated[Decimal, Field(gt=1, le=100)] = Thresholds().factor
    """A task, agent run, hour or day is unusual from so many times the usual on …"""
    task_usd: Usd = Thresholds().task_usd
    """… a task and an agent run only once they have cost so much …"""
    spike_usd: Usd = Thresholds().spike_usd
    """… an hour and a day only when they cost so much more than others."""
    cache_tokens: Annotated[int, Field(ge=1)] = Thresholds().cache_tokens
    """What is read from the cache is judged on days on which models have read so many tokens."""

    @property
    def thresholds(self) -> Thresholds:
        """The same for the rules."""
        return Thresholds(**self.model_dump())
