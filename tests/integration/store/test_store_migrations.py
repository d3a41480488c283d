"""Databases reach the present tables by themselves, once, and never backwards."""

import asyncio
import sys
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psutil
import pytest
import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from core.domain.errors import ConfigurationError
from core.domain.identity import PersonId
from core.domain.project import PlanGate
from core.domain.task import RunPurpose
from core.domain.workflow import Mode
from core.store import Store, migrate
from core.store.database import dbos_sync_engine, sqlite_path
from core.store.migrate import HEAD, VERSION_TABLE
from core.store.tables import metadata
from tests.conftest import OpenStore
from tests.support.clock import FakeClock
from tests.support.waiting import eventually


def differences(connection: sa.Connection) -> list[object]:
    opts = {"compare_type": True, "compare_server_default": default_differs, "version_table": VERSION_TABLE}
    return list(compare_metadata(MigrationContext.configure(connection, opts=opts), metadata))


def default_differs(*compared: Any) -> bool | None:
    """None: Alembic's own judgement; but on SQLite it takes DEFAULT '' in the database for something else than ''."""
    *_, in_database, _, wanted = compared
    return False if (in_database, wanted) == ("('')", "") else None


async def test_migrations_end_at_the_tables_the_program_expects(empty_database_url: str, open_store: OpenStore) -> None:
    store = await open_store(empty_database_url)
    async with store.transaction() as unit:
        assert await unit.connection.run_sync(differences) == []


def test_the_version_the_program_expects_is_the_newest_migration() -> None:
    scripts = ScriptDirectory(str(Path(migrate.__file__).parent / "migrations"))
    files = {Path(script.path).name.partition("_")[0] for script in scripts.walk_revisions()}

    assert scripts.get_current_head() == HEAD
    assert {script.revision for script in scripts.walk_revisions()} == files, "a file begins with its version"


async def test_a_column_that_no_migration_made_is_noticed(empty_database_url: str, open_store: OpenStore) -> None:
    store = await open_store(empty_database_url)
    async with store.transaction() as unit:
        await unit.connection.execute(sa.text("ALTER TABLE tasks ADD COLUMN surprise INTEGER"))
        assert len(await unit.connection.run_sync(differences)) == 1


async def test_a_default_that_no_migration_made_is_noticed(empty_database_url: str, open_store: OpenStore) -> None:
    store = await open_store(empty_database_url)
    other = sa.MetaData()
    for table in metadata.tables.values():
        table.to_metadata(other)
    other.tables["tasks"].c["model"].server_default = sa.DefaultClause("claude")
    async with store.transaction() as unit:

        def compared(connection: sa.Connection) -> list[object]:
            opts = {"compare_server_default": default_differs, "version_table": VERSION_TABLE}
            return list(compare_metadata(MigrationContext.configure(connection, opts=opts), other))

        assert len(await unit.connection.run_sync(compared)) == 1


async def test_tasks_of_the_first_version_are_taken_along(empty_database_url: str, clock: FakeClock) -> None:
    path = sqlite_path(empty_database_url)
    if path is not None:
        path.parent.mkdir()
    engine = dbos_sync_engine(empty_database_url)
    with engine.begin() as connection:
        upgraded_to(connection, "0001")
        for statement in FIRST_VERSION_ROWS:
            connection.exec_driver_sql(statement)
        upgraded_to(connection, "0009")
        connection.exec_driver_sql("""UPDATE tasks SET estimate = '{"tasks": 3, "narrow": true}'""")
    engine.dispose()
    async with await Store.open(empty_database_url, clock=clock) as store, store.transaction() as unit:
        (task,) = await unit.tasks.list()
        (run,) = await unit.agent_runs.of(task.id)
        (step,) = await unit.steps.of(task.id)
        (approval,) = await unit.approvals.of(task.id)
        assert (task.request, task.life, task.mode, task.plan_gate) == ("Fix it", 1, Mode.SEQUENTIAL, PlanGate.ALWAYS)
        assert (run.purpose, run.transient_failures, run.not_before) == (RunPurpose.WORK, 0, None)
        assert (step.name, step.base_commit) == ("build", "")
        assert (approval.tool_input, approval.what, approval.always) == ({"command": "make"}, "", False)
        assert task.estimate is None, "it told other figures than today's"
        assert (task.request_key, (await unit.audit.entries(1))) == ("", [])
        assert [await unit.messages.next_number() for _ in range(2)] == [1, 2], "the new counters are there"
        alice = PersonId("console:alice")
        assert (await unit.audit.append(actor=alice, act="approve", allowed=True)).seq == 1
        await unit.agent_runs.lock_places()
        sums = await unit.connection.execute(sa.text("SELECT quarter * 900, calls, cost_usd FROM spending ORDER BY 1"))
        noon = int(datetime(2026, 3, 1, 12, tzinfo=UTC).timestamp())
        assert [tuple(row) for row in sums] == [(noon, 2, 2_000_000), (noon + 900, 1, 1_000_000)]
        assert (await unit.ledger.of_task(task.id)).calls == 3


