"""How a budget stands in one period: what may be spent, what is, what is left, by how much it was passed; pure."""

from dataclasses import dataclass
from decimal import Decimal

from core.budgets.names import budget_name
from core.domain.budget import is_used_up
from core.domain.limit import Budget
from core.domain.period import Period


@dataclass(frozen=True, slots=True, kw_only=True)
class Allowance:
    """One budget in one period, in US dollars."""

    budget: Budget
    period: Period
    spent_usd: Decimal
    extra_usd: Decimal = Decimal(0)
    """By how much it was raised for this period."""

    @property
    def limit_usd(self) -> Decimal:
        """What may be spent in this period."""
        return self.budget.usd + self.extra_usd

    @property
    def left_usd(self) -> Decimal:
        """What may still be spent; never less than nothing."""
        return max(self.limit_usd - self.spent_usd, Decimal(0))

    @property
    def passed_by_usd(self) -> Decimal:
        """By how much calls that were under way went beyond the limit."""
        return max(self.spent_usd - self.limit_usd, Decimal(0))

    @property
    def used_up(self) -> bool:
        """Whether work that draws on it has to stop."""
        return is_used_up(self.limit_usd, self.spent_usd)

    @property
    def percent(self) -> int:
        """How much of it is spent, rounded down."""
        return int(self.spent_usd * 100 / self.limit_usd)

    @property
    def name(self) -> str:
        """`the monthly budget of api`."""
        return budget_name(self.budget.scope, self.budget.unit)
