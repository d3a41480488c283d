"""Reading tasks while they go on: their events come until the task has ended, and no longer than the store is open."""

import asyncio

import pytest

from core.domain.event import NoticeRaised, TaskStateChanged
from core.domain.identity import TaskId, task_id
from core.reader import TaskReader
from core.store import Store
from tests.support.values import a_task

ENDED = TaskStateChanged(source="running", target="completed")
AGAIN = TaskStateChanged(source="completed", target="planning")


@pytest.fixture
async def task(store: Store) -> TaskId:
    async with store.transaction() as uow:
        await uow.tasks.add(a_task())
    return task_id(1)


async def tell(store: Store, task: TaskId, *events: TaskStateChanged | NoticeRaised) -> None:
    async with store.transaction() as uow:
        for event in events:
            await uow.events.append(task, event)


async def read(store: Store, task: TaskId, *, after: int = 0) -> list[str]:
    async with asyncio.timeout(90):
        return [entry.event.type async for entry in TaskReader(store).events(task, after=after)]


async def test_events_come_up_to_the_end_of_the_task(store: Store, task: TaskId) -> None:
    reading = asyncio.create_task(read(store, task))
    await tell(store, task, NoticeRaised(text="Look."))
    await tell(store, task, ENDED, NoticeRaised(text="Too late."))
    assert await reading == ["notice_raised", "task_state_changed"]


async def test_who_has_read_the_end_already_reads_nothing_more(store: Store, task: TaskId) -> None:
    await tell(store, task, ENDED, NoticeRaised(text="Too late."))
    assert await read(store, task, after=1) == []
    assert await read(store, task, after=2) == []


async def test_a_task_that_was_begun_anew_is_followed_to_its_next_end(store: Store, task: TaskId) -> None:
    await tell(store, task, ENDED, AGAIN)
    reading = asyncio.create_task(read(store, task, after=1))
    await tell(store, task, ENDED)
    assert await reading == ["task_state_changed", "task_state_changed"]


async def test_reading_ends_with_the_store(store: Store, task: TaskId) -> None:
    seen = asyncio.Event()

    async def follow() -> int:
        count = 0
        async for _ in TaskReader(store).events(task):
            count += 1
            seen.set()
        return count

    following = asyncio.create_task(follow())
    await tell(store, task, NoticeRaised(text="Look."))
    async with asyncio.timeout(90):
        await seen.wait()
        await store.close()
        assert await following == 1


async def test_adding_no_steps_adds_none(store: Store, task: TaskId) -> None:
    async with store.transaction() as uow:
        await uow.steps.add_all([])
        assert await uow.steps.of(task) == []
