"""The simulated Socket Mode, listened to by Bolt: what people do arrives, is acknowledged, and comes again if not."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from tests.platforms.slack.message import Message
from tests.platforms.slack.person import Person
from tests.platforms.slack.simulator import SlackSimulator
from tests.platforms.slack.workspace import BOT_USER, Channel
from tests.support.chat_bolt import BoltApp, client_of
from tests.support.waiting import eventually

pytestmark = pytest.mark.slack

PLAIN = {"type": "plain_text", "text": "Reason"}
FORM: dict[str, Any] = {
    "type": "modal",
    "title": PLAIN,
    "submit": PLAIN,
    "notify_on_close": True,
    "blocks": [
        {
            "type": "input",
            "block_id": "why",
            "label": PLAIN,
            "element": {"type": "plain_text_input", "action_id": "text"},
        }
    ],
}


@pytest.fixture
async def slack() -> AsyncIterator[SlackSimulator]:
    async with SlackSimulator(own_messages=False) as simulator:
        yield simulator


@pytest.fixture
async def app(slack: SlackSimulator) -> AsyncIterator[BoltApp]:
    async with BoltApp(slack).on_sockets() as app:
        yield app


@pytest.fixture
def api(slack: SlackSimulator) -> Channel:
    return slack.channel("api")


@pytest.fixture
def alice(slack: SlackSimulator) -> Person:
    return slack.person("alice")


async def card(slack: SlackSimulator, channel: Channel, action_id: str = "token-1") -> Message:
    """A message of the app with a button."""
    button = {"type": "button", "text": {"type": "plain_text", "text": "Approve"}, "action_id": action_id}
    blocks = [{"type": "actions", "elements": [button]}]
    await client_of(slack).chat_postMessage(channel=channel.id, text="May I?", blocks=blocks)
    return await slack.shows(lambda message: "Approve" in message.labels)


async def test_a_command_arrives_as_typed_and_its_acknowledgement_is_timed(
    app: BoltApp, alice: Person, api: Channel
) -> None:
    sent = await alice.types("/orchestrate fix `a<b` for @alice in #api, issue #123: https://example.com/x", api)
    body = app.of("command")[0]
    expected = f"fix `a&lt;b` for <@{alice.id}|alice> in <#{api.id}|api>, issue #123: <https://example.com/x>"
    assert (body["command"], body["text"]) == ("/orchestrate", expected)
    assert sent.acked_after_s is not None


async def test_a_click_on_a_message_and_in_its_thread_says_where_it_was(
    app: BoltApp, slack: SlackSimulator, alice: Person, api: Channel
) -> None:
    await alice.clicks("Approve", await card(slack, api))
    body = app.of("action")[0]
    assert body["actions"][0]["action_id"] == "token-1"
    assert body["container"]["channel_id"] == api.id
    with pytest.raises(AssertionError, match="no button 'Deny'"):
        await alice.clicks("Deny", slack.messages(api)[0])


async def test_a_form_is_opened_filled_in_refused_and_sent(
    app: BoltApp, slack: SlackSimulator, alice: Person, api: Channel
) -> None:
    await alice.clicks("Approve", await card(slack, api))
    await client_of(slack).views_open(trigger_id=app.of("action")[0]["trigger_id"], view=FORM)
    form = await slack.opens_form(alice)
    with pytest.raises(AssertionError, match="must be filled in"):
        await alice.submits(form, {})
    app.answer = {"response_action": "errors", "errors": {"why": "Say more."}}
    await alice.submits(form, {"Reason": "no"})
    assert alice.form is form
    app.answer = {}
    await alice.submits(form, {"why": "too risky"})
    assert alice.form is None
    assert app.of("view")[-1]["view"]["state"]["values"]["why"]["text"]["value"] == "too risky"


async def test_a_mention_arrives_twice_with_ids_of_their_own(app: BoltApp, alice: Person, api: Channel) -> None:
    said = await alice.mentions("what now?", api)
    # Bolt acknowledges an event before its listener has heard it
    await eventually(lambda: bool(app.of("app_mention") and app.of("message")), what="both")
    mention, message = app.of("app_mention")[0], app.of("message")[0]
    assert mention["event_id"] != message["event_id"]
    assert mention["event"]["ts"] == message["event"]["ts"] == said.ts
    assert mention["event"]["text"] == f"<@{BOT_USER}> what now?"


async def test_threads_direct_messages_edits_and_files_look_as_in_slack(
    app: BoltApp, alice: Person, api: Channel
) -> None:
    root = await alice.says("hello", api)
    reply = await alice.replies("again", root)
    await alice.edits(reply, "and again")
    await alice.writes("only you")
    await alice.says("look", api, file="a.txt")
    events = [body["event"] for body in app.of("message")]
    assert [each.get("subtype") for each in events] == [None, None, "message_changed", None, "file_share"]
    assert (events[1]["thread_ts"], events[1]["parent_user_id"]) == (root.ts, alice.id)
    assert events[2]["message"]["text"] == "and again"
    assert [each["channel_type"] for each in events] == ["channel", "channel", "channel", "im", "channel"]


async def test_shortcuts_the_home_page_and_the_stop_button(
    app: BoltApp, slack: SlackSimulator, alice: Person, api: Channel
) -> None:
    said = await alice.says("the parser is broken", api)
    await alice.uses_shortcut("orchestrate_this", said)
    assert app.of("shortcut")[0]["message"]["text"] == "the parser is broken"
    await alice.opens_home()
    assert app.of("app_home_opened")[0]["event"]["tab"] == "home"
    button = {"type": "button", "text": PLAIN, "action_id": "home-1"}
    home: dict[str, Any] = {"type": "home", "blocks": [{"type": "actions", "elements": [button]}]}
    await client_of(slack).views_publish(user_id=alice.id, view=home)
    await alice.clicks("Reason", await slack.shows_home(alice))
    assert app.of("action")[0]["container"]["type"] == "view"
    await alice.stops(said)
    assert app.of("agent_session_stopped")[0]["event"]["thread_ts"] == said.ts


async def test_another_company_keeps_its_own_team(app: BoltApp, slack: SlackSimulator, api: Channel) -> None:
    guest = slack.person("guest", team="T9")
    await guest.says("hello", api)
    body = app.of("message")[0]
    assert (body["team_id"], body["event"]["user_team"], body["is_ext_shared_channel"]) == ("T0123", "T9", True)


async def test_an_event_that_is_not_acknowledged_comes_again_with_the_same_id(
    slack: SlackSimulator, alice: Person
) -> None:
    async with BoltApp(slack).on_sockets(ping_s=0.1) as app:
        # Bolt itself acknowledges events before a listener runs, so the connection is what does not answer here
        slack.sockets.go_silent()
        await alice.writes("hello")
        envelope = slack.acks[0]
        assert envelope.failures[0] in ("timeout", "connection_lost")
        await slack.until(lambda: envelope if envelope.acked else None)
    # on a busy machine the next connection may be taken for dead as well
    assert {body["event_id"] for body in app.of("message")} == {envelope.payload["event_id"]}
    assert slack.sockets.opened > 1


async def test_a_click_that_is_not_acknowledged_is_told_to_the_person_and_not_repeated() -> None:
    async with SlackSimulator(ack_within_s=0.5, own_messages=False) as slack, BoltApp(slack).on_sockets() as app:
        message = await card(slack, slack.channel("api"))
        app.hears.clear()
        click = await slack.person("alice").clicks("Approve", message)
        assert (click.failure, click.attempts) == ("timeout", 1)
        app.hears.set()
        await slack.until(lambda: slack.sockets.late or None)
        assert slack.missed_acks == [click]


async def test_a_command_without_a_connection_fails_at_once_and_a_message_waits(
    app: BoltApp, slack: SlackSimulator, alice: Person, api: Channel
) -> None:
    slack.sockets.refuse(times=1)
    await slack.sockets.drop()
    assert (await alice.types("/orchestrate status", api)).failure == "no_connection"
    await alice.writes("are you there?")
    await slack.until(lambda: app.of("message") or None)
    assert app.of("command") == []


async def test_a_refresh_moves_the_app_to_a_new_connection(app: BoltApp, slack: SlackSimulator, alice: Person) -> None:
    await slack.sockets.refresh()
    await slack.connected()
    await alice.writes("hello")
    assert len(app.of("message")) == 1
    assert slack.sockets.opened == 2


async def test_events_can_come_twice_late_and_in_another_order(
    app: BoltApp, slack: SlackSimulator, alice: Person
) -> None:
    slack.deliveries.hold()
    for text in ("one", "two", "three"):
        await alice.writes(text)
    assert app.heard == []
    slack.deliveries.release(reversed)
    await slack.quiet()
    assert [body["event"]["text"] for body in app.of("message")] == ["three", "two", "one"]
    slack.deliveries.twice = True
    await alice.writes("four")
    first, second = app.of("message")[-2:]
    assert first["event_id"] == second["event_id"]


async def test_the_app_hears_of_its_own_messages_too() -> None:
    async with SlackSimulator() as slack, BoltApp(slack).on_sockets():
        api = slack.channel("api")
        posted = await client_of(slack).chat_postMessage(channel=api.id, text="x")
        await client_of(slack).chat_update(channel=api.id, ts=posted["ts"], text="y")
        await slack.quiet()
        events = [envelope.payload["event"] for envelope in slack.acks]
    assert [(each.get("bot_id"), each.get("subtype")) for each in events] == [
        ("BBOT00001", None),
        (None, "message_changed"),
    ]


async def test_people_see_what_is_meant_for_them(slack: SlackSimulator, api: Channel, alice: Person) -> None:
    bob, secret = slack.person("bob"), slack.channel("hr", private=True)
    alice.joins(secret)
    client = client_of(slack)
    await client.chat_postEphemeral(channel=api.id, user=bob.id, text="for bob")
    await client.chat_postMessage(channel=secret.id, text="for those in the room")
    assert (await bob.sees(lambda _: True)).text == "for bob"
    assert (await alice.sees(lambda _: True)).text == "for those in the room"
    with pytest.raises(AssertionError, match="for bob"):
        await slack.shows(lambda message: message.text == "nothing", within_s=0.01)
