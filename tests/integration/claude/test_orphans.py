"""Agents whose orchestrator died are found and ended; those of a living one are left alone."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import psutil
import pytest

from adapters.claude.launch import MARK, OWNER, mark
from adapters.claude.leftovers import end_leftovers, end_orphans
from adapters.claude.owner import Owner, owner_of, read_owner
from tests.integration.claude.conftest import Desk
from tests.leftovers import command_of
from tests.support.agents import bash, obedient
from tests.support.waiting import eventually


@asynccontextmanager
async def agent(owner: Owner | str) -> AsyncIterator[subprocess.Popen[bytes]]:
    """A process that looks like one of an agent of `owner`, and is ended at last."""
    environment = {MARK: "T1.1@a-session", OWNER: str(owner), "PATH": os.defpath}
    with subprocess.Popen(["sleep", "3101"], env=environment, start_new_session=True) as process:
        try:
            # A program that has just taken over shows no environment for a moment.
            await eventually(lambda: OWNER in psutil.Process(process.pid).environ(), what="the mark")
            yield process
        finally:
            process.kill()


def dead_owner(run_folder: Path) -> Owner:
    """A process that was there a moment ago."""
    with subprocess.Popen(["sleep", "3104"]) as process:
        owner = owner_of(run_folder, pid=process.pid)
        process.kill()
    return owner


def ended(process: subprocess.Popen[bytes]) -> bool:
    return process.poll() is not None


async def test_an_agent_of_a_dead_owner_is_ended_and_counted(desk: Desk) -> None:
    async with agent(dead_owner(desk.runs)) as orphan:
        assert await desk.runner().end_orphans() == 1
        await eventually(lambda: ended(orphan), what="the end of the orphan")

    assert await desk.runner().end_orphans() == 0


async def test_agents_of_this_process_of_another_living_one_and_of_other_homes_are_left_alone(desk: Desk) -> None:
    another = owner_of(desk.runs, pid=os.getppid())
    owners = [owner_of(desk.runs), another, dead_owner(desk.folder / "elsewhere"), "what is this", ""]
    async with (
        agent(owners[0]) as a,
        agent(owners[1]) as b,
        agent(owners[2]) as c,
        agent(owners[3]) as d,
        agent("") as e,
    ):
        assert await desk.runner().end_orphans() == 0
        assert not any(ended(process) for process in (a, b, c, d, e))


async def test_a_process_id_that_is_used_again_does_not_keep_an_orphan_alive(desk: Desk) -> None:
    mine = owner_of(desk.runs)
    earlier = Owner(pid=mine.pid, started_s=mine.started_s - 3600, run_folder=mine.run_folder)

    async with agent(earlier) as orphan:
        assert await desk.runner().end_orphans() == 1
        await eventually(lambda: ended(orphan), what="the end of the orphan")


def test_an_owner_is_read_as_it_was_written(tmp_path: Path) -> None:
    owner = owner_of(tmp_path / "with:colon")

    read = read_owner(str(owner))

    assert read is not None
    assert (read.pid, read.run_folder) == (owner.pid, owner.run_folder)
    assert read.alive
    assert read_owner("1:x:/runs") is None


BOT = """
import asyncio, sys
from pathlib import Path
from adapters.claude import ClaudeAgentRunner, ClaudeSettings, MemoryTranscripts
from tests.support.agents import Ears, a_spec

url, runs, worktree, session = sys.argv[1:]
settings = ClaudeSettings(api_url=url, api_key="sk-ant-test", run_folder=Path(runs), sandbox="off", max_retries=0)
runner = ClaudeAgentRunner(settings=settings, sessions=MemoryTranscripts(), mask=str)
asyncio.run(runner.run(a_spec(Path(worktree), session=session), on_signal=Ears()))
"""

# the agent program notices that nobody is there and ends, with its own children: one that it knows nothing of stays
ESCAPED = "setsid --fork sleep 3102 > /dev/null 2>&1; exec sleep 3105"


@pytest.fixture
async def orphans(desk: Desk) -> AsyncIterator[list[psutil.Process]]:
    """The processes of a real agent whose launcher and whose bot were killed at one blow."""
    checkout = Path(__file__).parents[3]
    await desk.asks(obedient([[bash(ESCAPED)]]))
    assert desk.model is not None
    arguments = (desk.model.url, str(desk.runs), str(desk.worktree), desk.session)
    environment = {**os.environ, "PYTHONPATH": str(checkout)}
    with subprocess.Popen([sys.executable, "-c", BOT, *arguments], cwd=checkout, env=environment) as bot:
        await eventually(lambda: len(desk.sleepers()) == 2, what="two sleeping processes")
        launchers = [process for process in desk.marked() if "launcher.py" in " ".join(command_of(process))]
        for process in launchers:
            process.suspend()
        bot.kill()
        for process in launchers:
            process.kill()
    await eventually(lambda: len(desk.marked()) > 0, what="orphans")
    yield desk.marked()
    for process in desk.marked():
        process.kill()


@pytest.mark.agent_cli
@pytest.mark.slow
async def test_what_a_real_agent_left_when_all_its_keepers_were_killed_ends(
    desk: Desk, orphans: list[psutil.Process]
) -> None:
    assert orphans

    assert await desk.runner().end_orphans() >= 1

    await eventually(lambda: desk.marked() == [] and desk.sleepers() == [], what="the end of the orphans")


async def test_what_threw_its_mark_away_ends_with_the_one_that_started_it(desk: Desk) -> None:
    marked = mark(desk.spec())
    command = ["sh", "-c", "env -i sleep 3106 & exec sleep 3107"]
    with subprocess.Popen(command, cwd=desk.worktree, env={MARK: marked, "PATH": os.defpath}) as process:
        try:
            await eventually(lambda: len(desk.sleepers()) == 2, what="two sleeping processes")
            assert await asyncio.to_thread(end_leftovers, marked, within_s=60) == 2
            assert desk.sleepers() == []
        finally:
            process.kill()
            for each in desk.sleepers():
                each.kill()


@pytest.mark.agent_cli
@pytest.mark.slow
async def test_a_run_of_this_process_survives_the_look_for_orphans(desk: Desk) -> None:
    await desk.asks(obedient([[bash("sleep 3103")]]))
    work = asyncio.create_task(desk.run())
    await eventually(lambda: len(desk.sleepers()) == 1, what="a sleeping process")

    assert await desk.runner().end_orphans() == 0
    assert len(desk.sleepers()) == 1

    desk.sleepers()[0].send_signal(signal.SIGKILL)
    work.cancel()
    with pytest.raises(asyncio.CancelledError):
        await work


def test_looking_for_orphans_where_no_agent_ever_ran_finds_none(tmp_path: Path) -> None:
    assert end_orphans(tmp_path / "runs") == 0
