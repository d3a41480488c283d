"""A budget that tasks share, with the real command line and agent program: passed by one call at most, and raised."""

import asyncio

import pytest

from tests.acceptance.test_budget import asked
from tests.support.command_line import CommandLine

pytestmark = [pytest.mark.slow, pytest.mark.agent_cli, pytest.mark.money, pytest.mark.long]


async def test_work_stops_at_a_budget_of_the_project_and_goes_on_when_it_is_raised(shop: CommandLine) -> None:
    await shop.run("budget", "set", "--project", "shop", "--monthly", "0.001")
    async with shop.started("worker") as worker:
        await worker.line("Working.")
        await shop.run("run", "fix issue #123", "--no-wait", "--plan-gate", "never")
        approval = await asked(shop, "The monthly budget of shop is used up")
        (stopped,) = (await shop.run("budget", "list", "--json")).document
        agent = (await shop.run("agent", "T1.1", "--json")).document
        shown = (await shop.run("budget", "list")).stdout
        raised = await shop.run("approve", approval, "--amount", "5")
        permission = await asked(shop, "chmod")
        await shop.run("approve", permission)
        async with asyncio.timeout(300):
            while (await shop.run("task", "1", "--json")).document["task"]["state"] != "completed":
                pass
        worker.process.terminate()
        await worker.ended()

    assert agent["model_calls"] == 1, "one call took it over, and there was no other"
    assert stopped["passed_by_usd"] == pytest.approx(agent["cost_usd"] - 0.001)  # pyright: ignore[reportUnknownMemberType]
    assert "passed by $" in shown
    assert raised.code == 0
    later = (await shop.run("agent", "T1.1", "--json")).document
    assert later["session"] == agent["session"]
    (after,) = (await shop.run("budget", "list", "--json")).document
    assert (after["limit_usd"], after["raised_by_usd"]) == (5.001, 5.0)
    events = (await shop.run("export", "events", "--format", "json")).stdout
    assert events.count("budget_threshold_reached") == 1, "told once, of the highest threshold"
    await shop.nobody_left()
