"""The port for those who watch, over real HTTP: metrics, health and readiness."""

import asyncio
import socket
from collections.abc import Callable
from datetime import timedelta
from itertools import count

import pytest
from prometheus_client import CollectorRegistry

from bot.cli.exits import Exit, exit_code
from bot.observability.database_errors import counted_database_errors
from bot.observability.gauges import Gauges
from bot.observability.labels import OTHER, Labels
from bot.observability.observability import observing
from bot.observability.standing import Standing
from core.domain.errors import AddressUnavailableError, ConflictError, StoreError
from core.domain.event import (
    AgentRunPostponed,
    AgentStuck,
    ConflictFound,
    ModelHeld,
    PlanMade,
    TaskReopened,
    WorkVerified,
)
from core.domain.identity import ProjectName, StepName, TaskId
from core.domain.model import ModelStanding
from core.domain.task import AgentRunState, TaskState
from core.store.store import Store
from tests.support.clock import FakeClock
from tests.support.journal_script import (
    STORY,
    asked,
    decided,
    furnish,
    furnish_waiting,
    run_moved,
    step_moved,
    task_moved,
    tell,
)
from tests.support.values import BUILD, FIRST_RUN, NOON, T1, a_run, a_task, an_approval
from tests.support.waiting import eventually_awaited
from tests.support.watcher import Watcher

ANY_PORT = "127.0.0.1:0"


def hurried() -> Callable[[], float]:
    """A clock by which what was kept is always too old."""
    return count(0.0, 10.0).__next__


async def all_told(watcher: Watcher, url: str, store: Store) -> None:
    """Return when the counters know every entry of the journal."""
    last = await store.journal.last_seq()

    async def known() -> bool:
        samples = await watcher.samples(url)
        return samples["journal_entries", frozenset()] == last and samples["journal_lag_entries", frozenset()] == 0

    await eventually_awaited(known, what="the follower's catching up")


async def test_what_happens_is_counted_and_timed(store: Store, clock: FakeClock, watcher: Watcher) -> None:
    await furnish(store)
    async with observing(store, listen=ANY_PORT, monotonic=hurried()) as seen:
        await tell(store, clock, STORY)
        await all_told(watcher, seen.url, store)
        samples = await watcher.samples(seen.url)

    def value(name: str, **labels: str) -> float:
        return samples[name, frozenset(labels.items())]

    who = {"project": "shop", "role": "builder", "model": "claude-sonnet"}
    assert value("tasks_submitted_total", project="shop") == 1
    assert value("tasks_ended_total", project="shop", workflow="bug_fix", outcome="completed") == 1
    assert value("agent_runs_ended_total", **who, outcome="completed") == 1
    assert value("model_calls_total", **who) == 1
    assert value("cost_usd_total", **who) == pytest.approx(0.0042)
    tokens = {
        kind: value("tokens_total", **who, kind=kind) for kind in ("input", "output", "cache_read", "cache_write")
    }
    assert tokens == {"input": 1000, "output": 80, "cache_read": 7, "cache_write": 3}
    assert value("queue_wait_seconds_sum", project="shop", role="builder") == 10
    assert value("task_duration_seconds_sum", workflow="bug_fix", outcome="completed") == 60
    assert value("step_duration_seconds_sum", role="builder", outcome="completed") == 29
    assert value("agent_run_duration_seconds_sum", role="builder", model="claude-sonnet", outcome="completed") == 18


