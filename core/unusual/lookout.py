"""Looks out for unusual spending at each model call, and tells each thing once, in the transaction of the call."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from typing import Generic, TypeVar
from zoneinfo import ZoneInfo

from core.allowances import budgets_now
from core.budgets.book import BudgetBook, drawn_on
from core.budgets.draws import draw_of
from core.domain.event import HOUSE, NoticeRaised
from core.domain.identity import PersonId, TaskId
from core.domain.limit import Budget, Tally
from core.domain.period import day
from core.domain.task import AgentRun, Complexity, Task, TaskType
from core.domain.unusual import OF_TASKS, Oddity, Thresholds, Unusual, UnusualSeen
from core.store.unit_of_work import UnitOfWork
from core.unusual.usual import (
    Today,
    UsualCosts,
    UsualDay,
    costs_so_far,
    today_so_far,
    usual_costs,
    usual_day,
)
from core.unusual.watch import Usual, has_collapsed, is_dear
from core.unusual.words import notice

_REMEMBERED = 500
_PART_OF = {Oddity.AGENT: Oddity.TASK, Oddity.HOUR: Oddity.DAY}
"""What is not told beside the whole that the same call shows."""
_Value = TypeVar("_Value")


class Lookout:
    """One for a process: it remembers what is usual, for each task, and for each project until its day is over.

    With that a model call costs two sums of a few rows each, and none where nothing can be compared yet.
    """

    def __init__(self, book: BudgetBook, thresholds: Thresholds = Thresholds()) -> None:  # noqa: B008 - it is frozen
        self._book = book
        self._thresholds = thresholds
        self._costs = _Latest[tuple[TaskId, TaskType, Complexity], UsualCosts]()
        self._days = _Latest[tuple[str, date], UsualDay]()

    async def look(self, uow: UnitOfWork, run: AgentRun) -> None:
        """Tell what is unusual after a call of `run` was recorded in this unit."""
        if not self._thresholds.told:
            return
        task = await uow.tasks.get(run.task)
        new = set[Oddity]()
        for seen in [*await self._of_task(uow, task, run), *await self._of_project(uow, task, run)]:
            if await uow.unusual.see(seen):
                new.add(seen.kind)
                # one message about one thing: the other is in the list of what was seen
                if _PART_OF.get(seen.kind) not in new:
                    await self._tell(uow, task, run, seen)

    async def _of_task(self, uow: UnitOfWork, task: Task, run: AgentRun) -> list[Unusual]:
        # a planner may judge the task anew
        key = (task.id, task.type, task.complexity)
        usual = self._costs.get(key)
        if usual is None:
            usual = self._costs.keep(key, await usual_costs(uow, task))
        if not usual.known:
            return []
        costs = await costs_so_far(uow, task.id)
        sums = (
            (Oddity.TASK, task.id, sum(costs.values(), start=Decimal(0)), usual.task),
            (Oddity.AGENT, run.id, costs.get(run.id, Decimal(0)), usual.roles.get(run.role)),
        )
        return [
            replace(_seen(uow, task, kind, about=about, found=found, usual=known), role=role)
            for kind, about, found, known in sums
            for role in (run.role if kind is Oddity.AGENT else "",)
            if known is not None and is_dear(found, known, self._thresholds)
        ]

    async def _of_project(self, uow: UnitOfWork, task: Task, run: AgentRun) -> list[Unusual]:
        zone = self._book.zones.get(task.project, self._book.time_zone)
        today = uow.now.astimezone(ZoneInfo(zone)).date()
        usual = self._days.get((task.project, today))
        if usual is None:
            found = await usual_day(uow, task.project, self._thresholds, zone=zone)
            usual = self._days.keep((task.project, today), found)
        if not usual.known:
            return []
        await _one_at_a_time(uow, task, begin=day(uow.now, zone).begin)
        so_far, about = await today_so_far(uow, task.project, role=run.role, zone=zone), today.isoformat()
        seen = [
            _seen(uow, task, kind, about=about, found=found, usual=known)
            for kind, found, known in _spikes(so_far, usual, self._thresholds)
        ]
        cache = usual.caches.get(run.role)
        # where the whole project reads little, its roles are no news
        whole = any(each.kind is Oddity.CACHE for each in seen)
        if cache is not None and not whole and has_collapsed(so_far.of_role, cache, self._thresholds):
            found = _seen(uow, task, Oddity.CACHE, about=about, found=so_far.of_role.share, usual=cache)
            seen.append(replace(found, key=f"{found.key}:{run.role}", role=run.role))
        return seen

    async def _tell(self, uow: UnitOfWork, task: Task, run: AgentRun, seen: Unusual) -> None:
        budgets = await budgets_now(uow, self._book)
        if seen.kind in OF_TASKS:
            owners = _owners(drawn_on(budgets, draw_of(task, role=run.role, model=run.model)))
            told = tuple(dict.fromkeys((task.requested_by, *owners)))
            await uow.events.append(task.id, NoticeRaised(text=notice(seen)))
            await uow.events.append(task.id, UnusualSeen(seen=seen, told=told, owners=owners))
            return
        owners = _owners([each for each in budgets if each.scope.project == task.project])
        await uow.events.append(HOUSE, UnusualSeen(seen=seen, told=owners, owners=owners))


async def _one_at_a_time(uow: UnitOfWork, task: Task, *, begin: datetime) -> None:
    """Wait until no other call of the project is being looked at; from here to the end of this unit none can be.

    Else two at the same moment would not see each other, and what they come to together would stay untold.
    """
    await uow.budgets.hold_tally(Tally(budget=f"unusual:{task.project}", begin=begin))


def _spikes(so_far: Today, usual: UsualDay, thresholds: Thresholds) -> Iterator[tuple[Oddity, Decimal, Usual]]:
    """In a fixed order, so that two processes never wait for each other's rows."""
    if usual.day is not None and so_far.usd > usual.day.usd:
        yield Oddity.DAY, so_far.usd, usual.day.usual
    if usual.hour is not None and so_far.hour_usd > usual.hour.usd:
        yield Oddity.HOUR, so_far.hour_usd, usual.hour.usual
    if usual.cache is not None and has_collapsed(so_far.cache, usual.cache, thresholds):
        yield Oddity.CACHE, so_far.cache.share, usual.cache


def _seen(uow: UnitOfWork, task: Task, kind: Oddity, *, about: str, found: Decimal, usual: Usual) -> Unusual:
    key = f"{kind.value}:{about}" if kind in OF_TASKS else f"{kind.value}:{task.project}:{about}"
    return Unusual(
        key=key,
        kind=kind,
        project=task.project,
        task=task.id,
        about=about,
        found=found,
        usual=usual.value,
        over=usual.over,
        at=uow.now,
    )


def _owners(budgets: "tuple[Budget, ...] | list[Budget]") -> tuple[PersonId, ...]:
    return tuple(dict.fromkeys(owner for each in budgets for owner in each.owners))


_Key = TypeVar("_Key")


class _Latest(Generic[_Key, _Value]):
    """The values that were kept last, so many of them."""

    def __init__(self) -> None:
        self._values: dict[_Key, _Value] = {}

    def get(self, key: _Key) -> _Value | None:
        return self._values.get(key)

    def keep(self, key: _Key, value: _Value) -> _Value:
        self._values[key] = value
        while len(self._values) > _REMEMBERED:
            self._values.pop(next(iter(self._values)))
        return value
