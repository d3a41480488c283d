"""Questions about many tasks at once have the same answers on both databases."""

from datetime import timedelta
from decimal import Decimal

import pytest

from core.domain.errors import NotFoundError
from core.domain.event import AgentStuck, ModelSwitched
from core.domain.identity import AgentRunId, TaskId, agent_run_id, task_id
from core.domain.task import AgentRunState, TaskState
from core.export import COLUMNS, EVENTS_A_PAGE, Export, Kind, Page, Row, Selection
from core.failures import patterns
from core.queries import Queries
from core.store import Store
from tests.support.clock import FakeClock
from tests.support.history import DOCS, KEY_REFUSED, SHOP, SONNET, make_history
from tests.support.values import a_call, a_run, a_task


@pytest.fixture(autouse=True)
async def history(store: Store, clock: FakeClock) -> None:
    await make_history(store, now=clock.now)


@pytest.fixture
def queries(store: Store) -> Queries:
    return Queries(store)


async def test_agents_are_those_that_have_not_ended_in_the_order_of_their_tasks(queries: Queries) -> None:
    found = await queries.agents(limit=100)

    assert [each.run.id for each in found] == ["T2.1", "T2.2", "T2.3", "T3.1", "T6.1"]
    assert found[0].bill.cost_usd == Decimal("0.1234")
    assert (found[0].of.project, found[0].of.title, found[0].of.task_state) == (
        SHOP,
        "Fix issue 123",
        TaskState.RUNNING,
    )
    assert [each.run.id for each in await queries.agents(project=DOCS, limit=100)] == ["T3.1"]


async def test_agents_that_ended_come_newest_first(queries: Queries) -> None:
    found = await queries.agents(ended=True, limit=3)

    assert [each.run.id for each in found] == ["T6.1", "T5.1", "T4.1"]


async def test_a_postponed_agent_tells_why(queries: Queries) -> None:
    found = {each.run.id: each.postponed for each in await queries.agents(limit=100)}

    assert found[agent_run_id(task_id(2), 2)] == "The Messages API answered 529: overloaded."
    assert found[agent_run_id(task_id(2), 1)] == ""


async def test_the_room_counts_who_is_at_work_and_knows_held_models(queries: Queries, clock: FakeClock) -> None:
    room = await queries.room()

    assert (room.at_work, room.in_project(SHOP), room.in_project(DOCS), room.on_model(SONNET)) == (1, 1, 0, 1)
    assert room.models["claude-opus-4-1"].limited(clock.now)


async def test_one_agent_in_full(queries: Queries) -> None:
    detail = await queries.agent(agent_run_id(task_id(3), 1))

    assert detail.task.title == "Rewrite the manual"
    assert [each.id for each in detail.approvals] == ["A1"]
    with pytest.raises(NotFoundError):
        await queries.agent(AgentRunId("T3.9"))


async def test_an_agent_tells_its_own_switches_and_standstills_and_nobody_elses(store: Store, queries: Queries) -> None:
    run, other = agent_run_id(task_id(2), 1), agent_run_id(task_id(2), 2)
    async with store.transaction() as uow:
        for agent in (run, other):
            switched = ModelSwitched(agent_run=agent, source=SONNET, target="haiku", reason=f"{agent} waited.")
            await uow.events.append(task_id(2), switched)
            await uow.events.append(task_id(2), AgentStuck(agent_run=agent, minutes=12.5, action="nudged"))

    detail = await queries.agent(run)

    assert detail.switched == (f"{SONNET} → haiku: T2.1 waited.", "no progress for 12.5 min: nudged")
    assert (await queries.agent(agent_run_id(task_id(3), 1))).switched == ()


async def test_failures_over_many_pages_are_those_of_one(store: Store, queries: Queries, clock: FakeClock) -> None:
    since = clock.now - timedelta(days=1)
    at_once = await queries.failures(since=since)

    assert len(at_once) > 1
    assert await Queries(store, rows_a_page=1).failures(since=since) == at_once


async def test_failures_are_told_with_where_they_happened(queries: Queries, clock: FakeClock) -> None:
    found = await queries.failures(since=clock.now - timedelta(days=1))

    first, second = patterns(found)
    assert (first.count, first.reason, first.kind) == (2, KEY_REFUSED.rstrip("."), "not_allowed")
    assert (first.role, first.step, first.model, first.examples) == ("builder", "build", SONNET, ("T5.1", "T4.1"))
    assert (second.kind, second.role, second.passed) == ("overloaded", "tester", 1)
    assert await queries.failures(since=clock.now + timedelta(seconds=1)) == []
    assert await queries.failures(since=clock.now - timedelta(days=1), project=DOCS) == []