async def test_gauges_are_right_at_once_and_counters_begin_at_zero(
    store: Store, clock: FakeClock, watcher: Watcher
) -> None:
    await furnish(store)
    await furnish_waiting(store)
    await tell(store, clock, STORY)
    async with store.transaction() as uow:
        await uow.models.save(ModelStanding(model="m1", limited_until=clock.now + timedelta(minutes=1)))
        await uow.models.save(ModelStanding(model="m2", failures=3, broken_until=clock.now - timedelta(minutes=1)))
        await uow.tasks.add(a_task(3, project=ProjectName("bank"), state=TaskState.COMPLETED))

    async with observing(store, listen=ANY_PORT, agents_limit=5, monotonic=hurried()) as seen:
        samples = await watcher.samples(seen.url)

    def value(name: str, **labels: str) -> float:
        return samples[name, frozenset(labels.items())]

    assert value("tasks", project="shop", state="running") == 1
    assert value("tasks", project="shop", state="awaiting_approval") == 1
    assert value("tasks", project="bank", state="completed") == 1
    run = {"project": "shop", "role": "builder", "model": "claude-sonnet"}
    assert value("agent_runs", **run, state="running") == 1
    assert value("agent_runs", **run, state="queued") == 1
    assert value("agents_at_work") == 1
    assert value("agents_limit") == 5
    assert value("queue_oldest_seconds") == 60
    assert value("approvals_pending", project="shop", kind="tool") == 1
    assert value("approval_oldest_seconds") == 60
    assert value("model_held", model="m1", cause="limited") == 1
    assert value("model_held", model="m2", cause="broken") == 0
    assert value("store_readable") == 1
    assert value("journal_entries") == len(STORY)
    assert value("journal_lag_entries") == 0
    assert not any(name.startswith("tasks_ended") for name, _ in samples)


async def test_trouble_is_counted_by_kind(sqlite_store: Store, clock: FakeClock, watcher: Watcher) -> None:
    until = NOON + timedelta(minutes=5)
    await furnish(sqlite_store)
    approval = an_approval()
    async with observing(sqlite_store, listen=ANY_PORT, monotonic=hurried()) as seen:
        await tell(
            sqlite_store,
            clock,
            (
                (0, step_moved("running", source="pending")),
                (0, run_moved("running", source="queued")),
                (1, AgentRunPostponed(agent_run=FIRST_RUN, until=until, reason="no room", failure="overloaded")),
                (2, ModelHeld(model="m1", until=until, reason="too many failures")),
                (3, ConflictFound(step=BUILD, round=1, files=("a.py",))),
                (3, AgentStuck(agent_run=FIRST_RUN, minutes=10, action="nudged")),
                (3, AgentStuck(agent_run=FIRST_RUN, minutes=10, action="restarted")),
                (3, verified(passed=True)),
                (3, verified(passed=False)),
                (4, asked(approval)),
                (34, decided(approval, state="denied")),
                (40, run_moved("failed", failure="context_full")),
                (41, step_moved("failed")),
                (42, task_moved("failed")),
                (50, TaskReopened(life=2, step=BUILD, how="retry")),
            ),
        )
        await all_told(watcher, seen.url, sqlite_store)
        samples = await watcher.samples(seen.url)

    def value(name: str, **labels: str) -> float:
        return samples[name, frozenset(labels.items())]

    assert value("failures_total", what="agent_run", kind="context_full") == 1
    assert value("failures_total", what="agent_run_for_now", kind="overloaded") == 1
    assert value("failures_total", what="merge_conflict", kind="unknown") == 1
    assert value("failures_total", what="step", kind="unknown") == 1
    assert value("failures_total", what="task", kind="unknown") == 1
    assert value("failures_total", what="agent_stuck", kind="nudged") == 1
    assert value("failures_total", what="verification", kind="unknown") == 1
    assert value("retries_total", how="restarted") == 1
    assert value("retries_total", how="postponed") == 1
    assert value("retries_total", how="task_retry") == 1
    assert value("model_holds_total", model="m1") == 1
    assert value("approval_wait_seconds_sum", kind="tool", outcome="denied") == 30


def verified(*, passed: bool) -> WorkVerified:
    return WorkVerified(step=BUILD, round=1, command="make test", passed=passed, output="")


async def test_what_is_put_off_or_over_waits_for_no_place(store: Store, clock: FakeClock, watcher: Watcher) -> None:
    later, over = clock.now + timedelta(minutes=5), TaskId("T2")
    async with store.transaction() as uow:
        await uow.tasks.add(a_task(1, state=TaskState.RUNNING))
        await uow.agent_runs.add(a_run(T1, 1, state=AgentRunState.QUEUED, not_before=later))
        await uow.agent_runs.add(a_run(T1, 2, state=AgentRunState.RUNNING))
        await uow.tasks.add(a_task(2, state=TaskState.FAILED))
        await uow.agent_runs.add(a_run(over, 1, state=AgentRunState.QUEUED))
    clock.advance(seconds=60)

    async with observing(store, listen=ANY_PORT, monotonic=hurried()) as seen:
        before = await watcher.samples(seen.url)
        clock.advance(seconds=300)
        after = await watcher.value(seen.url, "queue_oldest_seconds")

    who = {"project": "shop", "role": "builder", "model": "claude-sonnet"}
    assert before["agent_runs", frozenset({**who, "state": "queued"}.items())] == 1
    assert before["queue_oldest_seconds", frozenset()] == 0
    assert after == 60


