"""Handing work over from a chat: by command, mention, form or shortcut, and to which project."""

import pytest

from tests.support.conversations import Room, texts

pytestmark = [pytest.mark.slack, pytest.mark.slow]


async def test_a_request_in_a_projects_channel_becomes_a_task_with_its_card_there(room: Room) -> None:
    await room.types("alice", "fix the sum --priority high")

    view = await room.task("T1")
    card = await room.card("T1")

    assert (view.task.project, view.task.requested_by, view.task.request) == ("shop", "slack:T1/UALICE", "fix the sum")
    assert view.task.priority == "high"
    assert "fix the sum" in texts(card)
    assert (await room.thread("T1")).channel == "CSHOP"
    assert room.answers("alice") == []
    assert [(row.act, row.subject, row.allowed) for row in await room.audit()] == [("submit", "T1", True)]


async def test_the_same_delivery_twice_makes_one_task(room: Room) -> None:
    for _ in range(3):
        await room.types("alice", "fix the sum", event="same")
    await room.settled()

    assert [view.task.id for view in await room.tasks()] == ["T1"]


async def test_where_it_is_not_clear_which_project_is_meant_buttons_ask_and_one_press_counts(room: Room) -> None:
    await room.types("alice", "--model big fix the sum, `--project x` stays", at=room.place("COPEN"))
    card = await room.answer("alice")

    assert card.title == "Which project is meant?"
    await room.presses("alice", "docs", card, at=room.place("COPEN"))
    await room.presses("alice", "docs", card, at=room.place("COPEN"))
    await room.presses("alice", "shop", card, at=room.place("COPEN"))
    await room.settled()

    [view] = await room.tasks()
    assert (view.task.project, view.task.model) == ("docs", "big")
    assert view.task.request == "fix the sum, `--project x` stays"
