"""The simulated Web API, called by Slack's own client: what it does, and what it refuses as Slack does."""

from typing import Any

import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from tests.platforms.slack.call import Call
from tests.platforms.slack.catalogue import METHODS, PER_MINUTE
from tests.platforms.slack.published import methods as published_methods
from tests.platforms.slack.rates import POST_BURST
from tests.platforms.slack.simulator import SlackSimulator
from tests.platforms.slack.web_api import HANDLERS
from tests.support.chat_bolt import client_of

pytestmark = pytest.mark.slack


@pytest.fixture
def client(slack: SlackSimulator) -> AsyncWebClient:
    return client_of(slack)


async def refused(slack: SlackSimulator, method: str, **arguments: Any) -> str:
    """The error that a call gets."""
    with pytest.raises(SlackApiError) as caught:
        await client_of(slack).api_call(method, json=arguments)
    return str(caught.value.response["error"])


def section(text: str) -> dict[str, Any]:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}}


@pytest.mark.skipif(not published_methods(), reason="Slack's published descriptions are not at hand")
@pytest.mark.parametrize("name", METHODS)
def test_our_table_of_methods_is_what_slack_publishes(name: str) -> None:
    described, ours = published_methods()[name], METHODS[name]
    arguments = described["args"]
    assert set(arguments["properties"]) - {"token"} == ours.required | ours.optional
    # what its schema calls required and its own text does not: chunks may come instead
    assert set(arguments["required"]) - {"token", "markdown_text"} == ours.required
    assert described["rate_limits"] == f"t{ours.tier}"
    assert bool(described.get("json_input_supported")) == ours.json
    scopes = set(described["scope"].get("bot", ()))
    assert (ours.scope in scopes) if ours.scope else (not scopes or ours.reads)


def test_every_method_of_the_table_is_simulated() -> None:
    assert HANDLERS.keys() | {"apps.connections.open"} == METHODS.keys()


async def test_a_message_is_posted_changed_read_and_deleted(slack: SlackSimulator, client: AsyncWebClient) -> None:
    api = slack.channel("api")
    noted = {"event_type": "note", "event_payload": {"key": "k"}}
    root = await client.chat_postMessage(channel=api.id, text="first", metadata=noted)
    reply = await client.chat_postMessage(channel=api.id, text="second", thread_ts=root["ts"])
    await client.chat_update(channel=api.id, ts=root["ts"], text="changed", blocks=[section("*changed*")])
    read = await client.conversations_replies(channel=api.id, ts=root["ts"], include_all_metadata=True)
    assert [each["text"] for each in read["messages"]] == ["changed", "second"]
    assert read["messages"][0]["metadata"] == noted
    newest = await client.conversations_history(channel=api.id, limit=1)
    assert [each["ts"] for each in newest["messages"]] == [root["ts"]]
    link = await client.chat_getPermalink(channel=api.id, message_ts=reply["ts"])
    assert root["ts"] in link["permalink"]
    await client.chat_delete(channel=api.id, ts=reply["ts"])
    assert [each.words for each in slack.messages(api)] == ["changed\n*changed*"]


async def test_long_lists_come_in_pages(slack: SlackSimulator, client: AsyncWebClient) -> None:
    api = slack.channel("api")
    root = await client.chat_postMessage(channel=api.id, text="0")
    for number in range(1, 4):
        await client.chat_postMessage(channel=api.id, text=str(number), thread_ts=root["ts"])
    seen, cursor = list[str](), ""
    while True:
        page = await client.conversations_replies(channel=api.id, ts=root["ts"], limit=3, cursor=cursor)
        seen += [each["text"] for each in page["messages"]]
        cursor = page["response_metadata"]["next_cursor"]
        if not cursor:
            break
    assert seen == ["0", "1", "2", "3"]


async def test_a_file_is_uploaded_by_the_library(slack: SlackSimulator, client: AsyncWebClient) -> None:
    api = slack.channel("api")
    await client.files_upload_v2(channel=api.id, content="+ added\n", filename="a.diff", title="The change")
    shown = await slack.shows(lambda message: bool(message.files), in_=api)
    file = slack.workspace.files[shown.files[0]]
    assert (file.data, file.title) == (b"+ added\n", "The change")


