"""A task that costs more than twice what its like cost: told once while it works, to people alone and on its card."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from core.domain.identity import ProjectName, agent_run_id
from core.domain.task import TaskState
from core.planning.assessment import assess
from tests.support.dear_notes import CALL_USD, writes_dear_notes
from tests.support.discord_team import Crew
from tests.support.slack_team import Team
from tests.support.studio import Studio
from tests.support.telegram_team import TelegramTeam
from tests.support.values import a_call, a_run, a_task

pytestmark = [
    pytest.mark.money,
    pytest.mark.slow,
    pytest.mark.agent_cli,
    pytest.mark.long,
    pytest.mark.timeout(900),
]

REQUEST = "write notes"
ALONE = "T1 costs more than usual"
USUALLY = "that such a task usually costs in shop (the middle of 5 tasks)."
CALLS = 6


async def such_tasks_cost_a_call(studio: Studio) -> None:
    """Five tasks of the same kind, on the days before, each as dear as one call of the next."""
    judged = assess(REQUEST)
    async with studio.onlooker() as seen, seen.store.transaction() as uow:
        for number in range(901, 906):
            at = datetime.now(UTC) - timedelta(days=number - 900)
            task = a_task(
                number,
                project=ProjectName("shop"),
                state=TaskState.COMPLETED,
                type=judged.type,
                complexity=judged.complexity,
                created_at=at,
                finished_at=at,
            )
            await uow.tasks.add(task)
            await uow.agent_runs.add(a_run(task.id))
            call = a_call(f"past{number}", agent_run_id(task.id, 1), cost_usd=CALL_USD, at=at)
            await uow.ledger.record(call)


def alarms(messages: Iterable[str]) -> list[str]:
    """Those of the messages to one person that tell of it."""
    return [each for each in messages if ALONE in each]


async def assert_told_in_time(studio: Studio) -> None:
    """One sight, at the call that made it so, and the work went on to its end."""
    async with studio.onlooker() as seen, seen.store.reading() as uow:
        (sight,) = [each for each in await uow.unusual.within(None, projects=None) if each.about == "T1"]
    view = await studio.view()
    assert (view.task.state, sight.usual) == (TaskState.COMPLETED, CALL_USD)
    assert 2 * sight.usual < sight.found < view.bill.cost_usd
    assert sight.found - 2 * sight.usual < Decimal(2) * CALL_USD, "not a call later than it had to be"


@pytest.mark.slack
async def test_in_slack_who_asked_and_the_owner_of_the_budget_read_it_once(team: Team) -> None:
    writes_dear_notes(team.studio, notes=CALLS)
    async with team.serving():
        await such_tasks_cost_a_call(team.studio)
        await team.ada.types("/orchestrate budget set --project shop --monthly 100", team.shop)
        await team.whispered(team.ada, "shop may cost $100.00 a month")
        await team.alice.types(f"/orchestrate {REQUEST} --workflow solo", team.shop)
        for person in (team.alice, team.ada):
            await team.whispered(person, ALONE, USUALLY)
        await team.shows("T1:card", "Done", USUALLY)
        await team.settled()
    told = [alarms(each.words for each in team.private(person)) for person in (team.alice, team.ada, team.bob)]
    assert [len(each) for each in told] == [1, 1, 0]
    await assert_told_in_time(team.studio)


@pytest.mark.telegram
async def test_in_telegram_who_asked_and_the_owner_of_the_budget_read_it_once(telegram_team: TelegramTeam) -> None:
    team = telegram_team
    writes_dear_notes(team.studio, notes=CALLS)
    async with team.serving():
        await such_tasks_cost_a_call(team.studio)
        await team.ada.says("/budget set --project shop --monthly 100", team.shop)
        await team.told_alone(team.ada, "shop may cost $100.00 a month")
        await team.alice.says(f"/orchestrate {REQUEST} --workflow solo", team.shop)
        for person in (team.alice, team.ada):
            await team.told_alone(person, ALONE, USUALLY)
        await team.shows("T1:card", "Done", USUALLY)
        await team.settled()
    told = [alarms(each.text for each in team.private(person)) for person in (team.alice, team.ada, team.bob)]
    assert [len(each) for each in told] == [1, 1, 0]
    await assert_told_in_time(team.studio)


@pytest.mark.discord
async def test_in_discord_who_asked_and_the_owner_of_the_budget_read_it_once(crew: Crew) -> None:
    writes_dear_notes(crew.studio, notes=CALLS)
    async with crew.serving():
        await such_tasks_cost_a_call(crew.studio)
        await crew.ada.mentions("budget set --project shop --monthly 100", crew.shop)
        await crew.whispered(crew.ada, "shop may cost $100.00 a month")
        await crew.asks(crew.alice, REQUEST)
        for person in (crew.alice, crew.ada):
            await crew.whispered(person, ALONE, USUALLY)
        await crew.shows("T1:card", "Done", USUALLY)
        await crew.settled()
    told = [alarms(each.words for each in crew.private(person)) for person in (crew.alice, crew.ada, crew.bob)]
    assert [len(each) for each in told] == [1, 1, 0]
    await assert_told_in_time(crew.studio)
