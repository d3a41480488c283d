"""Looking before work begins, in a chat: the dry run, the estimate, and the button that begins it."""

import pytest

from tests.support.conversations import Room, texts

pytestmark = [pytest.mark.money, pytest.mark.slow]


async def test_a_dry_run_begins_nothing_until_its_button_is_pressed_and_then_once(room: Room) -> None:
    await room.types("alice", "fix the sum --budget 2 --dry-run")
    card = await room.answer("alice")

    assert card.title == "Dry run · fix the sum"
    assert "Nothing was started." in texts(card)
    assert await room.tasks() == []
    assert room.messages() == []

    await room.presses("alice", "Start it", card)
    view = await room.task("T1")
    assert (view.task.request, view.task.requested_by) == ("fix the sum", "slack:T1/UALICE")
    assert view.task.budget_usd == 2
    await room.presses("alice", "Start it", card)
    await room.settled()
    assert len(await room.tasks()) == 1


async def test_an_estimate_leads_to_the_dry_run_and_to_the_work(room: Room) -> None:
    await room.types("alice", "estimate fix the sum")
    card = await room.answer("alice")
    assert card.title == "Estimate"
    await room.presses("alice", "What would happen?", card)
    ahead = await room.answer("alice", 2)
    assert ahead.title == "Dry run · fix the sum"
    assert await room.tasks() == []


async def test_where_several_projects_could_be_meant_each_can_be_asked_about(room: Room) -> None:
    await room.types("alice", "estimate fix the sum", at=room.place("COPEN"))
    which = await room.answer("alice")
    assert which.title == "An estimate for which project?"
    await room.presses("alice", "docs", which, at=room.place("COPEN"))
    assert (await room.answer("alice", 2)).title == "Estimate"


async def test_who_may_only_look_gets_an_estimate_and_no_dry_run(room: Room) -> None:
    await room.types("vera", "estimate fix the sum")
    card = await room.answer("vera")
    assert card.title == "Estimate"
    assert card.actions == ()
    await room.types("vera", "fix the sum --dry-run")
    assert "that takes a developer" in texts(await room.answer("vera", 2))
