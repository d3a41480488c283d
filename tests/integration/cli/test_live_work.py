"""Commands beside a worker with a real agent at work: who works, what it says as it says it, pause, steer and go on."""

import asyncio
import json

import pytest

from tests.support.command_line import CommandLine
from tests.support.directed_model import Director

pytestmark = [pytest.mark.slow, pytest.mark.agent_cli, pytest.mark.long]

REQUEST = "fix issue #123"


async def until(shop: CommandLine, state: str, *, within_s: float = 300.0) -> None:
    """Wait until T1 is in `state`, saying yes to what is asked meanwhile."""
    async with asyncio.timeout(within_s):
        while (await shop.run("task", "1", "--json")).document["task"]["state"] != state:
            for approval in (await shop.run("status", "--json")).document["approvals"]:
                await shop.run("approve", approval["id"])


async def test_an_agent_is_seen_followed_steered_paused_and_goes_on(shop: CommandLine, director: Director) -> None:
    director.hold("builder")
    async with shop.started("worker") as worker:
        await worker.line("Working.")
        handed = await shop.run("run", REQUEST, "--no-wait", "--plan-gate", "never", "--mode", "sequential", "--json")
        assert handed.code == 0, handed.stderr
        await director.hears("builder")

        (builder,) = (await shop.run("agents", "--json")).document
        name = builder["id"]
        assert (builder["role"], builder["state"]) == ("builder", "running")
        detail = (await shop.run("agent", name, "--json")).document
        assert detail["session"]
        assert detail["prompt_tail"]

        async with shop.started("logs", "T1", "--follow") as followed:
            await followed.line("── T1.1 · analyst · step analyse")
            assert (await shop.run("steer", "1", "keep the old name")).stdout.startswith(f"{name} will hear it")

            paused = await shop.run("pause", "1")
            assert paused.stdout == "T1 is paused. Go on with: orchestrator resume 1\n"
            async with asyncio.timeout(300):
                while (waiting := (await shop.run("agents", "--json")).document[0])["state"] != "queued":
                    pass  # it is being stopped
            assert (waiting["id"], waiting["now"]) == (name, "its task is paused")
            director.let_go()
            assert (await shop.run("resume", "1")).code == 0
            await until(shop, "completed")
            log = await followed.ended()

    assert log.code == 0
    assert log.stdout.endswith("── T1 is completed\n")
    assert f"── {name} · builder · step build" in log.stdout
    assert "Bash" in log.stdout
    calls = json.loads((await shop.run("export", "calls", "--format", "json")).stdout)
    assert {call["role"] for call in calls} >= {"analyst", "planner", "builder", "tester", "reviewer"}
    assert (await shop.run("doctor", "--offline", "--json")).document["ok"] is True


async def test_a_fork_goes_its_own_way_and_one_is_kept(shop: CommandLine) -> None:
    async with shop.started("worker") as worker:
        await worker.line("Working.")
        assert (await shop.run("run", REQUEST, "--no-wait", "--plan-gate", "never")).code == 0
        await until(shop, "completed")
        forked = await shop.run("fork", "1", "--at", "build", "with a smaller change", "--json")
        assert forked.code == 0, forked.stderr
        fork = forked.document["id"]
        assert (fork, forked.document["forked_from"]) == ("T2", "T1")
        async with asyncio.timeout(300):
            while (await shop.run("task", "2", "--json")).document["task"]["state"] not in {"completed", "failed"}:
                for approval in (await shop.run("status", "--json")).document["approvals"]:
                    await shop.run("approve", approval["id"])

        compared = (await shop.run("compare", "1", "2", "--json")).document
        first, second = compared["tasks"]
        assert (first["tests"], second["forked_from"]) == ("passed", "T1")
        assert first["diff"]["files"] == second["diff"]["files"]
        page = (await shop.run("compare", "1", "2")).stdout
        assert "T1" in page.splitlines()[0]
        assert "T2" in page.splitlines()[0]
