"""Who follows the journal is let go when it closes, whatever the database does; a mistake of ours is not kept quiet."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, cast

import pytest

from core.domain.errors import StoreLockedError
from core.store import journal as journal_module
from core.store.database import Database
from core.store.direct_sqlite import DirectConnections
from core.store.journal import Journal
from core.store.wakeups import Bell
from tests.support.waiting import eventually


class Away:
    """A database that cannot be read."""

    def __init__(self, path: Path) -> None:
        self.connections = DirectConnections(path)
        self.asked = 0

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[Any]:
        self.asked += 1
        raise StoreLockedError("The database is locked.")
        yield


async def following(journal: Journal) -> int:
    return len([entry async for entry in journal.follow(after=0)])


def journal_of(database: Away) -> Journal:
    return Journal(cast("Database", database), Bell())


async def watching_nothing(_watcher: object, _bell: Bell) -> None:
    await asyncio.Event().wait()


async def watching_badly(_watcher: object, _bell: Bell) -> None:
    raise LookupError("a mistake of ours")


@pytest.fixture
def watched(monkeypatch: pytest.MonkeyPatch) -> Callable[[Any], None]:
    """Says how the journal watches for other processes."""
    return lambda watching: monkeypatch.setattr(journal_module, "keep_watching", watching)


async def test_who_waits_for_a_database_that_is_away_is_let_go_at_once(
    tmp_path: Path, watched: Callable[[Any], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    watched(watching_nothing)
    monkeypatch.setattr(journal_module, "_FIRST_RETRY_S", 3600.0)
    database = Away(tmp_path / "x.sqlite3")
    journal = journal_of(database)
    follower = asyncio.create_task(following(journal))
    await eventually(lambda: database.asked == 1, what="a look")
    async with asyncio.timeout(90):
        await journal.close()
        assert await follower == 0


async def test_a_database_that_is_away_is_asked_again_and_again(
    tmp_path: Path, watched: Callable[[Any], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    watched(watching_nothing)
    monkeypatch.setattr(journal_module, "_FIRST_RETRY_S", 0.001)
    database = Away(tmp_path / "x.sqlite3")
    journal = journal_of(database)
    follower = asyncio.create_task(following(journal))
    await eventually(lambda: database.asked > 3, within_s=90, what="some looks")
    await journal.close()
    assert await follower == 0


async def test_a_mistake_in_watching_is_raised_where_the_journal_is_closed(
    tmp_path: Path, watched: Callable[[Any], None]
) -> None:
    watched(watching_badly)
    database = Away(tmp_path / "x.sqlite3")
    journal = journal_of(database)
    follower = asyncio.create_task(following(journal))
    await eventually(lambda: database.asked > 0, what="a look")
    with pytest.raises(LookupError, match="a mistake of ours"):
        await journal.close()
    assert await follower == 0


async def test_a_journal_that_nobody_follows_closes_too_and_twice(tmp_path: Path) -> None:
    journal = journal_of(Away(tmp_path / "x.sqlite3"))
    for _ in range(2):
        await journal.close()
    assert await following(journal) == 0
