"""Work by the clock in a chat: made in words, listed, changed by who may, and begun once when its time comes."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from adapters.chat.card import Card, Fields, Table
from bot.onlooker import utc_now
from bot.schedules.firing import Firing
from bot.schedules.owner import firing_of
from core.domain.conversation import DeliveryState
from core.domain.identity import PersonId, ProjectName
from core.domain.schedule import Schedule, ScheduleId, ScheduleState
from core.scheduling import Scheduling
from tests.support.conversations import Room, open_room, texts

pytestmark = [pytest.mark.money, pytest.mark.slow]

EVERY_DAY = "schedule every day at 9 fix flaky tests"


@pytest.fixture
async def room(tmp_path: Path, sqlite_template: Path) -> AsyncIterator[Room]:
    """It listens; nobody is at work, and the clock is the test's."""
    async with open_room(tmp_path, sqlite_template) as room:
        yield room


def scheduling(room: Room) -> Scheduling:
    return Scheduling(room.program.store, mask=room.program.mask)


def clockwork(room: Room, *, at: datetime) -> Firing:
    """What runs schedules in a process whose clock stands at `at`."""
    return firing_of(replace(room.program, clock=lambda: at), room.program.orchestrator)


async def made(room: Room, text: str = EVERY_DAY, *, by: str = "alice") -> Schedule:
    before = len(await scheduling(room).listed())
    await room.types(by, text)

    async def newest() -> Schedule | None:
        known = await scheduling(room).listed()
        return known[-1] if len(known) > before else None

    return await room.sooner_or_later(newest)


def said(card: Card) -> str:
    """All of a card, fields and tables too."""
    more: list[str] = []
    for part in card.sections:
        if isinstance(part, Fields):
            more += [f"{each.label}: {each.value}" for each in part.fields]
        if isinstance(part, Table):
            more += [" | ".join(row) for row in part.rows]
    return "\n".join([texts(card), *more])


async def posted(room: Room, saying: str) -> Card:
    """What everybody in the channel reads."""

    def found() -> Card | None:
        cards = [each.card for each in room.messages() if each.card is not None and each.place.channel == "CSHOP"]
        return next((card for card in cards if saying in card.title), None)

    return await room.until(found)


async def gone(room: Room) -> None:
    """Until there is no schedule."""

    async def nothing() -> bool | None:
        return True if not await scheduling(room).listed() else None

    await room.sooner_or_later(nothing)


async def _nothing_waits(room: Room) -> bool:
    """Whether the outbox has nothing to send any more."""
    async with room.program.store.reading() as uow:
        return not (await uow.deliveries.counts()).get(DeliveryState.PENDING, 0)


def tomorrow() -> datetime:
    """Half past ten: at least one nine o'clock has passed by then, and none comes in the next minute."""
    return (utc_now() + timedelta(days=1)).replace(hour=10, minute=30)


async def test_a_schedule_is_made_in_words_and_shown_with_its_next_run(room: Room) -> None:
    schedule = await made(room)
    assert (schedule.id, schedule.project, schedule.by) == ("S1", "shop", "slack:T1/UALICE")
    assert schedule.place == room.place()
    card = await posted(room, "S1 is scheduled")
    assert "When: At 09:00 every day (UTC)" in said(card)
    assert "fix flaky tests" in said(card)
    assert [each.label for each in card.actions] == ["Run now", "Pause", "Delete"]


async def test_when_its_time_comes_it_becomes_one_task_in_its_channel_however_many_look(room: Room) -> None:
    await made(room)
    at = tomorrow()
    await asyncio.gather(*(clockwork(room, at=at).look() for _ in range(3)))
    await clockwork(room, at=at + timedelta(minutes=1)).look()
    tasks = await room.tasks()
    assert [(each.task.request, each.task.requested_by, each.task.place) for each in tasks] == [
        ("fix flaky tests", "slack:T1/UALICE", room.place())
    ]
    assert (await room.thread("T1")).channel == "CSHOP"
    assert (await scheduling(room).get(ScheduleId("S1"))).last_run == "T1"


