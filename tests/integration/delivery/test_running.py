"""The loops as they run in the program: woken by the journal, ended cleanly."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from adapters.chat.errors import OutcomeUnknownError
from core.domain.task import TaskState
from tests.integration.delivery.office import Office
from tests.support.waiting import eventually_awaited

pytestmark = pytest.mark.slack


@asynccontextmanager
async def running(office: Office) -> AsyncIterator[None]:
    """The delivery runs, and is cancelled at the end."""
    task = asyncio.create_task(office.delivery.run())
    try:
        async with asyncio.timeout(90):
            yield
    finally:
        task.cancel()
        await asyncio.wait([task])
        assert task.cancelled()


async def test_what_happens_arrives_by_itself(office: Office) -> None:
    async with running(office):
        await office.chat.until(lambda: office.messages("T1:card"))
        await office.ask()
        await office.chat.until(lambda: office.messages("A1:card"))
        await office.decide()
        await office.chat.until(lambda: office.status("A1:card") == "Approved by bob")
        await office.move(TaskState.RUNNING)
        await office.move(TaskState.COMPLETED)
        await office.chat.until(lambda: office.messages("T1:ended:1") and office.status("T1:card") == "Done")


async def test_being_ended_in_the_middle_of_a_call_leaves_no_task_and_loses_nothing(office: Office) -> None:
    office.chat.faults.hang(call="post", done=True)
    async with running(office):
        await office.chat.faults.until_hanging()
    assert [task for task in asyncio.all_tasks() if "delivery" in task.get_name()] == []
    await office.crash()
    await office.deliver()
    assert office.posted() == ["T1:card"]


async def test_an_unknown_outcome_is_cleared_while_running(office: Office) -> None:
    office.chat.faults.fail(OutcomeUnknownError("No answer."), call="post", done=True)
    async with running(office):
        await office.chat.until(lambda: office.messages("T1:card"))
        await eventually_awaited(lambda: _put_off(office), within_s=90)
        # the fake clock stands still, so the test lets the pause pass
        office.clock.advance(seconds=2)
        office.delivery.wake()
        await office.ask()
        await office.chat.until(lambda: office.messages("A1:card"))
    assert office.posted() == ["T1:card", "A1:card"]


async def _put_off(office: Office) -> bool:
    return (await office.row("T1:card")).not_before is not None
