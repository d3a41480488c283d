"""A reply to the card of a question answers it, in its thread and in a conversation of two, and nothing else."""

from collections.abc import AsyncIterator, Mapping
from pathlib import Path

import pytest

from adapters.chat.memory_values import MemoryMessage
from core.agents.memory import Stage
from core.domain.approval import ApprovalState
from core.domain.identity import ApprovalId
from core.domain.task import TaskState
from tests.integration.conversation.test_decisions import asks, runs
from tests.support.conversations import Room, open_room, texts
from tests.support.engine_plays import usual

pytestmark = [pytest.mark.discord, pytest.mark.telegram, pytest.mark.slow]


async def wonders(stage: Stage) -> Mapping[str, object]:
    """A builder that wants to hear something in somebody's own words."""
    answer = await stage.ask("How shall it be called?")
    return {**await usual(stage), "summary": f"Called {answer.text}."}


@pytest.fixture
async def room(tmp_path: Path, sqlite_template: Path) -> AsyncIterator[Room]:
    async with open_room(tmp_path, sqlite_template, plays={"builder": wonders}, works=True) as room:
        yield room


async def asked_in(room: Room) -> MemoryMessage:
    """The card of the first question, as it stands in its thread."""
    await room.types("alice", "fix the sum")
    await room.asked()
    await room.card("A1")
    return next(each for each in room.messages() if each.card is not None and each.card.key == "A1")


async def test_free_words_in_reply_to_a_question_are_its_answer_and_steer_nobody(room: Room) -> None:
    card = await asked_in(room)
    await room.says("bob", "stop watch, with a blank", at=card.place, answers=card.id)

    view = await room.task("T1", TaskState.COMPLETED)
    assert view.approvals[0].answers == {"How shall it be called?": "stop watch, with a blank"}
    assert view.approvals[0].decided_by == "slack:T1/UBOB"
    assert view.messages == ()


async def test_words_in_the_thread_that_reply_to_nothing_are_for_the_agents(room: Room) -> None:
    card = await asked_in(room)
    await room.says("bob", "use tabs", at=card.place)
    assert "once A1 is decided" in texts(await room.answer("bob"))
    assert (await room.program.reader.approval(ApprovalId("A1"))).state is ApprovalState.PENDING


async def test_a_command_in_reply_to_a_question_is_a_command(room: Room) -> None:
    card = await asked_in(room)
    await room.says("bob", "Cancel!", at=card.place, answers=card.id)
    await room.task("T1", TaskState.CANCELLED)


async def test_a_number_in_reply_stands_for_the_offered_answer(room: Room) -> None:
    room.plays["builder"] = asks
    card = await asked_in(room)
    await room.says("bob", "2", at=card.place, answers=card.id)
    assert (await room.task("T1", TaskState.COMPLETED)).approvals[0].answers == {"Which sum?": "rates"}


async def test_a_verb_in_reply_to_a_card_is_about_that_one_also_if_it_came_after_another(room: Room) -> None:
    room.plays["builder"] = runs("./deploy.sh --risky")
    card = await asked_in(room)
    await room.says("bob", "approve", at=card.place, answers=card.id)
    await room.task("T1", TaskState.COMPLETED)
    assert (await room.program.reader.approval(ApprovalId("A1"))).state is ApprovalState.APPROVED


async def test_who_may_not_decide_answers_nothing_by_a_reply(room: Room) -> None:
    card = await asked_in(room)
    await room.says("vera", "call it a day", at=card.place, answers=card.id)
    await room.says("vera", "call it a day", at=card.place, answers=card.id, mention=True)

    assert "You may look in shop" in texts(await room.answer("vera"))
    assert (await room.program.reader.approval(ApprovalId("A1"))).state is ApprovalState.PENDING


async def test_a_reply_to_a_question_that_is_answered_already_is_for_the_agents(room: Room) -> None:
    card = await asked_in(room)
    await room.types("bob", "answer A1 watch")
    await room.task("T1", TaskState.COMPLETED)
    await room.says("bob", "or rather clock", at=card.place, answers=card.id)
    assert "no agent hears this" in texts(await room.answer("bob", 2))
