"""Money by role over time: it adds up to what the other figures say, in every zone, and tells only what one may see."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.costs.asking import Asking
from core.costs.query import Group, Query, Where
from core.costs.series import Series, series
from core.domain.identity import ProjectName, agent_run_id
from core.domain.period import Period, days, month_of
from core.store import Store
from tests.support.values import a_call, a_run, a_task

pytestmark = pytest.mark.money

NOW = datetime(2026, 11, 18, 10, tzinfo=UTC)
WEB = ProjectName("web")


async def spent(store: Store, *calls: tuple[str, str, str], number: int = 1, project: str = "api") -> None:
    """A task with an agent run for each (role, dollars, time of its only call)."""
    task = a_task(number, project=ProjectName(project))
    async with store.transaction() as uow:
        await uow.tasks.add(task)
        for ordinal, (role, usd, when) in enumerate(calls, 1):
            await uow.agent_runs.add(a_run(task.id, ordinal, role=role))
            call = a_call(f"m{number}_{ordinal}", agent_run_id(task.id, ordinal))
            at = datetime.fromisoformat(when).replace(tzinfo=UTC)
            await uow.ledger.record(replace(call, cost_usd=Decimal(usd), at=at))


async def of(
    store: Store, period: Period | None, *, zone: str = "UTC", projects: frozenset[str] | None = None, parts: int = 5
) -> Series:
    """Roles over that time."""
    query = Query(period=period)
    return await series(store, query, group=Group.ROLE, projects=projects, zone=zone, now=NOW, parts=parts)


def told(found: Series) -> dict[str | None, list[str]]:
    """The parts, in their order."""
    return {part.key: [f"{value.normalize():f}" for value in part.values] for part in found.parts}


def week(zone: str = "UTC") -> Period:
    """Monday 16 to Sunday 22 November."""
    return days(date(2026, 11, 16), date(2026, 11, 22), zone=zone)


async def test_each_role_has_its_part_of_each_day_up_to_today_the_dearest_first(store: Store) -> None:
    await spent(
        store,
        ("tester", "1", "2026-11-16 09:00"),
        ("builder", "2", "2026-11-16 23:30"),
        ("builder", "3", "2026-11-18 09:00"),
        ("builder", "9", "2026-11-15 09:00"),
    )
    found = await of(store, week())
    assert [day.day for day in found.begins] == [16, 17, 18]
    assert told(found) == {"builder": ["2", "0", "3"], "tester": ["1", "0", "0"]}
    assert found.total == 6
    # half an hour before midnight in London is the next day in Berlin
    assert told(await of(store, week("Europe/Berlin"), zone="Europe/Berlin"))["builder"] == ["0", "2", "3"]


async def test_only_what_one_may_see_is_told(store: Store) -> None:
    await spent(store, ("builder", "2", "2026-11-16 09:00"))
    await spent(store, ("poet", "5", "2026-11-16 09:00"), number=2, project=WEB)
    assert told(await of(store, week(), projects=frozenset({"api"}))) == {"builder": ["2", "0", "0"]}
    assert told(await of(store, week(), projects=frozenset())) == {}


async def test_many_roles_are_the_dearest_and_the_others_in_one(store: Store) -> None:
    await spent(store, *((f"role{at}", str(at), "2026-11-16 09:00") for at in range(1, 9)))
    found = await of(store, week(), parts=3)
    assert [(part.key, part.of, part.total) for part in found.parts] == [
        ("role8", 1, 8),
        ("role7", 1, 7),
        ("role6", 1, 6),
        (None, 5, 15),
    ]
    # nobody is called `1 other`
    assert len((await of(store, week(), parts=7)).parts) == 8


@pytest.mark.parametrize(
    ("first", "by", "columns"),
    [
        ("2026-10-15", Group.DAY, 35),
        ("2026-10-14", Group.WEEK, 6),
        ("2026-05-21", Group.WEEK, 27),
        ("2026-05-01", Group.MONTH, 7),
        ("2024-11-30", Group.MONTH, 25),
    ],
)
async def test_the_longer_the_time_the_wider_the_columns(store: Store, first: str, by: Group, columns: int) -> None:
    await spent(store, ("builder", "2", f"{first} 09:00"), ("builder", "1", "2026-11-18 09:00"))
    found = await of(store, None)
    assert (found.by, len(found.begins)) == (by, columns)
    assert found.total == 3


async def test_nothing_spent_is_nothing_to_tell(store: Store) -> None:
    assert (await of(store, None)).parts == ()
    assert (await of(store, week())).begins == ()


async def test_a_time_that_began_long_before_anything_begins_with_the_first_money(store: Store) -> None:
    await spent(store, ("builder", "2", "2026-11-16 09:00"))
    found = await of(store, Period(begin=datetime(1970, 1, 1, tzinfo=UTC), end=NOW + timedelta(days=1)))
    assert [day.day for day in found.begins] == [16, 17, 18]


@given(
    calls=st.lists(
        st.tuples(st.sampled_from("abcdefgh"), st.integers(1, 10**6), st.integers(0, 45 * 96 - 1)),
        min_size=1,
        max_size=12,
    ),
    zone=st.sampled_from(["UTC", "Europe/Berlin", "Asia/Kolkata", "America/St_Johns"]),
)
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_the_parts_of_all_columns_add_up_to_what_was_spent(
    store: Store, calls: list[tuple[str, int, int]], zone: str
) -> None:
    begin = datetime(2026, 10, 1, tzinfo=UTC)
    async with store.transaction() as uow:
        number = await uow.tasks.next_number()
    rows = (
        (role, str(Decimal(usd) / 10**4), (begin + timedelta(minutes=15 * at)).isoformat(" ")[:16])
        for role, usd, at in calls
    )
    await spent(store, *rows, number=number)
    query = Query(period=month_of(2026, 10, zone=zone), where=Where(tasks=(f"T{number}",)))
    found = await series(store, query, group=Group.ROLE, projects=None, zone=zone, now=NOW)
    total = await Asking(store, clock=lambda: NOW).figures(query, projects=None, zone=zone)
    assert found.total == total.total.value
