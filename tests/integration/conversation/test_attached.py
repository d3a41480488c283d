"""Files attached to a form reach the agents; what cannot be read is said, and no word is lost."""

import pytest

from adapters.chat.memory_values import ANYTHING
from core.domain.steering import SteeringMessage
from tests.support.conversations import Room, texts

pytestmark = [pytest.mark.discord, pytest.mark.slow]


async def test_a_file_attached_to_a_new_task_stands_behind_its_request(room: Room) -> None:
    assert ANYTHING.form_files
    await room.types("alice", "new")
    await room.fills("alice", request="fix what this says", files={"trace.txt": b"KeyError: sum\n"})
    request = (await room.task("T1")).task.request
    assert request.startswith("fix what this says\n\nAttached file trace.txt")
    assert "KeyError: sum" in request
    assert (await room.task("T1")).task.title == "fix what this says"


async def test_a_picture_is_refused_with_the_words_that_were_written(room: Room) -> None:
    await room.types("alice", "new")
    await room.fills("alice", request="fix what this shows", files={"shot.png": b"\x89PNG\x00"})
    told = texts(await room.answer("alice"))
    assert "shot.png is no text" in told
    assert "fix what this shows" in told
    assert await room.tasks() == []


async def test_words_for_agents_are_asked_by_a_form_that_takes_files(room: Room) -> None:
    await room.types("alice", "fix the sum")
    await room.task("T1")
    await room.types("bob", "steer T1")
    await room.fills("bob", words="see this", files={"a.log": b"it was the clock"})
    [message] = await room.sooner_or_later(lambda: _messages(room))
    assert message.text.startswith("see this\n\nAttached file a.log")
    assert "it was the clock" in message.text


async def _messages(room: Room) -> tuple[SteeringMessage, ...]:
    return (await room.task("T1")).messages
