"""On Postgres: the same story, workers that share the work, and one that takes over when another dies."""

import asyncio
import json
import shutil
import signal
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import LiteralString

import psycopg
import pytest

from core.domain.project import PlanGate
from core.domain.task import Task, TaskState
from tests.support.engine import PATIENCE_S, at_work, make_repository, open_workshop
from tests.support.engine_invariants import PAIR, assert_same, outcome
from tests.support.engine_plays import Held, runs
from tests.support.engine_process import HELD, PROJECT, STOP, Errand
from tests.support.engine_processes import EngineProcesses, engine_processes, log_of
from tests.support.waiting import eventually, eventually_awaited

pytestmark = [pytest.mark.postgres, pytest.mark.slow, pytest.mark.long]

MOST_TASKS = 40
CALLS = 7
"""What an undisturbed errand asks of models: planner, tester twice, and builders before and after their approval."""

DEADLY_POINTS = ("to be prepared", "builder begins", "builder after model_answered", "committed", "published")
"""Before the worktree is made, inside the builder, and when work is done and not yet written down."""
DEADLY_COMMITS = (20, 45, 60)


@pytest.fixture
def errand(tmp_path: Path, new_postgres: Callable[[], str]) -> Errand:
    """An errand on Postgres."""
    home = tmp_path / "home"
    make_repository(home / "repositories" / PROJECT)
    return Errand(home=str(home), url=new_postgres())


async def test_two_builders_beside_each_other_come_together_whatever_dies_between(
    tmp_path: Path, new_postgres: Callable[[], str]
):
    def pair(name: str, **death: int) -> Errand:
        home = tmp_path / name
        make_repository(home / "repositories" / PROJECT)
        return Errand(home=str(home), url=new_postgres(), story="pair", **death)

    peace = pair("peace")
    async with engine_processes() as processes:
        assert await processes.run(peace) == 0, log_of(peace)
        undisturbed = await outcome(Path(peace.home), peace.url, PAIR)
        points: list[str] = json.loads((Path(peace.home) / "course.json").read_text())["points"]
        moments = [1 + next(at for at, name in enumerate(points) if word in name) for word in ("merge", "settle")]
        for moment in moments:
            errand = pair(f"point{moment}", die_at_point=moment)
            assert await processes.run(errand) == -signal.SIGKILL, log_of(errand)
            unhurt = replace(errand, die_at_point=0)
            assert await processes.run(unhurt) == 0, log_of(errand)
            assert_same(await outcome(Path(errand.home), errand.url, PAIR), undisturbed)


async def test_it_tells_the_same_story(tmp_path: Path, new_postgres: Callable[[], str]):
    async with open_workshop(tmp_path / "home", new_postgres()) as workshop, at_work(workshop):
        project = workshop.project("whole", plan_gate=PlanGate.ALWAYS, plays={"builder": runs("risky deploy")})
        task = await workshop.submit(project, "fix issue #7", workflow="bug_fix")
        for times in (1, 2):
            (asked,) = await workshop.asked(task.id, times=times)
            await workshop.approve(asked)
        view = await workshop.ended(task.id)
        assert view.task.state == TaskState.COMPLETED
        assert workshop.commits(project, view.task.branch) == ["build/1"]
        assert len(workshop.pull_requests(project)) == 1
        assert [entry.seq for entry in await workshop.store.journal.read()] == list(range(1, view.seq + 1))


async def test_a_killed_worker_is_taken_up_by_the_next_one(tmp_path: Path, new_postgres: Callable[[], str]):
    repository = make_repository(tmp_path / "repository")

    # the server takes a hundred connections, and each engine has a dozen
    at_once = asyncio.Semaphore(4)

    async def survive(processes: EngineProcesses, death: Mapping[str, int]) -> None:
        async with at_once:
            await survives(processes, death)

    async def survives(processes: EngineProcesses, death: Mapping[str, int]) -> None:
        home = tmp_path / str(death)
        shutil.copytree(repository, home / "repositories" / PROJECT)
        errand = Errand(home=str(home), url=new_postgres())
        assert await processes.run(replace(errand, **death)) == -signal.SIGKILL, log_of(errand)
        assert await processes.run(errand) == 0, log_of(errand)
        assert (await outcome(home, errand.url)).calls == CALLS

    async with engine_processes() as processes:
        home = tmp_path / "peace"
        shutil.copytree(repository, home / "repositories" / PROJECT)
        peace = Errand(home=str(home), url=new_postgres())
        assert await processes.run(peace) == 0, log_of(peace)
        points: list[str] = json.loads((home / "course.json").read_text())["points"]
        deaths = [{"die_at_point": 1 + points.index(name)} for name in DEADLY_POINTS]
        deaths += [{"die_at_commit": at} for at in DEADLY_COMMITS]
        await asyncio.gather(*(survive(processes, death) for death in deaths))


async def test_when_one_of_two_workers_dies_the_other_adopts_its_work(errand: Errand):
    home = Path(errand.home)
    diary = home / "diary.txt"
    (home / HELD).touch()
    async with engine_processes() as processes:
        first = await processes.start(errand)
        await eventually(lambda: diary.exists() and "start T1.2" in diary.read_text(), within_s=90, what="the builder")
        second = await processes.start(errand)
        await eventually(lambda: diary.read_text().count("began") == 2, within_s=90, what="the second worker")
        await first.kill()
        (home / HELD).unlink()
        assert await second.ended() == 0, log_of(errand)
    assert (await outcome(home, errand.url)).calls == CALLS