def test_names_beyond_the_bound_are_summed_up() -> None:
    gauges = Gauges(Labels(most=1), agents_limit=1, told_seq=lambda: 0, ready=lambda: True)
    gauges.standing = Standing(tasks={("a", "queued"): 1, ("b", "queued"): 2, ("c", "queued"): 4})

    (tasks,) = (family for family in gauges.collect() if family.name == "orchestrator_tasks")
    assert [(sample.labels["project"], sample.value) for sample in tasks.samples] == [("a", 1), (OTHER, 6)]


async def test_a_task_that_began_before_the_process_is_timed_from_its_beginning(
    sqlite_store: Store, clock: FakeClock, watcher: Watcher
) -> None:
    await furnish(sqlite_store)
    await tell(sqlite_store, clock, STORY[:-1])

    async with observing(sqlite_store, listen=ANY_PORT, monotonic=hurried()) as seen:
        await tell(sqlite_store, clock, STORY[-1:])
        await all_told(watcher, seen.url, sqlite_store)

        duration = await watcher.value(seen.url, "task_duration_seconds_sum", workflow="bug_fix", outcome="completed")
        assert duration == 60
        assert await watcher.value(seen.url, "model_calls_total") is None


async def test_a_plan_may_name_another_workflow(sqlite_store: Store, clock: FakeClock, watcher: Watcher) -> None:
    plan = PlanMade(
        source="model", workflow="planned", steps=(StepName("a"),), task_type="bug_fix", complexity="simple"
    )
    await furnish(sqlite_store)

    async with observing(sqlite_store, listen=ANY_PORT, monotonic=hurried()) as seen:
        await tell(sqlite_store, clock, (STORY[0], (5, plan), (9, task_moved("cancelled"))))
        await all_told(watcher, seen.url, sqlite_store)

        ended = await watcher.value(
            seen.url, "tasks_ended_total", project="shop", workflow="planned", outcome="cancelled"
        )
        assert ended == 1


async def test_no_words_of_people_are_in_any_label(sqlite_store: Store, clock: FakeClock, watcher: Watcher) -> None:
    await furnish(sqlite_store)
    await furnish_waiting(sqlite_store)
    async with observing(sqlite_store, listen=ANY_PORT, monotonic=hurried()) as seen:
        await tell(sqlite_store, clock, STORY)
        await all_told(watcher, seen.url, sqlite_store)
        samples = await watcher.samples(seen.url)

    words = {word for _, labels in samples for _, word in labels}
    assert not any("issue" in word or "alice" in word or "rm -r" in word or "T1" in word for word in words)


async def test_health_and_readiness_follow_the_database_and_the_worker(sqlite_store: Store, watcher: Watcher) -> None:
    works = True
    async with observing(sqlite_store, listen=ANY_PORT, takes_work=lambda: works, monotonic=hurried()) as seen:
        assert await watcher.condition(f"{seen.url}/health") == (200, {"status": "ok", "database": "ok"})
        assert await watcher.condition(f"{seen.url}/ready") == (200, {"status": "ok", "worker": "ok", "database": "ok"})
        assert await watcher.value(seen.url, "worker_ready") == 1

        works = False
        assert (await watcher.condition(f"{seen.url}/health"))[0] == 200
        assert await watcher.condition(f"{seen.url}/ready") == (
            503,
            {"status": "failing", "worker": "takes no work", "database": "ok"},
        )
        assert await watcher.value(seen.url, "worker_ready") == 0

        await sqlite_store.close()
        assert await watcher.condition(f"{seen.url}/health") == (
            503,
            {"status": "failing", "database": "does not answer"},
        )
        samples = await watcher.samples(seen.url)
        assert samples["store_readable", frozenset()] == 0
        assert ("journal_entries", frozenset()) not in samples


