"""The voice of a platform: one process has it, the next one gets it when that ends, on both databases."""

import asyncio
import os
import signal
import sys
from pathlib import Path

import psycopg
import pytest

from core.store.voice import voice
from tests.support.waiting import eventually_awaited

pytestmark = pytest.mark.slack

ROOT = Path(__file__).parents[2]
SPEAKER = """
import asyncio, sys
from core.store.voice import voice

async def main():
    async with voice(sys.argv[1], "slack") as lost:
        print("held" if lost is not None else "not held", flush=True)
        await asyncio.Event().wait()

asyncio.run(main())
"""


async def test_one_holds_it_and_others_learn_that_they_do_not(database_url: str) -> None:
    async with voice(database_url, "slack") as first, voice(database_url, "slack") as second:
        assert first is not None
        assert not first.is_set()
        assert second is None


async def test_each_platform_has_its_own(database_url: str) -> None:
    async with voice(database_url, "slack") as first, voice(database_url, "telegram") as second:
        assert first is not None
        assert second is not None


async def test_what_is_let_go_can_be_taken_again(database_url: str) -> None:
    async with voice(database_url, "slack") as lost:
        assert lost is not None
    await taken(database_url)


async def test_the_next_one_has_it_once_a_process_was_killed(database_url: str) -> None:
    speaker = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", SPEAKER, database_url), cwd=ROOT, stdout=asyncio.subprocess.PIPE
    )
    assert speaker.stdout is not None
    async with asyncio.timeout(150):
        assert await speaker.stdout.readline() == b"held\n"
        async with voice(database_url, "slack") as lost:
            assert lost is None
        os.kill(speaker.pid, signal.SIGKILL)
        await speaker.wait()
    await taken(database_url)


async def taken(database_url: str) -> None:
    """Return once the voice could be had: a server learns in its own time that a connection is gone."""

    async def had() -> bool:
        async with voice(database_url, "slack") as lost:
            return lost is not None

    await eventually_awaited(had, what="the voice that was let go")


@pytest.mark.postgres
async def test_a_broken_connection_to_the_server_is_heard_of(postgres_server: str) -> None:
    async with voice(postgres_server, "slack") as lost, asyncio.timeout(90):
        assert lost is not None
        with psycopg.connect(postgres_server, autocommit=True) as other:
            other.execute(
                "select pg_terminate_backend(pid) from pg_locks where locktype = 'advisory' and pid <> pg_backend_pid()"
            )
        await lost.wait()
