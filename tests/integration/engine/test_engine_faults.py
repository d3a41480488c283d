"""Faults of the parts around the engine: the task fails with words that help, or goes on; it never hangs."""

import asyncio
import shutil
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import closing
from pathlib import Path

import psycopg
import pytest

from core.agents.memory import Stage
from core.agents.runner import AgentInbox, AgentOutcome, AgentRunner, AgentSpec, OnSignal
from core.domain.errors import AgentUnavailableError, StoreError, StoreLockedError
from core.domain.project import Project
from core.domain.task import AgentRunState, StepState, TaskState
from core.forge import Forge, Issue, PullRequest, PullRequestDraft
from core.views import TaskView
from core.workspaces.workspaces import Workspaces
from tests.support.engine import IDENTITY, PATIENCE_S, Workshop, at_work, copied_database, git, open_workshop
from tests.support.engine_plays import Held, usual
from tests.support.waiting import fair_s

pytestmark = pytest.mark.slow


class MoodyForge:
    """A forge that does something else first."""

    def __init__(self, inner: Forge, *, before: Callable[[str], Awaitable[None]]) -> None:
        self._inner = inner
        self._before = before

    async def issue(self, project: Project, reference: str) -> Issue:
        await self._before("issue")
        return await self._inner.issue(project, reference)

    async def publish(self, project: Project, draft: PullRequestDraft) -> PullRequest:
        await self._before("publish")
        return await self._inner.publish(project, draft)


def raises(error: Exception, *, at: str) -> Callable[[str], Awaitable[None]]:
    """Raise `error` when `at` is called."""

    async def before(call: str) -> None:
        if call == at:
            raise error

    return before


async def failed(workshop: Workshop, request: str = "fix issue #7") -> TaskView:
    """A task that fails soon, with everything of it closed."""
    project = next(iter(workshop.projects.values()), None) or workshop.project("shop")
    task = await workshop.submit(project, request)
    view = await workshop.ended(task.id, within_s=PATIENCE_S)
    assert view.task.state == TaskState.FAILED
    assert not view.waiting
    assert all(part.step.state not in {StepState.RUNNING, StepState.WAITING} for part in view.steps)
    ended = {AgentRunState.COMPLETED, AgentRunState.FAILED}
    assert all(run.run.state in ended for part in view.steps for run in part.runs)
    return view


async def test_an_issue_that_does_not_exist_fails_the_task_and_names_those_that_do(workshop: Workshop):
    async with at_work(workshop):
        view = await failed(workshop, "fix issue #123")
    assert "There is no issue #123" in view.task.failure
    assert "Existing issues: 7" in view.task.failure
    assert view.task.branch == ""


@pytest.mark.parametrize("at", ["issue", "publish"])
async def test_a_forge_that_refuses_is_quoted(workshop: Workshop, at: str):
    refusal = StoreError("The disk of the forge is full.", hint="Free some space.")
    forge = MoodyForge(workshop.parts.forge, before=raises(refusal, at=at))
    async with at_work(workshop, forge=forge):
        view = await failed(workshop)
    assert "The disk of the forge is full. Free some space." in view.task.failure
    if at == "publish":
        assert f"The work is committed on {view.task.branch}" in view.task.failure


@pytest.mark.parametrize("at", ["issue", "publish"])
async def test_a_forge_that_breaks_fails_the_task(workshop: Workshop, at: str):
    forge = MoodyForge(workshop.parts.forge, before=raises(ZeroDivisionError("hunter2"), at=at))
    async with at_work(workshop, forge=forge):
        view = await failed(workshop)
    assert "Something went wrong inside the orchestrator (ZeroDivisionError)" in view.task.failure
    assert "hunter2" not in view.task.failure


async def test_a_runner_that_cannot_start_agents_is_quoted(workshop: Workshop):
    async def unavailable(_stage: Stage) -> Mapping[str, object]:
        raise AgentUnavailableError("The agent program is missing.", hint="Install it.")

    workshop.project("shop", plays={"builder": unavailable})
    async with at_work(workshop):
        view = await failed(workshop)
    assert "The agent program is missing. Install it." in view.task.failure
    assert view.steps[0].runs[0].run.state == AgentRunState.FAILED


