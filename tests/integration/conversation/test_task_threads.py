"""Which threads an adapter looks through for what it missed."""

import pytest

from bot.task_threads import TaskThreads
from core.domain.task import TaskState
from tests.support.conversations import Room

pytestmark = [pytest.mark.discord, pytest.mark.slow]


async def test_threads_of_tasks_that_have_not_ended_are_told_on_their_own_platform(room: Room) -> None:
    threads = TaskThreads(room.program.store, room.chat.platform)
    await room.types("alice", "fix the sum")
    await room.types("alice", "fix the product")
    first, second = await room.thread("T1"), await room.thread("T2")
    assert await threads() == (second, first)
    assert await TaskThreads(room.program.store, "elsewhere")() == ()

    await room.types("bob", "cancel T1")
    await room.task("T1", TaskState.CANCELLED)
    assert await threads() == (second,)
