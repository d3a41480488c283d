"""A database that is locked, full, read-only, broken or gone gives one clear error that says what to do."""

import asyncio
import os
import resource
import shutil
import sqlite3
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import text

from core.domain.errors import ConfigurationError, OrchestratorError, StoreError, StoreFullError, StoreLockedError
from core.domain.event import NoticeRaised
from core.domain.identity import task_id
from core.store import Store
from core.store.database import sqlite_path
from tests.conftest import OpenStore
from tests.support.clock import FakeClock
from tests.support.values import a_task
from tests.support.waiting import eventually

NOBODY = 65534
SOON = {"busy_timeout_s": 0.1}


@pytest.fixture
def sqlite_url(sqlite_template: Path, tmp_path: Path) -> str:
    """A migrated SQLite database."""
    shutil.copy(sqlite_template, tmp_path / "x.sqlite3")
    return f"sqlite:///{tmp_path / 'x.sqlite3'}"


def says_what_to_do(error: OrchestratorError, where: str) -> bool:
    return where in error.message and error.hint.endswith(".") and "\n" not in error.message


async def append(store: Store, words: str = "x") -> None:
    async with store.transaction() as unit:
        await unit.events.append(task_id(1), NoticeRaised(text=words))


async def test_sqlite_locked_by_another_program(sqlite_url: str, open_store: OpenStore) -> None:
    store = await open_store(sqlite_url, **SOON)
    other = sqlite3.connect(str(sqlite_path(sqlite_url)), isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(StoreLockedError) as caught:
        await append(store)
    assert says_what_to_do(caught.value, "x.sqlite3")
    # reading needs no lock, and neither does opening a database that is up to date
    assert await store.journal.last_seq() == 0
    await open_store(sqlite_url, **SOON)
    other.execute("ROLLBACK")
    other.close()
    await append(store)


async def test_sqlite_busy_with_this_programs_own_unit(sqlite_url: str, open_store: OpenStore) -> None:
    store = await open_store(sqlite_url, **SOON)
    async with store.transaction():
        with pytest.raises(StoreLockedError, match="own work"):
            await append(store)
    await append(store)


@pytest.mark.postgres
@pytest.mark.parametrize("database_url", ["postgres"], indirect=True)
async def test_postgres_row_locked_by_another_program(database_url: str, open_store: OpenStore) -> None:
    store = await open_store(database_url, **SOON)
    async with store.transaction() as unit:
        await unit.tasks.add(a_task())
    with psycopg.connect(database_url) as other:
        other.execute("SELECT * FROM tasks FOR UPDATE")
        with pytest.raises(StoreLockedError) as caught:
            async with store.transaction() as unit:
                await unit.tasks.get(task_id(1))
        other.rollback()
    assert says_what_to_do(caught.value, "postgres")


@contextmanager
def files_no_larger_than(size: int) -> Iterator[None]:
    """The operating system refuses to let any file of this process grow beyond `size` bytes."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


async def test_sqlite_out_of_room(sqlite_url: str, open_store: OpenStore) -> None:
    store = await open_store(sqlite_url)
    await append(store, "before")
    with files_no_larger_than(200_000), pytest.raises(StoreFullError) as caught:
        await append(store, "x" * 1_000_000)
    assert says_what_to_do(caught.value, "x.sqlite3")
    assert len(await store.journal.read()) == 1
    await append(store, "after")
    assert await store.journal.last_seq() == 2


async def test_a_new_sqlite_database_out_of_room(tmp_path: Path, clock: FakeClock) -> None:
    with files_no_larger_than(8192), pytest.raises(StoreFullError):
        await Store.open(f"sqlite:///{tmp_path}/new.sqlite3", clock=clock)
    await (await Store.open(f"sqlite:///{tmp_path}/new.sqlite3", clock=clock)).close()


@contextmanager
def as_a_user_without_rights() -> Iterator[Path]:
    """A folder this process may read but not write to; for root by being nobody meanwhile."""
    # pytest's own folders are closed to others, so that nobody could not even look inside
    folder = Path(tempfile.mkdtemp())
    folder.chmod(0o555)
    root = os.geteuid() == 0
    if root:
        os.seteuid(NOBODY)
    try:
        yield folder
    finally:
        if root:
            os.seteuid(0)
        folder.chmod(0o755)
        shutil.rmtree(folder)


async def test_a_read_only_home(clock: FakeClock) -> None:
    with as_a_user_without_rights() as home:
        for url in (f"sqlite:///{home}/x.sqlite3", f"sqlite:///{home}/new/x.sqlite3"):
            with pytest.raises(StoreFullError) as caught:
                await Store.open(url, clock=clock)
            assert says_what_to_do(caught.value, str(home))
            assert "writable" in caught.value.hint
        assert list(home.iterdir()) == []


async def test_sqlite_made_read_only_while_in_use(sqlite_url: str, open_store: OpenStore) -> None:
    store = await open_store(sqlite_url)
    async with store.transaction() as unit:
        await unit.connection.execute(text("PRAGMA query_only = ON"))
    with pytest.raises(StoreFullError, match="read-only"):
        await append(store)


@pytest.mark.postgres
@pytest.mark.parametrize("database_url", ["postgres"], indirect=True)
async def test_postgres_made_read_only(database_url: str, open_store: OpenStore) -> None:
    store = await open_store(database_url)
    with pytest.raises(StoreFullError, match="read-only"):
        async with store.transaction() as unit:
            await unit.connection.execute(text("SET TRANSACTION READ ONLY"))
            await unit.tasks.add(a_task())


@pytest.mark.parametrize("content", [b"this is not a database\n" * 100, b"SQLite format 3\x00" + b"\xff" * 4000])
async def test_a_file_that_is_no_database(tmp_path: Path, clock: FakeClock, content: bytes) -> None:
    path = tmp_path / "x.sqlite3"
    path.write_bytes(content)
    threads = set(threading.enumerate())
    with pytest.raises(StoreError) as caught:
        await Store.open(f"sqlite:///{path}", clock=clock)
    assert says_what_to_do(caught.value, str(path))
    assert "backup" in caught.value.hint
    assert path.read_bytes() == content
    # `caught` still holds the traceback, so a connection that was only forgotten would still have its thread
    await eventually(lambda: set(threading.enumerate()) <= threads, what="the end of the connection's thread")


async def test_a_folder_where_the_file_should_be(tmp_path: Path, clock: FakeClock) -> None:
    (tmp_path / "x.sqlite3").mkdir()
    with pytest.raises(StoreError) as caught:
        await Store.open(f"sqlite:///{tmp_path}/x.sqlite3", clock=clock)
    assert says_what_to_do(caught.value, "x.sqlite3")


async def test_a_file_where_the_folder_should_be(tmp_path: Path, clock: FakeClock) -> None:
    (tmp_path / "home").write_text("")
    with pytest.raises(StoreError) as caught:
        await Store.open(f"sqlite:///{tmp_path}/home/x.sqlite3", clock=clock)
    assert says_what_to_do(caught.value, "home")


async def test_a_postgres_that_is_not_there_and_no_word_of_the_password(tmp_path: Path, clock: FakeClock) -> None:
    with pytest.raises(StoreError) as caught:
        await Store.open(f"postgresql://me:hunter2@/db?host={tmp_path}", clock=clock)
    assert says_what_to_do(caught.value, "db")
    assert "hunter2" not in f"{caught.value.message} {caught.value.hint}"


@pytest.mark.postgres
async def test_a_postgres_without_the_database(postgres_server: str, clock: FakeClock) -> None:
    with pytest.raises(StoreError, match="nowhere") as caught:
        await Store.open(postgres_server.replace("/postgres?", "/nowhere?"), clock=clock)
    assert says_what_to_do(caught.value, "nowhere")


@pytest.mark.postgres
@pytest.mark.parametrize("database_url", ["postgres"], indirect=True)
async def test_a_postgres_connection_that_dies_costs_one_unit_only(database_url: str, open_store: OpenStore) -> None:
    store = await open_store(database_url)
    end_others = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND datname = %s"
    with pytest.raises(StoreError) as caught:
        async with store.transaction() as unit:
            await unit.tasks.add(a_task())
            with psycopg.connect(database_url, autocommit=True) as other:
                other.execute(end_others, [other.info.dbname])
            await unit.tasks.get(task_id(1))
    assert says_what_to_do(caught.value, "postgres")
    async with store.transaction() as unit:
        assert await unit.tasks.list() == []


async def test_errors_of_the_work_itself_come_out_as_they_are(sqlite_url: str, open_store: OpenStore) -> None:
    store = await open_store(sqlite_url)
    for error in (OSError("disk"), TimeoutError(), PermissionError("no"), asyncio.CancelledError()):
        with pytest.raises(type(error)) as caught:
            async with store.transaction():
                raise error
        assert caught.value is error


@pytest.mark.parametrize(
    "url",
    ["", "nonsense", "mysql://host/db", "sqlite://", "sqlite:///:memory:", "postgresql://user:hunter2@host:port/x"],
)
async def test_a_url_that_cannot_be_used(url: str, clock: FakeClock) -> None:
    with pytest.raises(ConfigurationError) as caught:
        await Store.open(url, clock=clock)
    assert "sqlite:///" in caught.value.hint
    assert "hunter2" not in caught.value.message
