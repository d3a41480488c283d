"""Whatever a database or the file system says when it fails becomes one error of ours, with the next thing to do."""

import errno
import os
import sqlite3
from pathlib import Path

import asyncpg
import pytest
from sqlalchemy import exc

from core.domain.errors import ConflictError, OrchestratorError, StoreError, StoreFullError, StoreLockedError
from core.store.database import Database
from core.store.failures import opening_errors, store_errors

WHERE = "home/x.sqlite3"


def told(error: Exception, *, writing: bool = True) -> OrchestratorError:
    with pytest.raises(OrchestratorError) as caught, store_errors(WHERE, writing=writing):
        raise error
    assert WHERE in caught.value.message
    assert caught.value.__cause__ is error
    return caught.value


def of_sqlite(code: int, words: str = "it went wrong") -> sqlite3.Error:
    error = sqlite3.OperationalError(words)
    error.sqlite_errorcode = code
    return error


@pytest.mark.parametrize(
    ("number", "kind", "words"),
    [
        (errno.EACCES, StoreFullError, "no permission to write"),
        (errno.EROFS, StoreFullError, "no permission to write"),
        (errno.ENOSPC, StoreFullError, "no room to write"),
        (errno.EDQUOT, StoreFullError, "no room to write"),
        (errno.ENOTDIR, StoreError, "cannot be made"),
        (errno.ENAMETOOLONG, StoreError, "cannot be made"),
        (errno.ECONNREFUSED, StoreError, "cannot be opened"),
    ],
)
def test_the_systems_own_refusals_while_opening(number: int, kind: type[StoreError], words: str):
    with pytest.raises(StoreError, match=words) as caught, opening_errors(WHERE):
        raise OSError(number, "no")
    assert type(caught.value) is kind
    assert WHERE in caught.value.message
    assert caught.value.hint.endswith(".")


@pytest.mark.parametrize(
    ("code", "kind", "words"),
    [
        (sqlite3.SQLITE_BUSY, StoreLockedError, "stayed locked"),
        (sqlite3.SQLITE_BUSY_SNAPSHOT, StoreLockedError, "stayed locked"),
        (sqlite3.SQLITE_READONLY, StoreFullError, "read-only"),
        (sqlite3.SQLITE_FULL, StoreFullError, "no room"),
        (sqlite3.SQLITE_IOERR_WRITE, StoreFullError, "no room"),
        (sqlite3.SQLITE_IOERR_READ, StoreError, "failed: it went wrong"),
        (sqlite3.SQLITE_CORRUPT, StoreError, "not a sound database"),
        (sqlite3.SQLITE_NOTADB, StoreError, "not a sound database"),
        (sqlite3.SQLITE_CANTOPEN, StoreError, "cannot be opened"),
        (sqlite3.SQLITE_ERROR, StoreError, "failed: it went wrong"),
    ],
)
def test_what_sqlite_says(code: int, kind: type[StoreError], words: str):
    caught = told(of_sqlite(code))
    assert type(caught) is kind
    assert words in caught.message
    assert caught.hint


@pytest.mark.parametrize(
    ("error", "kind", "words"),
    [
        (asyncpg.LockNotAvailableError("row"), StoreLockedError, "stayed locked"),
        (asyncpg.DeadlockDetectedError("row"), StoreLockedError, "stayed locked"),
        (asyncpg.ReadOnlySQLTransactionError("no"), StoreFullError, "read-only"),
        (asyncpg.DiskFullError("no space"), StoreFullError, "no room"),
        (asyncpg.TooManyConnectionsError("many"), StoreError, "cannot be reached"),
        (asyncpg.InvalidPasswordError("no"), StoreError, "cannot be reached"),
        (asyncpg.AdminShutdownError("bye"), StoreError, "cannot be reached"),
        (asyncpg.InterfaceError("the connection is closed"), StoreError, "cannot be reached"),
        (asyncpg.UndefinedTableError("tasks"), StoreError, "failed: tasks"),
    ],
)
def test_what_postgres_says(error: Exception, kind: type[StoreError], words: str):
    caught = told(error)
    assert type(caught) is kind
    assert words in caught.message
    assert caught.hint


@pytest.mark.parametrize("error", [of_sqlite(sqlite3.SQLITE_READONLY), asyncpg.ReadOnlySQLTransactionError("no")])
def test_writing_while_only_reading_is_a_mistake_of_ours_not_a_full_disk(error: Exception):
    caught = told(error, writing=False)
    assert not isinstance(caught, StoreFullError)
    assert "while only reading" in caught.message


def test_a_pool_that_is_used_up_is_our_own_work():
    assert "this program's own work" in told(exc.TimeoutError("QueuePool limit")).message


def test_something_that_is_there_already_is_a_conflict_told_without_the_data():
    inner = sqlite3.IntegrityError("UNIQUE constraint failed: tasks.id\nwith hunter2")
    caught = told(exc.IntegrityError("INSERT", {}, inner))
    assert isinstance(caught, ConflictError)
    assert "UNIQUE constraint failed" in caught.message
    assert "hunter2" not in caught.message


def test_an_error_without_words_is_told_by_its_name():
    assert "UndefinedTableError" in told(asyncpg.UndefinedTableError("")).message


async def test_a_folder_that_cannot_be_written_to_is_told_before_anything_is_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    # whoever runs the tests as root may write everywhere
    monkeypatch.setattr(os, "access", lambda *_: False)
    database = Database(f"sqlite:///{tmp_path}/home/x.sqlite3", busy_timeout_s=1.0)
    with pytest.raises(StoreFullError, match="home is read-only") as caught:
        database.prepare_folder()
    assert "writable" in caught.value.hint
    assert list((tmp_path / "home").iterdir()) == []
    await database.close()
