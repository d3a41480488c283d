"""The lease on a file: one holder at a time, in this process too, and looking at it does not loosen it."""

import os
from pathlib import Path

import pytest

from core.domain.errors import LeaseHeldError
from core.engine.lease import FileLease, worker_running


@pytest.fixture
def database(tmp_path: Path) -> Path:
    return tmp_path / "home" / "orchestrator.sqlite3"


async def test_whoever_comes_second_is_told_who_was_first(database: Path):
    lease = await FileLease.take(database)
    with pytest.raises(LeaseHeldError, match=rf"\(process {os.getpid()}\)") as refusal:
        await FileLease.take(database)
    assert refusal.value.holder == str(os.getpid())
    await lease.release()


async def test_a_released_lease_can_be_taken_again(database: Path):
    for _ in range(3):
        lease = await FileLease.take(database)
        await lease.release()


async def test_looking_does_not_loosen_it(database: Path):
    url = f"sqlite:///{database}"
    assert not await worker_running(url)
    lease = await FileLease.take(database)
    assert [await worker_running(url) for _ in range(3)] == [True] * 3
    lock = next(database.parent.glob("*.lock"))
    assert lock.read_text() == str(os.getpid())
    with pytest.raises(LeaseHeldError):
        await FileLease.take(database)
    await lease.release()
    assert not await worker_running(url)


async def test_looking_where_nobody_ever_worked_makes_no_file(database: Path):
    assert not await worker_running(f"sqlite:///{database}")
    assert not database.parent.exists()


async def test_the_name_of_an_earlier_holder_is_replaced(database: Path):
    lease = await FileLease.take(database)
    await lease.release()
    lock = next(database.parent.glob("*.lock"))
    lock.write_text("12345678901234567890")
    lease = await FileLease.take(database)
    assert lock.read_text() == str(os.getpid())
    await lease.release()
