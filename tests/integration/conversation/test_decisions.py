"""Deciding from a chat: who may, what a second click is told, and what the agents hear of it."""

from collections.abc import AsyncIterator, Mapping
from datetime import timedelta
from pathlib import Path

import pytest

from core.agents.memory import Stage
from core.domain.approval import ApprovalKind, ApprovalState
from core.domain.identity import ApprovalId
from core.domain.task import TaskState
from tests.support.conversations import Room, open_room, texts
from tests.support.engine_plays import runs, usual

pytestmark = [pytest.mark.slack, pytest.mark.slow]


async def asks(stage: Stage) -> Mapping[str, object]:
    """A builder that wants to know something first."""
    answer = await stage.ask("Which sum?", choices=["prices", "rates"])
    return {**await usual(stage), "summary": f"Took {answer.text}."}


@pytest.fixture
async def room(tmp_path: Path, sqlite_template: Path) -> AsyncIterator[Room]:
    """Agents at work: a builder that deploys, or asks first, by the task's request."""
    plays = {"builder": runs("./deploy.sh --risky")}
    async with open_room(tmp_path, sqlite_template, plays=plays, works=True) as room:
        yield room


async def state_of(room: Room, approval: str = "A1") -> ApprovalState:
    await room.settled()
    return (await room.program.reader.approval(ApprovalId(approval))).state


async def test_a_tool_is_approved_by_a_press_and_the_card_shows_who(room: Room) -> None:
    await room.types("alice", "fix the sum")
    asked = await room.asked()
    card = await room.card("A1")
    thread = await room.thread("T1")

    await room.presses("bob", "Approve", card, at=thread)

    assert asked.kind is ApprovalKind.TOOL
    await room.task("T1", TaskState.COMPLETED)
    assert "Approved by bob" in texts(await room.card("A1", saying="Approved"))
    assert room.answers("bob") == []
    assert [(row.actor, row.act, row.subject) for row in await room.audit()][1:] == [("slack:T1/UBOB", "approve", "A1")]


async def test_a_bare_yes_answers_what_was_asked_before_it_was_written_and_nothing_later(room: Room) -> None:
    await room.types("alice", "fix the sum")
    asked = await room.asked()
    thread = await room.thread("T1")

    await room.says("bob", "approve", at=thread, written_at=asked.created_at - timedelta(seconds=1))
    assert await state_of(room) is ApprovalState.PENDING
    await room.says("bob", "approve", at=thread, written_at=asked.created_at + timedelta(seconds=1))

    await room.task("T1", TaskState.COMPLETED)
    assert await state_of(room) is ApprovalState.APPROVED


async def test_a_second_click_says_who_was_faster(room: Room) -> None:
    await room.types("alice", "fix the sum")
    await room.asked()
    card = await room.card("A1")
    await room.presses("bob", "Approve", card)
    await room.task("T1", TaskState.COMPLETED)

    await room.presses("alice", "Approve", card)
    await room.presses("alice", "Deny…", card)
    await room.types("alice", "deny A1 too late")

    for number in (1, 2, 3):
        assert texts(await room.answer("alice", number)).startswith("A1 was approved by bob at ")
    assert await state_of(room) is ApprovalState.APPROVED


async def test_denying_by_button_asks_for_the_reason_and_the_agent_reads_it(room: Room) -> None:
    await room.types("alice", "fix the sum")
    await room.asked()
    await room.presses("bob", "Deny…", await room.card("A1"))
    assert await state_of(room) is ApprovalState.PENDING
    await room.fills("bob", reason="not on a Friday")

    view = await room.task("T1", TaskState.COMPLETED)
    [approval] = view.approvals
    assert (approval.state, approval.decision_reason, approval.decided_by) == (
        *(ApprovalState.DENIED, "not on a Friday"),
        "slack:T1/UBOB",
    )
    assert "not on a Friday" in view.steps[0].step.summary


async def test_a_typed_denial_needs_no_reason(room: Room) -> None:
    await room.types("alice", "fix the sum")
    await room.asked()
    await room.types("bob", "deny A1")

    await room.task("T1", TaskState.COMPLETED)
    assert await state_of(room) is ApprovalState.DENIED
    assert "A1 is denied; T1 goes on." in texts(await room.answer("bob"))


