"""No process outlives its run: not when it ends, not when it is cancelled, not when the bot is killed."""

import asyncio
import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from adapters.claude.leftovers import end_leftovers
from core.agents.runner import AgentCompleted, AgentFailed, AgentWaiting
from tests.integration.claude.conftest import KEY, Desk
from tests.support.agents import Ears, bash, decided, leaves, obedient
from tests.support.waiting import eventually, fair_s

pytestmark = [pytest.mark.agent_cli, pytest.mark.slow]

GONE_WITHIN_S = 2.0
ESCAPE = "setsid sleep 3001 > /dev/null 2>&1 & (setsid setsid sleep 3002 > /dev/null 2>&1 &) ; env -i sleep 3003 &"


async def test_what_a_command_leaves_running_ends_with_the_run(desk: Desk) -> None:
    await desk.asks(obedient([[bash(f"{ESCAPE} true")]]))

    assert isinstance(await desk.run(), AgentCompleted)

    assert desk.sleepers() == []


async def test_cancelling_reaches_processes_that_made_sessions_of_their_own(desk: Desk) -> None:
    await desk.asks(obedient([[bash(f"{ESCAPE} sleep 3004")]]))
    work = asyncio.create_task(desk.run())
    await eventually(lambda: len(desk.sleepers()) == 4, what="four sleeping processes")

    work.cancel()
    async with asyncio.timeout(fair_s(GONE_WITHIN_S)):
        with pytest.raises(asyncio.CancelledError):
            await work

    assert desk.sleepers() == []
    assert list(desk.runs.iterdir()) == []


@pytest.mark.parametrize("moment", [0.0, 0.02, 0.1, 0.3])
async def test_cancelling_at_any_moment_of_the_start_leaves_nothing(desk: Desk, moment: float) -> None:
    await desk.asks(obedient([[bash("sleep 3005")]]))
    work = asyncio.create_task(desk.run())
    await asyncio.wait({work}, timeout=moment)

    work.cancel()
    async with asyncio.timeout(fair_s(GONE_WITHIN_S)):
        with pytest.raises(asyncio.CancelledError):
            await work

    assert desk.marked() == []
    assert not desk.runs.exists() or list(desk.runs.iterdir()) == []


async def test_being_cancelled_twice_is_no_way_out(desk: Desk) -> None:
    await desk.asks(obedient([[bash("sleep 3006")]]))
    work = asyncio.create_task(desk.run())
    await eventually(lambda: len(desk.sleepers()) == 1, what="a sleeping process")

    work.cancel()
    await asyncio.wait({work}, timeout=0.01)
    work.cancel()
    with pytest.raises(asyncio.CancelledError):
        await work

    assert desk.marked() == []


BOT = """
import asyncio, sys
from pathlib import Path
from adapters.claude import ClaudeAgentRunner, ClaudeSettings, MemoryTranscripts
from tests.support.agents import Ears, a_spec

url, runs, worktree, session = sys.argv[1:]
settings = ClaudeSettings(api_url=url, api_key="{key}", run_folder=Path(runs), sandbox="off", max_retries=0)
runner = ClaudeAgentRunner(settings=settings, sessions=MemoryTranscripts(), mask=str)
asyncio.run(runner.run(a_spec(Path(worktree), session=session), on_signal=Ears()))
"""


def start_bot(desk: Desk) -> subprocess.Popen[bytes]:
    assert desk.model is not None
    arguments = (desk.model.url, str(desk.runs), str(desk.worktree), desk.session)
    command = [sys.executable, "-c", BOT.format(key=KEY), *arguments]
    checkout = Path(__file__).parents[3]
    return subprocess.Popen(command, cwd=checkout, env={**os.environ, "PYTHONPATH": str(checkout)})


@pytest.mark.parametrize("number", [signal.SIGKILL, pytest.param(signal.SIGINT, marks=pytest.mark.long)])
async def test_when_the_bot_is_killed_its_agents_end(desk: Desk, number: signal.Signals) -> None:
    await desk.asks(obedient([[bash(f"{ESCAPE} sleep 3007")]]))
    with start_bot(desk) as bot:
        await eventually(lambda: len(desk.sleepers()) == 4, what="four sleeping processes")
        bot.send_signal(number)
        await eventually(lambda: bot.poll() is not None, what="the end of the bot")

    await eventually(
        lambda: desk.sleepers() == [] and desk.marked() == [],
        within_s=fair_s(GONE_WITHIN_S),
        what="the end of the agents",
    )
    await eventually(
        lambda: list(desk.runs.iterdir()) == [], within_s=fair_s(GONE_WITHIN_S), what="an empty run folder"
    )


async def test_a_continued_session_leaves_no_folder_behind(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    temporary = desk.folder / "tmp"
    temporary.mkdir()
    # A folder of this test's own: others make and remove such folders at the same time.
    monkeypatch.setattr(tempfile, "tempdir", str(temporary))
    await desk.asks(obedient([[leaves("danger", risky=True)]]))
    outcome = await desk.run()
    assert isinstance(outcome, AgentWaiting)

    approved = desk.spec(decisions=(decided(outcome.calls[0], approved=True),))
    assert isinstance(await desk.run(approved), AgentCompleted)

    assert list(temporary.glob("claude-resume-*")) == []


async def test_leftovers_of_a_killed_launcher_end_when_the_run_starts_again(desk: Desk) -> None:
    await desk.asks(obedient([[bash("test -e once || { touch once; exec sleep 3008; }")]]))
    spec = desk.spec()
    work = asyncio.create_task(desk.run(spec))
    await eventually(lambda: len(desk.sleepers()) == 1, what="a sleeping process")
    (launcher,) = desk.sleepers()
    while "launcher.py" not in " ".join(launcher.cmdline()):
        parent = launcher.parent()
        assert parent is not None
        launcher = parent

    launcher.kill()
    assert isinstance(await work, AgentFailed)

    assert isinstance(await desk.run(spec), AgentCompleted)
    assert desk.sleepers() == []


def test_looking_for_leftovers_where_there_are_none_finds_none() -> None:
    assert end_leftovers("T404.1") == 0


async def test_a_waiting_run_keeps_no_process(desk: Desk) -> None:
    await desk.asks(obedient([[leaves("danger", risky=True)]]))

    await desk.run(ears=Ears())

    assert desk.marked() == []
