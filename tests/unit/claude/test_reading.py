"""Hooks come beside the messages they belong to: who must know what a call cost waits until that is read."""

import asyncio

import pytest
from claude_agent_sdk import AssistantMessage, ToolUseBlock

from adapters.claude.reading import Reading

pytestmark = pytest.mark.money


def message(*calls: str) -> AssistantMessage:
    return AssistantMessage(content=[ToolUseBlock(id=call, name="Bash", input={}) for call in calls], model="any")


async def test_what_is_read_before_the_hook_is_waited_for_by_nobody() -> None:
    reading = Reading()
    reading.event("message_start")
    reading.message(message("a", "b"))
    reading.event("message_stop")
    reading.called("a")
    reading.called("b")
    assert await reading.caught_up(within_s=0.0)


async def test_a_hook_that_is_ahead_waits_for_the_end_of_its_message() -> None:
    reading = Reading()
    reading.called("a")
    waiting = asyncio.ensure_future(reading.caught_up(within_s=60.0))
    for step in ("message_start", message("a"), "message_delta"):
        await asyncio.sleep(0)
        reading.message(step) if isinstance(step, AssistantMessage) else reading.event(step)
    await asyncio.sleep(0)
    assert not waiting.done()
    reading.event("message_stop")
    assert await waiting


async def test_a_message_that_never_comes_holds_nobody_up_for_good() -> None:
    reading = Reading()
    reading.called("a")
    assert not await reading.caught_up(within_s=0.001)
    assert await reading.caught_up(within_s=60.0), "the next one would wait for it again"


async def test_a_message_that_was_cut_off_is_waited_for_once() -> None:
    reading = Reading()
    reading.event("message_start")
    assert not await reading.caught_up(within_s=0.001)
    assert await reading.caught_up(within_s=60.0)
