"""The lease on Postgres: one executor id each, kept through broken connections, lent out for the work of the dead."""

from collections.abc import Callable

import psycopg
import pytest

from core.domain.errors import LeaseHeldError, StoreError
from core.engine import lease as lease_module
from core.engine.lease import PostgresLease, worker_running
from tests.support.engine import PATIENCE_S

pytestmark = [pytest.mark.postgres, pytest.mark.slow]

KEY = "hashtextextended('orchestrator-executor:' || %s, 0)"


@pytest.fixture
def url(new_postgres: Callable[[], str]) -> str:
    return new_postgres()


def break_connections(url: str) -> None:
    """Every connection to the database but our own ends, as when the server is started anew."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )


def is_free(url: str, executor: str) -> bool:
    with psycopg.connect(url, autocommit=True) as connection:
        row = connection.execute(f"SELECT pg_try_advisory_lock({KEY})".encode(), [executor]).fetchone()
        free = bool(row and row[0])
        if free:
            # given back here: the server may notice later than we that the connection is closed
            connection.execute(f"SELECT pg_advisory_unlock({KEY})".encode(), [executor])
    return free


async def test_each_worker_of_a_machine_has_an_id_of_its_own_and_gives_it_back(url: str):
    first, second = await PostgresLease.take(url), await PostgresLease.take(url)
    assert first.executor.endswith("-1")
    assert second.executor.endswith("-2")
    await first.release()
    assert is_free(url, first.executor)
    third = await PostgresLease.take(url)
    assert third.executor == first.executor
    for lease in (second, third):
        await lease.release()


async def test_a_machine_has_so_many_places_for_workers_and_no_more(url: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(lease_module, "_MOST_SLOTS", 2)
    taken = [await PostgresLease.take(url) for _ in range(2)]
    with pytest.raises(LeaseHeldError, match="All 2 worker places") as refusal:
        await PostgresLease.take(url)
    assert refusal.value.hint == "Stop a worker first."
    for lease in taken:
        await lease.release()


async def test_whether_anybody_works_can_be_seen_without_disturbing_it(url: str):
    assert not await worker_running(url)
    lease = await PostgresLease.take(url)
    assert [await worker_running(url) for _ in range(2)] == [True, True]
    assert await lease.confirmed()
    await lease.release()
    assert not await worker_running(url)


async def test_a_lease_whose_connection_broke_is_taken_again_under_the_same_id(
    url: str, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(lease_module, "_CONFIRM_S", PATIENCE_S)
    lease = await PostgresLease.take(url)
    break_connections(url)
    assert await lease.confirmed()
    assert not is_free(url, lease.executor)
    assert await worker_running(url)
    await lease.release()
    assert is_free(url, lease.executor)


async def test_a_lease_that_somebody_else_has_by_now_is_lost(url: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(lease_module, "_CONFIRM_S", 1.0)
    lease = await PostgresLease.take(url)
    break_connections(url)
    with psycopg.connect(url, autocommit=True) as thief:
        thief.execute(f"SELECT pg_advisory_lock({KEY})".encode(), [lease.executor])
        assert not await lease.confirmed()
    await lease.release()


async def test_a_dead_workers_id_is_held_only_while_its_work_is_adopted(url: str):
    lease = await PostgresLease.take(url)
    async with lease.adopting("elsewhere-7") as free:
        assert free
        assert not is_free(url, "elsewhere-7")
    assert is_free(url, "elsewhere-7")
    async with lease.adopting(lease.executor) as free:
        assert not free
    assert not is_free(url, lease.executor)
    await lease.release()


async def test_a_living_workers_id_is_left_alone(url: str):
    lease, neighbour = await PostgresLease.take(url), await PostgresLease.take(url)
    async with lease.adopting(neighbour.executor) as free:
        assert not free
    assert not is_free(url, neighbour.executor)
    for each in (lease, neighbour):
        await each.release()


async def test_nothing_is_adopted_over_a_broken_connection(url: str):
    lease = await PostgresLease.take(url)
    break_connections(url)
    with pytest.raises(StoreError, match="lease is gone"):
        async with lease.adopting("elsewhere-7"):
            pass
    await lease.release()
