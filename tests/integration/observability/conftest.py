"""What these tests share: a store on SQLite alone, and the pages of a running port."""

import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest

from core.store.store import Store
from tests.conftest import OpenStore
from tests.support.watcher import Watcher


@pytest.fixture
async def watcher() -> AsyncIterator[Watcher]:
    async with aiohttp.ClientSession() as session:
        yield Watcher(session=session)


@pytest.fixture
async def sqlite_store(sqlite_template: Path, tmp_path: Path, open_store: OpenStore) -> Store:
    """A store in a file; where the kind of database does not matter."""
    path = tmp_path / "orchestrator.sqlite3"
    shutil.copy(sqlite_template, path)
    return await open_store(f"sqlite:///{path}")
