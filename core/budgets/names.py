"""How budgets are called on screens; pure."""

from collections.abc import Mapping

from core.domain.identity import PersonId
from core.domain.limit import UNIT_WORDS, BudgetScope
from core.domain.period import PeriodUnit

_NOBODY: Mapping[PersonId, str] = {}


def scope_name(scope: BudgetScope, names: Mapping[PersonId, str] = _NOBODY) -> str:
    """`everything`, `api`, `alice`, `builder in api`, `opus for alice in api`; `names` are those of people."""
    what = " on ".join(each for each in (scope.role, scope.model) if each)
    person = names.get(PersonId(scope.person), scope.person)
    if person:
        what = f"{what} for {person}" if what else person
    if not scope.project:
        return what or "everything"
    return f"{what} in {scope.project}" if what else scope.project


def budget_name(scope: BudgetScope, unit: PeriodUnit, names: Mapping[PersonId, str] = _NOBODY) -> str:
    """`the monthly budget of api`."""
    return f"the {UNIT_WORDS[unit]} budget of {scope_name(scope, names)}"