async def test_a_denied_plan_ends_the_task_and_that_is_what_is_said(tmp_path: Path, sqlite_template: Path) -> None:
    async with open_room(tmp_path, sqlite_template, works=True) as room:
        await room.types("alice", "fix the sum --workflow plan_build")
        await room.asked()
        await room.types("bob", "deny A1 too wide")

        said = texts(await room.answer("bob"))
        assert said == "A1 is denied, so T1 ends here.\nTry it again with: /orchestrate retry T1"
        await room.task("T1", TaskState.CANCELLED)
        await room.types("alice", "retry T1")
        assert (await room.asked()).id == "A2"


async def test_always_is_kept_for_the_task(room: Room) -> None:
    room.plays["builder"] = runs("./deploy.sh --risky", "./deploy.sh --risky")
    await room.types("alice", "fix the sum")
    await room.asked()
    await room.presses("bob", "Always for this task", await room.card("A1"))

    view = await room.task("T1", TaskState.COMPLETED)
    assert len(view.approvals) == 1


async def test_who_may_not_decide_gets_a_private_no_and_it_is_written_down(room: Room) -> None:
    await room.types("alice", "fix the sum")
    await room.asked()
    card = await room.card("A1")
    await room.presses("vera", "Approve", card)
    await room.presses("mallory", "Approve", card)

    assert "You may look in shop, but not decide" in texts(await room.answer("vera"))
    assert "You have not been given access" in texts(await room.answer("mallory"))
    assert await state_of(room) is ApprovalState.PENDING
    refused = [(row.actor.rpartition("/")[2], row.allowed) for row in await room.audit() if not row.allowed]
    assert sorted(refused) == [("UMALLORY", False), ("UVERA", False)]


async def test_two_people_are_needed_where_the_project_says_so(room: Room) -> None:
    await room.types("alice", "fix the sum --workflow plan_build")
    asked = await room.asked()
    card = await room.card("A1")
    await room.presses("alice", "Approve plan", card)
    assert "somebody else than the person who asked" in texts(await room.answer("alice"))

    await room.presses("bob", "Approve plan", card)

    assert asked.kind is ApprovalKind.PLAN
    assert await state_of(room) is ApprovalState.APPROVED


async def test_a_plan_is_sent_back_with_words(room: Room) -> None:
    await room.types("alice", "fix the sum --workflow plan_build")
    await room.asked()
    await room.presses("bob", "Change…", await room.card("A1"))
    await room.fills("bob", words="also update the docs")

    assert await state_of(room) is ApprovalState.CHANGED
    first = await room.program.reader.approval(ApprovalId("A1"))
    assert first.decision_reason == "also update the docs"
    assert (await room.asked()).id == "A2"


@pytest.mark.parametrize("way", ["choice", "words", "typed", "number"])
async def test_a_question_is_answered_by_a_press_by_a_form_or_typed(room: Room, way: str) -> None:
    room.plays["builder"] = asks
    await room.types("alice", "fix the sum")
    await room.asked()
    card = await room.card("A1")
    match way:
        case "choice":
            await room.presses("bob", "rates", card)
        case "words":
            await room.presses("bob", "Other…", card)
            await room.fills("bob", answer1="both of them")
        case "typed":
            await room.types("bob", "answer A1 both of them")
        case _:
            await room.types("bob", "approve A1 2")

    view = await room.task("T1", TaskState.COMPLETED)
    [approval] = view.approvals
    expected = "rates" if way in {"choice", "number"} else "both of them"
    assert approval.answers == {"Which sum?": expected}


async def test_an_unknown_button_and_an_expired_one_say_so(room: Room) -> None:
    await room.types("alice", "fix the sum")
    await room.asked()
    card = await room.card("A1")
    await room.types("bob", "cancel T1")
    await room.task("T1", TaskState.CANCELLED)
    await room.presses("alice", "Approve", card)
    await room.presses_token("alice", "x" * 22)

    assert "A1 is no longer needed" in texts(await room.answer("alice", 1))
    assert "not known any more" in texts(await room.answer("alice", 2))


async def test_the_owners_page_decides_the_same_way_and_is_drawn_anew(room: Room) -> None:
    await room.types("alice", "fix the sum")
    await room.asked()
    cards = await room.opens_home("bob")
    [card] = [each for each in cards if each.key == "A1"]
    home = room.place("")

    await room.presses("bob", "Approve", card, at=home, message="")

    await room.task("T1", TaskState.COMPLETED)
    await room.until(lambda: "A1" not in {each.key for each in room.chat.board.homes["slack:T1/UBOB"]} or None)
    assert room.answers("bob") == []
