"""Unfinished work can be offered all the same: by a press on a failed task, or by a word while it is at work."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from core.domain.task import TaskState
from tests.support.conversations import Room, open_room, texts
from tests.support.engine_plays import Held, hands_in

pytestmark = [pytest.mark.github, pytest.mark.slow]

WORK = "fix the sum --workflow bug_fix --plan-gate never"
RED = hands_in(summary="One failed.", passed=False, failures=["test_sum: 3 is not 4"])


@pytest.fixture
async def room(tmp_path: Path, sqlite_template: Path) -> AsyncIterator[Room]:
    """Agents are at work; a test says what they do."""
    async with open_room(tmp_path, sqlite_template, works=True) as room:
        yield room


async def test_what_a_failed_task_committed_is_offered_by_a_press(room: Room) -> None:
    room.plays["tester"] = RED
    await room.types("alice", WORK)
    failed = await room.task("T1", TaskState.FAILED)
    assert failed.task.commit
    card = await room.card("T1:ended:1", saying="Failed")
    await room.presses("vera", "Publish as draft", card, at=await room.thread("T1"))
    assert "that takes a developer" in texts(await room.answer("vera"))
    await room.presses("alice", "Publish as draft", card, at=await room.thread("T1"))
    offered = (await room.task("T1", TaskState.COMPLETED)).task
    assert (bool(offered.pull_request), bool(offered.unfinished)) == (True, True)


async def test_work_is_stopped_and_offered_by_a_word_in_its_thread(room: Room) -> None:
    reviewer = room.plays["reviewer"] = Held()
    await room.types("alice", WORK)
    await reviewer.began.wait()
    await room.types("alice", "publish T1")
    offered = (await room.task("T1", TaskState.COMPLETED)).task
    assert (bool(offered.pull_request), bool(offered.unfinished)) == (True, True)
    await room.types("alice", "publish T1")
    assert "T1 is completed already." in texts(await room.answer("alice", 2))
