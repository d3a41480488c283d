"""Typed queries over the ledger: the same figures on every database, whatever the zone, and only what one may see."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from core.costs.asking import Asking
from core.costs.query import Group, Metric, Order, Query, Where
from core.domain.cost import TokenUsage
from core.domain.identity import AgentRunId, PersonId, ProjectName, TaskId, agent_run_id
from core.domain.period import Period, days, month_of
from core.domain.task import TaskState, TaskType
from core.store import Store
from tests.support.values import a_call, a_run, a_task

pytestmark = pytest.mark.money

API, WEB = ProjectName("api"), ProjectName("web")
ALICE, BOB = PersonId("slack:T1/U1"), PersonId("slack:T1/U2")
NOW = datetime(2026, 11, 18, 10, tzinfo=UTC)


def at(text: str) -> datetime:
    """A time of UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


async def work(store: Store, number: int, *calls: tuple[str, str, str, str], **facts: Any) -> TaskId:
    """A task with an agent run for each (role, model, dollars, time of its only call)."""
    task = a_task(number, **{"project": API, "requested_by": ALICE, **facts})
    async with store.transaction() as uow:
        await uow.tasks.add(task)
        for ordinal, (role, model, cost, when) in enumerate(calls, 1):
            ended = {"started_at": at(when), "finished_at": at(when) + timedelta(minutes=ordinal)}
            await uow.agent_runs.add(a_run(task.id, ordinal, role=role, model=model, **ended))
            call = a_call(f"m{number}_{ordinal}", agent_run_id(task.id, ordinal), model=model)
            await uow.ledger.record(replace(call, cost_usd=Decimal(cost), at=at(when)))
    return task.id


@pytest.fixture
async def past(store: Store) -> Asking:
    """A bug fix of Alice's that is done, a failed feature of Bob's, and one that runs in another project."""
    ended = {"created_at": at("2026-11-16 08:00"), "started_at": at("2026-11-16 08:00")}
    await work(
        store,
        1,
        ("builder", "claude-opus-4-1", "1.00", "2026-11-16 09:00"),
        ("reviewer", "claude-sonnet-4-5", "0.25", "2026-11-17 09:00"),
        state=TaskState.COMPLETED,
        type=TaskType.BUG_FIX,
        finished_at=at("2026-11-17 10:00"),
        **ended,
    )
    await work(
        store,
        2,
        ("builder", "claude-sonnet-4-5", "3.00", "2026-11-16 23:30"),
        requested_by=BOB,
        state=TaskState.FAILED,
        type=TaskType.FEATURE,
        finished_at=at("2026-11-17 00:00"),
        failure="The tests fail.",
        **ended,
    )
    await work(store, 3, ("builder", "claude-opus-4-1", "10.00", "2026-10-05 12:00"), project=WEB)
    return Asking(store, clock=lambda: NOW)


async def rows(asking: Asking, *, projects: frozenset[str] | None = None, **asked: Any) -> list[tuple[str, float, int]]:
    """The rows of a query: key, value, over how many."""
    found = await asking.figures(Query(**asked), projects=projects, zone="UTC")
    return [(row.key, float(row.amount.value), row.amount.of) for row in found.rows]


async def total(asking: Asking, *, projects: frozenset[str] | None = None, **asked: Any) -> tuple[float, int]:
    """The total of a query."""
    found = await asking.figures(Query(**asked), projects=projects, zone="UTC")
    return float(found.total.value), found.total.of


WEEK = Period(begin=at("2026-11-16"), end=at("2026-11-23"))


