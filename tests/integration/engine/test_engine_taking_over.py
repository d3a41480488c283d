"""Who does the work: the lease that is lost and taken again, the work of a dead worker, a task nobody works on."""

from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

import psycopg
import pytest
import sqlalchemy as sa

from core.domain.errors import LeaseHeldError, StoreError
from core.domain.project import PlanGate
from core.domain.task import TaskState
from core.engine import engine as engine_module
from core.engine.adopter import CHECKS_BEFORE_ADOPTION, Adopter
from core.engine.engine import Engine
from core.engine.lease import Lease
from core.engine.names import task_workflow_id
from core.engine.worker import Worker
from tests.support.engine import PATIENCE_S, Workshop, at_work, open_workshop
from tests.support.waiting import eventually

pytestmark = pytest.mark.slow


class LooseLease:
    """A lease that the test takes away, of an executor whose neighbours are all dead."""

    def __init__(self, executor: str = "here-1", *, free: bool = True) -> None:
        self.executor = executor
        self.held = True
        self.free = free
        self.released = 0

    async def release(self) -> None:
        self.released += 1

    async def confirmed(self) -> bool:
        return self.held

    @asynccontextmanager
    async def adopting(self, executor: str) -> AsyncGenerator[bool]:
        assert executor != self.executor
        yield self.free


@pytest.fixture
async def on_postgres(tmp_path: Path, new_postgres: Callable[[], str]) -> AsyncIterator[Workshop]:
    async with open_workshop(tmp_path / "home", new_postgres()) as workshop:
        yield workshop


# a lease that is lost


async def test_a_worker_without_its_lease_stops_and_tries_until_it_works_under_another(
    workshop: Workshop, monkeypatch: pytest.MonkeyPatch
):
    first = LooseLease()
    refusals = [StoreError("The database is away."), LeaseHeldError("All places are taken.")]
    given: list[LooseLease] = []
    begin = Worker.start
    begun = 0

    async def take(_url: str) -> Lease:
        if given and refusals:
            raise refusals.pop(0)
        given.append(LooseLease(f"here-{len(given) + 1}") if given else first)
        return given[-1]

    async def start(worker: Worker) -> None:
        nonlocal begun
        begun += 1
        if begun == 2:
            raise StoreError("The database is away again.")
        await begin(worker)

    monkeypatch.setattr(engine_module, "take_lease", take)
    monkeypatch.setattr(engine_module, "CHECK_EVERY_S", 0.02)
    monkeypatch.setattr(Worker, "start", start)
    async with at_work(workshop) as engine:
        assert engine.takes_work
        first.held = False
        await eventually(lambda: begun >= 3 and engine.takes_work, within_s=PATIENCE_S, what="work under another")
        assert refusals == []
        assert all(lease.released for lease in given[:-1])
        task = await workshop.submit(workshop.project("after"))
        assert (await workshop.ended(task.id)).task.state == TaskState.COMPLETED
        assert not given[-1].released
    assert given[-1].released


async def test_an_engine_that_cannot_begin_lets_go_of_its_lease(workshop: Workshop, monkeypatch: pytest.MonkeyPatch):
    lease = LooseLease()

    async def take(_url: str) -> Lease:
        return lease

    async def fails(_worker: Worker) -> None:
        raise StoreError("The database is away.")

    monkeypatch.setattr(engine_module, "take_lease", take)
    monkeypatch.setattr(Worker, "start", fails)
    with pytest.raises(StoreError):
        await Engine.launch(workshop.parts, workshop.client)
    assert lease.released == 1


# the work of others


DEAD = "dead-1"


async def left_behind(workshop: Workshop) -> str:
    """A task that waited for a person when its worker died; the person has answered since."""
    worker = Worker(workshop.parts, workshop.client, executor=DEAD)
    await worker.start()
    task = await workshop.submit(workshop.project("left", plan_gate=PlanGate.ALWAYS), workflow="plan_build")
    (asked,) = await workshop.asked(task.id)
    await worker.stop()
    await workshop.approve(asked)
    return task.id