async def test_a_worker_that_loses_its_connections_takes_its_lease_again_and_is_not_adopted(errand: Errand):
    home = Path(errand.home)
    diary = home / "diary.txt"
    (home / HELD).touch()

    def ask(query: LiteralString) -> int:
        with psycopg.connect(errand.url, autocommit=True) as connection:
            found = connection.execute(query).fetchone()
        return found[0] if found else 0

    def drop_connections() -> None:
        ask(
            "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )

    def leases() -> int:
        # every worker shares the lock that says that there is one
        return ask(
            "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND mode = 'ShareLock' AND granted"
            " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
        )

    async with engine_processes() as processes:
        first = await processes.start(errand)
        await eventually(lambda: diary.exists() and "start T1.2" in diary.read_text(), within_s=90, what="the builder")
        second = await processes.start(errand)
        await eventually(lambda: diary.read_text().count("began") == 2, within_s=90, what="a second worker")
        drop_connections()
        # on a busy machine a worker may find it quicker to begin anew than to be answered in time
        await eventually(lambda: leases() == 2, within_s=150, what="both leases again")
        (home / HELD).unlink()
        assert [await first.ended(), await second.ended()] == [0, 0], log_of(errand)
    assert (await outcome(home, errand.url)).calls == CALLS
    starts = [line for line in diary.read_text().splitlines() if line.startswith("start T1.2 ")]
    assert len(starts) == 2, "once, and once more after its approval"


async def test_a_worker_whose_lease_is_lost_stops_and_goes_on_under_another(
    tmp_path: Path, new_postgres: Callable[[], str]
):
    url, held = new_postgres(), Held()
    async with (
        open_workshop(tmp_path / "home", url) as workshop,
        await psycopg.AsyncConnection.connect(url, autocommit=True) as thief,
        await psycopg.AsyncConnection.connect(url, autocommit=True) as onlooker,
        at_work(workshop),
    ):
        task = await workshop.submit(workshop.project("shop", plays={"builder": held}))
        await asyncio.wait_for(held.began.wait(), PATIENCE_S)
        found = await (await onlooker.execute("SELECT DISTINCT executor_id FROM dbos.workflow_status")).fetchall()
        ((executor,),) = found
        key = "hashtextextended('orchestrator-executor:' || %s, 0)"
        theft = asyncio.create_task(thief.execute(f"SELECT pg_advisory_lock({key})".encode(), [executor]))
        in_line = "SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND pid = %s AND NOT granted"

        async def waiting() -> bool:
            return bool(await (await onlooker.execute(in_line, [thief.info.backend_pid])).fetchall())

        await eventually_awaited(waiting, within_s=PATIENCE_S, what="the thief in line")
        await onlooker.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND mode = 'ShareLock'"
            " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
        )
        await asyncio.wait_for(theft, PATIENCE_S)
        await asyncio.wait_for(held.interrupted.wait(), PATIENCE_S)
        held.go_on.set()
        await thief.close()
        assert (await workshop.ended(task.id)).task.state == TaskState.COMPLETED
        assert len(workshop.starts(task.id)) == 2


async def test_two_workers_share_the_work_and_do_nothing_twice(errand: Errand):
    home, diary = Path(errand.home), Path(errand.home) / "diary.txt"
    async with engine_processes() as processes, open_workshop(home, errand.url) as workshop:
        project = workshop.project(PROJECT, plan_gate=PlanGate.ALWAYS)
        workers = [await processes.start(replace(errand, decide=False, stop=True)) for _ in range(2)]
        await eventually(lambda: diary.exists() and diary.read_text().count("began") == 2, within_s=90, what="both")
        wanted = {str(worker.pid) for worker in workers}

        def starts() -> list[list[str]]:
            return [line.split() for line in diary.read_text().splitlines() if line.startswith("start")]

        async def decided() -> bool:
            for approval in await workshop.orchestrator.pending_approvals():
                await workshop.approve(approval)
            states = {view.task.state for view in await workshop.orchestrator.tasks()}
            return states == {TaskState.COMPLETED}

        tasks: list[Task] = []
        # a task belongs to the worker that is first to take it out of the queue: soon both have had one
        while {pid for _, _, pid, _ in starts()} != wanted:
            assert len(tasks) < MOST_TASKS, "one worker takes everything"
            tasks += [await workshop.submit(project, workflow="plan_build") for _ in range(2)]
            await eventually_awaited(decided, within_s=150, what="the end of all tasks")
        (home / STOP).touch()
        assert [await worker.ended() for worker in workers] == [0, 0], log_of(errand)
        for task in tasks:
            view = await workshop.orchestrator.task(task.id)
            assert workshop.commits(project, view.task.branch) == ["build/1"]
        assert len(workshop.pull_requests(project)) == len(tasks)
    # a planner begins once, a builder once more after its approval
    assert Counter(Counter(run for _, run, *_ in starts()).values()) == {1: len(tasks), 2: len(tasks)}