async def test_money_is_summed_by_whatever_is_asked(past: Asking) -> None:
    assert await total(past) == (14.25, 4)
    assert await total(past, period=WEEK) == (4.25, 3)
    assert await rows(past, group=Group.ROLE) == [("builder", 14.0, 3), ("reviewer", 0.25, 1)]
    assert await rows(past, group=Group.MODEL, period=WEEK) == [
        ("claude-sonnet-4-5", 3.25, 2),
        ("claude-opus-4-1", 1.0, 1),
    ]
    assert await rows(past, group=Group.PERSON, period=WEEK) == [(BOB, 3.0, 1), (ALICE, 1.25, 2)]
    assert await rows(past, group=Group.TASK, order=Order.LEAST) == [("T1", 1.25, 2), ("T2", 3.0, 1), ("T3", 10.0, 1)]
    assert await rows(past, group=Group.AGENT, limit=1) == [("T3.1", 10.0, 1)]
    assert await rows(past, group=Group.TYPE, period=WEEK) == [("feature", 3.0, 1), ("bug_fix", 1.25, 2)]
    assert await rows(past, group=Group.STATE, period=WEEK) == [("failed", 3.0, 1), ("completed", 1.25, 2)]
    assert await rows(past, group=Group.MONTH, order=Order.TIME) == [("2026-10-01", 10.0, 1), ("2026-11-01", 4.25, 3)]


async def test_the_share_that_came_from_the_cache_is_weighed_by_tokens(store: Store) -> None:
    await work(store, 1, ("builder", "claude-opus-4-1", "1.00", "2026-11-16 09:00"))
    used = {
        "warm": (TokenUsage(input_tokens=10, cache_read_tokens=80, cache_write_tokens=10, output_tokens=999), 9),
        "cold": (TokenUsage(input_tokens=300), 9),
        "later": (TokenUsage(cache_read_tokens=50, cache_write_tokens=50), 17),
    }
    async with store.transaction() as uow:
        for name, (usage, day) in used.items():
            call = a_call(name, agent_run_id(TaskId("T1"), 1), model=name)
            await uow.ledger.record(replace(call, usage=usage, at=at(f"2026-11-{day:02} 12:00")))
    asking, models = Asking(store, clock=lambda: NOW), Where(models=tuple(used))
    assert await total(asking, metric=Metric.CACHED, where=models) == (0.26, 500)
    assert await rows(asking, metric=Metric.CACHED, where=models, group=Group.MODEL) == [
        ("warm", 0.8, 100),
        ("later", 0.5, 100),
        ("cold", 0.0, 300),
    ]
    assert await rows(asking, metric=Metric.CACHED, where=models, group=Group.MONTH, order=Order.TIME) == [
        ("2026-11-01", 0.26, 500)
    ]
    exact = Period(begin=at("2026-11-09 11:59:59"), end=at("2026-11-09 12:00:01"))
    assert await total(asking, metric=Metric.CACHED, where=models, period=exact) == (0.2, 400)
    none = Where(models=("nobody",))
    assert await total(asking, metric=Metric.CACHED, where=none) == (0.0, 0)


async def test_every_model_that_was_ever_used_is_known(past: Asking, store: Store) -> None:
    assert await past.models() == ["claude-opus-4-1", "claude-sonnet-4-5"]
    await work(store, 4, ("builder", "a-model", "1.00", "2026-11-16 09:00"))
    assert await past.models() == ["a-model", "claude-opus-4-1", "claude-sonnet-4-5"]


async def test_no_model_was_used_before_anything_was(store: Store) -> None:
    assert await Asking(store, clock=lambda: NOW).models() == []


async def test_everything_that_is_named_narrows(past: Asking) -> None:
    assert await total(past, where=Where(models=("opus",))) == (11.0, 2)
    assert await total(past, where=Where(models=("OPUS", "sonnet"))) == (14.25, 4)
    assert await total(past, where=Where(roles=("reviewer",), persons=(ALICE,))) == (0.25, 1)
    assert await total(past, where=Where(types=(TaskType.FEATURE,))) == (3.0, 1)
    assert await total(past, where=Where(states=(TaskState.FAILED,))) == (3.0, 1)
    assert await total(past, where=Where(tasks=("T1", "T3"))) == (11.25, 3)
    assert await total(past, where=Where(projects=("web",)), period=WEEK) == (0.0, 0)
    assert await total(past, where=Where(models=("%",))) == (0.0, 0)


