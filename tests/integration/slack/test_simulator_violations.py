"""What no app should ever send: the simulated Slack refuses it, remembers it, and fails the test at its end."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from slack_sdk.errors import SlackApiError

from tests.platforms.slack.published import definitions
from tests.platforms.slack.simulator import SlackSimulator
from tests.support.chat_bolt import client_of

pytestmark = pytest.mark.slack

PLAIN = {"type": "plain_text", "text": "x"}
BUTTON = {"type": "button", "text": PLAIN, "action_id": "a"}
INPUT = {
    "type": "input",
    "label": PLAIN,
    "element": {"type": "plain_text_input", "action_id": "a"},
}


def section(text: str, **more: Any) -> dict[str, Any]:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}, **more}


def table(rows: int, cell: str = "x", kind: str = "table") -> dict[str, Any]:
    caption = {"caption": "c"} if kind == "data_table" else {}
    return {"type": kind, "rows": [[{"type": "raw_text", "text": cell}]] * rows, **caption}


BLOCKS: dict[str, list[dict[str, Any]]] = {
    "too long a text": [section("x" * 3001)],
    "no text": [section("")],
    "a heading too long": [{"type": "header", "text": {"type": "plain_text", "text": "x" * 151}}],
    "a button too long": [{"type": "actions", "elements": [BUTTON | {"text": PLAIN | {"text": "x" * 76}}]}],
    "too many buttons": [{"type": "actions", "elements": [BUTTON | {"action_id": str(n)} for n in range(26)]}],
    "no buttons": [{"type": "actions", "elements": []}],
    "two buttons of one id": [{"type": "actions", "elements": [BUTTON, BUTTON]}],
    "an id too long": [{"type": "actions", "elements": [BUTTON | {"action_id": "a" * 256}]}],
    "two blocks of one id": [section("x", block_id="b"), section("y", block_id="b")],
    "too many elements": [{"type": "context", "elements": [{"type": "mrkdwn", "text": "x"}] * 11}],
    "too many fields": [{"type": "section", "fields": [PLAIN] * 11}],
    "a field too long": [{"type": "section", "fields": [PLAIN | {"text": "x" * 2001}]}],
    "an empty section": [{"type": "section"}],
    "too much markdown": [{"type": "markdown", "text": "x" * 6001}] * 2,
    "too many rows": [table(101)],
    "an empty cell": [table(2, cell="")],
    "two tables": [table(2), table(2, kind="data_table")],
    "too much in tables": [table(100, cell="x" * 101)],
    "a heading only": [table(1, kind="data_table")],
    "too full a container": [{"type": "container", "title": PLAIN, "child_blocks": [section("x")] * 11}],
    "a question too long": [
        {"type": "actions", "elements": [BUTTON | {"confirm": {"title": PLAIN | {"text": "x" * 101}, "text": PLAIN}}]}
    ],
}
UNKNOWN_TO_SCHEMA: dict[str, list[dict[str, Any]]] = {
    "no such block": [{"type": "sparkles"}],
    "no such key": [section("x", colour="red")],
    "no such style": [{"type": "actions", "elements": [BUTTON | {"style": "loud"}]}],
    "no such state": [{"type": "task_card", "task_id": "1", "title": "x", "status": "thinking"}],
}


@pytest.fixture
async def slack() -> AsyncIterator[SlackSimulator]:
    """A workspace whose violations the test itself looks at."""
    async with SlackSimulator(pace=100) as simulator:
        yield simulator
        simulator.violations.clear()


async def refused(slack: SlackSimulator, method: str, **arguments: Any) -> str:
    with pytest.raises(SlackApiError) as caught:
        await client_of(slack).api_call(method, json=arguments)
    assert len(slack.violations) == 1, slack.violations
    assert method in slack.violations[0]
    return str(caught.value.response["error"])


@pytest.mark.parametrize("what", BLOCKS)
async def test_blocks_beyond_their_limits_are_refused(slack: SlackSimulator, what: str) -> None:
    api = slack.channel("api")
    assert await refused(slack, "chat.postMessage", channel=api.id, text="x", blocks=BLOCKS[what]) == "invalid_blocks"


@pytest.mark.skipif(not definitions(), reason="Slack's published schemas are not at hand")
@pytest.mark.parametrize("what", UNKNOWN_TO_SCHEMA)
async def test_blocks_against_their_schema_are_refused(slack: SlackSimulator, what: str) -> None:
    api, blocks = slack.channel("api"), UNKNOWN_TO_SCHEMA[what]
    assert await refused(slack, "chat.postMessage", channel=api.id, text="x", blocks=blocks) == "invalid_blocks"


async def test_a_message_has_so_many_blocks_and_so_much_in_them(slack: SlackSimulator) -> None:
    api = slack.channel("api")
    many, heavy = [section("x")] * 51, [section("x" * 2900)] * 5
    assert await refused(slack, "chat.postMessage", channel=api.id, text="x", blocks=many) == "msg_blocks_too_many"
    slack.violations.clear()
    assert await refused(slack, "chat.postMessage", channel=api.id, text="x", blocks=heavy) == "msg_blocks_too_long"


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        ({"text": "x" * 40_001}, "msg_too_long"),
        ({"text": ""}, "no_text"),
        ({"markdown_text": "x", "text": "x"}, "markdown_text_conflict"),
        ({"text": "x", "metadata": {"event_type": "x"}}, "invalid_metadata_schema"),
        ({"text": "x", "metadata": {"event_type": "x", "event_payload": {"k": "v" * 17_000}}}, "metadata_too_large"),
    ],
)
async def test_messages_beyond_their_limits_are_refused(
    slack: SlackSimulator, arguments: dict[str, Any], error: str
) -> None:
    assert await refused(slack, "chat.postMessage", channel=slack.channel("api").id, **arguments) == error


async def test_an_edit_takes_less_text_than_a_post(slack: SlackSimulator) -> None:
    api = slack.channel("api")
    posted = await client_of(slack).chat_postMessage(channel=api.id, text="x" * 4001)
    assert await refused(slack, "chat.update", channel=api.id, ts=posted["ts"], text="x" * 4001) == "msg_too_long"


@pytest.mark.parametrize(
    "view",
    [
        {"type": "modal", "title": PLAIN, "blocks": [INPUT]},
        {"type": "modal", "title": PLAIN | {"text": "x" * 25}, "blocks": []},
        {"type": "modal", "title": PLAIN, "submit": PLAIN, "private_metadata": "x" * 3001, "blocks": []},
        {"type": "modal", "title": PLAIN, "blocks": [section("x")] * 101},
        {"type": "home", "blocks": []},
    ],
    ids=["an input without submit", "a title too long", "too much remembered", "too many blocks", "a home page"],
)
async def test_forms_beyond_their_limits_are_refused(slack: SlackSimulator, view: dict[str, Any]) -> None:
    trigger = slack.workspace.trigger(slack.person("alice").id)
    assert await refused(slack, "views.open", trigger_id=trigger, view=view) == "invalid_arguments"


async def test_missing_and_unknown_arguments_are_told(slack: SlackSimulator) -> None:
    api = slack.channel("api")
    assert await refused(slack, "chat.update", channel=api.id, text="x") == "invalid_arguments"
    slack.violations.clear()
    await client_of(slack).api_call("chat.postMessage", json={"channel": api.id, "text": "x", "colour": "red"})
    assert "unknown argument colour" in slack.violations[0]


async def test_a_method_that_is_not_there_is_told(slack: SlackSimulator) -> None:
    assert await refused(slack, "chat.shout", text="x") == "unknown_method"


async def test_a_violation_fails_at_the_end_and_a_failure_of_the_test_comes_first() -> None:
    with pytest.raises(AssertionError, match="no_text"):
        async with SlackSimulator() as slack:
            with pytest.raises(SlackApiError):
                await client_of(slack).api_call("chat.postMessage", json={"channel": slack.channel("api").id})
    with pytest.raises(ValueError, match="of the test"):
        async with SlackSimulator() as slack:
            slack.violations.append("x")
            raise ValueError("of the test")
