"""Whatever Telegram sends becomes what was meant, or nothing; nothing of it raises."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.chat.inbound import CommandReceived, Inbound, MessageReceived
from adapters.telegram.ids import place
from adapters.telegram.parse import parse, speaks_masked, writer
from adapters.telegram.threads import standing
from adapters.telegram.undone import Written, undone
from adapters.telegram.us import Us

pytestmark = pytest.mark.telegram

US = Us(id=4711, username="our_bot", name="Orchestrator")
ALICE = {"id": 5001, "is_bot": False, "first_name": "Alice", "last_name": "Miller"}
GROUP = {"id": -1001, "type": "supergroup", "title": "api"}
WHERE = place("-1001")


def entity(kind: str, text: str, part: str, **more: object) -> dict[str, object]:
    before = text[: text.index(part)]
    return {"type": kind, "offset": _units(before), "length": _units(part), **more}


def message(text: str = "hello", *, entities: list[dict[str, Any]] | None = None, **more: object) -> dict[str, Any]:
    made = {"message_id": 7, "from": ALICE, "chat": GROUP, "date": 1_700_000_000, "text": text}
    return made | {"entities": entities or []} | more


def heard(said: dict[str, Any]) -> Inbound | None:
    return parse({"update_id": 1, "message": said}, US, place=WHERE)


def _units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def test_styles_are_undone_also_behind_characters_that_count_twice() -> None:
    text = "🎉 see the docs and run make by Carol"
    entities = [
        entity("text_link", text, "the docs", url="https://example.com/a"),
        entity("code", text, "make"),
        entity("text_mention", text, "Carol", user={"id": 9, "first_name": "Carol", "last_name": "Jones"}),
        entity("bold", text, "see"),
    ]
    assert undone(Written(text=text, entities=tuple(entities))) == (
        "🎉 see https://example.com/a and run `make` by @Carol Jones"
    )


def test_a_block_of_code_keeps_its_language_and_its_lines() -> None:
    text = "this:\nx = 1\ny = 2"
    entities = (entity("pre", text, "x = 1\ny = 2", language="python"),)
    assert undone(Written(text=text, entities=entities)) == "this:\n```python\nx = 1\ny = 2\n```"


def test_a_mention_is_left_out_with_what_follows_it() -> None:
    text = "@our_bot, what goes on?"
    said = heard(message(text, entities=[entity("mention", text, "@our_bot")]))
    assert isinstance(said, MessageReceived)
    assert (said.text, said.mentions_us) == ("what goes on?", True)


def test_a_mention_by_name_alone_means_us_too() -> None:
    text = "Orchestrator fix it"
    said = heard(message(text, entities=[entity("text_mention", text, "Orchestrator", user={"id": 4711})]))
    assert isinstance(said, MessageReceived)
    assert (said.text, said.mentions_us) == ("fix it", True)


def test_a_command_for_another_bot_is_none_of_ours() -> None:
    text = "/status@other_bot"
    assert heard(message(text, entities=[entity("bot_command", text, text)])) is None


def test_a_slash_in_the_middle_is_no_command() -> None:
    text = "@our_bot look at /etc"
    entities = [entity("mention", text, "@our_bot"), entity("bot_command", text, "/etc")]
    assert isinstance(heard(message(text, entities=entities)), MessageReceived)


def test_a_command_under_a_picture_is_one() -> None:
    text = "/run make it look like this"
    said = heard(message("", caption=text, caption_entities=[entity("bot_command", text, "/run")], photo=[{}]))
    assert isinstance(said, CommandReceived)
    assert (said.verb, said.text) == ("submit", "make it look like this")


@pytest.mark.parametrize(
    "more",
    [
        {"from": {**ALICE, "is_bot": True}},
        {"from": {}},
        {"sender_chat": {"id": -1001, "type": "supergroup"}},
        {"business_connection_id": "b"},
        {"chat": {"id": -1002, "type": "channel"}},
        {"text": "", "new_chat_members": [ALICE]},
        {"forward_origin": {"type": "user", "sender_user": ALICE}},
    ],
)
def test_bots_channels_masks_businesses_service_messages_and_forwards_in_groups_are_not_heard(more: Any) -> None:
    text = "@our_bot hello"
    assert heard(message(text, entities=[entity("mention", text, "@our_bot")]) | more) is None


def test_edits_are_not_heard_a_second_time() -> None:
    assert parse({"update_id": 1, "edited_message": message("/orchestrate status")}, US, place=WHERE) is None


def test_in_a_topic_an_answer_to_its_beginning_is_no_answer() -> None:
    begun = {"message_id": 5, "from": ALICE, "forum_topic_created": {"name": "bugs"}}
    at = standing(message(is_topic_message=True, message_thread_id=5, reply_to_message=begun))
    assert (at.topic, at.answers) == (5, 0)


@pytest.mark.parametrize(("more", "answers"), [({}, ""), ({"message_id": 6, "from": ALICE}, "6")])
def test_what_a_message_replies_to_is_told(more: dict[str, Any], answers: str) -> None:
    said = parse(
        {"update_id": 1, "message": message("in the loft", reply_to_message=more)},
        US,
        place=replace(WHERE, thread="9"),
    )
    assert isinstance(said, MessageReceived)
    assert said.answers == answers


def test_a_thread_of_a_supergroup_without_topics_is_no_topic() -> None:
    at = standing(message(message_thread_id=5, reply_to_message={"message_id": 6, "from": ALICE}))
    assert (at.topic, at.answers, at.answers_whom) == (0, 6, 5001)


keys = st.sampled_from(
    [
        "update_id", "message", "callback_query", "my_chat_member", "chat", "from", "id", "type", "text", "caption",
        "entities", "offset", "length", "user", "data", "date", "message_id", "reply_to_message", "forward_origin",
        "is_bot", "username", "first_name", "title", "url", "language", "is_topic_message", "message_thread_id",
        "sender_chat", "sender_user", "caption_entities",
    ]
)  # fmt: skip
leaves = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=8)
    | st.sampled_from(["private", "supergroup", "bot_command", "mention", "text_mention", "pre", "text_link", "/run"])
)
payloads = st.recursive(
    leaves, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(keys, inner, max_size=6), max_leaves=40
)
people = st.fixed_dictionaries({"id": st.integers()}, optional={"first_name": payloads, "is_bot": payloads})
entities = st.lists(
    st.fixed_dictionaries(
        {"type": leaves, "offset": st.integers(-5, 10**20), "length": st.integers(-5, 10**20)},
        optional={"user": payloads, "url": payloads, "language": payloads},
    ),
    max_size=5,
)
chats = st.fixed_dictionaries({"id": st.integers(), "type": st.sampled_from(["private", "group", "supergroup"])})
messages = st.fixed_dictionaries(
    {
        "chat": chats | payloads,
        "from": people | payloads,
        "text": st.text() | payloads,
        "entities": entities | payloads,
    },
    optional={"date": st.integers() | payloads, "message_id": payloads, "reply_to_message": payloads},
)
updates = st.dictionaries(keys, payloads, max_size=6) | st.fixed_dictionaries(
    {"update_id": st.integers()}, optional={"message": messages, "callback_query": payloads}
)


@given(update=updates)
def test_no_update_raises(update: dict[str, Any]) -> None:
    parse(update, US, place=WHERE)
    speaks_masked(update, US)
    for part in (update.get("message"), update.get("callback_query")):
        if isinstance(part, dict):
            standing(part)
            writer(part)


@given(text=st.text(), found=entities)
def test_undoing_styles_never_raises_and_without_any_changes_nothing(text: str, found: list[dict[str, Any]]) -> None:
    undone(Written(text=text, entities=tuple(found)))
    assert undone(Written(text=text)) == text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
