"""Ctrl-C, SIGTERM, a closed terminal and kill -9 in the middle of an agent run: nothing is left, nothing is lost."""

import signal

import pytest

from tests.support.command_line import GONE_WITHIN_S, CommandLine
from tests.support.directed_model import Director
from tests.support.terminal import terminal
from tests.support.waiting import fair_s

pytestmark = [pytest.mark.slow, pytest.mark.agent_cli, pytest.mark.long]

REQUEST = "fix issue #123"
ROLES = ["analyst", "planner", "builder", "tester", "reviewer"]


async def test_ctrl_c_at_the_terminal_says_what_becomes_of_the_task_and_a_worker_goes_on(
    shop: CommandLine, director: Director
) -> None:
    director.hold("builder")
    async with terminal(shop, "run", REQUEST, "--yes") as seat:
        await director.hears("builder")
        seat.press(b"\x03")
        await seat.shows("Stopped. T1 goes on when a worker runs: orchestrator worker")
        code = await seat.ended(within_s=fair_s(GONE_WITHIN_S))
        await shop.nobody_left()
    assert code == 130
    assert list((shop.home / "run").iterdir()) == []

    director.let_go()
    async with shop.started("worker"):
        await all_answered(shop)
    assert director.finished == dict.fromkeys(ROLES, 1), "a finished agent run was repeated"


async def all_answered(shop: CommandLine) -> None:
    """Say yes to everything until no task is open."""
    while (status := (await shop.run("status", "--json")).document)["tasks"]:
        for approval in status["approvals"]:
            assert (await shop.run("approve", approval["id"])).code == 0


@pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)], ids=str
)
async def test_a_demo_that_is_stopped_takes_everything_with_it(
    machine: CommandLine, number: signal.Signals, code: int
) -> None:
    async with machine.started("demo") as running:
        await running.line("T1 ● analyse (analyst) running")
        running.send(number)
        ended = await running.ended(within_s=fair_s(GONE_WITHIN_S))
        await machine.nobody_left()

    assert (ended.code, ended.stderr) == (
        code,
        "Stopped. The throwaway repository and all that worked on it are gone.\n",
    )
    assert list(machine.temporary.iterdir()) == []


async def test_closing_the_terminal_ends_everybody(shop: CommandLine, director: Director) -> None:
    director.hold("analyst")
    async with terminal(shop, "run", REQUEST) as seat:
        await director.hears("analyst")
        seat.close_window()
        code = await seat.ended(within_s=fair_s(GONE_WITHIN_S))
        await shop.nobody_left()

    assert code == 129
    assert not list(shop.home.glob("log/*")), "a closed terminal is no defect"
    (task,) = (await shop.run("status", "--json")).document["tasks"]
    assert (task["id"], task["state"]) == ("T1", "planning")


async def test_after_kill_nine_no_agent_survives_and_no_finished_agent_run_is_repeated(
    shop: CommandLine, director: Director
) -> None:
    director.hold("builder")
    assert (await shop.run("run", REQUEST, "--no-wait")).code == 0
    async with shop.started("worker") as worker:
        await worker.line("Working.")
        await director.hears("planner")
        while not (await shop.run("status", "--json")).document["approvals"]:
            pass
        await shop.run("approve", "A1")
        await director.hears("builder")
        worker.send(signal.SIGKILL)
        await worker.process.wait()
        await shop.nobody_left()

    director.let_go()
    ended = await shop.run("run", REQUEST, "--yes", "--json")
    assert ended.document["task"]["state"] == "completed"
    async with shop.started("worker"):
        await all_answered(shop)
    first = (await shop.run("task", "1", "--json")).document
    assert first["task"]["state"] == "completed"
    assert [step["attempts"] for step in first["steps"]] == [1] * 5
    assert director.finished == dict.fromkeys(ROLES, 2), "each role once for each task"
    await shop.nobody_left()
