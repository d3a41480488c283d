"""What one running agent is told: its own and everybody's messages, in order, each once, nudges first."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import replace
from types import SimpleNamespace
from typing import cast

import pytest

from core.domain.identity import AgentRunId, PersonId, agent_run_id, message_id
from core.domain.steering import SteeringMessage
from core.domain.task import AgentRun, AgentRunState
from core.engine.inbox import NUDGE, NUDGE_ID, RunInbox
from core.engine.specs import pending_for
from core.store.store import Store
from tests.support.values import NOON, T1, a_run

MINE = a_run(ordinal=2, state=AgentRunState.RUNNING)
OTHER = a_run(ordinal=3, state=AgentRunState.RUNNING)
ENDED = a_run(ordinal=1, state=AgentRunState.COMPLETED)


def said(number: int, *, to: AgentRunId | None = None, heard_by: AgentRunId | None = None) -> SteeringMessage:
    return SteeringMessage(
        id=message_id(number),
        task=T1,
        text=f"text {number}",
        by=PersonId("console:alice"),
        to=to,
        heard_by=heard_by,
        created_at=NOON,
    )


class Said:
    """Just the reading of what was said, and of the runs."""

    def __init__(self, *messages: SteeringMessage) -> None:
        self.messages = list(messages)
        self.runs: list[AgentRun] = [ENDED, MINE, OTHER]

    @asynccontextmanager
    async def reading(self) -> AsyncGenerator[object]:
        async def messages(_task: str) -> list[SteeringMessage]:
            return list(self.messages)

        async def runs(_task: str) -> list[AgentRun]:
            return list(self.runs)

        yield SimpleNamespace(messages=SimpleNamespace(of=messages), agent_runs=SimpleNamespace(of=runs))


def inbox(store: Said) -> tuple[RunInbox, asyncio.Event]:
    bell = asyncio.Event()
    return RunInbox(cast("Store", store), MINE, bell=bell), bell


async def texts(box: RunInbox, count: int) -> list[str]:
    async with asyncio.timeout(90):
        return [(await box.next()).text for _ in range(count)]


async def silent(box: RunInbox) -> bool:
    """Whether there is nothing (more) to hear: `next` waits for the bell, with nothing left to look at."""
    waiting = asyncio.create_task(box.next())
    for _ in range(20):
        await asyncio.sleep(0)
    done = waiting.done()
    waiting.cancel()
    await asyncio.gather(waiting, return_exceptions=True)
    return not done


async def test_messages_are_handed_out_in_order_each_once() -> None:
    box, _ = inbox(Said(said(9), said(10), said(11)))
    assert await texts(box, 3) == ["text 9", "text 10", "text 11"]
    assert await silent(box)


@pytest.mark.parametrize(
    ("message", "wanted"),
    [
        (said(1), True),
        (said(1, to=MINE.id), True),
        (said(1, to=OTHER.id), False),
        (said(1, to=ENDED.id), True),
        (said(1, heard_by=OTHER.id), False),
        (said(1, to=MINE.id, heard_by=MINE.id), False),
        (said(1, to=agent_run_id(T1, 9)), False),
    ],
    ids=["everybody", "me", "another", "one that ended deaf", "heard by another", "heard by me", "unknown"],
)
async def test_an_agent_hears_what_is_meant_for_it(message: SteeringMessage, *, wanted: bool) -> None:
    store = Said(message)
    assert pending_for(MINE, store.messages, store.runs) == ([message] if wanted else [])
    box, _ = inbox(store)
    assert await silent(box) != wanted


async def test_whoever_waits_is_woken_by_the_bell() -> None:
    store = Said()
    box, bell = inbox(store)
    waiting = asyncio.create_task(box.next())
    await asyncio.sleep(0)
    store.messages.append(said(4))
    bell.set()
    async with asyncio.timeout(90):
        assert (await waiting).id == "M4"


async def test_a_bell_that_rang_for_nothing_wakes_nobody_for_good() -> None:
    store = Said(said(1, to=OTHER.id))
    box, bell = inbox(store)
    bell.set()
    assert await silent(box)
    store.runs = [replace(OTHER, state=AgentRunState.FAILED), MINE]
    bell.set()
    assert await texts(box, 1) == ["text 1"]


async def test_each_nudge_is_a_message_of_its_own_that_comes_before_what_people_said() -> None:
    box, _ = inbox(Said(said(1)))
    box.nudge()
    box.nudge()
    first, second, third = [await box.next() for _ in range(3)]
    assert first.text == second.text == NUDGE
    assert first.id != second.id
    assert all(nudge.id.startswith(f"{NUDGE_ID}:{MINE.id}:") for nudge in (first, second))
    assert third.text == "text 1"


async def test_a_nudge_after_one_was_heard_has_another_id() -> None:
    box, _ = inbox(Said())
    box.nudge()
    first = await box.next()
    box.nudge()
    assert (await box.next()).id != first.id


async def test_a_nudge_wakes_whoever_waits() -> None:
    box, _ = inbox(Said())
    waiting = asyncio.create_task(box.next())
    await asyncio.sleep(0)
    box.nudge()
    async with asyncio.timeout(90):
        assert (await waiting).text == NUDGE