async def test_a_run_that_was_cut_off_before_it_was_noted_makes_no_second_task(room: Room) -> None:
    schedule = await made(room)
    at = tomorrow()
    await clockwork(room, at=at).look()
    async with room.program.store.transaction() as uow:
        # as if the process had died between the two transactions
        await uow.schedules.save(schedule)
    await clockwork(room, at=at).look()
    assert [each.task.id for each in await room.tasks()] == ["T1"]


async def test_what_was_missed_is_run_once_or_skipped_as_it_was_wished(room: Room) -> None:
    await made(room, f"{EVERY_DAY} --missed skip")
    await made(room, "schedule every hour look for new issues")
    await clockwork(room, at=tomorrow() + timedelta(days=5)).look()
    assert [each.task.request for each in await room.tasks()] == ["look for new issues"]


async def test_one_moment_is_run_once_and_is_over(room: Room) -> None:
    await made(room, "schedule in 2 hours fix the login --project shop")
    await clockwork(room, at=tomorrow()).look()
    await clockwork(room, at=tomorrow()).look()
    assert len(await room.tasks()) == 1
    assert (await scheduling(room).get(ScheduleId("S1"))).state is ScheduleState.DONE
    await room.types("alice", "schedule list")
    assert "Nothing is scheduled." in texts(await room.answer("alice"))


async def test_a_template_is_filled_each_time(room: Room) -> None:
    await made(room, "schedule every monday at 9 --template fix-issue --set issue=123 --budget 2")
    await clockwork(room, at=tomorrow() + timedelta(days=7)).look()
    task = (await room.tasks())[0].task
    assert "123" in task.request
    assert task.template.startswith("fix-issue")
    assert str(task.budget_usd) == "2"


async def test_what_cannot_begin_is_paused_and_who_made_it_is_told(room: Room) -> None:
    await made(room)
    await room.program.orchestrator.archive_project(ProjectName("shop"), by=PersonId("slack:T1/UADA"))
    await clockwork(room, at=tomorrow()).look()
    paused = await scheduling(room).get(ScheduleId("S1"))
    assert paused.state is ScheduleState.PAUSED
    assert "archived" in paused.reason
    told = await room.answer("alice")
    assert "schedule resume S1" in texts(told)
    assert await room.tasks() == []


async def test_who_may_not_hand_work_over_any_more_begins_none(tmp_path: Path, sqlite_template: Path) -> None:
    async with open_room(tmp_path, sqlite_template) as room:
        await made(room)
    file = tmp_path / "orchestrator.toml"
    file.write_text(file.read_text().replace('"slack:T1/UALICE", "slack:T1/UBOB"', '"slack:T1/UBOB"'))
    async with open_room(tmp_path, sqlite_template, runs=False) as later:
        await clockwork(later, at=tomorrow()).look()
        assert await later.tasks() == []
        assert "may not do that in shop any more" in (await scheduling(later).get(ScheduleId("S1"))).reason


async def test_a_report_comes_to_the_channel_once(room: Room) -> None:
    await made(room, "schedule daily report", by="vera")
    at = tomorrow()
    await asyncio.gather(clockwork(room, at=at).look(), clockwork(room, at=at).look())
    card = await posted(room, "shop · ")
    assert "Spent: $0.00 (nothing the time before)" in said(card)
    assert "Tasks: none ended" in said(card)
    await room.sooner_or_later(lambda: _nothing_waits(room))
    assert len([each for each in room.messages() if each.card is not None and "shop · " in each.card.title]) == 1


