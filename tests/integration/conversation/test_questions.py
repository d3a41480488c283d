"""Questions where people are: typed, by mention, in a thread, in a direct message; and what goes on from them."""

from dataclasses import replace

import pytest

from core.domain.identity import Place
from core.domain.task import TaskState
from tests.support.conversations import Room, texts

pytestmark = [pytest.mark.slack, pytest.mark.money, pytest.mark.slow]


async def tasks(room: Room) -> int:
    """How many tasks there are."""
    return len(await room.program.orchestrator.tasks())


async def told(room: Room, words: str) -> None:
    """Wait until somebody was whispered `words`; each time counts once."""

    def found() -> bool | None:
        board = room.chat.board
        fitting = next((each for each in board.whispers if words in texts(each.card)), None)
        if fitting is not None:
            board.whispers.remove(fitting)
        return True if fitting is not None else None

    await room.until(found)


async def test_a_question_after_the_slash_is_answered_and_becomes_no_task(room: Room) -> None:
    await room.types("alice", "how much did we spend this week?")
    await told(room, "Understood as: cost, this week")
    await room.types("alice", "and last week?")
    await told(room, "Understood as: cost, last week")
    assert await tasks(room) == 0


async def test_a_mention_is_answered_and_goes_on_in_its_thread_without_one(room: Room) -> None:
    said = await room.says("alice", "which agent spent the most today?", mention=True)
    await told(room, "Understood as: cost by agent, today")
    thread = replace(said.place, thread=said.message)
    await room.says("alice", "cost by role this month?", at=thread, mention=True)
    await told(room, "Understood as: cost by role, this month")
    await room.says("alice", "and last month?", at=thread)
    await told(room, "Understood as: cost by role, last month")
    # somebody else there is not talking to us, nor is who asks for something else
    await room.says("bob", "and last month?", at=thread)
    await room.says("alice", "shall we have lunch?", at=thread)
    await room.settled()
    assert await tasks(room) == 0


async def test_in_the_thread_of_a_task_this_is_the_task(room: Room) -> None:
    await room.types("alice", "fix the sum")
    await room.task("T1", TaskState.QUEUED)
    thread: Place = await room.thread("T1")
    await room.says("bob", "how much did this cost?", at=thread)
    await told(room, "Understood as: cost of a task, and why, task T1")
    await room.says("bob", "how much did we spend this week?", at=thread, mention=True)
    await told(room, "Understood as: cost, this week")
    await room.settled()
    assert (await room.task("T1")).messages == ()


async def test_a_request_that_speaks_of_money_is_a_request(room: Room) -> None:
    await room.types("alice", "fix the login, it costs us money")
    await room.task("T1", TaskState.QUEUED)