def owner(workshop: Workshop) -> str:
    """The executor that works on the one task there is."""
    with psycopg.connect(workshop.store.url) as connection:
        (found,) = connection.execute("SELECT executor_id FROM dbos.workflow_status").fetchall()
    return str(found[0])


@contextmanager
def kept_alive(workshop: Workshop) -> Iterator[None]:
    """The engine under test never adopts by itself: the lease of the dead worker is held, whatever the test says."""
    with psycopg.connect(workshop.store.url, autocommit=True) as connection:
        connection.execute("SELECT pg_advisory_lock(hashtextextended('orchestrator-executor:' || %s, 0))", [DEAD])
        yield


async def test_the_work_of_a_dead_worker_goes_on_here_once_it_was_seen_dead_often_enough(on_postgres: Workshop):
    task = await left_behind(on_postgres)
    with kept_alive(on_postgres):
        async with at_work(on_postgres):
            adopter = Adopter(LooseLease())
            for _ in range(CHECKS_BEFORE_ADOPTION - 1):
                await adopter.adopt()
            assert owner(on_postgres) == DEAD
            await adopter.adopt()
            assert (await on_postgres.ended(task)).task.state == TaskState.COMPLETED
            assert owner(on_postgres) != DEAD


async def test_the_work_of_a_worker_that_lives_is_left_to_it(on_postgres: Workshop):
    await left_behind(on_postgres)
    with kept_alive(on_postgres):
        async with at_work(on_postgres):
            adopter = Adopter(LooseLease(free=False))
            for _ in range(CHECKS_BEFORE_ADOPTION + 1):
                await adopter.adopt()
            assert owner(on_postgres) == DEAD


async def test_a_worker_that_was_seen_alive_meanwhile_is_watched_from_the_beginning_again(on_postgres: Workshop):
    await left_behind(on_postgres)
    with kept_alive(on_postgres):
        async with at_work(on_postgres):
            lease = LooseLease()
            adopter = Adopter(lease)
            for look in range(2 * CHECKS_BEFORE_ADOPTION - 1):
                lease.free = look != CHECKS_BEFORE_ADOPTION - 1
                await adopter.adopt()
            assert owner(on_postgres) == DEAD


async def test_a_worker_adopts_by_itself_when_it_finds_a_lease_free(
    on_postgres: Workshop, monkeypatch: pytest.MonkeyPatch
):
    task = await left_behind(on_postgres)
    monkeypatch.setattr(engine_module, "CHECK_EVERY_S", 0.02)
    async with at_work(on_postgres):
        assert (await on_postgres.ended(task)).task.state == TaskState.COMPLETED


# a worker's own beginning and end


async def test_a_task_whose_workflow_is_gone_fails_with_what_to_do_and_others_go_on(workshop: Workshop):
    project = workshop.project("lost")
    lost, kept = await workshop.submit(project), await workshop.submit(project)
    async with workshop.store.transaction() as uow:
        row = {"id": task_workflow_id(lost.id)}
        await uow.connection.execute(sa.text("DELETE FROM workflow_status WHERE workflow_uuid = :id"), row)
    async with at_work(workshop):
        assert (await workshop.ended(kept.id)).task.state == TaskState.COMPLETED
        view = await workshop.orchestrator.task(lost.id)
    assert view.task.state == TaskState.FAILED
    assert "start it again" in view.task.failure


async def test_a_worker_that_never_began_can_be_stopped_and_one_that_did_twice(workshop: Workshop):
    await Worker(workshop.parts, workshop.client, executor="local").stop()
    worker = Worker(workshop.parts, workshop.client, executor="local")
    await worker.start()
    task = await workshop.submit(workshop.project("twice"))
    assert (await workshop.ended(task.id)).task.state == TaskState.COMPLETED
    await worker.stop()
    await worker.stop()
