"""A task with a budget, with the real command line and agent program: it stops, is asked about, and goes on."""

import asyncio

import pytest

from tests.support.command_line import CommandLine

pytestmark = [pytest.mark.slow, pytest.mark.agent_cli, pytest.mark.slack, pytest.mark.money, pytest.mark.long]


async def asked(shop: CommandLine, title: str) -> str:
    """The approval whose title holds `title`, once there is one."""
    async with asyncio.timeout(300):
        while True:
            approvals = (await shop.run("status", "--json")).document["approvals"]
            if found := [each["id"] for each in approvals if title in each["title"]]:
                return found[0]


async def test_a_task_stops_at_its_budget_and_its_agents_go_on_where_they_were(shop: CommandLine) -> None:
    assert "no amount of money" in (await shop.run("run", "fix issue #123", "--budget", "much")).refused(2)
    async with shop.started("worker") as worker:
        await worker.line("Working.")
        await shop.run("run", "fix issue #123", "--no-wait", "--budget", "0.001", "--plan-gate", "never")
        approval = await asked(shop, "T1 has used")
        stopped = (await shop.run("budget", "1", "--json")).document
        first = (await shop.run("agent", "T1.1", "--json")).document
        too_little = await shop.run("approve", approval, "--amount", "0.000001")
        raised = await shop.run("approve", approval, "--amount", "5")
        permission = await asked(shop, "chmod")
        await shop.run("approve", permission)
        async with asyncio.timeout(300):
            while (await shop.run("task", "1", "--json")).document["task"]["state"] != "completed":
                pass
        worker.process.terminate()
        await worker.ended()

    assert stopped["state"] == "awaiting_approval"
    assert stopped["cost_usd"] >= 0.001 == stopped["budget_usd"]
    assert first["model_calls"] == 1, "one call took it over, and there was no other"
    assert "has used" in too_little.refused(2)
    assert raised.stdout == "The budget of T1 is raised by $5.00; it goes on.\n"
    later = (await shop.run("agent", "T1.1", "--json")).document
    assert (later["session"], later["state"]) == (first["session"], "completed")
    assert later["attempts"] > first["attempts"]
    document = (await shop.run("task", "1", "--json")).document
    assert document["task"]["budget_usd"] == 5.001
    assert [(each["kind"], each["decision"]) for each in document["approvals"]] == [
        ("budget", "approved"),
        ("tool", "approved"),
    ]
    assert "Budget" in (await shop.run("task", "1")).stdout
    assert (await shop.run("budget", "1", "none")).stdout.startswith("T1 has no budget; it has cost $")
    await shop.nobody_left()


async def test_yes_to_all_is_no_leave_to_spend_more(shop: CommandLine) -> None:
    ended = await shop.run("run", "fix issue #123", "--yes", "--budget", "0.001")

    assert ended.code == 1
    assert "Stopped at its budget of $0.0010" in ended.stdout
    assert (await shop.run("task", "1", "--json")).document["task"]["state"] == "cancelled"
