"""Slack by HTTP: its signed requests reach the program, and what others send does not."""

import json
import time
from collections.abc import Iterator

import aiohttp
import pytest

from tests.platforms.slack.requests import HttpSender, sign
from tests.support.ports import reserved_port
from tests.support.slack_team import Team

pytestmark = [pytest.mark.slack, pytest.mark.slow, pytest.mark.agent_cli, pytest.mark.long]


@pytest.fixture
def url(team: Team) -> Iterator[str]:
    """Where the program hears Slack, as its settings say."""
    with reserved_port() as port:
        team.write_settings(slack=f'mode = "http"\nlisten = "127.0.0.1:{port}"')
        yield f"http://127.0.0.1:{port}/slack/events"


async def test_a_story_by_signed_requests(team: Team, url: str) -> None:
    async with team.starting() as program:
        greeting = await program.line("Listening in Slack")
        await team.slack.use_http(url)
        await team.alice.mentions("write a note --workflow trio", team.shop)
        card = await team.shows("T1:card", "Waiting for you")
        plan = await team.shows("A1:card", label="Deny…")

        forged = await _forged(team, url)
        repeated = await _repeated(team, url)
        await team.alice.replies("mention the weather", card)
        await team.whispered(team.alice, "The next one hears it")
        await team.bob.clicks("Approve plan", plan)
        await team.shows("T1:ended:1", "Done")
        await team.settled()

    assert "as @orchestrator" in greeting
    assert (forged, repeated) == (401, 401)
    assert await team.tasks() == ["T1"]
    assert team.slack.missed_acks == []
    assert team.slack.sockets.opened == 0


async def test_slack_may_look_whether_the_address_is_ours(team: Team, url: str) -> None:
    async with team.starting() as program:
        await program.line("Listening in Slack")
        await team.slack.use_http(url)
        slack = team.slack.deliveries.sender
        assert isinstance(slack, HttpSender)
        assert await slack.verify_url() == "challenge-1"


async def _forged(team: Team, url: str) -> int:
    """The answer to somebody who knows everything but the secret."""
    return await _sent(url, _message(team), sign(_message(team), secret="guessed", at=int(time.time())))


async def _repeated(team: Team, url: str) -> int:
    """The answer to somebody who repeats what Slack has sent an hour ago."""
    secret = team.slack.signing_secret
    return await _sent(url, _message(team), sign(_message(team), secret=secret, at=int(time.time()) - 3600))


async def _sent(url: str, body: str, headers: dict[str, str]) -> int:
    headers |= {"Content-Type": "application/json"}
    async with aiohttp.ClientSession() as session, session.post(url, data=body, headers=headers) as answer:
        return answer.status


def _message(team: Team) -> str:
    event = {"type": "message", "channel": team.bob.direct.id, "channel_type": "im", "user": team.bob.id}
    said = event | {"text": "write another note", "ts": team.slack.workspace.ts()}
    return json.dumps(team.slack.happenings.event(said))