async def test_who_is_who_can_be_looked_up(slack: SlackSimulator, client: AsyncWebClient) -> None:
    alice, api = slack.person("alice"), slack.channel("api")
    assert (await client.auth_test())["user_id"] in (await client.conversations_members(channel=api.id))["members"]
    assert (await client.users_info(user=alice.id))["user"]["profile"]["display_name"] == "alice"
    assert (await client.conversations_info(channel=api.id))["channel"]["name"] == "api"
    assert (await client.team_info())["team"]["id"] == (await client.auth_test())["team_id"]
    assert (await client.conversations_open(users=alice.id))["channel"]["id"] == alice.direct.id


async def test_an_ephemeral_message_is_seen_by_one(slack: SlackSimulator, client: AsyncWebClient) -> None:
    alice, api = slack.person("alice"), slack.channel("api")
    shown = await client.chat_postEphemeral(channel=api.id, user=alice.id, text="psst")
    assert [each.only_for for each in slack.messages(api)] == [alice.id]
    assert await refused(slack, "chat.update", channel=api.id, ts=shown["message_ts"], text="x") == "message_not_found"


async def test_a_stream_grows_and_ends(slack: SlackSimulator, client: AsyncWebClient) -> None:
    alice, api = slack.person("alice"), slack.channel("api")
    asked = await alice.says("how?", api)
    stream = await client.chat_stream(
        channel=api.id,
        thread_ts=asked.ts,
        recipient_team_id=alice.account.team,
        recipient_user_id=alice.id,
        buffer_size=1,
    )
    for piece in ("like ", "this"):
        await stream.append(markdown_text=piece)
    await stream.stop()
    answer = await slack.shows(lambda message: message.text == "like this", in_=asked)
    assert not answer.streams(slack.now())


async def test_a_stream_dies_after_five_minutes(slack: SlackSimulator) -> None:
    alice = slack.person("alice")
    asked = await alice.writes("how?")
    arguments = {"channel": asked.channel, "thread_ts": asked.ts, "markdown_text": "like "}
    stream = (await client_of(slack).api_call("chat.startStream", json=arguments))["ts"]
    where = {"channel": asked.channel, "ts": stream}
    assert await refused(slack, "chat.update", **where, text="x") == "streaming_state_conflict"
    slack.passes(301)
    assert await refused(slack, "chat.appendStream", **where, markdown_text="x") == "message_not_in_streaming_state"


async def test_the_app_must_be_where_it_writes(slack: SlackSimulator) -> None:
    alice = slack.person("alice")
    closed = slack.channel("old")
    closed.archived = True
    elsewhere, secret = slack.channel("elsewhere", with_app=False), slack.channel("hr", private=True, with_app=False)
    for channel, error in (
        (closed.id, "is_archived"),
        (elsewhere.id, "not_in_channel"),
        (secret.id, "channel_not_found"),
        ("C9999", "channel_not_found"),
    ):
        assert await refused(slack, "chat.postMessage", channel=channel, text="x") == error
    assert await refused(slack, "chat.postEphemeral", channel=elsewhere.id, user=alice.id, text="x") == "not_in_channel"
    alice.account.disabled = True
    assert await refused(slack, "conversations.open", users=alice.id) == "user_disabled"
    assert await refused(slack, "conversations.open", users="U9999") == "user_not_found"


async def test_a_thread_without_its_messages_is_gone(slack: SlackSimulator, client: AsyncWebClient) -> None:
    api = slack.channel("api")
    root = await client.chat_postMessage(channel=api.id, text="x")
    await client.chat_delete(channel=api.id, ts=root["ts"])
    gone = {"channel": api.id, "thread_ts": root["ts"], "text": "x"}
    assert await refused(slack, "chat.postMessage", **gone) == "thread_not_found"
    assert await refused(slack, "chat.update", channel=api.id, ts=root["ts"], text="x") == "message_not_found"


