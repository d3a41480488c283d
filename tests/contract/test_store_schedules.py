"""Schedules are stored alike on both databases, and each change is one transaction with its event."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from core.domain.errors import ConflictError, InvalidInputError, NotFoundError
from core.domain.event import HOUSE, ScheduleChanged
from core.domain.identity import PersonId, Place, ProjectName
from core.domain.schedule import (
    Due,
    Missed,
    Schedule,
    ScheduledReport,
    ScheduledWork,
    ScheduleState,
    Span,
    When,
)
from core.scheduling import NewSchedule, Scheduling, settle
from core.store import Store
from tests.support.clock import FakeClock

pytestmark = pytest.mark.money

ALICE, SHOP = PersonId("slack:T1/U1"), ProjectName("shop")
DAILY = When(cron="0 9 * * *", time_zone="Europe/Berlin")
PLACE = Place(platform="slack", space="T1", channel="C1")


def scheduling(store: Store) -> Scheduling:
    return Scheduling(store, mask=lambda text: text.replace("hush", "***"))


def wanted(request: str = "fix flaky tests", **other: object) -> NewSchedule:
    known = {"project": SHOP, "when": DAILY, "what": ScheduledWork(request=request), "place": PLACE}
    return NewSchedule(**{**known, **other})  # type: ignore[arg-type]


async def changes(store: Store) -> list[str]:
    return [
        f"{entry.event.schedule} {entry.event.change} {entry.event.detail}".strip()
        for entry in await store.journal.read(after=0, limit=1000)
        if isinstance(entry.event, ScheduleChanged) and entry.task == HOUSE
    ]


async def test_what_is_added_comes_back_equal(store: Store) -> None:
    face = scheduling(store)
    report = wanted(what=ScheduledReport(span=Span.WEEKLY), missed=Missed.SKIP, place=None)
    work = wanted(what=ScheduledWork(template="upgrade", values=(("package", "x\x00"),), budget_usd="5"))
    added = [await face.add(each, by=ALICE) for each in (wanted(), report, work)]
    assert [each.id for each in added] == ["S1", "S2", "S3"]
    assert await face.listed() == added
    assert await face.get(added[1].id) == added[1]
    assert await changes(store) == ["S1 added", "S2 added", "S3 added"]


async def test_the_same_act_makes_one_schedule(store: Store) -> None:
    face = scheduling(store)
    first = await face.add(wanted(key="slack:E1"), by=ALICE)
    assert await face.add(wanted("something else", key="slack:E1"), by=ALICE) == first
    assert len(await face.listed()) == 1


async def test_requests_are_cleaned_and_secrets_are_not_kept(store: Store) -> None:
    face = scheduling(store)
    added = await face.add(wanted("  use hush\r\n"), by=ALICE)
    assert added.what == ScheduledWork(request="use ***")
    with pytest.raises(InvalidInputError):
        await face.add(wanted("  "), by=ALICE)


async def test_those_of_one_project_are_listed_alone(store: Store) -> None:
    face = scheduling(store)
    await face.add(wanted(), by=ALICE)
    other = await face.add(wanted(project=ProjectName("garden")), by=ALICE)
    assert await face.listed(projects={ProjectName("garden")}) == [other]
    assert await face.listed(projects=set()) == []


async def test_what_is_paused_begins_anew_when_it_is_resumed(store: Store, clock: FakeClock) -> None:
    face = scheduling(store)
    made = await face.add(wanted(), by=ALICE)
    paused = await face.pause(made.id, by=ALICE, reason="holidays")
    assert (paused.state, paused.reason) == (ScheduleState.PAUSED, "holidays")
    with pytest.raises(ConflictError):
        await face.pause(made.id, by=ALICE)
    clock.advance(days=30)
    resumed = await face.resume(made.id, by=ALICE)
    assert resumed == replace(made, counted_from=clock())
    assert await changes(store) == ["S1 added", "S1 paused holidays", "S1 resumed"]


async def test_a_moment_that_passed_while_it_was_paused_cannot_be_resumed(store: Store, clock: FakeClock) -> None:
    face = scheduling(store)
    made = await face.add(wanted(when=When(at=clock() + timedelta(hours=1), time_zone="UTC")), by=ALICE)
    await face.pause(made.id, by=ALICE)
    clock.advance(hours=2)
    with pytest.raises(InvalidInputError, match="its time is over"):
        await face.resume(made.id, by=ALICE)


async def test_what_is_removed_is_gone(store: Store) -> None:
    face = scheduling(store)
    made = await face.add(wanted(), by=ALICE)
    await face.remove(made.id, by=ALICE)
    assert await face.listed(with_done=True) == []
    with pytest.raises(NotFoundError):
        await face.get(made.id)
    with pytest.raises(NotFoundError):
        await face.remove(made.id, by=ALICE)


async def test_what_was_due_is_settled_once_however_many_saw_it(store: Store, clock: FakeClock) -> None:
    made = await scheduling(store).add(wanted(), by=ALICE)
    at = Due(run=clock(), counted_to=clock() + timedelta(days=1))
    assert await settled(store, made, at, became="T1")
    assert not await settled(store, made, at, became="T1")
    assert await changes(store) == ["S1 added", "S1 ran T1"]


async def test_a_moment_that_was_run_is_done(store: Store, clock: FakeClock) -> None:
    face = scheduling(store)
    moment = clock() + timedelta(hours=1)
    made = await face.add(wanted(when=When(at=moment, time_zone="UTC")), by=ALICE)
    assert await settled(store, made, Due(run=moment, counted_to=moment), became="T1")
    assert await face.listed() == []
    assert [each.state for each in await face.listed(with_done=True)] == [ScheduleState.DONE]


async def test_a_time_that_is_over_is_refused(store: Store) -> None:
    over = When(at=datetime(2001, 1, 1, tzinfo=UTC), time_zone="UTC")
    with pytest.raises(InvalidInputError, match="its time is over"):
        await scheduling(store).add(wanted(when=over), by=ALICE)
    assert await scheduling(store).listed() == []


async def settled(store: Store, schedule: Schedule, at: Due, *, became: str) -> bool:
    async with store.transaction() as uow:
        return await settle(uow, schedule, at, became=became)
