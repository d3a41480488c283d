"""What Discord sends becomes what was meant, and no payload raises."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.chat.inbound import ButtonPressed, CommandReceived, FormSubmitted, MessagePicked
from adapters.discord.command_tree import COMMAND, PICK, SUBCOMMANDS, Suggests, application_commands
from adapters.discord.confirmation import Meant, asking, read
from adapters.discord.ids import place
from adapters.discord.mentions import Names, mentions, undone, without_us
from adapters.discord.parse_command import parse_command, parse_typing
from adapters.discord.parse_interaction import COMMAND as COMMAND_KIND
from adapters.discord.parse_interaction import FORM, PRESS, Interaction, parse_interaction
from adapters.discord.parse_message import Written, parse_message
from bot.commands.grammar import read as grammar_read
from bot.commands.verbs import Verb
from core.domain.identity import Person, PersonId

pytestmark = pytest.mark.discord
ALICE = Person(id=PersonId("discord:1"), name="alice")
HERE = place("100", "200")
NAMES = Names(people={"5": "Bob"}, roles={"6": "devs"}, channels={"7": "api"})


def typed(name: str, /, **values: object) -> dict[str, Any]:
    """A slash command as Discord tells it."""
    options = [{"name": key.rstrip("_"), "type": 3, "value": value} for key, value in values.items()]
    return {"name": COMMAND, "type": 1, "options": [{"name": name, "type": 1, "options": options}]}


def done(kind: int, data: dict[str, Any], **different: Any) -> Interaction:
    return Interaction(**{"id": "9", "kind": kind, "person": ALICE, "place": HERE, "data": data} | different)


@pytest.mark.parametrize(
    ("name", "values", "verb", "target", "text", "options"),
    [
        ("run", {"request": "fix #123", "model": "opus 4"}, Verb.SUBMIT, "", "fix #123", {"model": ("opus 4",)}),
        ("run", {"request": "status"}, Verb.SUBMIT, "", "status", {}),
        ("run", {"request": "fix #1", "dry-run": True}, Verb.SUBMIT, "", "fix #1", {"dry-run": ("",)}),
        ("new", {"project": "web"}, Verb.NEW, "", "", {"project": ("web",)}),
        ("status", {"task": "T1"}, Verb.STATUS, "T1", "", {}),
        ("tasks", {"state": "failed"}, Verb.TASKS, "", "", {"state": ("failed",)}),
        ("task", {"task": "T1"}, Verb.TASK, "T1", "", {}),
        ("approve", {"approval": "A1", "words": "the second", "always": True}, Verb.APPROVE, "A1", "the second",
         {"always": ("",)}),
        ("approve", {"approval": "A1", "always": False}, Verb.APPROVE, "A1", "", {}),
        ("deny", {"approval": "A1", "reason": "no"}, Verb.DENY, "A1", "no", {}),
        ("steer", {"task": "T1", "words": "use tabs"}, Verb.STEER, "T1", "use tabs", {}),
        ("cancel", {"task": "T1"}, Verb.CANCEL, "T1", "", {}),
        ("pause", {"task": "T1", "reason": "later"}, Verb.PAUSE, "T1", "later", {}),
        ("resume", {"task": "T1"}, Verb.RESUME, "T1", "", {}),
        ("retry", {"task": "T1", "from_": "build"}, Verb.RETRY, "T1", "", {"from": ("build",)}),
        ("fork", {"task": "T1", "words": "smaller", "at": "build"}, Verb.FORK, "T1", "smaller", {"at": ("build",)}),
        ("costs", {"period": "week"}, Verb.COSTS, "", "", {}),
        ("costs", {"period": "month", "view": "forecast"}, Verb.COSTS, "", "", {"view": ("forecast",)}),
        ("budget", {"task": "T1", "usd": "5"}, Verb.BUDGET, "T1", "5", {}),
        ("budget", {"usd": "5"}, Verb.BUDGET, "", "$5", {}),
        ("budget", {"usd": "none", "project": "web"}, Verb.BUDGET, "", "none", {"project": ("web",)}),
        ("estimate", {"request": "fix #1"}, Verb.ESTIMATE, "", "fix #1", {}),
        ("estimate", {"request": "fix #1", "model": "opus"}, Verb.ESTIMATE, "", "fix #1", {"model": ("opus",)}),
        ("review", {"pull-request": "45", "project": "web"}, Verb.REVIEW, "45", "", {"project": ("web",)}),
        ("ask", {"question": "who spent the most today?"}, Verb.ASK, "", "who spent the most today?", {}),
        ("schedule", {}, Verb.SCHEDULE, "", "", {}),
        ("schedule", {"what": "every weekday at 9 fix flaky tests"}, Verb.SCHEDULE, "",
            "every weekday at 9 fix flaky tests", {}),
        ("schedule", {"what": "pause S3"}, Verb.SCHEDULE, "", "pause S3", {}),
        ("project", {"action": "use", "name": "web"}, Verb.PROJECT, "", "web", {}),
        ("logs", {"task": "T1.2", "follow": True}, Verb.LOGS, "T1.2", "", {"follow": ("",)}),
        ("diff", {"task": "T1"}, Verb.DIFF, "T1", "", {}),
        ("whoami", {}, Verb.WHOAMI, "", "", {}),
        ("help", {"command": "retry"}, Verb.HELP, "", "retry", {}),
        ("run", {"request": "see ``` it --budget 90", "budget": "5"}, Verb.SUBMIT, "", "see ``` it --budget 90",
            {"budget": ("5",)}),
        ("run", {"request": "fix it --budget 5"}, Verb.SUBMIT, "", "fix it", {"budget": ("5",)}),
        ("fork", {"task": "T1", "words": "use ``` --at x", "at": "build"}, Verb.FORK, "T1", "use ``` --at x",
            {"at": ("build",)}),
        ("say", {"text": "rewind T1 build"}, Verb.REWIND, "T1", "build", {}),
    ],
)  # fmt: skip
def test_every_subcommand_says_what_the_grammar_of_all_chats_understands(
    name: str, values: dict[str, object], verb: Verb, target: str, text: str, options: dict[str, Any]
) -> None:
    said = parse_interaction(done(COMMAND_KIND, typed(name, **values)))
    assert isinstance(said, CommandReceived)
    meant = grammar_read(said.verb, said.text)
    assert (meant.verb, meant.target, meant.text, dict(meant.options)) == (verb, target, text, options)
    assert said.trigger == "9"


def test_the_commands_are_as_many_as_discord_takes_and_need_nothing_after_what_they_need_not() -> None:
    slash, pick = application_commands([0, 1])
    assert pick["name"] == PICK
    assert len(SUBCOMMANDS) <= 25
    options: Any = slash["options"]
    for subcommand in options:
        required = [part["required"] for part in subcommand.get("options", ())]
        assert required == sorted(required, reverse=True)
        for part in subcommand.get("options", ()):
            assert not ("choices" in part and "autocomplete" in part)
            assert 0 < len(part["description"]) <= 100


def test_of_a_command_that_is_typed_the_kind_of_its_value_is_known() -> None:
    data = typed("retry", task="T1")
    data["options"][0]["options"][0]["focused"] = True
    typing = parse_typing(data)
    assert typing is not None
    assert (typing.kind, typing.typed) == (Suggests.TASK, "T1")
    assert parse_typing(typed("retry", task="T1")) is None


def test_a_subcommand_of_an_older_version_still_says_something() -> None:
    said = parse_command(typed("agents", all="yes"))
    assert said is not None
    assert (said.verb, said.text) == ("agents", "yes")


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("<@5> and <@!5>", "@Bob and @Bob"),
        ("<@99> of <@&6> in <#7> or <#8>", "@99 of @devs in #api or #8"),
        ("<:yes:123> <a:go:456>", ":yes: :go:"),
        ("type </orchestrate run:42>", "type /orchestrate run"),
        ("see <https://example.com/a?b=1>", "see https://example.com/a?b=1"),
        ("`Vec<String>` a < b && c", "`Vec<String>` a < b && c"),
    ],
)
def test_markup_is_undone(text: str, seen: str) -> None:
    assert undone(text, NAMES) == seen


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("<@1> fix it", "fix it"),
        ("<@!1>, fix it", "fix it"),
        ("<@&2>: fix it", "fix it"),
        ("fix it <@1> please", "fix it please"),
        ("<@11> fix it", "<@11> fix it"),
    ],
)
def test_the_mention_of_us_is_left_out_and_no_other(text: str, left: str) -> None:
    us = frozenset({"1", "2"})
    assert without_us(text, us) == left
    assert mentions(text, us) == (left != text)


@pytest.mark.parametrize(
    ("where", "text", "heard"),
    [
        (HERE, "hello", False),
        (HERE, "<@1> hello", True),
        (place("100", "200", "300"), "hello", True),
        (place("100", "200", "300"), " ", False),
        (place("", "200"), "hello", True),
    ],
)
def test_what_is_said_to_others_is_not_heard(where: Any, text: str, heard: bool) -> None:
    said = parse_message(Written(message="4", author=ALICE, place=where, text=text), us=frozenset({"1"}))
    assert (said is not None) is heard


def test_what_a_message_replies_to_is_told() -> None:
    said = parse_message(
        Written(message="4", author=ALICE, place=place("", "1"), text="in the loft", answers="3"), us=frozenset({"1"})
    )
    assert said is not None
    assert said.answers == "3"


def test_what_an_app_writes_is_not_heard() -> None:
    written = Written(message="4", author=ALICE, place=place("", "1"), text="hi", by_program=True)
    assert parse_message(written, us=frozenset()) is None


def test_a_picked_alarm_says_what_its_embeds_and_components_say() -> None:
    message = {
        "id": "77",
        "author": {"id": "3", "username": "alarms"},
        "embeds": [{"title": "Down", "description": "api", "fields": [{"name": "since", "value": "9:00"}]}],
        "components": [{"type": 17, "components": [{"type": 10, "content": "look"}]}],
    }
    data = {"name": PICK, "type": 3, "target_id": "77", "resolved": {"messages": {"77": message}}}
    said = parse_interaction(done(COMMAND_KIND, data))
    assert isinstance(said, MessagePicked)
    assert (said.text, said.author) == ("Down\napi\nsince: 9:00\nlook", "alarms")
    assert said.place == place("100", "200", "77")


def test_values_come_from_labels_and_from_rows() -> None:
    data = {
        "custom_id": "f",
        "components": [
            {"type": 18, "component": {"type": 4, "custom_id": "a", "value": "1"}},
            {"type": 18, "component": {"type": 3, "custom_id": "b", "values": ["2"]}},
            {"type": 1, "components": [{"type": 4, "custom_id": "c", "value": "3"}]},
        ],
    }
    said = parse_interaction(done(FORM, data))
    assert isinstance(said, FormSubmitted)
    assert said.values == {"a": "1", "b": "2", "c": "3"}


def test_a_press_has_the_token_of_the_button_or_of_what_was_chosen() -> None:
    for data in ({"custom_id": "t"}, {"custom_id": "menu", "values": ["t"]}):
        said = parse_interaction(done(PRESS, data))
        assert isinstance(said, ButtonPressed)
        assert said.token == "t"


@pytest.mark.parametrize(("custom_id", "meant", "token"), [("t", Meant.DO, "t"), (asking("t"), Meant.ASK, "t")])
def test_what_a_press_means_is_in_the_id(custom_id: str, meant: Meant, token: str) -> None:
    assert (read(custom_id).meant, read(custom_id).token) == (meant, token)


json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(
        st.sampled_from(
            ["name", "type", "options", "value", "custom_id", "values", "components", "component", "resolved",
             "messages", "target_id", "content", "embeds", "fields", "mentions", "author", "focused", "id"]
        ),
        inner,
        max_size=6,
    ),
    max_leaves=20,
)  # fmt: skip


@given(kind=st.integers(0, 6), data=st.dictionaries(st.text(max_size=6), json, max_size=4) | json)
def test_no_payload_raises(kind: int, data: Any) -> None:
    payload: Any = data if isinstance(data, dict) else {"name": COMMAND, "options": data, "components": data}
    parse_interaction(done(kind, payload))
    parse_interaction(done(kind, {"name": COMMAND, "type": 1} | payload))
    parse_interaction(done(kind, {"name": PICK, "type": 3, "target_id": "1"} | payload))
    parse_typing(payload)
