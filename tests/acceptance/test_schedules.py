"""Work by the clock with several workers on one Postgres: each time makes one task, whichever of them dies."""

import signal
from datetime import UTC, datetime, timedelta

import pytest

from core.domain.schedule import ScheduleId
from tests.support.money_talk import a_day_passes, works_cheaply
from tests.support.studio import Studio
from tests.support.waiting import eventually_awaited

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.slow,
    pytest.mark.agent_cli,
    pytest.mark.money,
    pytest.mark.long,
    pytest.mark.timeout(900),
]


async def test_two_workers_that_look_at_once_make_one_task_also_when_one_is_killed(
    studio: Studio, postgres_url: str
) -> None:
    works_cheaply(studio)
    studio.shop.variables["ORCHESTRATOR_DATABASE_URL"] = postgres_url
    # half a day away: its time must not come by itself meanwhile
    daily = f"every day at {datetime.now(UTC) + timedelta(hours=12):%H}:00"
    made = await studio.run("schedule", "add", daily, "tidy up", "--project", "shop", "--workflow", "solo")
    assert made.code == 0, made
    studio.cast.hold("build")
    await a_day_passes(studio, "S1")
    async with (
        studio.onlooker() as seen,
        studio.shop.started("worker") as one,
        studio.shop.started("worker") as two,
    ):
        await one.line("Working.")

        async def begun() -> int:
            return len(await seen.reader.tasks(limit=100))

        async def noted() -> bool:
            async with seen.store.reading() as uow:
                return (await uow.schedules.get(ScheduleId("S1"))).last_run == "T1"

        async def there_is_work() -> bool:
            return await begun() > 0

        await eventually_awaited(there_is_work, within_s=150, what="a task")
        one.send(signal.SIGKILL)
        await one.process.wait()
        await two.line("Working.")
        await eventually_awaited(noted, within_s=150, what="the note that it ran")
        studio.cast.let_go()
        assert (await studio.ends("T1")).task.request == "tidy up"
        assert await begun() == 1
        two.send(signal.SIGTERM)
        await two.ended()