async def test_a_database_that_refuses_is_counted(sqlite_store: Store, watcher: Watcher) -> None:
    async with observing(sqlite_store, listen=ANY_PORT, monotonic=hurried()) as seen:
        with pytest.raises(StoreError):
            async with sqlite_store.transaction() as uow:
                await uow.connection.exec_driver_sql("SELECT * FROM nowhere")

        with pytest.raises(ConflictError):
            for _ in range(2):
                async with sqlite_store.transaction() as uow:
                    await uow.tasks.add(a_task())

        counted = [
            (dict(labels), value)
            for (name, labels), value in (await watcher.samples(seen.url)).items()
            if name == "database_errors_total"
        ]
    assert counted == [({"kind": "OperationalError"}, 1)]


async def test_errors_are_counted_only_while_somebody_watches(sqlite_store: Store) -> None:
    registry = CollectorRegistry()

    async def fail() -> float:
        with pytest.raises(StoreError):
            async with sqlite_store.reading() as uow:
                await uow.connection.exec_driver_sql("SELECT * FROM nowhere")
        labels = {"kind": "OperationalError"}
        return registry.get_sample_value("orchestrator_database_errors_total", labels) or 0

    with counted_database_errors(registry):
        assert await fail() == 1
    assert await fail() == 1


async def test_gauges_are_read_once_a_second_at_most(sqlite_store: Store, watcher: Watcher) -> None:
    now = 100.0
    async with observing(sqlite_store, listen=ANY_PORT, monotonic=lambda: now) as seen:
        assert await watcher.value(seen.url, "tasks", project="shop", state="queued") is None
        async with sqlite_store.transaction() as uow:
            await uow.tasks.add(a_task())

        now += 0.9
        assert await watcher.value(seen.url, "tasks", project="shop", state="queued") is None
        now += 0.1
        assert await watcher.value(seen.url, "tasks", project="shop", state="queued") == 1


async def test_an_event_of_a_task_that_is_not_there_is_survived(
    sqlite_store: Store, clock: FakeClock, watcher: Watcher
) -> None:
    await furnish(sqlite_store)
    async with observing(sqlite_store, listen=ANY_PORT, monotonic=hurried()) as seen:
        await tell(sqlite_store, clock, STORY, task=TaskId("T99"))
        await tell(sqlite_store, clock, STORY, task=T1)
        await all_told(watcher, seen.url, sqlite_store)

        assert await watcher.value(seen.url, "tasks_submitted_total", project="shop") == 1


async def test_a_taken_port_is_refused_in_one_line(sqlite_store: Store) -> None:
    with socket.create_server(("127.0.0.1", 0)) as holder:
        listen = f"127.0.0.1:{holder.getsockname()[1]}"
        with pytest.raises(AddressUnavailableError) as caught:
            async with observing(sqlite_store, listen=listen):
                pass

    assert caught.value.message == f"Metrics cannot be offered on {listen}: address already in use."
    assert "metrics.listen" in caught.value.hint
    assert exit_code(caught.value) == Exit.UNAVAILABLE


async def test_an_address_of_another_machine_is_refused(sqlite_store: Store) -> None:
    with pytest.raises(AddressUnavailableError, match=r"192\.0\.2\.1:9464"):
        async with observing(sqlite_store, listen="192.0.2.1:9464"):
            pass


async def test_without_settings_nothing_is_offered(sqlite_store: Store) -> None:
    before = asyncio.all_tasks()
    async with observing(sqlite_store) as seen:
        assert seen.url == ""
        assert asyncio.all_tasks() == before


async def test_being_cancelled_leaves_no_task_and_no_port(sqlite_store: Store, clock: FakeClock) -> None:
    begun = asyncio.Event()
    ports: list[int] = []

    async def work() -> None:
        async with observing(sqlite_store, listen=ANY_PORT) as seen:
            ports.append(int(seen.url.rpartition(":")[2]))
            begun.set()
            await asyncio.Event().wait()

    await furnish(sqlite_store)
    working = asyncio.create_task(work())
    await begun.wait()
    await tell(sqlite_store, clock, STORY)
    working.cancel()
    with pytest.raises(asyncio.CancelledError):
        await working

    assert not [task for task in asyncio.all_tasks() if task.get_name() == "observability"]
    with socket.create_server(("127.0.0.1", ports[0])):
        pass