async def test_what_one_may_not_see_is_not_in_any_figure(past: Asking) -> None:
    assert await total(past, projects=frozenset({"api"})) == (4.25, 3)
    assert await total(past, projects=frozenset({"api"}), where=Where(projects=("web",))) == (0.0, 0)
    assert await total(past, projects=frozenset()) == (0.0, 0)
    assert await total(past, projects=frozenset({"api"}), metric=Metric.TASKS) == (2.0, 2)
    listed = await past.tasks(Query(), projects=frozenset({"api"}), zone="UTC")
    assert ([each.id for each in listed.tasks], listed.of) == (["T2", "T1"], 2)


async def test_days_are_those_of_the_zone(past: Asking) -> None:
    berlin = days(at("2026-11-16").date(), at("2026-11-17").date(), zone="Europe/Berlin")
    asked = Query(group=Group.DAY, period=berlin, order=Order.TIME)
    found = await past.figures(asked, projects=None, zone="Europe/Berlin")
    # half past eleven of UTC is the next day in Berlin
    assert [(row.key, float(row.amount.value)) for row in found.rows] == [("2026-11-16", 1.0), ("2026-11-17", 3.25)]
    assert await rows(past, group=Group.DAY, period=WEEK, order=Order.TIME) == [
        ("2026-11-16", 4.0, 2),
        ("2026-11-17", 0.25, 1),
        ("2026-11-18", 0.0, 0),
    ]


async def test_times_in_the_middle_of_a_quarter_are_counted_to_the_second(past: Asking) -> None:
    before, after = (
        Period(begin=at("2026-11-16 08:59:59"), end=at(end)) for end in ("2026-11-16 09:00:00", "2026-11-16 09:00:01")
    )
    assert await total(past, period=before) == (0.0, 0)
    assert await total(past, period=after) == (1.0, 1)
    assert await rows(past, period=after, group=Group.DAY, order=Order.TIME) == [("2026-11-16", 1.0, 1)]


async def test_tasks_are_counted_averaged_and_timed(past: Asking) -> None:
    assert await total(past, metric=Metric.TASKS, period=WEEK) == (2.0, 2)
    failed = Where(states=(TaskState.FAILED,))
    assert await total(past, metric=Metric.TASKS, where=failed, period=WEEK) == (1.0, 1)
    assert await rows(past, metric=Metric.TASKS, group=Group.TYPE) == [
        ("bug_fix", 1.0, 1),
        ("custom", 1.0, 1),
        ("feature", 1.0, 1),
    ]
    assert await rows(past, metric=Metric.TASKS, group=Group.ROLE) == [("builder", 3.0, 3), ("reviewer", 1.0, 1)]
    assert await total(past, metric=Metric.TASKS, where=Where(roles=("reviewer",))) == (1.0, 1)
    # of a task that runs nobody knows yet what it costs
    assert await total(past, metric=Metric.AVERAGE) == (2.125, 2)
    assert await rows(past, metric=Metric.AVERAGE, group=Group.TYPE) == [("feature", 3.0, 1), ("bug_fix", 1.25, 1)]
    assert await rows(past, metric=Metric.AVERAGE, group=Group.ROLE) == [("builder", 2.0, 2), ("reviewer", 0.25, 1)]
    assert await total(past, metric=Metric.AVERAGE, period=WEEK, where=Where(types=(TaskType.BUG_FIX,))) == (1.25, 1)
    assert await rows(past, metric=Metric.DURATION, group=Group.TASK) == [("T1", 93600.0, 1), ("T2", 57600.0, 1)]
    assert await rows(past, metric=Metric.DURATION, group=Group.ROLE) == [("reviewer", 120.0, 1), ("builder", 60.0, 3)]
    assert await rows(past, metric=Metric.AVERAGE, group=Group.DAY, order=Order.TIME, period=WEEK) == [
        ("2026-11-16", 0.0, 0),
        ("2026-11-17", 2.125, 2),
        ("2026-11-18", 0.0, 0),
    ]