def upgraded_to(connection: sa.Connection, version: str) -> None:
    """Bring the database to `version`, as the program did when that was the newest."""
    config = Config()
    config.set_main_option("script_location", str(Path(migrate.__file__).parent / "migrations"))
    config.attributes["connection"] = connection
    config.attributes["version_table"] = VERSION_TABLE
    command.upgrade(config, version)


WORKFLOW_AS_STORED = '{"name":"w","description":"","steps":[{"name":"build","role":"builder"}]}'
FIRST_VERSION_ROWS = (
    f"""INSERT INTO tasks (id, number, project, request, title, requested_by, state, workflow, issue, issue_title,
    issue_text, base_branch, base_commit, branch, "commit", pull_request, failure, created_at) VALUES ('T1', 1, 'shop',
    'Fix it', 'Fix it', 'console:alice', 'running', '{WORKFLOW_AS_STORED}', '', '', '', '', '', '', '', '', '',
    '2026-03-01 12:00:00')""",
    """INSERT INTO steps (task, name, position, role, state, round, summary) VALUES ('T1', 'build', 1, 'builder',
    'running', 1, '')""",
    """INSERT INTO agent_runs (id, task, step, round, role, model, state, attempts, session, activity, error,
    reported_cost_usd, created_at) VALUES ('T1.1', 'T1', 'build', 1, 'builder', 'claude-sonnet', 'running', 1, '', '',
    '', '', '2026-03-01 12:00:00')""",
    """INSERT INTO approvals (id, key, task, step, kind, title, detail, reason, risk, tool, tool_input, tool_use_id,
    questions, state, decision_reason, answers, created_at) VALUES ('A1', 'k', 'T1', 'build', 'tool', 'Run make', '',
    '', 'low', 'Bash', '{"command":"make"}', 't1', '[]', 'pending', '', '{}', '2026-03-01 12:00:00')""",
    *(
        f"""INSERT INTO model_calls (message_id, agent_run, task, step, role, project, person, model, input_tokens,
        output_tokens, cache_read_tokens, cache_write_tokens, cost_usd, at) VALUES ('m{minute}', 'T1.1', 'T1', 'build',
        'builder', 'shop', 'console:alice', 'claude-sonnet', 1, 2, 3, 4, 1000000, '2026-03-01 12:{minute}:00')"""
        for minute in (10, 14, 15)
    ),
)


async def test_many_programs_starting_at_once_migrate_once(empty_database_url: str, clock: FakeClock) -> None:
    stores = await asyncio.gather(*(Store.open(empty_database_url, clock=clock) for _ in range(6)))
    async with stores[0].transaction() as unit:
        assert await unit.tasks.next_number() == 1
    for store in stores:
        await store.close()


OPEN = """
import asyncio, sys
from datetime import UTC, datetime
from core.store import Store

async def main() -> None:
    async with await Store.open(sys.argv[1], clock=lambda: datetime.now(UTC)) as store:
        async with store.transaction() as unit:
            print(await unit.tasks.next_number())

asyncio.run(main())
"""


@pytest.mark.slow
async def test_many_processes_starting_at_once_migrate_once(empty_database_url: str) -> None:
    processes = [
        await asyncio.create_subprocess_exec(
            sys.executable, "-W", "error", "-c", OPEN, empty_database_url, stdout=asyncio.subprocess.PIPE
        )
        for _ in range(3)
    ]
    outputs = await asyncio.gather(*(process.communicate() for process in processes))
    assert sorted(int(out) for out, _ in outputs) == [1, 2, 3]


