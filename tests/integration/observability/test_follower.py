"""The follower tells listeners everything in order, whatever goes wrong around it."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from decimal import Decimal

import pytest
from structlog.testing import capture_logs

from bot.observability.follower import Follower
from bot.observability.observability import observing
from bot.observability.period import Period, PeriodKind
from bot.observability.sighting import Listener, Sighting
from core.domain.event import ProjectArchived
from core.domain.identity import TaskId
from core.domain.task import AgentRunState
from core.store.database import sqlite_path
from core.store.store import Store
from tests.support.clock import FakeClock
from tests.support.journal_script import STORY, furnish, furnish_waiting, tell
from tests.support.values import a_call, a_run
from tests.support.waiting import eventually


class Recorder:
    """Remembers what it heard."""

    def __init__(self) -> None:
        self.heard: list[Sighting] = []

    def hear(self, sighting: Sighting) -> None:
        self.heard.append(sighting)

    @property
    def periods(self) -> list[Period]:
        return [period for sighting in self.heard for period in sighting.periods]


class Clumsy:
    """Fails at every entry."""

    def hear(self, sighting: Sighting) -> None:
        raise ZeroDivisionError(sighting.entry.seq)


@asynccontextmanager
async def following(
    store: Store, listeners: Sequence[Listener], *, after: int = 0, most_tasks: int = 100
) -> AsyncIterator[Follower]:
    follower = Follower(store, listeners=listeners, after=after, retry_s=0.01, most_tasks=most_tasks)
    task = asyncio.create_task(follower.run())
    try:
        yield follower
    finally:
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task


async def test_what_the_journal_does_not_say_is_looked_up(sqlite_store: Store, clock: FakeClock) -> None:
    await furnish(sqlite_store)
    recorder = Recorder()
    async with following(sqlite_store, [recorder]) as follower:
        await tell(sqlite_store, clock, STORY)
        await follower.caught_up()

    facts = recorder.heard[0].task
    assert facts is not None
    assert (facts.project, facts.workflow) == ("shop", "bug_fix")
    found = {period.kind: period for period in recorder.periods}
    assert found[PeriodKind.AGENT_RUN].model == "claude-sonnet"
    assert found[PeriodKind.STEP].role == found[PeriodKind.MODEL_CALL].role == "builder"
    for kind in (PeriodKind.TASK, PeriodKind.STEP, PeriodKind.AGENT_RUN, PeriodKind.MODEL_CALL):
        bill = found[kind].bill
        assert bill is not None
        assert (bill.calls, bill.cost_usd) == (1, Decimal("0.0042"))


async def test_a_step_is_billed_for_the_agents_of_its_own_round(sqlite_store: Store, clock: FakeClock) -> None:
    await furnish(sqlite_store)
    async with sqlite_store.transaction() as uow:
        second = a_run(ordinal=2, round=2, state=AgentRunState.COMPLETED)
        await uow.agent_runs.add(second)
        await uow.ledger.record(a_call("msg_2", second.id, cost_usd=Decimal(5)))
    recorder = Recorder()
    async with following(sqlite_store, [recorder]) as follower:
        await tell(sqlite_store, clock, STORY)
        await follower.caught_up()

    (step,) = (period for period in recorder.periods if period.kind is PeriodKind.STEP)
    assert step.bill is not None
    assert step.bill.cost_usd == Decimal("0.0042")


async def test_a_database_that_is_away_for_a_while_loses_nothing(sqlite_store: Store, clock: FakeClock) -> None:
    await furnish(sqlite_store)
    recorder = Recorder()
    with sqlite3.connect(sqlite_path(sqlite_store.url) or "") as other, capture_logs() as lines:
        async with following(sqlite_store, [recorder]) as follower:
            other.execute("ALTER TABLE tasks RENAME TO tasks_away")
            other.commit()
            await tell(sqlite_store, clock, STORY)
            await eventually(lambda: len(lines) >= 2, what="two attempts")
            assert recorder.heard == []
            other.execute("ALTER TABLE tasks_away RENAME TO tasks")
            other.commit()
            await follower.caught_up()
    other.close()

    assert [sighting.entry.seq for sighting in recorder.heard] == list(range(1, len(STORY) + 1))
    assert {line["event"] for line in lines} == {"observing_waits_for_the_store"}
    assert all(sighting.task is not None for sighting in recorder.heard)


async def test_a_listener_that_fails_is_logged_and_stops_nothing(sqlite_store: Store, clock: FakeClock) -> None:
    await furnish(sqlite_store)
    with capture_logs() as lines:
        async with following(sqlite_store, [Clumsy()]) as follower:
            await tell(sqlite_store, clock, STORY)
            await follower.caught_up()

    assert [(line["event"], line["seq"]) for line in lines] == [
        ("entry_not_observed", seq) for seq in range(1, len(STORY) + 1)
    ]


async def test_a_task_that_was_forgotten_is_read_anew(sqlite_store: Store, clock: FakeClock) -> None:
    await furnish(sqlite_store)
    await furnish_waiting(sqlite_store)
    recorder = Recorder()
    async with following(sqlite_store, [recorder], most_tasks=1) as follower:
        for event in STORY:
            await tell(sqlite_store, clock, [event])
            await tell(sqlite_store, clock, [event], task=TaskId("T2"))
        await follower.caught_up()

    lasted = [(period.task, period.seconds) for period in recorder.periods if period.kind is PeriodKind.TASK]
    assert lasted == [("T1", 60), ("T2", 60)]


async def test_events_of_the_house_belong_to_no_task(sqlite_store: Store, clock: FakeClock) -> None:
    recorder = Recorder()
    async with following(sqlite_store, [recorder]) as follower:
        await tell(sqlite_store, clock, [(0, ProjectArchived(project="shop"))], task=TaskId(""))
        await follower.caught_up()

    assert [sighting.task for sighting in recorder.heard] == [None]


async def test_following_ends_when_the_store_is_closed(sqlite_store: Store) -> None:
    following = asyncio.create_task(Follower(sqlite_store, listeners=[], after=0).run())
    await asyncio.sleep(0)

    await sqlite_store.close()

    await asyncio.wait_for(following, 90)


async def test_the_course_of_the_work_is_logged_when_that_is_wanted(sqlite_store: Store, clock: FakeClock) -> None:
    await furnish(sqlite_store)
    with capture_logs() as lines:
        async with observing(sqlite_store, chronicle=True, after=0):
            await tell(sqlite_store, clock, STORY)
            await eventually(lambda: len(lines) >= len(STORY), what="the last line")
    assert [line["event"] for line in lines] == [event.type for _, event in STORY]
    assert len({line["correlation"] for line in lines}) == 1
