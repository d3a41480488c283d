"""Statements of a direct connection: made, run, read and closed at once, with all the adapter asks for afterwards."""

import sqlite3
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from core.store.direct_sqlite import DirectConnection, direct_connection


@pytest.fixture
async def connection(tmp_path: Path) -> AsyncIterator[DirectConnection]:
    connection = await direct_connection(tmp_path / "one.sqlite3")
    await connection.cursor().execute("CREATE TABLE words (word TEXT UNIQUE)")
    yield connection
    await connection.close()


async def test_all_rows_are_there_after_execute_and_are_handed_out_once(connection: DirectConnection) -> None:
    await connection.cursor().executemany("INSERT INTO words VALUES (?)", [("a",), ("b",)])
    cursor = await connection.cursor().execute("SELECT word FROM words ORDER BY word")

    assert [column[0] for column in cursor.description] == ["word"]
    assert await cursor.fetchall() == [("a",), ("b",)]
    assert await cursor.fetchall() == ()


async def test_what_a_statement_touched_is_counted_also_when_it_returns_rows(connection: DirectConnection) -> None:
    inserted = await connection.cursor().executemany("INSERT INTO words VALUES (?)", [("a",), ("b",), ("c",)])
    returned = await connection.cursor().execute("UPDATE words SET word = word || '!' RETURNING word")

    assert (inserted.rowcount, inserted.description) == (3, None)
    assert returned.rowcount == 3
    assert len(await returned.fetchall()) == 3


async def test_a_refused_statement_leaves_no_cursor_open_that_would_hold_a_lock(connection: DirectConnection) -> None:
    await connection.cursor().execute("INSERT INTO words VALUES ('a')")
    with pytest.raises(sqlite3.IntegrityError):
        await connection.cursor().execute("INSERT INTO words VALUES ('a')")

    await connection.rollback()
    await connection.cursor().execute("DROP TABLE words")
