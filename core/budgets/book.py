"""The budgets there are: what the settings say, under what people set; and where their days begin. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from core.domain.limit import WARN_AT, Budget, BudgetScope, Draw, KeptBudget
from core.domain.period import Period, period_of


@dataclass(frozen=True, slots=True, kw_only=True)
class BudgetBook:
    """What the settings say about budgets."""

    settled: Sequence[Budget] = ()
    time_zone: str = "UTC"
    """Of budgets that are not of one project."""
    zones: Mapping[str, str] = field(default_factory=dict[str, str])
    """Project → its time zone."""
    warn_at: tuple[int, ...] = WARN_AT
    project_warn_at: Mapping[str, tuple[int, ...]] = field(default_factory=dict[str, "tuple[int, ...]"])
    """Project → per cent at which people are told, where it is not as everywhere."""

    def budgets(self, kept: Sequence[KeptBudget]) -> tuple[Budget, ...]:
        """Every budget that holds, in the order of their names; `kept` are those that people set."""
        known = {each.key: each for each in self.settled}
        for each in kept:
            known.pop(each.key, None)
            if each.usd is not None:
                known[each.key] = Budget(
                    scope=each.scope, unit=each.unit, usd=each.usd, warn_at=each.warn_at, owners=each.owners
                )
        return tuple(known[key] for key in sorted(known))

    def warns_at(self, scope: BudgetScope) -> tuple[int, ...]:
        """Where people are told about a budget of `scope` for which nobody said anything else."""
        return self.project_warn_at.get(scope.project, self.warn_at)

    def period(self, budget: Budget, at: datetime) -> Period:
        """The day, week or month of `budget` that `at` is in."""
        return period_of(budget.unit, at, zone=self.zone_of(budget))

    def zone_of(self, budget: Budget) -> str:
        """The time zone (IANA name) of its days."""
        return self.zones.get(budget.scope.project, self.time_zone)


def drawn_on(budgets: Sequence[Budget], draw: Draw) -> tuple[Budget, ...]:
    """Those of `budgets` that a model call of `draw` counts in."""
    return tuple(each for each in budgets if each.scope.covers(draw))
