"""Money over many tasks: what was spent since when, and what a request like this one took before."""

from collections.abc import Collection, Iterable
from datetime import datetime
from decimal import Decimal
from math import ceil
from statistics import median

from core.domain.estimate import Band, Estimate, Likeness
from core.domain.identity import ProjectName
from core.domain.task import Complexity, TaskType
from core.store.spending import PastTask, Spending, Spent
from core.store.store import Store

__all__ = ["Band", "Estimate", "PastTask", "Spent", "estimate_from", "past_tasks", "spent_since", "total_by", "usual"]

_LOOKED_AT = 200
_ENOUGH = 3
"""Fewer tasks than that say little."""


async def spent_since(
    store: Store, begin: datetime, *, projects: Collection[ProjectName] | None, end: datetime | None = None
) -> list[Spent]:
    """What was spent from `begin` on (and before `end`), in `projects` only unless None; the most expensive first."""
    async with store.reading() as uow:
        return await Spending(uow.connection).since(begin, projects=projects, end=end)


async def past_tasks(
    store: Store,
    kind: TaskType,
    *,
    projects: Collection[ProjectName] | None,
) -> list[PastTask]:
    """The newest completed tasks of this type, at most 200."""
    async with store.reading() as uow:
        return await Spending(uow.connection).past_tasks(kind, projects=projects, limit=_LOOKED_AT)


async def usual(store: Store, kind: TaskType, *, project: ProjectName, complexity: Complexity) -> Estimate | None:
    """What tasks of this kind took in `project`, those of the same size alone when there are enough; else None."""
    found = estimate_from(await past_tasks(store, kind, projects={project}), like=(project, complexity.value))
    return found if found is not None and found.tasks >= _ENOUGH else None


def estimate_from(tasks: Iterable[PastTask], *, like: tuple[ProjectName, str] | None = None) -> Estimate | None:
    """The middle of `tasks` and what nine in ten of them stayed within, None for none at all.

    `like` is the project and complexity of the request: tasks alike in both alone count when there are enough of them.
    """
    known = list(tasks)
    alike = [each for each in known if (each.project, each.complexity.value) == like]
    narrow = len(alike) >= _ENOUGH
    chosen = alike if narrow else known
    if not chosen:
        return None
    return Estimate(
        tasks=len(chosen),
        cost_usd=_band([float(each.cost_usd) for each in chosen]),
        tokens=_band([float(each.tokens) for each in chosen]),
        duration_s=_band([each.duration_s for each in chosen]),
        alike=(Likeness.TYPE, Likeness.COMPLEXITY, Likeness.PROJECT) if narrow else (Likeness.TYPE,),
    )


def total_by(spent: Iterable[Spent], name: str) -> dict[str, tuple[int, Decimal]]:
    """Calls and dollars by one of the attributes of `Spent`, the most expensive first."""
    sums: dict[str, tuple[int, Decimal]] = {}
    for each in spent:
        calls, cost = sums.get(getattr(each, name), (0, Decimal(0)))
        sums[getattr(each, name)] = (calls + each.calls, cost + each.cost_usd)
    return dict(sorted(sums.items(), key=lambda item: (-item[1][1], item[0])))


def _band(values: list[float]) -> Band:
    return Band(p50=median(values), p90=sorted(values)[ceil(0.9 * len(values)) - 1])