async def test_a_method_is_called_so_often_a_minute(slack: SlackSimulator, client: AsyncWebClient) -> None:
    slack.stands_still()
    api = slack.channel("api")
    message = await client.chat_postMessage(channel=api.id, text="x")
    for number in range(PER_MINUTE[3]):
        await client.chat_update(channel=api.id, ts=message["ts"], text=str(number))
    with pytest.raises(SlackApiError) as caught:
        await client.chat_update(channel=api.id, ts=message["ts"], text="once more")
    assert (caught.value.response.status_code, caught.value.response["error"]) == (429, "ratelimited")
    slack.passes(float(caught.value.response.headers["Retry-After"]))
    await client.chat_update(channel=api.id, ts=message["ts"], text="once more")
    assert [each.method for each in slack.api.rate_limited] == ["chat.update"]


async def test_a_channel_takes_about_a_post_a_second(slack: SlackSimulator, client: AsyncWebClient) -> None:
    slack.stands_still()
    api, web = slack.channel("api"), slack.channel("web")
    for number in range(int(POST_BURST)):
        await client.chat_postMessage(channel=api.id, text=str(number))
    assert await refused(slack, "chat.postMessage", channel=api.id, text="x") == "ratelimited"
    await client.chat_postMessage(channel=web.id, text="elsewhere there is room")
    slack.passes(1)
    await client.chat_postMessage(channel=api.id, text="x")


async def test_tokens_and_scopes_are_looked_at(slack: SlackSimulator) -> None:
    async def error_with(token: str, method: str) -> dict[str, Any]:
        with pytest.raises(SlackApiError) as caught:
            await AsyncWebClient(token=token, base_url=slack.api_url).api_call(method, json={})
        data = caught.value.response.data
        assert isinstance(data, dict)
        return data

    assert (await error_with("xoxb-unknown", "auth.test"))["error"] == "invalid_auth"
    assert (await error_with(slack.app_token, "auth.test"))["error"] == "not_allowed_token_type"
    assert (await error_with(slack.bot_token, "apps.connections.open"))["error"] == "not_allowed_token_type"
    async with SlackSimulator(scopes=("chat:write",)) as other:
        alice = other.person("alice")
        with pytest.raises(SlackApiError) as caught:
            await client_of(other).users_info(user=alice.id)
        assert caught.value.response["needed"] == "users:read"
        with pytest.raises(SlackApiError) as caught:
            await client_of(other).conversations_history(channel=alice.direct.id)
        assert caught.value.response["needed"] == "im:history"


def calls_of(slack: SlackSimulator, method: str) -> list[Call]:
    return [call for call in slack.calls if call.method == method]


async def test_methods_without_json_do_not_understand_it(slack: SlackSimulator) -> None:
    alice = slack.person("alice")
    assert await refused(slack, "users.info", user=alice.id) == "invalid_arguments"
    assert calls_of(slack, "users.info")[0].arguments == {}
    slack.violations.clear()


async def test_slack_can_put_a_reply_to_a_thread_that_is_gone_into_the_channel() -> None:
    async with SlackSimulator(loose_threads=True) as slack:
        client, api = client_of(slack), slack.channel("api")
        root = await client.chat_postMessage(channel=api.id, text="x")
        await client.chat_delete(channel=api.id, ts=root["ts"])
        lost = await client.chat_postMessage(channel=api.id, text="y", thread_ts=root["ts"])
        assert "thread_ts" not in lost["message"]


async def test_text_without_blocks_takes_the_place_of_both(slack: SlackSimulator, client: AsyncWebClient) -> None:
    api = slack.channel("api")
    posted = await client.chat_postMessage(channel=api.id, text="x", blocks=[section("y")])
    changed = await client.chat_update(channel=api.id, ts=posted["ts"], text="z", blocks=[section("y2")])
    assert "edited" not in changed["message"]
    changed = await client.chat_update(channel=api.id, ts=posted["ts"], text="z")
    assert changed["message"]["blocks"] == []
    assert "edited" in changed["message"]
