"""The budgets that settings describe."""

from collections.abc import Iterator, Mapping

from config.budget_sections import BudgetsSection, LimitSection, ProjectBudgetsSection, ProjectLimitSection
from core.budgets.book import BudgetBook
from core.domain.identity import PersonId
from core.domain.limit import Budget, BudgetScope
from core.domain.period import PeriodUnit

_Section = BudgetsSection | ProjectBudgetsSection | ProjectLimitSection


def book_of(
    house: BudgetsSection, projects: Mapping[str, ProjectBudgetsSection], *, time_zone: str, zones: Mapping[str, str]
) -> BudgetBook:
    """Every budget that `[budgets]` and `[projects.NAME.budgets]` name.

    ValueError for one of a project that is not bound, for one that limits nothing, and for two of the same.
    """
    settled: dict[str, Budget] = {}
    for where, budget in _all(house, projects):
        if budget.scope.project not in ("", *projects):
            raise _wrong(where, f"there is no project {budget.scope.project}.", "Bind it, or correct its name.")
        if budget.key in settled:
            raise _wrong(where, f"{budget.key} is limited twice.", "Keep one of the two.")
        settled[budget.key] = budget
    return BudgetBook(
        settled=tuple(settled.values()),
        time_zone=time_zone,
        zones=zones,
        warn_at=house.warn_at,
        project_warn_at={name: each.warn_at for name, each in projects.items() if each.warn_at is not None},
    )


def _all(house: BudgetsSection, projects: Mapping[str, ProjectBudgetsSection]) -> Iterator[tuple[str, Budget]]:
    for budget in _of(house, BudgetScope(), around=(house,)):
        yield "budgets", budget
    for number, limit in enumerate(house.limits):
        inner = projects.get(limit.project)
        around = (limit, inner, house) if inner is not None else (limit, house)
        yield from _limit(f"budgets.limits[{number}]", limit, _scope(limit, limit.project), around=around)
    for name, project in projects.items():
        for budget in _of(project, BudgetScope(project=name), around=(project, house)):
            yield f"projects.{name}.budgets", budget
        for number, limit in enumerate(project.limits):
            where = f"projects.{name}.budgets.limits[{number}]"
            yield from _limit(where, limit, _scope(limit, name), around=(limit, project, house))


def _limit(
    where: str, limit: LimitSection | ProjectLimitSection, scope: BudgetScope, *, around: tuple[_Section, ...]
) -> Iterator[tuple[str, Budget]]:
    found = list(_of(limit, scope, around=around))
    if not found:
        raise _wrong(where, "it limits nothing.", "Give daily_usd, weekly_usd or monthly_usd.")
    for budget in found:
        yield where, budget


def _of(section: _Section, scope: BudgetScope, *, around: tuple[_Section, ...]) -> Iterator[Budget]:
    amounts = {
        PeriodUnit.DAY: section.daily_usd,
        PeriodUnit.WEEK: section.weekly_usd,
        PeriodUnit.MONTH: section.monthly_usd,
    }
    warn_at = next(each.warn_at for each in around if each.warn_at is not None)
    owners = next((each.owners for each in around if each.owners), ())
    for unit, usd in amounts.items():
        if usd is not None:
            yield Budget(scope=scope, unit=unit, usd=usd, warn_at=warn_at, owners=tuple(map(PersonId, owners)))


def _scope(limit: ProjectLimitSection, project: str) -> BudgetScope:
    return BudgetScope(project=project, person=limit.person, role=limit.role, model=limit.model)


def _wrong(where: str, what: str, hint: str) -> ValueError:
    return ValueError(f"{where}: {what} {hint}")
