"""What the simulated Slack tells and answers has the shape Slack publishes."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.platforms.slack.published import FOLDER, methods
from tests.platforms.slack.simulator import SlackSimulator
from tests.support.chat_bolt import BoltApp, client_of

pytestmark = [
    pytest.mark.slack,
    pytest.mark.skipif(not (FOLDER / "payloads").exists(), reason="Slack's published examples are not at hand"),
]

# newer than the published examples, or left out of them
_NEWER = {"context_team_id", "context_enterprise_id", "response_urls"}
_FREE = {"blocks", "values", "bot_profile", "files", "actions", "view", "attachments", "metadata"}
"""Keys whose content depends on what was posted."""


def published(name: str) -> dict[str, Any]:
    return json.loads((FOLDER / "payloads" / f"{name}Payload.json").read_text())


def unknown_keys(ours: Any, theirs: Any, path: str = "") -> Iterator[str]:
    """Where our payload has a key that Slack's example has not; one that is empty there may hold anything."""
    if isinstance(ours, dict) and isinstance(theirs, dict) and theirs:
        for key, value in ours.items():
            if key not in theirs:
                if key not in _NEWER:
                    yield f"{path}.{key}"
            elif key not in _FREE:
                yield from unknown_keys(value, theirs[key], f"{path}.{key}")


async def test_everything_that_happens_has_the_published_shape() -> None:
    async with SlackSimulator(own_messages=False) as slack, BoltApp(slack).on_sockets() as app:
        await everything_happens(slack)
        heard = app.heard
    events = {body["event"].get("subtype") or body["event"]["type"]: body for _, body in heard if "event" in body}
    others = {body.get("type", "slash_command"): body for _, body in heard if "event" not in body}
    examples = {
        "AppMention": events["app_mention"],
        "Message": events["message"],
        "MessageChanged": events["message_changed"],
        "AppHomeOpened": events["app_home_opened"],
        "SlashCommand": others["slash_command"],
        "BlockAction": others["block_actions"],
        "MessageShortcut": others["message_action"],
        "ViewSubmission": others["view_submission"],
    }
    for name, ours in examples.items():
        assert list(unknown_keys(ours, published(name))) == [], name


async def test_every_answer_has_what_slack_says_it_always_has() -> None:
    async with SlackSimulator(own_messages=False) as slack:
        await everything_is_called(slack)
        answered = {call.method: call.answer for call in slack.calls if call.answer["ok"]}
    assert answered.keys() >= methods().keys() & {call.method for call in slack.calls}
    for name, answer in answered.items():
        output = methods()[name].get("output") or {}
        assert set(output.get("required", ())) <= answer.keys(), name


async def everything_happens(slack: SlackSimulator) -> None:
    """One of each kind of happening."""
    alice, api, client = slack.person("alice"), slack.channel("api"), client_of(slack)
    plain = {"type": "plain_text", "text": "Press"}
    button = {"type": "button", "text": plain, "action_id": "a"}
    actions = [{"type": "actions", "elements": [button]}]
    element = {"type": "plain_text_input", "action_id": "text"}
    field = {"type": "input", "block_id": "why", "label": plain, "element": element}
    view = {"type": "modal", "title": plain, "submit": plain, "blocks": [field]}
    await alice.types("/orchestrate status", api)
    said = await alice.mentions("hello", api)
    await alice.edits(said, "hello again")
    await alice.replies("and more", said)
    await alice.opens_home()
    await alice.uses_shortcut("orchestrate_this", said)
    await client.chat_postMessage(channel=api.id, text="x", blocks=actions, thread_ts=said.ts)
    click = await alice.clicks("Press", await slack.shows(lambda message: "Press" in message.labels))
    await client.views_open(trigger_id=click.payload["trigger_id"], view=view)
    await alice.submits(await slack.opens_form(alice), {"why": "because"})


async def everything_is_called(slack: SlackSimulator) -> None:
    """One successful call of each method."""
    alice, api, client = slack.person("alice"), slack.channel("api"), client_of(slack)
    home: dict[str, Any] = {"type": "home", "blocks": []}
    form = {"type": "modal", "title": {"type": "plain_text", "text": "x"}, "blocks": []}
    await client.auth_test()
    await client.team_info()
    await client.users_info(user=alice.id)
    await client.bots_info(bot="BBOT00001")
    await client.apps_connections_open(app_token=slack.app_token)
    ts = (await client.chat_postMessage(channel=api.id, text="x"))["ts"]
    await client.chat_update(channel=api.id, ts=ts, text="y")
    await client.chat_postEphemeral(channel=api.id, user=alice.id, text="x")
    await client.chat_getPermalink(channel=api.id, message_ts=ts)
    await client.conversations_open(users=alice.id)
    await client.conversations_info(channel=api.id)
    await client.conversations_members(channel=api.id)
    await client.conversations_history(channel=api.id)
    await client.conversations_replies(channel=api.id, ts=ts)
    await client.reactions_add(channel=api.id, timestamp=ts, name="eyes")
    await client.agents_sessions_setStatus(channel_id=api.id, thread_ts=ts, status="processing")
    await client.assistant_threads_setStatus(channel_id=api.id, thread_ts=ts, status="works")
    await client.views_publish(user_id=alice.id, view=home)
    view = await client.views_open(trigger_id=slack.workspace.trigger(alice.id), view=form)
    await client.views_update(view_id=view["view"]["id"], view=form)
    await client.files_upload_v2(channel=api.id, content="x", filename="x.txt")
    stream = await client.chat_startStream(
        channel=api.id, thread_ts=ts, recipient_team_id=alice.account.team, recipient_user_id=alice.id
    )
    await client.chat_appendStream(channel=api.id, ts=stream["ts"], markdown_text="x")
    await client.chat_stopStream(channel=api.id, ts=stream["ts"])
    await client.chat_delete(channel=api.id, ts=ts)
