"""Money in a chat: the card says what is spent of what, the question has its buttons, and some may raise a budget."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from adapters.chat.card import Card, Meter
from bot.cards.approval_actions import STOP_HERE
from core.domain.approval import ApprovalKind
from core.domain.task import TaskState
from tests.support.conversations import Room, open_room, texts
from tests.support.engine_plays import runs

pytestmark = [pytest.mark.slack, pytest.mark.money, pytest.mark.slow]

WORK = "fix the sum --plan-gate never --budget 0.0006"
"""A call costs $0.0003, and the builder makes five and hands its result in with the sixth."""


@pytest.fixture
async def room(tmp_path: Path, sqlite_template: Path) -> AsyncIterator[Room]:
    """A builder that runs five commands."""
    plays = {"builder": runs("ls", "ls -a", "ls -l", "ls -r", "ls -t")}
    async with open_room(tmp_path, sqlite_template, plays=plays, works=True) as room:
        yield room


def meters(card: Card) -> list[str]:
    return [section.text for section in card.sections if isinstance(section, Meter)]


async def asked_for_money(room: Room) -> Card:
    await room.types("alice", WORK)
    assert (await room.asked()).kind is ApprovalKind.BUDGET
    return await room.card("A1")


async def test_a_used_up_budget_is_raised_by_a_press_of_an_admin_and_by_nobody_else(room: Room) -> None:
    card = await asked_for_money(room)
    thread = await room.thread("T1")
    assert "T1 has used $0.0006 of $0.0006" in texts(card)
    assert [each.label for each in card.actions] == ["Raise by $0.0006", "Raise…", STOP_HERE]
    live = await room.until(lambda: _with_meter(room))
    assert meters(live) == ["$0.0006 of $0.0006"]

    await room.presses("bob", "Raise by $0.0006", card, at=thread)
    assert "A1 is decided by an admin of the project." in texts(await room.answer("bob"))
    await room.presses("bob", "Raise…", card, at=thread)
    assert "The budget of T1 is decided by an admin of the project." in texts(await room.answer("bob", 2))

    await room.presses("ada", "Raise by $0.0006", card, at=thread)
    assert "Raised by ada" in texts(await room.card("A1", saying="Raised"))
    assert "Amount: $0.0006" in texts(await room.card("A1", saying="Raised"))


async def test_the_form_sets_what_the_task_may_cost_in_all_and_it_goes_on(room: Room) -> None:
    card = await asked_for_money(room)
    await room.presses("ada", "Raise…", card, at=await room.thread("T1"))
    await room.fills("ada", amount="much")
    assert "'much' is no amount of money." in texts(await room.answer("ada"))
    await room.presses("ada", "Raise…", card, at=await room.thread("T1"))
    await room.fills("ada", amount="7.50")
    view = await room.task("T1", TaskState.COMPLETED)
    assert view.bill.calls == 6
    assert str(view.task.budget_usd) == "7.5"
    assert "New budget: $7.50 in all" in texts(await room.card("A1", saying="Raised by ada"))


async def test_stop_here_ends_the_task_without_asking_why(room: Room) -> None:
    card = await asked_for_money(room)
    await room.presses("ada", STOP_HERE, card, at=await room.thread("T1"))
    await room.task("T1", TaskState.CANCELLED)
    assert "Stopped by ada" in texts(await room.card("A1", saying="Stopped"))
    assert room.chat.board.forms == []


async def test_a_budget_is_shown_and_set_by_words(room: Room) -> None:
    await asked_for_money(room)
    await room.types("vera", "budget T1")
    shown = await room.answer("vera")
    assert (meters(shown), shown.actions) == (["$0.0006 of $0.0006"], ())
    await room.types("bob", "budget T1 5")
    assert "The budget of T1 is decided by an admin" in texts(await room.answer("bob"))
    await room.types("ada", "budget T1 0.0001")
    assert "T1 has used $0.0006 already." in texts(await room.answer("ada"))
    await room.types("ada", "approve A1 --amount 2")
    await room.task("T1", TaskState.COMPLETED)
    rows = [(row.actor, row.act, row.allowed) for row in await room.audit() if row.act in ("budget", "approve")]
    assert ("slack:T1/UBOB", "budget", False) in rows
    assert ("slack:T1/UADA", "approve", True) in rows


def _with_meter(room: Room) -> Card | None:
    cards = [each.card for each in room.messages() if each.card is not None and each.card.key == "T1"]
    return next((card for card in cards if meters(card) == ["$0.0006 of $0.0006"]), None)
