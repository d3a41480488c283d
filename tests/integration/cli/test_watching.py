"""Watching: cards change as the journal grows, q leaves, and a pipe gets a line for each change."""

import signal
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from core.domain.event import TaskStateChanged, TaskSubmitted
from core.domain.identity import PersonId, task_id
from core.domain.task import TaskState
from core.store import Store
from tests.support.command_line import CommandLine
from tests.support.history import make_history
from tests.support.terminal import terminal
from tests.support.values import a_task

pytestmark = pytest.mark.slow


@pytest.fixture
async def house(machine: CommandLine) -> Store:
    """The store of a machine with a past; tests write to it as a worker would."""
    machine.write_settings('[projects.shop]\npath = "shop"\n[projects.docs]\npath = "shop"\n')
    machine.home.mkdir()
    store = await Store.open(f"sqlite:///{machine.database}", clock=lambda: datetime.now(UTC))
    await make_history(store, now=datetime.now(UTC))
    return store


async def end(store: Store, number: int, state: TaskState) -> None:
    async with store.transaction() as uow:
        task = await uow.tasks.get(task_id(number))
        await uow.tasks.save(replace(task, state=state, finished_at=uow.now))
        await uow.events.append(task.id, TaskStateChanged(source=task.state.value, target=state.value))


async def test_all_open_tasks_show_until_q_is_pressed(machine: CommandLine, house: Store) -> None:
    async with house, terminal(machine, "watch") as seat:
        await seat.shows("T2 · Fix issue 123")
        await seat.shows("T6 · Fix issue 123")
        await seat.shows("q leaves")

        async with house.transaction() as uow:
            await uow.tasks.add(a_task(9, title="A new one", created_at=uow.now))
            await uow.events.append(task_id(9), TaskSubmitted(title="A new one", by=PersonId("console:bob")))
        await seat.shows("T9 · A new one")
        await end(house, 2, TaskState.COMPLETED)
        await seat.shows("Done")

        seat.press(b"q")
        assert await seat.ended() == 0
    assert b"\x1b[?25h" in seat.raw  # the cursor is back


async def test_one_task_is_watched_until_it_ends(machine: CommandLine, house: Store) -> None:
    async with house, machine.started("watch", "2") as running:
        await running.line("T2 · Fix issue 123")
        await end(house, 3, TaskState.CANCELLED)
        await end(house, 2, TaskState.FAILED)
        ended = await running.ended()

    assert ended.code == 0
    assert "T2 Failed" in ended.stdout
    assert "T3" not in ended.stdout
    assert "\x1b" not in ended.stdout


async def test_without_a_terminal_it_stays_until_it_is_interrupted(machine: CommandLine, house: Store) -> None:
    async with house, machine.started("watch") as running:
        await running.line("T6 Paused")
        running.send(signal.SIGINT)
        ended = await running.ended()

    assert (ended.code, ended.stderr) == (130, "")
