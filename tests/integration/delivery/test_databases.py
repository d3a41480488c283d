"""The same on each kind of database, with everything running at once."""

import asyncio

import pytest

from core.domain.identity import approval_id, task_id
from core.domain.notification import Happening, NotificationRules
from core.domain.task import TaskState
from core.store.store import Store
from tests.integration.delivery.office import ALICE, Office
from tests.integration.delivery.test_running import running
from tests.support.clock import FakeClock

pytestmark = [pytest.mark.slack, pytest.mark.slow]
TASKS = range(1, 7)


async def test_many_tasks_at_once_are_told_in_full(store: Store, clock: FakeClock) -> None:
    office = Office.over(store, clock, notify=NotificationRules(direct=frozenset({Happening.APPROVAL})))
    await office.delivery.begin()
    clock.advance(seconds=2)

    async def whole_story(number: int) -> None:
        task = task_id(number)
        await office.submit(number)
        await office.move(TaskState.RUNNING, task=task)
        await office.ask(number, task=task)
        await office.decide(approval_id(number))
        await office.move(TaskState.COMPLETED, task=task)

    async with running(office):
        await asyncio.gather(*map(whole_story, TASKS))
        await office.chat.until(lambda: all(office.messages(f"T{number}:ended:1") for number in TASKS))
        await office.chat.until(lambda: all(office.status(f"T{number}:card") == "Done" for number in TASKS))
        await office.chat.until(lambda: all(office.status(f"A{number}:card") == "Approved by bob" for number in TASKS))
    for number in TASKS:
        keys = [f"T{number}:card", f"A{number}:card", f"T{number}:ended:1"]
        assert [each.key for each in office.chat.board.in_thread(office.message(keys[0]).thread)] == keys
        assert len(office.messages(f"A{number}:direct:{ALICE}")) <= 1
