"""Reports by the clock have their picture below them, once; without one a report is still a report."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from adapters.chat.errors import OutcomeUnknownError
from bot.onlooker import utc_now
from bot.schedules.owner import firing_of
from core.costs.picture import Bars
from core.domain.conversation import DeliveryState
from core.domain.identity import ProjectName, agent_run_id
from tests.support.charts import PNG, RememberedCharts
from tests.support.conversations import Room, open_room
from tests.support.values import a_call, a_run, a_task

pytestmark = [pytest.mark.slack, pytest.mark.money, pytest.mark.slow]

ROLES = {"builder": "1", "reviewer": "2"}


@pytest.fixture
def charts() -> RememberedCharts:
    """Who draws."""
    return RememberedCharts()


@pytest.fixture
async def room(tmp_path: Path, sqlite_template: Path, charts: RememberedCharts) -> AsyncIterator[Room]:
    """Somebody draws, and there is something to draw."""
    async with open_room(tmp_path, sqlite_template, charts=charts) as room:
        await money_was_spent(room)
        yield room


async def money_was_spent(room: Room) -> None:
    """By a builder and a reviewer, on each of the last days, and on the next one: the day may end while a test runs."""
    now = utc_now()
    async with room.program.store.transaction() as uow:
        task = a_task(901, project=ProjectName("shop"))
        await uow.tasks.add(task)
        for ordinal, (role, usd) in enumerate(ROLES.items(), 1):
            await uow.agent_runs.add(a_run(task.id, ordinal, role=role))
            for days in range(-1, 3):
                call = a_call(f"m{ordinal}_{days + 1}", agent_run_id(task.id, ordinal), cost_usd=Decimal(usd))
                await uow.ledger.record(replace(call, at=now - timedelta(days=days)))


async def a_report_is_due(room: Room) -> datetime:
    """Tomorrow's, of the day before."""
    await room.types("alice", "schedule daily report")
    await room.until(lambda: [each for each in room.messages() if each.card and "S1 is scheduled" in each.card.title])
    at = utc_now() + timedelta(days=1, hours=1)
    for _ in range(2):
        await firing_of(replace(room.program, clock=lambda: at), room.program.orchestrator).look()
    return at


async def outbox(room: Room) -> dict[DeliveryState, int]:
    """How many deliveries there are, once none waits any more."""

    async def over() -> dict[DeliveryState, int] | None:
        async with room.program.store.reading() as uow:
            counts = await uow.deliveries.counts()
        return None if counts[DeliveryState.PENDING] else counts

    return await room.sooner_or_later(over)


def in_channel(room: Room) -> list[str]:
    """The report and what was handed over there, in their order."""
    there = [each for each in room.messages() if each.place.channel == "CSHOP"]
    return [
        "file" if each.file is not None else "report"
        for each in there
        if each.file is not None or (each.card is not None and each.card.title.startswith("shop · "))
    ]


async def test_the_picture_stands_below_the_report_with_its_words(room: Room, charts: RememberedCharts) -> None:
    await a_report_is_due(room)
    await room.until(lambda: "file" in in_channel(room))
    await outbox(room)
    assert in_channel(room) == ["report", "file"]
    (file,) = [each.file for each in room.messages() if each.file is not None]
    assert file.data == PNG
    assert file.title.startswith("shop · ")
    assert file.alt == f"Bar chart. {file.title}, $3.00 in all: reviewer $2.00, builder $1.00."
    assert [type(each) for each in charts.drawn] == [Bars]


async def test_it_is_handed_over_once_when_the_answer_of_the_platform_is_lost(room: Room) -> None:
    room.chat.faults.fail(OutcomeUnknownError("No answer."), call="upload", done=True)
    await a_report_is_due(room)
    await room.until(lambda: "file" in in_channel(room))
    counts = await outbox(room)
    assert (in_channel(room), counts[DeliveryState.DEAD]) == (["report", "file"], 0)


async def test_what_cannot_be_drawn_is_left_out_and_kept_as_what_did_not_arrive(
    room: Room, charts: RememberedCharts
) -> None:
    charts.broken = True
    await a_report_is_due(room)
    await room.until(lambda: in_channel(room))
    counts = await outbox(room)
    assert (in_channel(room), counts[DeliveryState.DEAD]) == (["report"], 1)
    async with room.program.store.reading() as uow:
        (dead,) = await uow.deliveries.dead(5)
    assert dead.error == "The picture could not be drawn: no font."


async def test_where_nobody_draws_there_is_the_report_alone(tmp_path: Path, sqlite_template: Path) -> None:
    async with open_room(tmp_path, sqlite_template) as plain:
        await money_was_spent(plain)
        await a_report_is_due(plain)
        await plain.until(lambda: in_channel(plain))
        counts = await outbox(plain)
    assert (in_channel(plain), counts[DeliveryState.DEAD]) == (["report"], 0)