async def test_a_runner_that_breaks_fails_the_task_at_once(workshop: Workshop):
    async def broken(_stage: Stage) -> Mapping[str, object]:
        raise ZeroDivisionError("hunter2")

    workshop.project("shop", plays={"builder": broken})
    async with at_work(workshop):
        view = await failed(workshop)
    assert "The agent program broke unexpectedly (ZeroDivisionError)" in view.task.failure
    assert "hunter2" not in view.task.failure


async def test_a_result_without_the_agreed_form_fails_the_task(workshop: Workshop):
    async def rambles(_stage: Stage) -> Mapping[str, object]:
        return {"opinion": "fine"}

    workshop.project("shop", plays={"builder": rambles})
    async with at_work(workshop):
        view = await failed(workshop)
    assert "does not have the agreed form" in view.task.failure


async def test_a_repository_that_disappears_in_the_middle_is_named(workshop: Workshop):
    repository = Path(workshop.project("shop").repository)

    async def removes(stage: Stage) -> Mapping[str, object]:
        shutil.rmtree(repository)
        return await usual(stage)

    workshop.project("shop", plays={"builder": removes})
    async with at_work(workshop):
        view = await failed(workshop)
    assert str(repository) in view.task.failure


async def test_a_branch_that_disappears_in_the_middle_is_named(workshop: Workshop):
    repository = Path(workshop.project("shop").repository)

    async def removes(stage: Stage) -> Mapping[str, object]:
        git(stage.spec.worktree, "checkout", "--quiet", "--detach")
        git(repository, "branch", "-D", git(repository, "branch", "--list", "orchestrate/*").strip("+ "))
        return await usual(stage)

    workshop.project("shop", plays={"builder": removes})
    async with at_work(workshop):
        view = await failed(workshop)
    assert f"The branch {view.task.branch} of task {view.task.id} is gone" in view.task.failure


async def test_a_project_that_is_no_longer_bound_fails_its_tasks(workshop: Workshop):
    project = workshop.project("shop")
    task = await workshop.submit(project)
    del workshop.projects[project.name]
    async with at_work(workshop):
        view = await workshop.ended(task.id, within_s=PATIENCE_S)
    assert view.task.failure == "There is no project shop. Bind it in orchestrator.toml."


class SpyRunner:
    """Says when a run ended because the store could not be written."""

    def __init__(self, inner: AgentRunner) -> None:
        self._inner = inner
        self.refused = asyncio.Event()

    async def check(self) -> None:
        await self._inner.check()

    async def forget(self, session: str, *, worktree: Path) -> None:
        await self._inner.forget(session, worktree=worktree)

    async def run(self, spec: AgentSpec, *, on_signal: OnSignal, inbox: AgentInbox | None = None) -> AgentOutcome:
        try:
            return await self._inner.run(spec, on_signal=on_signal, inbox=inbox)
        except StoreLockedError:
            self.refused.set()
            raise


@pytest.fixture
async def impatient(tmp_path: Path, sqlite_template: Path) -> AsyncIterator[Workshop]:
    """A workshop whose store gives up on a foreign lock after a moment."""
    home = tmp_path / "home"
    async with open_workshop(home, copied_database(sqlite_template, home), busy_timeout_s=2.0) as workshop:
        yield workshop


async def lock(workshop: Workshop) -> sqlite3.Connection:
    """Somebody else who holds the database's write lock until closed."""

    def taken() -> sqlite3.Connection:
        database = workshop.home / "orchestrator.sqlite3"
        connection = sqlite3.connect(database, isolation_level=None, check_same_thread=False, timeout=PATIENCE_S)
        connection.execute("BEGIN IMMEDIATE")
        return connection

    # in a thread: whoever has the lock now may need this loop to let go of it
    return await asyncio.to_thread(taken)


