"""The engine's watch: each is woken by what concerns it; a store that fails for a moment delays it, and no more."""

import asyncio
from collections.abc import AsyncGenerator
from types import SimpleNamespace
from typing import Any, cast

import pytest

from core.domain.errors import StoreLockedError
from core.domain.event import (
    AgentActed,
    AgentRunStateChanged,
    ApprovalDecided,
    Event,
    JournalEntry,
    NoticeRaised,
    StepStateChanged,
    TaskStateChanged,
    TaskSteered,
)
from core.domain.identity import TaskId, approval_id, message_id, task_id
from core.engine.hooks import Hook, Hooks
from core.engine.watch import Watch
from core.store.store import Store
from tests.support.values import BUILD, FIRST_RUN, NOON, T1
from tests.support.waiting import eventually

RUN_MOVED = AgentRunStateChanged(agent_run=FIRST_RUN, step=BUILD, role="builder", source="queued", target="starting")
TASK_MOVED = TaskStateChanged(source="queued", target="planning")
STEP_MOVED = StepStateChanged(step=BUILD, round=1, source="pending", target="running")
DECIDED = ApprovalDecided(approval=approval_id(1), kind="plan", state="approved")
STEERED = TaskSteered(message=message_id(1), text="Mind the tax.")
ACTED = AgentActed(agent_run=FIRST_RUN, step=BUILD, activity="Editing a.py")


class Journal:
    """A journal that events are put into; each of the first `faults` reads of it fails."""

    def __init__(self, *, faults: int = 0) -> None:
        self.faults = faults
        self.entries: list[JournalEntry] = []
        self.grown = asyncio.Event()

    def put(self, event: Event, *, task: TaskId = T1) -> None:
        self.entries.append(JournalEntry(seq=len(self.entries) + 1, task=task, at=NOON, event=event))
        self.grown.set()

    async def last_seq(self) -> int:
        return len(self.entries)

    async def follow(self, *, after: int) -> AsyncGenerator[JournalEntry]:
        while True:
            if self.faults:
                self.faults -= 1
                raise StoreLockedError("Locked.")
            self.grown.clear()
            for entry in self.entries[after:]:
                after = entry.seq
                yield entry
            await self.grown.wait()


class Told:
    """A hook that counts what it was told."""

    def __init__(self) -> None:
        self.seqs: list[int] = []

    async def on_event(self, entry: JournalEntry) -> None:
        self.seqs.append(entry.seq)


def watch(journal: Journal, *hooks: object) -> Watch:
    named = [("hook", cast("Hook", hook)) for hook in hooks]
    store = cast("Store", SimpleNamespace(journal=journal))
    return Watch(store, hooks=Hooks(hooks=named), retry_s=0.01)


@pytest.mark.parametrize(
    ("event", "moves", "steers", "queues"),
    [
        (RUN_MOVED, True, False, True),
        (TASK_MOVED, True, False, True),
        (STEP_MOVED, True, False, False),
        (DECIDED, True, False, False),
        (STEERED, False, True, False),
        (ACTED, False, False, False),
    ],
    ids=lambda value: getattr(value, "type", None),
)
async def test_each_event_wakes_exactly_those_it_concerns(
    event: Event, *, moves: bool, steers: bool, queues: bool
) -> None:
    journal, hook = Journal(), Told()
    watching = watch(journal, hook)
    await watching.start()
    with watching.moves(T1) as moved, watching.steering(T1) as steered, watching.moves(task_id(2)) as foreign:
        journal.put(event)
        await eventually(lambda: hook.seqs == [1])
        woken = [each.is_set() for each in (moved, steered, watching.queue_changed, foreign)]
        assert woken == [moves, steers, queues, False]
    await watching.stop()


async def test_everybody_who_watches_one_task_is_woken_and_nobody_who_stopped_to() -> None:
    journal, hook = Journal(), Told()
    watching = watch(journal, hook)
    await watching.start()
    with watching.moves(T1) as early:
        with watching.moves(T1) as first, watching.moves(T1) as second:
            journal.put(TASK_MOVED)
            await eventually(lambda: first.is_set() and second.is_set() and early.is_set())
            first.clear()
        journal.put(TASK_MOVED)
        await eventually(lambda: hook.seqs == [1, 2])
        assert not first.is_set()
    await watching.stop()


async def test_what_happened_before_it_began_is_not_told() -> None:
    journal, hook = Journal(), Told()
    journal.put(TASK_MOVED)
    watching = watch(journal, hook)
    await watching.start()
    journal.put(NoticeRaised(text="Look."))
    await eventually(lambda: hook.seqs == [2])
    assert not watching.queue_changed.is_set()
    await watching.stop()


@pytest.mark.parametrize("faults", [0, 1, 3])
async def test_a_move_is_noticed_in_spite_of_faults_and_once(faults: int) -> None:
    journal, hook = Journal(faults=faults), Told()
    watching = watch(journal, hook)
    await watching.start()
    with watching.moves(T1) as moved:
        journal.put(RUN_MOVED)
        async with asyncio.timeout(90):
            await moved.wait()
    journal.faults = 2
    journal.put(TASK_MOVED)
    await eventually(lambda: hook.seqs[-1:] == [2])
    assert hook.seqs == [1, 2], "nothing is told twice"
    assert journal.faults == 0
    await watching.stop()


async def test_stopping_succeeds_even_when_the_follower_broke() -> None:
    class Broken(Journal):
        def follow(self, *, after: int) -> Any:
            raise ZeroDivisionError(after)

    watching = watch(Broken())
    await watching.start()
    await asyncio.sleep(0)
    await watching.stop()


async def test_it_can_be_started_again_and_stopped_without_having_been_started() -> None:
    journal, hook = Journal(), Told()
    watching = watch(journal, hook)
    await watching.stop()
    for number in (1, 2):
        await watching.start()
        journal.put(TASK_MOVED)
        await eventually(lambda number=number: hook.seqs[-1:] == [number])
        await watching.stop()
    assert hook.seqs == [1, 2]


class Ending(Journal):
    """A journal whose store is closed after what it has."""

    async def follow(self, *, after: int) -> AsyncGenerator[JournalEntry]:
        for entry in self.entries[after:]:
            yield entry


async def test_a_store_that_is_closed_ends_the_watching_and_is_not_asked_again():
    journal = Ending()
    watching = watch(journal)
    await watching.start()
    await eventually(
        lambda: "engine-watch" not in {task.get_name() for task in asyncio.all_tasks()}, what="the end of the watching"
    )
    await watching.stop()
