"""Unusual spending is told once for each thing, in the transaction of the call: whatever is told twice, or dies."""

import asyncio
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from core.budgets.book import BudgetBook
from core.domain.cost import TokenUsage
from core.domain.event import HOUSE, NoticeRaised
from core.domain.identity import PersonId, agent_run_id, task_id
from core.domain.limit import Budget, BudgetScope
from core.domain.period import PeriodUnit
from core.domain.task import Complexity, TaskState, TaskType
from core.domain.unusual import Oddity, Thresholds, UnusualSeen
from core.store import Store
from core.unusual.lookout import Lookout
from tests.support.clock import FakeClock
from tests.support.values import a_call, a_run, a_task
from tests.support.waiting import eventually_awaited

pytestmark = pytest.mark.money

ALICE, BOB = PersonId("slack:T1/U1"), PersonId("slack:T1/U2")
BOOK = BudgetBook(
    settled=[Budget(scope=BudgetScope(project="shop"), unit=PeriodUnit.MONTH, usd=Decimal(500), owners=(BOB,))]
)
LIKE = {"type": TaskType.BUG_FIX, "complexity": Complexity.MODERATE, "requested_by": ALICE}


class DiedError(Exception):
    """The process is gone before its transaction is committed."""


async def past(
    store: Store, now: datetime, *, tasks: int = 5, usd: str = "2", state: TaskState = TaskState.COMPLETED,
    roles: tuple[str, ...] = ("builder",),
) -> None:  # fmt: skip
    """Tasks T11 … in which each role cost so much, in turn on the days before."""
    async with store.transaction() as uow:
        for number in range(11, 11 + tasks):
            at = now - timedelta(days=number - 10)
            await uow.tasks.add(a_task(number, state=state, finished_at=at, **LIKE))
            for ordinal, role in enumerate(roles, 1):
                await uow.agent_runs.add(a_run(task_id(number), ordinal, role=role))
                run = agent_run_id(task_id(number), ordinal)
                await uow.ledger.record(a_call(f"past{number}_{ordinal}", run, cost_usd=Decimal(usd), at=at))


async def begun(store: Store, *numbers: int) -> None:
    """Tasks with a builder and a reviewer at work."""
    async with store.transaction() as uow:
        for number in numbers:
            await uow.tasks.add(a_task(number, state=TaskState.RUNNING, **LIKE))
            for ordinal, role in enumerate(("builder", "reviewer"), 1):
                await uow.agent_runs.add(a_run(task_id(number), ordinal, role=role))


async def calls(
    store: Store, lookout: Lookout, name: str, usd: str, *, task: int = 1, run: int = 1, dies: bool = False,
    usage: TokenUsage | None = None,
) -> None:  # fmt: skip
    """A model call is told, once more or for the first time."""
    async with store.transaction() as uow:
        known = await uow.agent_runs.get(agent_run_id(task_id(task), run))
        call = a_call(name, known.id, cost_usd=Decimal(usd), at=uow.now)
        if await uow.ledger.record(call if usage is None else replace(call, usage=usage)):
            await lookout.look(uow, known)
        if dies:
            raise DiedError


async def told(store: Store) -> list[UnusualSeen]:
    """What was told so far, in order."""
    entries = await store.journal.read(limit=10_000)
    return [entry.event for entry in entries if isinstance(entry.event, UnusualSeen)]


@pytest.fixture
def now(clock: FakeClock) -> datetime:
    return clock()


async def test_a_task_is_told_as_it_passes_twice_the_usual(store: Store, now: datetime) -> None:
    await past(store, now)
    await begun(store, 1)
    lookout = Lookout(BOOK)
    await calls(store, lookout, "m1", "4", run=2)
    assert await told(store) == []
    await calls(store, lookout, "m2", "0.50", run=2)
    await calls(store, lookout, "m3", "5", run=2)
    (seen,) = await told(store)
    assert (seen.seen.kind, seen.seen.about, seen.seen.found, seen.seen.usual, seen.seen.over) == (
        Oddity.TASK, "T1", Decimal("4.5"), Decimal(2), 5,
    )  # fmt: skip
    assert (seen.told, seen.owners) == ((ALICE, BOB), (BOB,))
    entries = await store.journal.read(limit=100)
    (notice,) = [entry for entry in entries if isinstance(entry.event, NoticeRaised)]
    assert notice.task == "T1"
    assert isinstance(notice.event, NoticeRaised)
    assert notice.event.text.startswith("It has cost $4.50, 2.2 times the $2.00 that such a task usually costs in shop")


