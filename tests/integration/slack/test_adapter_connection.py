"""The connection to Slack: it is opened again however it ends, and whoever may not connect is told why."""

import asyncio
from dataclasses import replace

import aiohttp
import pytest
from slack_sdk.signature import SignatureVerifier

from adapters.chat.inbound import ButtonPressed, CommandReceived, MessageReceived
from adapters.slack.adapter import SlackAdapter
from core.domain.errors import AddressUnavailableError, ConfigurationError
from tests.integration.slack.adapter_running import WITHIN_S, Ear, running, settings
from tests.platforms.slack.simulator import SlackSimulator

pytestmark = pytest.mark.slack


async def test_a_dropped_socket_is_opened_again_and_what_was_said_meanwhile_is_heard():
    ear = Ear()
    async with SlackSimulator() as slack, running(slack, ear):
        channel, alice = slack.channel("general"), slack.person("alice")
        await slack.sockets.drop()
        await alice.mentions("still there?", channel)

        assert (await ear.hears(MessageReceived)).text == "still there?"
        assert slack.sockets.opened == 2


async def test_a_socket_that_died_in_silence_is_noticed_and_opened_again():
    ear = Ear()
    async with SlackSimulator(retry_after_s=(0.1,) * 300) as slack, running(slack, ear, ping_every_s=0.2):
        slack.sockets.go_silent()
        await slack.connected()
        await slack.person("alice").mentions("still there?", slack.channel("general"))

        assert (await ear.hears(MessageReceived)).text == "still there?"


async def test_a_socket_that_slack_calls_off_is_replaced_and_nothing_is_lost():
    ear = Ear()
    async with SlackSimulator() as slack, running(slack, ear):
        channel, alice = slack.channel("general"), slack.person("alice")
        await slack.sockets.refresh()
        await slack.connected()
        await alice.types("/orchestrate status", channel)

        await ear.hears(CommandReceived)
        assert slack.missed_acks == []


async def test_connecting_goes_on_through_refusals_and_errors():
    ear = Ear()
    async with SlackSimulator() as slack:
        slack.sockets.refuse(2)
        slack.faults.server_error("auth.test")
        slack.faults.server_error("apps.connections.open", status=503)
        async with running(slack, ear):
            await slack.person("alice").types("/orchestrate status", slack.channel("general"))

            await ear.hears(CommandReceived)


@pytest.mark.parametrize(
    ("different", "says"),
    [
        ({"bot_token": "xoxb-revoked"}, "bot_token"),
        ({"bot_token": "xoxp-1-person"}, "bot_token"),
        ({"bot_token": ""}, "bot_token"),
        ({"app_token": "xapp-revoked"}, "app_token"),
        ({"app_token": ""}, "app_token"),
        ({"mode": "http", "signing_secret": ""}, "signing_secret"),
    ],
)
async def test_whoever_slack_will_never_let_in_is_told_which_token_to_mend(different, says):
    async with SlackSimulator() as slack:
        adapter = SlackAdapter(settings(slack, **different))
        async with asyncio.timeout(WITHIN_S):
            with pytest.raises(ConfigurationError) as refused:
                await adapter.run(Ear(), ready=lambda: None)

        assert says in refused.value.source
        assert refused.value.hint
        assert "xoxb-revoked" not in str(refused.value)
        # the simulator's own rule that an app never uses a wrong token is what was tested
        slack.api.violations.clear()


async def test_secrets_are_not_shown():
    async with SlackSimulator() as slack:
        shown = repr(settings(slack))

    assert all(secret not in shown for secret in (slack.bot_token, slack.app_token, slack.signing_secret))


async def test_closing_twice_leaves_nothing_and_running_again_works():
    ear = Ear()
    async with SlackSimulator() as slack:
        adapter = SlackAdapter(settings(slack))
        for _ in range(2):
            ready = asyncio.Event()
            task = asyncio.create_task(adapter.run(ear, ready=ready.set))
            async with asyncio.timeout(WITHIN_S):
                await ready.wait()
            task.cancel()
            task.cancel()
            await asyncio.wait({task})
            assert task.cancelled()
        others = asyncio.all_tasks() - {asyncio.current_task()}
        assert not [each for each in others if each.get_name().startswith("slack-")]