async def test_figures_of_each_project(queries: Queries) -> None:
    figures = await queries.figures()

    shop = figures[SHOP]
    assert (shop.tasks, shop.open, shop.success, shop.median_s) == (5, 2, 1 / 3, 720.0)
    assert shop.cost_usd == Decimal("0.5434")
    assert (figures[DOCS].tasks, figures[DOCS].success, figures[DOCS].median_s) == (1, None, None)


async def test_figures_since_a_time_leave_out_what_ended_before(queries: Queries, clock: FakeClock) -> None:
    figures = await queries.figures(since=clock.now - timedelta(hours=2))

    assert set(figures) == {SHOP}
    assert (figures[SHOP].tasks, figures[SHOP].cost_usd) == (2, Decimal("0.1234"))


async def test_forks_verifications_and_counts(queries: Queries, clock: FakeClock) -> None:
    assert await queries.forks(task_id(1)) == [TaskId("T6")]
    assert [each.passed for each in await queries.verifications(task_id(1))] == [True]
    counts = await queries.counts()
    assert (counts["tasks"], counts["runs"], counts["calls"]) == (6, 8, 2)
    assert await queries.newest_event_at() == clock.now


async def test_sessions_that_nobody_works_on_are_told_when_they_are_ours(store: Store, queries: Queries) -> None:
    async with store.transaction() as uow:
        await uow.agent_runs.add(a_run(task_id(2), 9, state=AgentRunState.RUNNING, session="ours"))
        await uow.agent_runs.add(a_run(task_id(1), 9, state=AgentRunState.FAILED, session="old"))

    assert await queries.abandoned(["ours", "old", "foreign"], worker=True) == {"old"}
    assert await queries.abandoned(["ours", "old", "foreign"], worker=False) == {"ours", "old"}
    assert await queries.abandoned([], worker=False) == frozenset()


async def exported(
    store: Store, kind: Kind, *, events_a_page: int = EVENTS_A_PAGE, **selection: object
) -> tuple[list[Row], list[Page]]:
    export = Export(store, mask=lambda text: text.replace("issue", "•••"), events_a_page=events_a_page)
    pages = [page async for page in export.pages(kind, Selection(**selection))]  # type: ignore[arg-type]
    return [row for page in pages for row in page.rows], pages


@pytest.mark.parametrize("kind", Kind)
async def test_every_row_of_an_export_has_the_promised_columns(store: Store, kind: Kind) -> None:
    rows, pages = await exported(store, kind)

    assert rows
    assert {tuple(row) for row in rows} == {COLUMNS[kind]}
    assert "issue" not in repr(rows)
    assert pages[-1].done == pages[-1].of


async def test_an_export_is_in_order_and_selects_by_project_and_time(store: Store, clock: FakeClock) -> None:
    hour = timedelta(hours=1)

    assert [row["id"] for row in (await exported(store, Kind.TASKS))[0]] == ["T1", "T2", "T3", "T4", "T5", "T6"]
    assert [row["id"] for row in (await exported(store, Kind.RUNS, project=DOCS))[0]] == ["T3.1"]
    recent = await exported(store, Kind.TASKS, since=clock.now - 2 * hour, until=clock.now - hour / 2)
    assert [row["id"] for row in recent[0]] == ["T6"]
    calls, _ = await exported(store, Kind.CALLS, until=clock.now - 2 * hour)
    assert [(row["agent_run"], row["cost_usd"]) for row in calls] == [("T1.1", Decimal("0.42"))]
    events, _ = await exported(store, Kind.EVENTS, project=DOCS)
    assert [(row["task"], row["type"]) for row in events] == [("T3", "task_submitted")]


async def test_a_long_history_comes_in_pages_and_loses_nothing(store: Store) -> None:
    async with store.transaction() as uow:
        for number in range(7, 460):
            await uow.tasks.add(a_task(number))
            await uow.agent_runs.add(a_run(task_id(number)))
            await uow.ledger.record(a_call(message_id=f"m{number}", agent_run=agent_run_id(task_id(number), 1)))

    tasks, pages = await exported(store, Kind.TASKS)
    runs, _ = await exported(store, Kind.RUNS)
    calls, _ = await exported(store, Kind.CALLS)

    assert [row["id"] for row in tasks] == [f"T{number}" for number in range(1, 460)]
    assert len(pages) == 3
    assert (len(runs), len(calls)) == (8 + 453, 2 + 453)


@pytest.mark.parametrize("page", [1, 2, 7, 1000])
async def test_events_over_many_pages_are_those_of_one(store: Store, page: int) -> None:
    at_once, (_,) = await exported(store, Kind.EVENTS)

    rows, pages = await exported(store, Kind.EVENTS, events_a_page=page)

    assert rows == at_once
    assert len(pages) == await store.journal.last_seq() // page + 1
    assert [each.done for each in pages] == sorted(each.done for each in pages)
    assert pages[-1].done == pages[-1].of