async def test_an_agent_is_told_by_its_role_unless_the_same_call_tells_of_its_task(store: Store, now: datetime) -> None:
    await past(store, now, roles=("builder", "reviewer"))
    await begun(store, 1, 2)
    lookout = Lookout(BOOK)
    await calls(store, lookout, "m1", "4.01")
    assert [(each.seen.kind, each.seen.about, each.seen.role) for each in await told(store)] == [
        (Oddity.AGENT, "T1.1", "builder"),
    ]
    await calls(store, lookout, "m2", "8.01", task=2)
    assert [each.seen.key for each in await told(store)][1:] == ["task:T2"]
    async with store.reading() as uow:
        assert {each.key for each in await uow.unusual.within(None, projects=None)} == {
            *("agent:T1.1", "task:T2", "agent:T2.1"),
        }


@pytest.mark.parametrize(
    "facts", [{"tasks": 4}, {"state": TaskState.FAILED}, {"usd": "0.10"}], ids=["too few", "not completed", "cents"]
)
async def test_what_says_nothing_alarms_nobody(store: Store, now: datetime, facts: dict[str, object]) -> None:
    await past(store, now, **facts)  # pyright: ignore[reportArgumentType]  # as the function takes them
    await begun(store, 1)
    await calls(store, Lookout(BOOK), "m1", "0.90" if "usd" in facts else "9")
    assert await told(store) == []


async def test_nothing_is_told_where_the_settings_say_so(store: Store, now: datetime) -> None:
    await past(store, now)
    await begun(store, 1)
    await calls(store, Lookout(BOOK, Thresholds(told=False)), "m1", "99")
    assert await told(store) == []


async def test_a_day_and_an_hour_far_above_the_usual_are_told_to_the_owners(store: Store, clock: FakeClock) -> None:
    await past(store, clock(), tasks=25, usd="3")
    await begun(store, 1)
    lookout = Lookout(BOOK)
    await calls(store, lookout, "m1", "12.99", run=2)
    assert [each.seen.kind for each in await told(store)] == [Oddity.TASK]
    await calls(store, lookout, "m2", "0.01", run=2)
    await calls(store, lookout, "m3", "0.01", run=2)
    await calls(store, lookout, "m4", "50", run=2)
    found = [each for each in await told(store) if each.seen.kind in {Oddity.HOUR, Oddity.DAY}]
    (day,) = found
    assert (day.seen.kind, day.seen.found, day.seen.usual, day.seen.over) == (
        Oddity.DAY, Decimal("13.01"), Decimal(3), 25,
    )  # fmt: skip
    assert (day.told, day.owners) == ((BOB,), (BOB,))
    async with store.reading() as uow:
        kinds = {each.kind for each in await uow.unusual.within(None, projects=None)}
    assert {Oddity.DAY, Oddity.HOUR} <= kinds
    entries = await store.journal.read(limit=100)
    assert {entry.task for entry in entries if entry.event in found} == {HOUSE}


async def is_held_up(store: Store) -> bool:
    """Whether a transaction waits for another one's lock."""
    waits = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    async with store.reading() as uow:
        return (await uow.connection.execute(text(waits))).scalar_one() > 0


async def test_two_workers_whose_calls_make_a_spike_together_tell_of_it(store: Store, clock: FakeClock) -> None:
    await past(store, clock(), tasks=25, usd="3")
    await begun(store, 1, 2)
    together = asyncio.Event()

    async def other_worker() -> None:
        await calls(store, Lookout(BOOK), "m2", "6.60", task=2)
        together.set()

    async def met() -> bool:
        # SQLite lets one write at a time; a server lets the second go on, to its end or to where it has to wait
        return together.is_set() or not store.url.startswith("postgresql") or await is_held_up(store)

    async with store.transaction() as uow:
        known = await uow.agent_runs.get(agent_run_id(task_id(1), 1))
        await uow.ledger.record(a_call("m1", known.id, cost_usd=Decimal("6.60"), at=uow.now))
        await Lookout(BOOK).look(uow, known)
        other = asyncio.create_task(other_worker())
        await eventually_awaited(met, what="the other worker's call")
    await other
    assert [each.seen.found for each in await told(store) if each.seen.kind is Oddity.DAY] == [Decimal("13.2")]


