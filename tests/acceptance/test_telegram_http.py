"""Telegram by webhook: what shows the secret reaches the program, and what others send does not."""

import json
import socket
import time

import aiohttp
import pytest

from tests.support.telegram_team import TelegramTeam

pytestmark = [pytest.mark.telegram, pytest.mark.slow, pytest.mark.agent_cli, pytest.mark.long]

PUBLIC = "https://bots.example.com"
HEADER = "X-Telegram-Bot-Api-Secret-Token"


async def test_a_story_by_webhook_in_which_a_wrong_secret_is_refused(telegram_team: TelegramTeam) -> None:
    team = telegram_team
    port = _free_port()
    url = f"http://127.0.0.1:{port}"
    team.write_settings(telegram=f'mode = "webhook"\nlisten = "127.0.0.1:{port}"\npublic_url = "{PUBLIC}"')
    team.telegram.webhook.routes[PUBLIC] = url
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


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
