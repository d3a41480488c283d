"""Messages on their way to one agent: said once, heard when stored, waiting again when a process ended too early."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from adapters.claude.briefing import mark_of
from adapters.claude.messages import Delivery
from core.domain.identity import MessageId
from tests.support.agents import Box, says
from tests.support.waiting import eventually


def queued(text: str) -> dict[str, object]:
    """How the CLI stores what came while it worked."""
    return {"type": "attachment", "attachment": {"type": "queued_command", "prompt": text}}


@asynccontextmanager
async def collecting(delivery: Delivery) -> AsyncIterator[None]:
    work = asyncio.create_task(delivery.collect())
    yield
    work.cancel()
    await asyncio.wait({work})


async def test_a_message_is_said_once_and_heard_when_it_is_stored() -> None:
    delivery = Delivery(Box(says("Mind the gap.")))
    async with collecting(delivery):
        await eventually(lambda: delivery.due, what="a message")

    said = delivery.take()
    assert len(said) == 1
    assert "Mind the gap." in said[0]
    assert (delivery.due, delivery.in_flight, delivery.take(), delivery.heard()) == (False, True, [], [])

    delivery.stored([queued("something else"), {"type": "queue-operation", "content": said[0]}])
    assert delivery.heard() == []

    delivery.stored([queued(said[0])])
    assert (delivery.heard(), delivery.heard(), delivery.in_flight) == (["M1"], [], False)


async def test_what_a_process_did_not_hear_waits_again_before_all_else() -> None:
    box = Box(says("First.", name="M1"), says("Second.", name="M2"))
    delivery = Delivery(box)
    async with collecting(delivery):
        await eventually(lambda: delivery.due, what="messages")
        delivery.take()
        box.put(says("Third.", name="M3"))
        await eventually(lambda: delivery.due, what="another message")

    delivery.begin("")

    said = delivery.take()
    assert [mark in text for mark, text in zip(["[message M1]", "[message M2]", "[message M3]"], said, strict=True)]
    assert len(said) == 3


async def test_what_the_session_knows_already_is_heard_and_not_said() -> None:
    delivery = Delivery(Box(says("Mind the gap.")))
    delivery.begin(f"… {mark_of(MessageId('M1'))} …")
    heard: list[MessageId] = []

    async with collecting(delivery):
        await eventually(lambda: bool(heard.extend(delivery.heard()) or heard), what="the message")

    assert heard == ["M1"]
    assert not delivery.due


async def test_without_an_inbox_nothing_ever_comes() -> None:
    delivery = Delivery(None)

    await delivery.collect()

    assert not delivery.due
