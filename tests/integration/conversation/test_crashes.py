"""The program ends in the middle, or the platform fails: what was asked for is done once, and answered."""

import asyncio
from pathlib import Path

import pytest

from adapters.chat.errors import NotReachableError, OutcomeUnknownError, RateLimitedError
from adapters.chat.inbound import Inbound
from bot.commands.context import Asker, Context
from bot.commands.grammar import Command, Verb
from bot.commands.reply import Reply
from bot.heard import reference_of, without_trigger
from core.domain.task import TaskState
from tests.support.conversations import Room, open_room, texts

pytestmark = [pytest.mark.slack, pytest.mark.slow]


async def again(room: Room, inbound: Inbound) -> None:
    """The program ended between the core's commit and `handled`: at the next start it is acted on once more."""
    await room.conversation.act(without_trigger(inbound))


async def test_a_request_whose_end_was_not_noted_is_one_task(room: Room) -> None:
    inbound = await room.types("alice", "fix the sum")
    await room.task("T1")
    await again(room, inbound)

    assert [view.task.id for view in await room.tasks()] == ["T1"]
    assert room.answers("alice") == []


async def test_what_is_acted_on_again_is_in_the_trail_once(room: Room) -> None:
    asked = await room.types("alice", "fix the sum")
    await room.task("T1")
    thread = await room.thread("T1")
    said = await room.says("bob", "use tabs", at=thread)
    await room.answer("bob")
    for inbound in (asked, said):
        await again(room, inbound)
    more = await room.says("bob", "use tabs", at=thread)
    await room.settled()

    assert more.event_id != said.event_id
    assert [(row.act, row.subject) for row in await room.audit()] == [
        ("submit", "T1"),
        ("steer", "T1"),
        ("steer", "T1"),
    ]


async def test_words_for_an_agent_are_said_once(room: Room) -> None:
    await room.types("alice", "fix the sum")
    await room.task("T1")
    thread = await room.thread("T1")
    inbound = await room.says("bob", "use tabs", at=thread)
    await room.answer("bob")
    await again(room, inbound)

    assert len((await room.task("T1")).messages) == 1


async def test_a_press_that_was_done_is_not_done_again(room: Room) -> None:
    await room.types("alice", "fix the sum")
    card = await room.card("T1")
    inbound = await room.presses("bob", "Pause", card)
    await room.task("T1", TaskState.PAUSED)
    await again(room, inbound)

    assert (await room.task("T1")).task.state is TaskState.PAUSED


async def test_what_was_kept_and_not_acted_on_is_acted_on_after_a_restart(
    tmp_path: Path, sqlite_template: Path
) -> None:
    async with open_room(tmp_path, sqlite_template, runs=False) as ended:
        coming = asyncio.create_task(ended.types("alice", "fix the sum"))
        listening = asyncio.create_task(ended.chat.run(ended.inbox.hear, ready=lambda: None))
        await coming
        listening.cancel()
        await asyncio.gather(listening, return_exceptions=True)
        assert await ended.tasks() == []
    async with open_room(tmp_path, sqlite_template, chat=ended.chat) as room:
        assert (await room.task("T1")).task.request == "fix the sum"


async def test_an_answer_is_given_another_way_where_the_first_fails(room: Room) -> None:
    room.chat.faults.fail(NotReachableError("not in the channel"), call="whisper")
    await room.types("vera", "fix the sum")
    await room.settled()

    [message] = await room.until(lambda: [each for each in room.messages() if each.to is not None])
    assert message.to == "slack:T1/UVERA"


async def test_a_platform_that_is_slow_or_away_for_a_moment_still_gets_one_answer(room: Room) -> None:
    room.chat.faults.fail(RateLimitedError("slow down", retry_after_s=0.01), call="whisper")
    await room.types("vera", "fix the sum")
    await room.answer("vera")
    room.chat.faults.fail(OutcomeUnknownError("no answer"), call="whisper", done=True)
    await room.types("vera", "fix the sum")
    await room.answer("vera", 2)
    await room.settled()

    assert len(room.answers("vera")) == 2


async def test_a_defect_is_answered_with_a_reference_and_the_next_message_is_heard(room: Room) -> None:
    async def defect(_command: Command, _asker: Asker, _context: Context) -> Reply:
        raise RuntimeError("a defect")

    room.commands[Verb.STATUS] = defect
    inbound = await room.types("alice", "status")
    await room.types("alice", "whoami")

    said = texts(await room.answer("alice", 1))
    assert "Something went wrong on my side" in said
    assert reference_of(inbound.event_id) in said
    assert "You are alice" in texts(await room.answer("alice", 2))