async def test_a_report_goes_to_a_channel_about_something_else_by_an_admins_word_only(room: Room) -> None:
    await room.types("alice", "schedule daily report --project docs")
    assert "that takes an admin" in texts(await room.answer("alice"))
    await room.types("alice", "schedule daily report --project shop", at=room.place("COPEN"))
    assert "that takes an admin" in texts(await room.answer("alice", 2))
    assert await scheduling(room).listed() == []
    own = room.chat.board.direct_place(PersonId("slack:T1/UALICE"))
    await room.types("alice", "schedule daily report --project docs", at=own)
    assert "S1 is scheduled" in texts(await room.answer("alice", 3))


async def test_it_is_paused_resumed_run_at_once_and_deleted(room: Room) -> None:
    await made(room)
    await room.types("alice", "schedule pause S1")
    assert "S1 is paused." in texts(await room.answer("alice"))
    await clockwork(room, at=tomorrow()).look()
    assert await room.tasks() == []
    await room.types("alice", "schedule resume s1")
    assert "S1 goes on. Next: " in texts(await room.answer("alice", 2))
    await room.types("alice", "schedule run S1")
    assert (await room.task("T1")).task.request == "fix flaky tests"
    await room.types("alice", "schedule delete S1")
    await gone(room)
    rows = [f"{each.act} {each.subject}" for each in await room.audit()]
    assert {"schedule S1", "schedule pause S1", "schedule resume S1", "schedule run S1", "schedule delete S1"} <= {
        *rows
    }


async def test_others_may_look_at_it_and_only_an_admin_may_change_it(room: Room) -> None:
    await made(room)
    await room.types("bob", "schedule show S1")
    assert "fix flaky tests" in said(await room.answer("bob"))
    await room.types("bob", "schedule delete S1")
    assert "that takes an admin" in texts(await room.answer("bob", 2))
    await room.types("ada", "schedule delete S1")
    await gone(room)


async def test_what_one_may_not_see_is_not_there(room: Room) -> None:
    await made(room, f"{EVERY_DAY} --project docs")
    for index, words in enumerate(("schedule show S1", "schedule show S2", "schedule list"), start=1):
        await room.types("bob", words)
        assert "S1 |" not in said(await room.answer("bob", index))
    first, second = [texts(await room.answer("bob", index)) for index in (1, 2)]
    assert first.replace("S1", "S2") == second


async def test_a_viewer_schedules_no_work(room: Room) -> None:
    await room.types("vera", EVERY_DAY)
    assert "but not hand work over" in texts(await room.answer("vera"))
    assert await scheduling(room).listed() == []


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("schedule the tests", "When? 'the tests' does not begin with a time."),
        ("schedule every day at 9", "What is to be done then?"),
        ("schedule every day at 25 x", "'at 25' is no time of day."),
        ("schedule every day at 9 x --tz Mars", "'Mars' is no time zone"),
        ("schedule pause", "pause which schedule?"),
        ("schedule pause S9", "schedule S9"),
        ("schedule every day at 9 x --missed maybe", "maybe"),
        ("schedule every day at 9 --template nope", "nope"),
        ("schedule every day at 9 --template fix-issue", "issue"),
        ("schedule every day at 9 x --budget much", "'much' is no amount of money."),
    ],
)
async def test_what_cannot_be_meant_says_what_to_type(room: Room, text: str, says: str) -> None:
    await room.types("alice", text)
    assert says.lower() in texts(await room.answer("alice")).lower()
    assert await scheduling(room).listed() == []
    assert await room.tasks() == []


async def test_the_process_that_does_the_work_runs_schedules(tmp_path: Path, sqlite_template: Path) -> None:
    async with open_room(tmp_path, sqlite_template) as room:
        schedule = await made(room)
        async with room.program.store.transaction() as uow:
            # as if it had been made yesterday, before this process began
            await uow.schedules.save(replace(schedule, counted_from=schedule.counted_from - timedelta(days=1)))
    async with open_room(tmp_path, sqlite_template, works=True) as again:
        assert (await again.task("T1")).task.request == "fix flaky tests"