# HTTP mode


async def test_by_http_commands_events_and_clicks_are_heard_and_retries_are_the_same_event():
    ear = Ear(fail=1)
    async with SlackSimulator(retry_after_s=(0.05,)) as slack, running(slack, ear, mode="http") as adapter:
        await slack.use_http(f"http://127.0.0.1:{adapter.port}/slack/events")
        channel, alice = slack.channel("general"), slack.person("alice")
        await alice.writes("hello")
        await alice.types("/orchestrate fix `a < b`", channel)

        assert (await ear.hears(MessageReceived)).text == "hello"
        assert (await ear.hears(CommandReceived)).text == "fix `a < b`"
        assert len({each.event_id for each in ear.said}) == len(ear.said)


async def test_by_http_slack_is_answered_in_time_while_keeping_hangs():
    ear = Ear(hold=asyncio.Event())
    async with SlackSimulator() as slack, running(slack, ear, mode="http", ack_after_s=0.2) as adapter:
        await slack.use_http(f"http://127.0.0.1:{adapter.port}/slack/events")
        await slack.person("alice").types("/orchestrate status", slack.channel("general"))

        assert slack.missed_acks == []
        assert ear.hold is not None
        ear.hold.set()
        await ear.hears(CommandReceived)


@pytest.mark.parametrize("forged", ["unsigned", "wrong secret", "old", "{", "[]", '{"team": 5}', "\x00"])
async def test_by_http_what_slack_did_not_sign_is_turned_away(forged):
    ear = Ear()
    body = "command=%2Forchestrate&text=status&user_id=U1&team_id=T1&channel_id=C1&trigger_id=1.2.3"
    async with SlackSimulator() as slack, running(slack, ear, mode="http") as adapter:
        verifier = SignatureVerifier("another" if forged == "wrong secret" else slack.signing_secret)
        at = str(int(slack.now()) - (600 if forged == "old" else 0))
        headers = {"Content-Type": "application/x-www-form-urlencoded", "X-Slack-Request-Timestamp": at}
        if forged in {"{", "[]", '{"team": 5}', "\x00"}:
            headers["Content-Type"], body = "application/json", forged
        elif forged != "unsigned":
            headers["X-Slack-Signature"] = str(verifier.generate_signature(timestamp=at, body=body))
        url = f"http://127.0.0.1:{adapter.port}/slack/events"
        async with aiohttp.ClientSession() as session, session.post(url, data=body, headers=headers) as response:
            assert response.status in {400, 401}
    assert ear.said == []


async def test_by_http_slacks_handshake_is_answered():
    body = '{"type": "url_verification", "challenge": "abc"}'
    async with SlackSimulator() as slack, running(slack, mode="http") as adapter:
        at = str(int(slack.now()))
        headers = {
            "Content-Type": "application/json",
            "X-Slack-Request-Timestamp": at,
            "X-Slack-Signature": str(
                SignatureVerifier(slack.signing_secret).generate_signature(timestamp=at, body=body)
            ),
        }
        url = f"http://127.0.0.1:{adapter.port}/slack/events"
        async with aiohttp.ClientSession() as session, session.post(url, data=body, headers=headers) as response:
            assert "abc" in await response.text()


async def test_by_http_an_address_that_is_taken_is_said():
    async with SlackSimulator() as slack, running(slack, mode="http") as adapter:
        assert adapter.port is not None
        second = SlackAdapter(replace(settings(slack, mode="http"), port=adapter.port))
        with pytest.raises(AddressUnavailableError) as refused:
            await second.run(Ear(), ready=lambda: None)

        assert str(adapter.port) in str(refused.value)


async def test_a_click_on_a_button_nobody_knows_is_heard_all_the_same():
    ear = Ear()
    async with SlackSimulator() as slack, running(slack, ear):
        payload = {
            "type": "block_actions", "user": {"id": "U1", "name": "alice", "team_id": "T1"}, "trigger_id": "1.2.3",
            "container": {"channel_id": "C1", "message_ts": "1.1"}, "actions": [{"type": "button", "action_id": "?"}],
        }  # fmt: skip
        await slack.deliveries.deliver("interactive", payload)

        assert (await ear.hears(ButtonPressed)).token == "?"