async def test_an_agent_whose_store_is_locked_for_a_moment_goes_on_afterwards(impatient: Workshop):
    held = Held()
    project = impatient.project("shop", plays={"builder": held})
    spy = SpyRunner(impatient.runner)
    async with at_work(impatient, runner=spy):
        task = await impatient.submit(project)
        await asyncio.wait_for(held.began.wait(), PATIENCE_S)
        with closing(await lock(impatient)):
            held.go_on.set()
            await asyncio.wait_for(spy.refused.wait(), PATIENCE_S)
        view = await impatient.ended(task.id)
    assert view.task.state == TaskState.COMPLETED
    assert len(impatient.starts(task.id)) == 2
    assert view.bill.calls == 1


async def test_a_task_whose_store_is_locked_for_a_moment_goes_on_afterwards(impatient: Workshop):
    locks: list[sqlite3.Connection] = []

    async def lock_once(call: str) -> None:
        if call == "publish" and not locks:
            locks.append(await lock(impatient))
        elif call == "publish":
            locks[0].close()

    forge = MoodyForge(impatient.parts.forge, before=lock_once)
    project = impatient.project("shop")
    async with at_work(impatient, forge=forge):
        task = await impatient.submit(project)
        view = await impatient.ended(task.id)
    assert view.task.state == TaskState.COMPLETED
    assert len(impatient.pull_requests(project)) == 1


async def test_a_cancel_is_heard_although_the_store_was_locked_before(impatient: Workshop):
    held = Held()
    project = impatient.project("shop", plays={"builder": held})
    async with at_work(impatient):
        task = await impatient.submit(project)
        await asyncio.wait_for(held.began.wait(), PATIENCE_S)
        with closing(await lock(impatient)), pytest.raises(StoreLockedError):
            await impatient.orchestrator.cancel(task.id, by=task.requested_by)
        assert not held.interrupted.is_set()
        await impatient.orchestrator.cancel(task.id, by=task.requested_by)
        await asyncio.wait_for(held.interrupted.wait(), fair_s(2.0))


class BrokenWorkspaces(Workspaces):
    """Workspaces whose commits fail in an unforeseen way."""

    async def commit(self, *_: object, **__: object) -> str | None:
        raise ZeroDivisionError


async def test_workspaces_that_break_fail_the_task(workshop: Workshop):
    workspaces = BrokenWorkspaces(folder=workshop.home / "worktrees", identity=IDENTITY)
    async with at_work(workshop, workspaces=workspaces):
        view = await failed(workshop)
    assert "Something went wrong inside the orchestrator (ZeroDivisionError)" in view.task.failure


@pytest.mark.postgres
@pytest.mark.parametrize("database_url", ["postgres"], indirect=True)
async def test_a_postgres_that_drops_all_connections_is_survived(workshop_on_both: Workshop, database_url: str):
    workshop = workshop_on_both
    held = Held()
    project = workshop.project("shop", plays={"builder": held})

    def drop_connections() -> None:
        with psycopg.connect(database_url, autocommit=True) as connection:
            connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )

    async with at_work(workshop):
        task = await workshop.submit(project)
        await asyncio.wait_for(held.began.wait(), PATIENCE_S)
        await asyncio.to_thread(drop_connections)
        held.go_on.set()
        view = await workshop.ended(task.id)
        assert view.task.state == TaskState.COMPLETED
        await asyncio.to_thread(drop_connections)
        other = await workshop.submit(project)
        assert (await workshop.ended(other.id)).task.state == TaskState.COMPLETED


async def test_a_cancellation_that_leaks_out_of_an_agents_library_loses_neither_the_run_nor_its_driver(
    workshop: Workshop,
):
    broken: list[str] = []

    async def leaks_once(stage: Stage) -> Mapping[str, object]:
        if not broken:
            broken.append(stage.spec.agent_run)
            raise asyncio.CancelledError
        return await usual(stage)

    project = workshop.project("leaks", plays={"builder": leaks_once})
    async with at_work(workshop):
        view = await workshop.ended((await workshop.submit(project)).id)
    assert view.task.state == TaskState.COMPLETED, view.task.failure
    assert broken == [workshop.starts(view.task.id)[0].agent_run]
