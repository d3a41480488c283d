"""Watching tasks at a terminal without taking part: one card each, from the journal, until they end."""

import asyncio
import contextlib
from collections.abc import Coroutine
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from adapters.chat.card import Card, StepList, StepRow, Text, Weight
from adapters.console.adapter import Console
from bot.cards.task import task_card
from bot.onlooker import Onlooker
from core.domain.errors import NotFoundError
from core.domain.event import HOUSE
from core.domain.identity import TaskId
from core.domain.task import FINAL_TASK_STATES, StepState, TaskState
from core.views import TaskView

WHOLE_CARDS = 2
"""With more open tasks than this each card shrinks to what happens now, so that all of them fit."""
_MOST = 50
_OPEN = frozenset(TaskState) - FINAL_TASK_STATES


@dataclass(slots=True, kw_only=True)
class Watching:
    """The open tasks, or `only` one, on one console."""

    seen: Onlooker
    console: Console
    only: TaskId | None = None
    _views: dict[TaskId, TaskView] = field(default_factory=dict[TaskId, TaskView])
    _shown: dict[TaskId, contextlib.ExitStack] = field(default_factory=dict[TaskId, contextlib.ExitStack])

    async def run(self) -> None:
        """Show what is there, then what changes; ends with the one task, and without one only when cancelled."""
        after = await self._begin()
        try:
            if self.only is not None and not self._views:
                return
            entries = self.seen.store.journal.follow(after=after, task=self.only)
            async with contextlib.aclosing(entries):
                async for entry in entries:
                    # an entry that a newer view already holds tells nothing
                    if entry.task != HOUSE and entry.seq > self._known(entry.task):
                        await self._see(entry.task)
                    if self.only is not None and not self._views:
                        return
        finally:
            for stack in self._shown.values():
                stack.close()

    async def _begin(self) -> int:
        """Show what is open now; the journal number to go on from."""
        if self.only is not None:
            view = await self.seen.reader.task(self.only)
            await self._take(view)
            return view.seq
        after = await self.seen.store.journal.last_seq()
        views = await self.seen.reader.tasks(states=_OPEN, limit=_MOST)
        if not views:
            self.console.say("Nothing is running. New tasks show here as they come.")
        for view in reversed(views):
            await self._take(view)
        return after

    def _known(self, task: TaskId) -> int:
        view = self._views.get(task)
        return view.seq if view is not None else 0

    async def _see(self, task: TaskId) -> None:
        with contextlib.suppress(NotFoundError):
            await self._take(await self.seen.reader.task(task))

    async def _take(self, view: TaskView) -> None:
        """Show the newest state of a task; one that has ended stays on the page and is not followed any more."""
        task = view.task.id
        ended = view.task.state in FINAL_TASK_STATES
        if ended and task not in self._shown:
            if self.only is not None:
                self.console.show(task_card(view, now=self.seen.clock()))
            return
        self._views[task] = view
        if task not in self._shown:
            stack = self._shown[task] = contextlib.ExitStack()
            progress = stack.enter_context(self.console.progress(task))
            progress.update(lambda: self._card(task))
        else:
            self.console.progress(task).update(lambda: self._card(task))
        if ended:
            whole = self._shown.pop(task)
            # its last card is the whole one
            self.console.progress(task).update(lambda: task_card(view, now=self.seen.clock()))
            whole.close()
            del self._views[task]

    def _card(self, task: TaskId) -> Card:
        now = self.seen.clock()
        view = self._views[task]
        small = self.console.is_live and self.only is None and len(self._views) > WHOLE_CARDS
        return compact_card(view, now=now) if small else task_card(view, now=now)


def compact_card(view: TaskView, *, now: datetime) -> Card:
    """The task's card with only the steps at work and what waits for a person."""
    card = task_card(view, now=now)
    rows = tuple(row for part in card.sections if isinstance(part, StepList) for row in part.rows if _is_at_work(row))
    asked = tuple(part for part in card.sections if isinstance(part, Text) and part.weight is Weight.NEXT)
    return replace(card, sections=(StepList(rows=rows), *asked), actions=())


def _is_at_work(row: StepRow) -> bool:
    return row.state in {StepState.RUNNING, StepState.WAITING}


async def first_of(*ways: Coroutine[Any, Any, object]) -> None:
    """Run all until the first has ended, then end the others; what the first raised comes out."""
    tasks = [asyncio.ensure_future(way) for way in ways]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    for task in done:
        task.result()