async def test_a_cache_that_is_read_no_more_is_told(store: Store, clock: FakeClock) -> None:
    cached = TokenUsage(input_tokens=100_000, cache_read_tokens=900_000)
    await begun(store, 1, 2)
    async with store.transaction() as uow:
        for number in range(1, 7):
            call = a_call(f"past{number}", agent_run_id(task_id(2), 1), at=uow.now - timedelta(days=number))
            await uow.ledger.record(replace(call, usage=cached, cost_usd=Decimal(1)))
    lookout = Lookout(BOOK)
    await calls(store, lookout, "m1", "1", usage=TokenUsage(input_tokens=450_000))
    assert await told(store) == []
    await calls(store, lookout, "m2", "1", usage=TokenUsage(input_tokens=150_000, cache_read_tokens=100_000))
    (seen,) = await told(store)
    assert (seen.seen.kind, seen.seen.usual, seen.seen.over) == (Oddity.CACHE, Decimal("0.9"), 6)
    assert seen.seen.found == Decimal("0.1429")


async def test_a_role_that_reads_its_cache_no_more_is_told_while_the_project_is_as_usual(
    store: Store, clock: FakeClock
) -> None:
    cached = TokenUsage(input_tokens=100_000, cache_read_tokens=900_000)
    await begun(store, 1, 2)
    async with store.transaction() as uow:
        for number in range(1, 7):
            for run in (1, 2):
                call = a_call(f"past{number}_{run}", agent_run_id(task_id(2), run), at=uow.now - timedelta(days=number))
                await uow.ledger.record(replace(call, usage=cached, cost_usd=Decimal(1)))
    lookout = Lookout(BOOK)
    await calls(store, lookout, "m1", "1", usage=TokenUsage(input_tokens=200_000, cache_read_tokens=1_800_000))
    await calls(store, lookout, "m2", "1", run=2, usage=TokenUsage(input_tokens=400_000))
    assert await told(store) == []
    await calls(store, lookout, "m3", "1", run=2, usage=TokenUsage(input_tokens=200_000, cache_read_tokens=150_000))
    await calls(store, lookout, "m4", "1", run=2, usage=TokenUsage(input_tokens=10_000))
    (seen,) = await told(store)
    assert (seen.seen.kind, seen.seen.role, seen.seen.usual, seen.seen.found) == (
        Oddity.CACHE, "reviewer", Decimal("0.9"), Decimal("0.2"),
    )  # fmt: skip
    assert (seen.told, seen.seen.over) == ((BOB,), 6)
    # when the builder's cache is gone as well, it is the project's
    await calls(store, lookout, "m5", "1", usage=TokenUsage(input_tokens=3_000_000))
    assert [each.seen.role for each in await told(store)] == ["reviewer", ""]


HAPPENINGS = st.lists(
    st.tuples(st.sampled_from(["call", "call", "death", "restart"]), st.integers(0, 9), st.integers(1, 2)), max_size=25
)
COSTS = st.lists(st.integers(1, 400), min_size=10, max_size=10)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=20)
@given(happenings=HAPPENINGS, costs=COSTS)
async def test_each_thing_is_told_once_in_any_order(
    store: Store, happenings: list[tuple[str, int, int]], costs: list[int]
) -> None:
    async with store.transaction() as uow:
        for table in ("model_calls", "spending", "unusual_spending", "agent_runs", "tasks"):
            await uow.connection.execute(text(f"DELETE FROM {table}"))
    begin = await store.journal.last_seq()
    await past(store, FakeClock()())
    await begun(store, 1, 2)
    lookout, counted = Lookout(BOOK), dict[tuple[int, int], Decimal]()
    for kind, name, task in happenings:
        if kind == "restart":
            lookout = Lookout(BOOK)
            continue
        usd = Decimal(costs[name]) / 100
        try:
            await calls(store, lookout, f"m{name}_{task}", str(usd), task=task, run=1, dies=kind == "death")
        except DiedError:
            continue
        counted[task, name] = usd
    found = [
        entry.event.seen.key
        for entry in await store.journal.read(after=begin, limit=1000)
        if isinstance(entry.event, UnusualSeen)
    ]
    sums = {task: sum((usd for (of, _), usd in counted.items() if of == task), start=Decimal(0)) for task in (1, 2)}
    expected = [key for task, usd in sums.items() if usd > 4 for key in (f"task:T{task}",)]
    assert sorted(found) == sorted(expected)
    assert len(found) == len(set(found))


async def test_calls_at_the_same_moment_tell_once(store: Store, now: datetime) -> None:
    await past(store, now)
    await begun(store, 1)
    lookout = Lookout(BOOK)
    await asyncio.gather(*(calls(store, lookout, f"m{number}", "1.30", run=1 + number % 2) for number in range(8)))
    keys = [each.seen.key for each in await told(store)]
    # the agent is told by itself unless the four calls that made the task dear were all its own
    assert sorted(keys) in (["agent:T1.1", "task:T1"], ["task:T1"])
    async with store.reading() as uow:
        assert {each.key for each in await uow.unusual.within(None, projects=None)} == {"agent:T1.1", "task:T1"}
