"""What a scheduled report draws: days told apart by role where there are several, else the roles of the day."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from bot.schedules.report import Reports
from core.costs.picture import Bars, Drawing, Stack
from core.domain.identity import PersonId, ProjectName, agent_run_id, task_id
from core.domain.schedule import Schedule, ScheduledReport, Span, When, schedule_id
from core.store import Store
from tests.support.values import a_call, a_run, a_task

pytestmark = pytest.mark.money

SUNDAY = datetime(2026, 3, 1, 12, tzinfo=UTC)
"""What the clock of the store says."""


async def spent(store: Store, *days: int, roles: tuple[str, ...] = ("builder", "reviewer")) -> None:
    """A dollar of each role so many days ago."""
    async with store.transaction() as uow:
        await uow.tasks.add(a_task(project=ProjectName("shop")))
        for ordinal, role in enumerate(roles, 1):
            await uow.agent_runs.add(a_run(ordinal=ordinal, role=role))
            for each in days:
                call = a_call(f"m{ordinal}_{each}", agent_run_id(task_id(1), ordinal), cost_usd=Decimal(1),
                              at=uow.now - timedelta(days=each))  # fmt: skip
                await uow.ledger.record(call)


async def drawn(store: Store, span: Span) -> Drawing | None:
    """What is drawn for the report on `shop` that is due on the next Monday morning."""
    what = ScheduledReport(span=span)
    schedule = Schedule(
        id=schedule_id(1),
        project=ProjectName("shop"),
        by=PersonId("console:alice"),
        when=When(cron="0 9 * * *", time_zone="UTC"),
        what=what,
        counted_from=SUNDAY,
        created_at=SUNDAY,
    )
    return (await Reports(store).told(schedule, what, SUNDAY + timedelta(hours=21))).drawing


async def test_a_weekly_one_draws_what_each_role_cost_on_its_days(store: Store) -> None:
    await spent(store, 0, 2, 8)
    found = await drawn(store, Span.WEEKLY)
    assert isinstance(found, Stack)
    assert (found.title, found.total) == ("shop · 23 Feb to 1 Mar", "$4.00")
    assert [(layer.label, layer.text) for layer in found.layers] == [("builder", "$2.00"), ("reviewer", "$2.00")]


async def test_a_daily_one_draws_the_roles_of_its_day(store: Store) -> None:
    await spent(store, 0, 1)
    found = await drawn(store, Span.DAILY)
    assert isinstance(found, Bars)
    assert [(mark.label, mark.text) for mark in found.marks] == [("builder", "$1.00"), ("reviewer", "$1.00")]


async def test_what_is_one_number_or_none_is_not_drawn(store: Store) -> None:
    assert await drawn(store, Span.WEEKLY) is None
    await spent(store, 0, roles=("builder",))
    assert await drawn(store, Span.DAILY) is None
