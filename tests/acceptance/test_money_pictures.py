"""Pictures of costs where people ask for them: the real program, with the words of who cannot see, in every chat."""

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from core.domain.identity import ProjectName, agent_run_id
from tests.platforms.discord.message import Message as DiscordMessage
from tests.platforms.slack.workspace import SharedFile
from tests.platforms.telegram.message import Message as TelegramMessage
from tests.support.discord_team import SEEN_WITHIN_S, Crew
from tests.support.slack_team import Team
from tests.support.studio import Studio
from tests.support.telegram_team import TelegramTeam
from tests.support.values import a_call, a_run, a_task

pytestmark = [pytest.mark.money, pytest.mark.slow, pytest.mark.long]

QUESTION = "cost by role of all time"
TITLE = "Cost by role · all time"
ALT = f"Bar chart. {TITLE}, $10.00 in all: builder $8.00, reviewer $2.00."
PNG = b"\x89PNG\r\n\x1a\n"


async def spend(studio: Studio) -> None:
    """Ten dollars of two roles."""
    task = a_task(7, project=ProjectName("shop"))
    async with studio.onlooker() as seen, seen.store.transaction() as uow:
        await uow.tasks.add(task)
        for ordinal, (role, usd) in enumerate((("builder", 8), ("reviewer", 2)), 1):
            await uow.agent_runs.add(a_run(task.id, ordinal, role=role))
            call = a_call(f"m{ordinal}", agent_run_id(task.id, ordinal))
            await uow.ledger.record(replace(call, cost_usd=Decimal(usd), at=datetime.now(UTC)))


@pytest.mark.slack
async def test_in_slack_the_picture_has_its_description(team: Team) -> None:
    async with team.serving():
        await spend(team.studio)
        await team.alice.writes(QUESTION)
        answer = await team.whispered(team.alice, "Understood as: cost by role, all time")

        def shared() -> SharedFile | None:
            own = [each for each in team.private(team.alice) if each.files]
            return team.slack.workspace.files[own[0].files[0]] if own else None

        file = await team.slack.until(shared, within_s=SEEN_WITHIN_S)
        await team.settled()

    assert (file.name, file.title, file.alt) == ("costs.png", TITLE, ALT)
    assert (file.data or b"").startswith(PNG)
    assert team.private(team.alice).index(answer) < len(team.private(team.alice)) - 1, "the words come first"


@pytest.mark.telegram
async def test_in_telegram_it_is_a_photo_whose_caption_folds_the_description(telegram_team: TelegramTeam) -> None:
    team = telegram_team
    async with team.serving():
        await spend(team.studio)
        await team.alice.writes(QUESTION)

        def photo() -> TelegramMessage | None:
            return next((each for each in team.private(team.alice) if each.file is not None), None)

        shown = await team.telegram.until(photo, within_s=SEEN_WITHIN_S)
        await team.settled()

    assert shown.file is not None
    assert shown.file.picture
    assert shown.file.data.startswith(PNG)
    assert shown.text == f"{TITLE}\n{ALT}"
    assert [each["type"] for each in shown.entities] == ["expandable_blockquote"]


@pytest.mark.discord
async def test_in_discord_the_picture_stands_in_a_gallery_with_its_description(crew: Crew) -> None:
    async with crew.serving():
        await spend(crew.studio)
        await crew.alice.writes(QUESTION)

        def gallery() -> DiscordMessage | None:
            return next((each for each in crew.private(crew.alice) if each.attachments), None)

        shown = await crew.discord.until(gallery, within_s=SEEN_WITHIN_S)
        await crew.settled()

    assert shown.attachments[0].data.startswith(PNG)
    assert TITLE in shown.words
    assert ALT in shown.words
