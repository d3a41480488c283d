"""The shape of what `orchestrator.toml` says about money: `[budgets]`, and the same for one project."""

from decimal import Decimal
from typing import Annotated

from pydantic import AfterValidator, Field

from config.chat_ids import one_person
from config.documents import Document
from core.domain.budget import MOST_USD
from core.domain.limit import WARN_AT

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
