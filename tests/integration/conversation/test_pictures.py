"""Pictures that follow answers: after the words, for the asker alone, and never in the way of an answer."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from adapters.chat.errors import RejectedError
from adapters.chat.file import File
from adapters.chat.memory import MemoryChat
from adapters.chat.memory_values import ANYTHING
from adapters.chat.port import Posted
from bot.onlooker import utc_now
from core.costs.picture import Bars, BurnDown, Rise, Stack, Trend
from core.domain.identity import Place, ProjectName, agent_run_id
from tests.support.charts import PNG, RememberedCharts
from tests.support.conversations import SPACE, Room, open_room, person
from tests.support.values import a_call, a_run, a_task

pytestmark = [pytest.mark.slack, pytest.mark.money, pytest.mark.slow]

ROLES = ("builder", "reviewer", "tester")


class NoFiles(MemoryChat):
    """A chat that says it takes files, and then takes none."""

    async def upload(self, place: Place, file: File, *, key: str, again: bool = False) -> Posted:
        """Refuse."""
        raise RejectedError("Files are switched off here.", code="file_uploads_disabled")


@pytest.fixture
def charts() -> RememberedCharts:
    """Who draws."""
    return RememberedCharts()


@pytest.fixture
async def room(tmp_path: Path, sqlite_template: Path, charts: RememberedCharts) -> AsyncIterator[Room]:
    async with open_room(tmp_path, sqlite_template, charts=charts) as room:
        await spend(room)
        yield room


async def spend(room: Room, *, days: int = 8) -> None:
    """One to three dollars of each role on each of the last days."""
    store, now = room.program.store, room.program.clock()
    task = a_task(90, project=ProjectName("shop"))
    async with store.transaction() as uow:
        await uow.tasks.add(task)
        for ordinal, role in enumerate(ROLES, 1):
            await uow.agent_runs.add(a_run(task.id, ordinal, role=role))
            for day in range(days):
                call = a_call(f"m{ordinal}_{day}", agent_run_id(task.id, ordinal))
                await uow.ledger.record(replace(call, cost_usd=Decimal(ordinal), at=now - timedelta(days=day)))


def files(room: Room) -> list[tuple[Place, File]]:
    """What was handed over, and where."""
    return [(each.place, each.file) for each in room.messages() if each.file is not None]


async def test_an_answer_is_followed_by_its_picture_for_the_asker_alone(room: Room, charts: RememberedCharts) -> None:
    await room.types("alice", "costs by role --all-time")
    ((place, file),) = await room.until(lambda: files(room))
    assert (file.name, file.data, file.title) == ("costs.png", PNG, "Cost by role · all time")
    assert file.alt == (
        "Bar chart. Cost by role · all time, $48.00 in all: tester $24.00, reviewer $16.00, builder $8.00."
    )
    assert place == room.chat.board.direct_place(person("alice").id)
    assert isinstance(charts.drawn[0], Bars)
    assert room.answers("alice")


async def test_days_are_a_line_and_the_overview_is_roles_over_days(room: Room, charts: RememberedCharts) -> None:
    await room.types("alice", "costs by day --all-time")
    await room.until(lambda: len(files(room)) == 1)
    await room.types("alice", "costs --all-time")
    await room.until(lambda: len(files(room)) == 2)
    line, columns = charts.drawn
    assert isinstance(line, Trend)
    assert len(line.marks) == 8
    assert isinstance(columns, Stack)
    assert [(layer.label, layer.text) for layer in columns.layers] == [
        ("tester", "$24.00"),
        ("reviewer", "$16.00"),
        ("builder", "$8.00"),
    ]


async def test_whether_a_budget_lasts_is_drawn_as_what_is_left_of_it(room: Room, charts: RememberedCharts) -> None:
    await room.types("ada", "budget set --project shop --monthly 1000")
    await room.settled()
    await room.types("ada", "are we going to stay under budget?")
    await room.until(lambda: files(room))
    (drawn,) = charts.drawn
    assert isinstance(drawn, BurnDown)
    assert (drawn.title, drawn.limit) == ("The monthly budget of shop", 1000)
    assert drawn.course[0] == (0.0, 1000)
    assert drawn.course[-1][1] < 1000


async def test_a_forecast_is_drawn_as_what_was_spent_and_where_that_leads(
    tmp_path: Path, sqlite_template: Path, charts: RememberedCharts
) -> None:
    async with open_room(tmp_path, sqlite_template, charts=charts) as room:
        await spend(room, days=20)
        await room.types("alice", "costs --forecast --from 2000-01-01 --to 2000-01-31")
        await room.types("alice", "costs --forecast")
        await room.until(lambda: files(room))
        await room.settled()
    (drawn,) = charts.drawn
    assert isinstance(drawn, Rise)
    assert drawn.title == "Forecast · this month"
    assert drawn.course[-1][1] <= drawn.ahead.low <= drawn.ahead.likely <= drawn.ahead.high


async def test_in_a_conversation_of_two_the_picture_stands_below_its_answer(room: Room) -> None:
    own = room.chat.board.direct_place(person("alice").id)
    await room.types("alice", "costs by role --all-time", at=own)
    await room.until(lambda: files(room))
    shown = [each for each in room.messages() if each.place == own]
    assert [each.file is not None for each in shown] == [False, True]


async def test_one_number_and_no_answer_have_no_picture(room: Room, charts: RememberedCharts) -> None:
    for question in ("how much did we spend this week?", "which role spent the most this month?", "costs by role 2019"):
        await room.types("alice", question)
    await room.types("vera", "costs by project --all-time")
    await room.settled()
    assert (charts.drawn, files(room)) == ([], [])


async def test_a_picture_shows_only_what_one_may_see(room: Room, charts: RememberedCharts) -> None:
    store = room.program.store
    async with store.transaction() as uow:
        task = a_task(91, project=ProjectName("docs"))
        await uow.tasks.add(task)
        await uow.agent_runs.add(a_run(task.id, role="poet"))
        at = room.program.clock()
        await uow.ledger.record(replace(a_call("poem", agent_run_id(task.id, 1)), cost_usd=Decimal(99), at=at))
    await room.types("vera", "costs --all-time")
    await room.until(lambda: files(room))
    (drawn,) = charts.drawn
    assert isinstance(drawn, Stack)
    assert {layer.label for layer in drawn.layers} == set(ROLES)
    assert "99" not in drawn.alt


async def test_an_answer_stands_whole_when_its_picture_cannot_be_drawn(room: Room, charts: RememberedCharts) -> None:
    charts.broken = True
    await room.types("alice", "costs by role --all-time")
    await room.settled()
    assert len(room.answers("alice")) == 1
    assert "Something went wrong" not in room.all_that_stands()
    assert files(room) == []


async def test_a_chat_without_files_gets_the_table_and_nothing_is_drawn(
    tmp_path: Path, sqlite_template: Path, charts: RememberedCharts
) -> None:
    no_files = replace(ANYTHING, files=False)
    async with open_room(tmp_path, sqlite_template, charts=charts, capabilities=no_files) as room:
        await spend(room)
        await room.types("alice", "costs by role --all-time")
        await room.settled()
        assert len(room.answers("alice")) == 1
    assert charts.drawn == []


async def test_a_chat_that_refuses_the_file_shows_the_answer_once(
    tmp_path: Path, sqlite_template: Path, charts: RememberedCharts
) -> None:
    chat = NoFiles(clock=utc_now, platform="slack", space=SPACE)
    async with open_room(tmp_path, sqlite_template, charts=charts, chat=chat) as room:
        await spend(room)
        await room.types("alice", "costs by role --all-time")
        await room.settled()
        tables = [card for card in room.answers("alice") if card.sections]
        assert len(tables) == 1
    assert len(charts.drawn) == 1