async def test_tokens_and_calls_are_counted(past: Asking) -> None:
    # every call of these values has 1,090 tokens
    assert await total(past, metric=Metric.TOKENS, period=WEEK) == (3270.0, 3)
    assert await rows(past, metric=Metric.CALLS, group=Group.PROJECT) == [("api", 3.0, 3), ("web", 1.0, 1)]


async def test_tasks_are_listed_with_what_they_cost_and_why_they_failed(past: Asking) -> None:
    asked = Query(where=Where(states=(TaskState.FAILED,)), period=WEEK, limit=10)
    (only,) = (await past.tasks(asked, projects=None, zone="UTC")).tasks
    assert (only.id, only.cost_usd, only.failure, only.person) == ("T2", Decimal("3.00"), "The tests fail.", BOB)
    assert only.at == at("2026-11-17 00:00")


async def test_rows_that_are_left_out_are_in_the_total(past: Asking) -> None:
    found = await past.figures(Query(group=Group.TASK, limit=2), projects=None, zone="UTC")
    assert ([row.key for row in found.rows], found.left_out, found.total.value) == (
        ["T3", "T2"],
        True,
        Decimal("14.25"),
    )
    assert [row.note for row in found.rows] == ["Fix issue 123", "Fix issue 123"]


ZONES = (
    "UTC",
    "Europe/Berlin",
    "America/New_York",
    "Asia/Kolkata",
    "Asia/Kathmandu",
    "Pacific/Auckland",
    "America/St_Johns",
)
_LATEST = NOW.replace(tzinfo=None)
_TIMES = st.datetimes(min_value=_LATEST - timedelta(days=260), max_value=_LATEST, timezones=st.just(UTC))


@settings(max_examples=10, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    calls=st.lists(st.tuples(_TIMES, st.integers(1, 3), st.sampled_from(("opus", "sonnet"))), min_size=1, max_size=20),
    zone=st.sampled_from(ZONES),
    number=st.integers(3, 11),
)
async def test_the_sums_are_those_of_the_ledger_in_every_zone(
    store: Store, calls: list[tuple[datetime, int, str]], zone: str, number: int
) -> None:
    """Whatever is recorded, in any order and twice: sums equal rows, and each day has what was spent in it."""
    async with store.transaction() as uow:
        for table in ("spending", "model_calls", "agent_runs", "tasks"):
            await uow.connection.execute(text(f"DELETE FROM {table}"))
        await uow.tasks.add(a_task(1))
        for ordinal in (1, 2, 3):
            await uow.agent_runs.add(a_run(ordinal=ordinal))
        for index, (when, ordinal, model) in enumerate([*calls, *calls]):
            run = AgentRunId(f"T1.{ordinal}")
            usage = TokenUsage(input_tokens=index, output_tokens=2, cache_read_tokens=3, cache_write_tokens=4)
            call = a_call(f"m{index % len(calls)}", run, model=model, at=when, usage=usage)
            await uow.ledger.record(replace(call, cost_usd=Decimal(index + 1) / 7))
        names = "calls, input_tokens, output_tokens, cache_read_tokens, cache_write_tokens, cost_usd"
        summed = ", ".join(f"sum({name})" for name in names.split(", "))
        kept = (await uow.connection.execute(text(f"SELECT {summed} FROM spending"))).one()
        real = (
            await uow.connection.execute(text(f"SELECT {summed.replace('sum(calls)', 'count(*)')} FROM model_calls"))
        ).one()
    assert list(map(int, kept)) == list(map(int, real))
    asking = Asking(store, clock=lambda: NOW)
    period = month_of(2026, number, zone=zone)
    by_day = await asking.figures(Query(group=Group.DAY, period=period, order=Order.TIME), projects=None, zone=zone)
    assert sum((row.amount.value for row in by_day.rows), start=Decimal(0)) == by_day.total.value
    for row in by_day.rows:
        day = days(datetime.fromisoformat(row.key).date(), datetime.fromisoformat(row.key).date(), zone=zone)
        inside = [index for index, (when, _, _) in enumerate(calls) if when in day]
        assert row.amount.of == len(inside)