async def test_a_database_of_a_newer_program_is_refused_and_left_alone(
    database_url: str, open_store: OpenStore, clock: FakeClock
) -> None:
    store = await open_store(database_url)
    async with store.transaction() as unit:
        await unit.connection.execute(sa.text(f"UPDATE {VERSION_TABLE} SET version_num = '9999'"))
    with pytest.raises(ConfigurationError, match="newer version") as caught:
        await Store.open(database_url, clock=clock)
    assert "later one" in caught.value.hint
    async with store.reading() as unit:
        version = (await unit.connection.execute(sa.text(f"SELECT version_num FROM {VERSION_TABLE}"))).scalar_one()
    assert version == "9999"


async def test_a_migration_that_fails_half_way_leaves_nothing(empty_database_url: str, clock: FakeClock) -> None:
    """A table that is in the way of a later statement: the earlier ones must be undone."""
    path = sqlite_path(empty_database_url)
    if path is not None:
        path.parent.mkdir()
    engine = dbos_sync_engine(empty_database_url)
    with engine.begin() as connection:
        connection.execute(sa.text("CREATE TABLE transcripts (x INTEGER)"))
    with pytest.raises(Exception, match="transcripts"):
        await Store.open(empty_database_url, clock=clock)
    with engine.begin() as connection:
        assert sa.inspect(connection).get_table_names() == ["transcripts"]
        connection.execute(sa.text("DROP TABLE transcripts"))
    engine.dispose()
    await (await Store.open(empty_database_url, clock=clock)).close()


HOLD = """
import fcntl, sys
file = open(sys.argv[1], "a")
fcntl.flock(file, fcntl.LOCK_EX)
print("held", flush=True)
sys.stdin.read()
"""


@asynccontextmanager
async def held_by_another_process(lock: Path) -> AsyncGenerator[None]:
    """These locks belong to processes, so one held by this process would stop nobody in it."""
    pipe = asyncio.subprocess.PIPE
    holder = await asyncio.create_subprocess_exec(sys.executable, "-c", HOLD, lock, stdin=pipe, stdout=pipe)
    assert holder.stdout is not None
    assert await asyncio.wait_for(holder.stdout.readline(), 90) == b"held\n"
    try:
        yield
    finally:
        await holder.communicate(b"")


def open_files(folder: Path) -> list[str]:
    paths = (Path(file.path) for file in psutil.Process().open_files())
    return [path.name for path in paths if path.is_relative_to(folder)]


async def test_opening_waits_for_another_process_that_migrates(tmp_path: Path, clock: FakeClock) -> None:
    async with held_by_another_process(tmp_path / "x.sqlite3.migrate.lock"):
        opening = asyncio.create_task(Store.open(f"sqlite:///{tmp_path}/x.sqlite3", clock=clock))
        await eventually(lambda: open_files(tmp_path) == ["x.sqlite3.migrate.lock"], what="an attempt at the lock")
        assert not opening.done()
        assert not (tmp_path / "x.sqlite3").exists()
    await eventually(opening.done)
    await opening.result().close()


async def test_giving_up_waiting_leaves_no_file_open(tmp_path: Path, clock: FakeClock) -> None:
    async with held_by_another_process(tmp_path / "x.sqlite3.migrate.lock"):
        opening = asyncio.create_task(Store.open(f"sqlite:///{tmp_path}/x.sqlite3", clock=clock))
        await eventually(lambda: open_files(tmp_path) == ["x.sqlite3.migrate.lock"], what="an attempt at the lock")
        opening.cancel()
        with pytest.raises(asyncio.CancelledError) as cancelled:
            await opening
        # the traceback keeps everything it went through alive
        assert cancelled.tb is not None
        assert open_files(tmp_path) == []


async def test_the_folder_of_a_new_database_is_for_its_owner_only(tmp_path: Path, clock: FakeClock) -> None:
    folder = tmp_path / "a 100% new" / "home"
    await (await Store.open(f"sqlite:///{folder}/x.sqlite3", clock=clock)).close()
    assert folder.stat().st_mode & 0o777 == 0o700
