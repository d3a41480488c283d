"""The follower: reads the journal as it grows, adds what listeners want to know beside it, and tells them."""

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace
from typing import TypeVar

import structlog

from bot.observability.lookup import LOOKED_UP, completed, facts_of, timeline_before
from bot.observability.period import Period
from bot.observability.sighting import Listener, Sighting, TaskFacts
from bot.observability.timeline import Timeline
from core.domain.errors import StoreError
from core.domain.event import HOUSE, JournalEntry, PlanMade
from core.domain.identity import TaskId
from core.store.store import Store
from core.store.unit_of_work import UnitOfWork

MOST_TASKS = 4096
"""Tasks kept in mind; one that was forgotten is read anew from the journal."""

Found = TypeVar("Found")

log = structlog.get_logger(__name__)


@dataclass(slots=True, kw_only=True)
class _Known:
    facts: TaskFacts | None
    timeline: Timeline


class Follower:
    """Follows the journal after entry `after`. What goes wrong while observing is logged, and never stops it."""

    def __init__(
        self,
        store: Store,
        *,
        listeners: Sequence[Listener],
        after: int,
        retry_s: float = 1.0,
        most_tasks: int = MOST_TASKS,
    ) -> None:
        self._store = store
        self._listeners = listeners
        self._seq = after
        self._retry_s = retry_s
        self._most_tasks = most_tasks
        self._known: OrderedDict[TaskId, _Known] = OrderedDict()
        self._told = asyncio.Event()

    @property
    def seq(self) -> int:
        """The number of the last entry that listeners were told."""
        return self._seq

    async def run(self) -> None:
        """Follow until cancelled, or until the store is closed."""
        while True:
            try:
                async with aclosing(self._store.journal.follow(after=self._seq)) as entries:
                    async for entry in entries:
                        await self._tell(entry)
                        self._seq = entry.seq
                        self._told.set()
            except Exception:  # nobody waits for this task, so it tells of what it does not know, and tries again
                log.exception("journal_not_followed")
                await asyncio.sleep(self._retry_s)
            else:
                return

    async def caught_up(self) -> None:
        """Return once listeners were told all that is in the journal now; StoreError when it cannot be asked."""
        last = await self._store.journal.last_seq()
        while self._seq < last:
            self._told.clear()
            await self._told.wait()

    async def _tell(self, entry: JournalEntry) -> None:
        try:
            sighting = await self._sighting(entry)
            for listener in self._listeners:
                listener.hear(sighting)
        except Exception:  # whoever only watches must not go blind over one entry, let alone fail
            log.exception("entry_not_observed", seq=entry.seq)

    async def _sighting(self, entry: JournalEntry) -> Sighting:
        if entry.task == HOUSE:
            return Sighting(entry=entry)
        known = await self._of(entry)
        if isinstance(entry.event, PlanMade) and known.facts is not None:
            known.facts = replace(known.facts, workflow=entry.event.workflow)
        periods = known.timeline.tell(entry)
        if any(period.kind in LOOKED_UP for period in periods):
            periods = await self._read(lambda uow: _all_completed(uow, periods))
        return Sighting(entry=entry, task=known.facts, life=known.timeline.life, periods=tuple(periods))

    async def _of(self, entry: JournalEntry) -> _Known:
        if entry.task not in self._known:
            self._known[entry.task] = await self._read(lambda uow: _known_before(uow, entry))
        self._known.move_to_end(entry.task)
        while len(self._known) > self._most_tasks:
            self._known.popitem(last=False)
        return self._known[entry.task]

    async def _read(self, look: Callable[[UnitOfWork], Awaitable[Found]]) -> Found:
        """What `look` finds; waits for a database that is away, so that nothing is told without its names."""
        while True:
            try:
                async with self._store.reading() as uow:
                    return await look(uow)
            except StoreError as error:
                log.warning("observing_waits_for_the_store", reason=error.message)
            await asyncio.sleep(self._retry_s)


async def _known_before(uow: UnitOfWork, entry: JournalEntry) -> _Known:
    return _Known(facts=await facts_of(uow, entry.task), timeline=await timeline_before(uow, entry))


async def _all_completed(uow: UnitOfWork, periods: list[Period]) -> list[Period]:
    return [await completed(uow, period) for period in periods]
