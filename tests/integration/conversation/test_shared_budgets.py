"""Budgets of projects and people in a chat: set by words or a form, shown with what is left, raised by who may."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from adapters.chat.card import Card, Meter
from bot.cards.approval_actions import STOP_HERE
from core.domain.task import TaskState
from tests.support.conversations import Room, open_room, texts
from tests.support.engine_plays import runs

pytestmark = [pytest.mark.slack, pytest.mark.money, pytest.mark.slow]

WORK = "fix the sum --plan-gate never"
"""A call costs $0.0003, and the builder makes five and hands its result in with the sixth."""


@pytest.fixture
async def room(tmp_path: Path, sqlite_template: Path) -> AsyncIterator[Room]:
    """A builder that runs five commands."""
    plays = {"builder": runs("ls", "ls -a", "ls -l", "ls -r", "ls -t")}
    async with open_room(tmp_path, sqlite_template, plays=plays, works=True) as room:
        yield room


@pytest.fixture
async def quiet_room(tmp_path: Path, sqlite_template: Path) -> AsyncIterator[Room]:
    """Nobody works in it."""
    async with open_room(tmp_path, sqlite_template) as room:
        yield room


def meters(card: Card) -> list[str]:
    return [f"{section.label}: {section.text}" for section in card.sections if isinstance(section, Meter)]


async def test_a_used_up_budget_of_the_project_is_raised_by_a_press_and_everything_goes_on(room: Room) -> None:
    await room.types("ada", "budget set --project shop --monthly 0.0006 --owner root")
    assert "Nobody I know is called 'root'." in texts(await room.answer("ada"))
    await room.types("ada", "budget set --project shop --monthly 0.0006 --owner slack:T1/UROOT")
    assert "shop may cost $0.0006 a month." in texts(await room.answer("ada", 2))
    await room.types("alice", WORK)
    card = await room.card("A1")
    assert "The monthly budget of shop is used up" in texts(card)
    assert [each.label for each in card.actions] == ["Raise by $0.0001", "Raise…", STOP_HERE]
    alerts = [texts(await room.answer("root", number)) for number in (1, 2)]
    assert "50 % is spent" in alerts[0]
    assert "Used up" in alerts[1]

    thread = await room.thread("T1")
    await room.presses("bob", "Raise…", card, at=thread)
    assert "manage the project: that takes an admin" in texts(await room.answer("bob"))
    await room.presses("ada", "Raise…", card, at=thread)
    await room.fills("ada", amount="5")
    assert "The monthly budget of shop is $5.00 now" in texts(await room.answer("ada", 3))
    view = await room.task("T1", TaskState.COMPLETED)
    assert view.bill.calls == 6
    assert "Raised by ada to $5.00" in texts(await room.card("A1", saying="Raised by ada to $5.00"))
    acts = {(row.actor, row.subject, row.allowed) for row in await room.audit() if row.act == "budget"}
    assert ("slack:T1/UADA", "project=shop/month", True) in acts
    assert ("slack:T1/UBOB", "project=shop/month", False) in acts


async def test_approving_raises_a_shared_budget_too(room: Room) -> None:
    await room.types("ada", "budget set --project shop 0.0006 per day")
    await room.answer("ada")
    await room.types("alice", WORK)
    await room.card("A1")
    await room.types("ada", "approve A1 --amount 1")
    await room.task("T1", TaskState.COMPLETED)
    card = texts(await room.card("A1", saying="Raised by ada"))
    assert "Raised by ada to $1.00" in card
    assert "Amount: $1.00" in card


async def test_what_is_left_is_shown_to_whom_it_concerns(quiet_room: Room) -> None:
    room = quiet_room
    await room.types("root", "budget set --project * --monthly 900")
    await room.types("root", "budget set --project docs --daily 3")
    await room.types("root", "budget set --project * --person slack:T1/UALICE --weekly 40")
    await room.types("ada", "budget set --project shop --monthly 200 --warn-at 80")
    assert "shop may cost $200.00 a month. $0.00 of it is spent in this one." in texts(await room.answer("ada"))
    await room.answer("root", 3)
    await room.types("vera", "budget")
    shown = await room.answer("vera")
    assert meters(shown) == ["shop, monthly: $0.00 of $200.00 (0 %)"]
    assert "$200.00 left; begins anew on" in texts(shown)
    assert "Set a budget…" not in [each.label for each in shown.actions]
    await room.types("alice", "budget")
    assert len(meters(await room.answer("alice"))) == 3, "the project's, that of docs, and her own"
    await room.types("root", "budgets")
    assert len(meters(await room.answer("root", 4))) == 4


async def test_the_live_card_says_which_shared_budget_will_likely_be_passed_and_where(quiet_room: Room) -> None:
    room = quiet_room
    await room.types("ada", "budget set --project shop --role builder --weekly 0.001")
    await room.answer("ada")
    await room.types("alice", "fix the sum")
    likely = "Will likely pass the weekly budget of builder in shop at step"
    assert "(build), and asks then." in texts(await room.card("T1", saying=likely))
    await room.types("alice", "status T1")
    assert likely in texts(await room.answer("alice"))


async def test_only_some_may_set_or_take_away(quiet_room: Room) -> None:
    room = quiet_room
    await room.types("alice", "budget set --project shop --monthly 5")
    assert "manage the project: that takes an admin" in texts(await room.answer("alice"))
    await room.types("ada", "budget set --project * --monthly 5")
    assert "is for admins of everything to say" in texts(await room.answer("ada"))
    await room.types("ada", "budget set --project docs --monthly 5")
    assert "There is no project docs" in texts(await room.answer("ada", 2))
    await room.types("ada", "budget set --project shop --role builder --weekly 5")
    assert "builder in shop may cost $5.00 a week." in texts(await room.answer("ada", 3))
    await room.types("ada", "budget remove weekly --project shop --role builder")
    assert "builder in shop has no weekly budget any more." in texts(await room.answer("ada", 4))
    await room.types("ada", "budget remove --project shop --role builder")
    assert "There is no budget of builder in shop" in texts(await room.answer("ada", 5))


async def test_a_form_asks_for_what_was_not_said(quiet_room: Room) -> None:
    room = quiet_room
    await room.types("ada", "budget")
    await room.presses("ada", "Set a budget…", await room.answer("ada"))
    await room.fills("ada", project="shop", period="daily", amount="7.50", counts="model", which="opus")
    assert "opus in shop may cost $7.50 a day." in texts(await room.answer("ada", 2))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("budget set --project shop --monthly much", "'much' is no amount of money."),
        ("budget set --project shop --monthly 0", "A budget is more than nothing."),
        ("budget set --project shop 5", "How much in which period is '5'?"),
        ("budget set --project shop --role poet --daily 5", "There is no role poet."),
        ("budget set --project shop --person nobody --daily 5", "Nobody I know is called 'nobody'."),
        ("budget set --project shop --daily 5 --warn-at 120", "--warn-at cannot be '120'."),
        ("budget raise 5 --of project=docs/month", "There is no budget project=docs/month"),
    ],
)
async def test_bad_words_are_answered_with_what_to_do(quiet_room: Room, text: str, said: str) -> None:
    await quiet_room.types("ada", text)
    assert said in texts(await quiet_room.answer("ada"))


async def test_who_may_cancel_the_task_may_stop_it_at_the_budget_though_not_raise_that(room: Room) -> None:
    await room.types("ada", "budget set --project shop 0.0006 per day")
    await room.answer("ada")
    await room.types("alice", WORK)
    card = await room.card("A1")
    thread = await room.thread("T1")
    await room.presses("vera", STOP_HERE, card, at=thread)
    assert "that takes a developer" in texts(await room.answer("vera"))
    await room.presses("alice", STOP_HERE, card, at=thread)
    await room.card("A1", saying="Stopped by alice")
    assert (await room.task("T1", TaskState.CANCELLED)).approvals[0].decided_by == "slack:T1/UALICE"
