"""The terminal chat on a real project, in a pseudo-terminal: what is typed, what comes back, and leaving."""

import pytest

from tests.support.command_line import CommandLine
from tests.support.directed_model import Director
from tests.support.terminal import terminal

pytestmark = [pytest.mark.slow, pytest.mark.agent_cli, pytest.mark.long]


async def test_a_conversation_from_a_request_to_its_bill(shop: CommandLine) -> None:
    async with terminal(shop, "chat") as seat:
        await seat.shows("Project shop. Type a request, or /help.")
        seat.type("/help")
        await seat.shows("How to talk to me")
        seat.type("/aprove A1")
        await seat.shows("There is no command 'aprove'. Did you mean approve?")
        seat.type("/approve")
        await seat.shows("approve needs the name of one approval. For example: approve A17")
        seat.type("/approve A1")
        await seat.shows("There is no approval A1.")
        seat.type("/status")
        await seat.shows("Nothing is running")
        seat.type("fix issue #123")
        await seat.shows("A1 · Approve the plan?")
        await seat.shows("/approve A1")
        seat.type("/approve A1")
        await seat.shows("A2 · May the agent do this?")
        seat.type("/deny A2 its mode is fine")
        await seat.shows("T1 · Bill")
        seat.type("/approve A2")
        await seat.shows("A2 was denied by alice at")
        seat.type("/quit")
        code = await seat.ended()

    assert code == 0
    document = (await shop.run("task", "1", "--json")).document
    assert document["task"]["state"] == "completed"
    assert "old mode" not in document["diff"]
    await shop.nobody_left()


async def test_cancelling_and_leaving_in_the_middle(shop: CommandLine, director: Director) -> None:
    director.hold("analyst")
    async with terminal(shop, "chat", "--project", "shop") as seat:
        await seat.shows("Project shop.")
        seat.type("fix issue #123")
        await director.hears("analyst")
        seat.type("/cancel T1 not today")
        await seat.shows("Cancelled")
        seat.type("fix issue #123")
        await director.hears("analyst")
        seat.type("/status T2")
        await seat.shows("T2 · fix issue #123")
        seat.press(b"\x04")
        await seat.shows("T2 goes on when a worker runs: orchestrator worker")
        code = await seat.ended()

    assert code == 0
    tasks = (await shop.run("tasks", "--json")).document
    assert [(task["id"], task["state"]) for task in tasks] == [("T2", "planning"), ("T1", "cancelled")]
    await shop.nobody_left()
