"""Slack's requests by HTTP, taken by Bolt, and what can be made to go wrong with calls."""

import asyncio
from collections.abc import AsyncIterator

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError

from tests.platforms.slack.requests import HttpSender, sign
from tests.platforms.slack.simulator import SlackSimulator
from tests.support.chat_bolt import BoltApp, client_of

pytestmark = pytest.mark.slack


@pytest.fixture
async def app() -> AsyncIterator[BoltApp]:
    """A listening app."""
    async with SlackSimulator(own_messages=False) as slack, BoltApp(slack).on_http() as app:
        yield app


async def test_events_commands_and_clicks_arrive_signed(app: BoltApp) -> None:
    alice, api = app.slack.person("alice"), app.slack.channel("api")
    assert (await alice.types("/orchestrate status", api)).acked
    assert (await alice.opens_home()).acked
    said = await alice.says("hello & <goodbye>", api)
    assert (await alice.uses_shortcut("orchestrate_this", said)).acked
    assert [kind for kind, _ in app.heard] == ["command", "app_home_opened", "message", "shortcut"]
    assert app.of("message")[0]["event"]["text"] == "hello &amp; &lt;goodbye&gt;"


async def test_slack_checks_the_address_first(app: BoltApp) -> None:
    sender = app.slack.deliveries.sender
    assert isinstance(sender, HttpSender)
    assert await sender.verify_url() == "challenge-1"


async def test_what_is_not_acknowledged_comes_again_with_a_number(app: BoltApp) -> None:
    slack, numbers = app.slack, list[str | None]()

    @app.app.middleware
    async def refuse_once(request: object, next: object, body: dict[str, object]) -> None:  # noqa: A002 - Bolt's name
        numbers.append(request.headers.get("x-slack-retry-num", [None])[0])  # type: ignore[attr-defined]
        if len(numbers) == 1:
            raise RuntimeError("the database is away")
        await next()  # type: ignore[operator]

    await slack.person("alice").writes("hello")
    await slack.quiet()
    assert numbers == [None, "1"]
    assert len(app.of("message")) == 1
    assert slack.acks[0].acked


def test_signatures_have_a_time_and_a_version() -> None:
    # that they are right is proved by Bolt, which checks them in the tests above
    headers = sign("a=b", secret="secret", at=1531420618)
    assert headers["X-Slack-Request-Timestamp"] == "1531420618"
    assert len(headers["X-Slack-Signature"]) == len("v0=") + 64


async def test_calls_can_be_slowed_down_broken_and_cut_off() -> None:
    async with SlackSimulator() as slack:
        client, api = client_of(slack), slack.channel("api")
        slack.faults.rate_limit("chat.postMessage", retry_after_s=7)
        with pytest.raises(SlackApiError) as caught:
            await client.chat_postMessage(channel=api.id, text="1")
        assert caught.value.response.headers["Retry-After"] == "7"
        slack.faults.server_error("chat.postMessage", after=True)
        with pytest.raises(SlackApiError):
            await client.chat_postMessage(channel=api.id, text="2")
        slack.faults.error("chat.postMessage", "restricted_action")
        with pytest.raises(SlackApiError, match="restricted_action"):
            await client.chat_postMessage(channel=api.id, text="3")
        slack.faults.reset("chat.postMessage")
        with pytest.raises(aiohttp.ClientError):
            await client.chat_postMessage(channel=api.id, text="4")
        slack.faults.reset("chat.postMessage", after=True, which=lambda arguments: arguments["text"] == "5")
        with pytest.raises(aiohttp.ClientError):
            await client.chat_postMessage(channel=api.id, text="5")
        assert [each.text for each in slack.messages(api)] == ["2", "5"]


async def test_an_answer_can_be_held_back() -> None:
    async with SlackSimulator() as slack:
        client, api = client_of(slack), slack.channel("api")
        go_on = slack.faults.hold("chat.postMessage", after=True)
        call = asyncio.create_task(client.chat_postMessage(channel=api.id, text="x"))
        await slack.shows(lambda message: message.text == "x")
        assert not call.done()
        go_on.set()
        assert (await call)["ok"]
