"""A post office for tests: a real store, a chat platform in memory, and a clock that only the test turns."""

import shutil
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from core.store.store import Store
from tests.integration.delivery.office import Office
from tests.support.clock import FakeClock

OpenOffice = Callable[..., Office]


@pytest.fixture
async def office(sqlite_template: Path, tmp_path: Path, clock: FakeClock) -> AsyncIterator[Office]:
    """An office with task T1, which alice asked for in channel C1."""
    path = tmp_path / "orchestrator.sqlite3"
    shutil.copy(sqlite_template, path)
    async with await Store.open(f"sqlite:///{path}", clock=clock) as store:
        office = Office.over(store, clock)
        await office.open()
        yield office
        await office.close()


@pytest.fixture
async def open_office(sqlite_template: Path, tmp_path: Path, clock: FakeClock) -> AsyncIterator[OpenOffice]:
    """Makes offices with other wishes; each has the same store."""
    path = tmp_path / "orchestrator.sqlite3"
    shutil.copy(sqlite_template, path)
    opened: list[Office] = []
    async with await Store.open(f"sqlite:///{path}", clock=clock) as store:

        def make(**options: object) -> Office:
            opened.append(Office.over(store, clock, **options))
            return opened[-1]

        yield make
        for office in opened:
            await office.close()
