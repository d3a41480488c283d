"""Telegram by webhook: what shows the secret reaches the program, and what others send does not."""

import json
import time
from collections.abc import Iterator

import aiohttp
import pytest

from tests.support.ports import reserved_port
from tests.support.telegram_team import TelegramTeam

pytestmark = [pytest.mark.telegram, pytest.mark.slow, pytest.mark.agent_cli, pytest.mark.long]

PUBLIC = "https://bots.example.com"
HEADER = "X-Telegram-Bot-Api-Secret-Token"


@pytest.fixture
def url(telegram_team: TelegramTeam) -> Iterator[str]:
    """Where the program hears Telegram, as its settings say; outside it has another name."""
    with reserved_port() as port:
        more = f'mode = "webhook"\nlisten = "127.0.0.1:{port}"\npublic_url = "{PUBLIC}"'
        telegram_team.write_settings(telegram=more)
        telegram_team.telegram.webhook.routes[PUBLIC] = f"http://127.0.0.1:{port}"
        yield f"http://127.0.0.1:{port}"


async def test_a_story_by_webhook_in_which_a_wrong_secret_is_refused(telegram_team: TelegramTeam, url: str) -> None:
    team = telegram_team
    async with team.starting() as program:
        greeting = await program.line("Listening in Telegram")
        await team.alice.says("/orchestrate write a note --workflow trio", team.shop)
        plan = await team.shows("A1:card", label="Approve plan")
        card = await team.shows("T1:card", "Waiting for you")
        refused = [await _forged(team, url, {}), await _forged(team, url, {HEADER: "guessed"})]
        said = await team.alice.replies("mention the weather", card)
        await team.telegram.until(lambda: said.reactions or None)
        await team.bob.presses("Approve plan", plan)
        await team.shows("T1:ended:1", "Done")
        await team.settled()

    assert "@orchestrator_bot" in greeting
    assert refused == [403, 403]
    assert await team.tasks() == ["T1"]
    assert not team.telegram.updates.polled


async def _forged(team: TelegramTeam, url: str, headers: dict[str, str]) -> int:
    """The answer to somebody who knows everything but the secret."""
    sender = {"id": team.bob.id, "is_bot": False, "first_name": "bob"}
    chat = {"id": team.bob.id, "type": "private", "first_name": "bob"}
    message = {"message_id": 9, "date": int(time.time()), "chat": chat, "from": sender, "text": "/run delete it all"}
    body = json.dumps({"update_id": 1, "message": message})
    kind = {"Content-Type": "application/json"}
    async with (
        aiohttp.ClientSession() as session,
        session.post(f"{url}/telegram/updates", data=body, headers=headers | kind) as answer,
    ):
        return answer.status
