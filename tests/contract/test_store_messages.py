"""Steering messages are stored alike on both databases."""

from dataclasses import fields, replace
from datetime import timedelta

import pytest

from core.domain.errors import ConflictError, NotFoundError
from core.domain.identity import MessageId, PersonId, TaskId, message_id, task_id
from core.domain.steering import SteeringMessage
from core.store import Store, tables
from tests.support.values import FIRST_RUN, NOON, T1, a_run, a_task


def a_message(number: int = 1, task: TaskId = T1) -> SteeringMessage:
    return SteeringMessage(
        id=message_id(number), task=task, text="Mind the tax.", by=PersonId("console:alice"), created_at=NOON
    )


HEARD = SteeringMessage(
    id=message_id(1),
    task=T1,
    text="Mind the tax.\n\ud800 And a NUL: \x00",
    by=PersonId("console:alice"),
    to=FIRST_RUN,
    heard_by=FIRST_RUN,
    heard_at=NOON + timedelta(seconds=3, microseconds=1),
    key="Ev123 T1.1",
    created_at=NOON,
)


@pytest.fixture(autouse=True)
async def two_tasks(store: Store) -> None:
    async with store.transaction() as unit:
        await unit.tasks.add(a_task(1))
        await unit.tasks.add(a_task(2))
        await unit.agent_runs.add(a_run())


async def test_a_message_comes_back_as_it_was_said_and_as_it_was_heard(store: Store) -> None:
    async with store.transaction() as unit:
        await unit.messages.add(a_message())
    async with store.transaction() as unit:
        assert await unit.messages.get(message_id(1)) == a_message()
        await unit.messages.save(HEARD)
    async with store.reading() as unit:
        assert await unit.messages.get(message_id(1)) == HEARD


async def test_what_was_said_to_a_task_is_listed_oldest_first(store: Store) -> None:
    async with store.transaction() as unit:
        for number in (10, 2, 9):
            await unit.messages.add(a_message(number))
        await unit.messages.add(a_message(3, task_id(2)))
    async with store.reading() as unit:
        assert [message.id for message in await unit.messages.of(T1)] == ["M2", "M9", "M10"]
        assert await unit.messages.of(task_id(3)) == []


async def test_message_numbers_have_a_row_of_their_own(store: Store) -> None:
    async with store.transaction() as unit:
        assert [await unit.messages.next_number() for _ in range(3)] == [1, 2, 3]
        assert await unit.tasks.next_number() == 1
        assert await unit.approvals.next_number() == 1


async def test_an_unknown_message_is_named_in_the_error(store: Store) -> None:
    async with store.transaction() as unit:
        with pytest.raises(NotFoundError, match="There is no message M7"):
            await unit.messages.get(MessageId("M7"))
        with pytest.raises(NotFoundError, match="There is no message M7"):
            await unit.messages.save(a_message(7))


@pytest.mark.parametrize("message", [a_message(1), a_message(2, task_id(9))], ids=["same id", "unknown task"])
async def test_a_message_is_said_once_and_to_a_task_that_exists(store: Store, message: SteeringMessage) -> None:
    async with store.transaction() as unit:
        await unit.messages.add(a_message(1))
    with pytest.raises(ConflictError):
        async with store.transaction() as unit:
            await unit.messages.add(message)


async def test_messages_with_a_key_are_said_once(store: Store) -> None:
    async with store.transaction() as unit:
        await unit.messages.add(a_message(1))
        await unit.messages.add(a_message(2))
        await unit.messages.add(replace(a_message(3), key="Ev1 T1"))
    with pytest.raises(ConflictError):
        async with store.transaction() as unit:
            await unit.messages.add(replace(a_message(4), key="Ev1 T1"))


def test_a_table_has_a_column_for_each_field() -> None:
    assert {column.name for column in tables.messages.columns} == {field.name for field in fields(SteeringMessage)}
