"""Every payload of Slack is the right inbound value, or none at all."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.chat.inbound import (
    ButtonPressed,
    CommandReceived,
    FormSubmitted,
    HomeOpened,
    MessagePicked,
    MessageReceived,
    StopPressed,
)
from adapters.slack.ids import place
from adapters.slack.parse import Us, names_needed, parse
from tests.unit.slack.payloads import US, command, event, name_of, press, shortcut, submission

pytestmark = pytest.mark.slack
PUBLISHED = Path(__file__).parents[4] / "shared" / "specs" / "slack" / "payloads"
PAYLOADS = (command(), event(), event(type="app_mention"), press(), submission(), shortcut())


def parsed(payload: dict[str, Any], us: Us = US) -> Any:
    return parse(payload, us, name_of=name_of)


def test_a_command_is_its_text_with_who_typed_it_where():
    said = parsed(command())

    assert isinstance(said, CommandReceived)
    assert (said.text, said.verb, said.trigger) == ("fix issue #123", "", "1.2.abc")
    assert (said.person.id, said.person.name) == ("slack:T1/U1", "alice")
    assert said.place == place("T1", "C1")


@pytest.mark.parametrize(("name", "verb"), [("/orchestrate", ""), ("/orchestrate-dev", ""), ("/approve", "approve")])
def test_a_command_of_another_name_is_itself_the_verb(name, verb):
    assert parsed(command(command=name, text="A17")).verb == verb


def test_a_command_without_text_is_still_one():
    assert parsed(command(text="")).text == ""


def test_two_commands_are_two_and_the_same_one_delivered_again_is_one():
    assert parsed(command()).event_id == parsed(command()).event_id
    assert parsed(command()).event_id != parsed(command(trigger_id="1.2.zzz")).event_id


def test_a_reply_in_a_thread_is_a_message_of_that_thread():
    said = parsed(event())

    assert isinstance(said, MessageReceived)
    assert said.place == place("T1", "C1", "1700000000.000100")
    assert (said.text, said.message, said.mentions_us, said.direct) == (
        "use Decimal",
        "1700000001.000200",
        False,
        False,
    )
    assert said.person.name == "alice"


def test_a_mention_and_the_message_it_came_with_are_one_and_the_same():
    text = "<@UBOT> what is left?"
    mention = parsed(event(type="app_mention", text=text, outer={"event_id": "Ev1"}))
    message = parsed(event(type="message", text=text, outer={"event_id": "Ev2"}))

    assert mention == message
    assert (mention.text, mention.mentions_us) == ("what is left?", True)


def test_a_mention_that_says_nothing_else_still_arrives():
    assert parsed(event(type="app_mention", text="<@UBOT>", thread_ts="")).text == ""


def test_a_direct_message_is_for_us_without_any_mention():
    said = parsed(event(channel="D1", channel_type="im", thread_ts=None, text="status"))

    assert (said.direct, said.mentions_us, said.place) == (True, False, place("T1", "D1"))


def test_chatter_in_a_channel_is_nothing():
    assert parsed(event(thread_ts=None)) is None


@pytest.mark.parametrize("subtype", ["file_share", "thread_broadcast", "me_message"])
def test_a_message_with_a_file_or_shown_in_the_channel_too_counts_as_written(subtype):
    assert parsed(event(subtype=subtype)).text == "use Decimal"


@pytest.mark.parametrize(
    "different",
    [
        {"subtype": "message_changed"}, {"subtype": "message_deleted"}, {"subtype": "channel_join"},
        {"subtype": "bot_message", "bot_id": "B7"}, {"bot_id": "B7"}, {"user": "UBOT"}, {"user": "USLACKBOT"},
        {"user": None},
        {"type": "app_mention", "user": "UBOT", "text": "<@UBOT> hello"}, {"type": "reaction_added"}, {"text": " "},
        {"ts": None}, {"channel": None},
    ],
)  # fmt: skip
def test_edits_bots_ourselves_and_what_nobody_wrote_are_nothing(different):
    assert parsed(event(**different)) is None


def test_a_person_of_another_company_is_known_by_their_own_team_and_the_place_by_ours():
    said = parsed(
        event(
            user_team="T2", team="T2", outer={"is_ext_shared_channel": True, "team_id": "T2", "context_team_id": "T1"}
        )
    )

    assert said.person.id == "slack:T2/U1"
    assert said.place.space == "T1"


def test_somebody_from_outside_whose_team_is_not_told_is_nobody_of_ours():
    said = parsed(event(team=None, outer={"is_ext_shared_channel": True}))

    assert said.person.id == "slack:unknown/U1"


def test_in_an_organisation_the_place_is_the_workspace_it_happened_in():
    organisation = Us(user="UBOT", bot="BBOT", team="E1")
    said = parsed(command(team_id="T5", enterprise_id="E1"), organisation)

    assert (said.place.space, said.person.id) == ("T5", "slack:T5/U1")


def test_a_click_brings_the_token_the_message_and_its_thread():
    said = parsed(press())

    assert isinstance(said, ButtonPressed)
    assert (said.token, said.message, said.trigger) == ("k" * 40, "1700000002.000300", "1.2.def")
    assert said.place == place("T1", "C1", "1700000000.000100")
    assert (said.person.id, said.person.name) == ("slack:T1/U2", "bob")


def test_a_click_on_the_message_a_thread_grew_from_happens_in_the_channel():
    ts = "1700000000.000100"
    said = parsed(press(container={"message_ts": ts, "channel_id": "C1"}, message={"ts": ts, "thread_ts": ts}))

    assert (said.place, said.message) == (place("T1", "C1"), ts)


def test_a_click_on_our_own_page_has_no_message():
    said = parsed(press(container={"type": "view", "view_id": "V1"}, channel=None, message=None))

    assert (said.message, said.place) == ("", place("T1"))


def test_a_click_of_a_person_of_another_company_is_theirs():
    assert parsed(press(user={"id": "U2", "name": "bob", "team_id": "T2"})).person.id == "slack:T2/U2"


def test_of_a_menu_the_chosen_entry_is_what_was_pressed():
    chosen = {"type": "static_select", "action_id": "menu", "selected_option": {"value": "tok"}}

    assert parsed(press(actions=[chosen])).token == "tok"


def test_a_link_that_looks_like_a_button_asks_nothing():
    assert parsed(press(actions=[{"type": "button", "action_id": "x", "url": "https://example.org"}])) is None


def test_a_form_brings_what_was_filled_in_by_the_names_of_the_fields():
    said = parsed(submission())

    assert isinstance(said, FormSubmitted)
    assert said.token == "form-token"
    assert said.values == {"reason": "Not on <prod>", "project": "shop", "note": ""}


def test_a_form_sent_again_because_no_answer_came_is_the_same_one():
    assert parsed(submission(trigger_id="1")).event_id == parsed(submission(trigger_id="2")).event_id


def test_orchestrate_this_brings_the_message_its_author_and_the_thread_it_began():
    said = parsed(shortcut())

    assert isinstance(said, MessagePicked)
    assert (said.text, said.author, said.person.name) == ("Prices & totals differ", "alice", "bob")
    assert said.place == place("T1", "C1", "1700000009.000100")


def test_orchestrate_this_may_be_chosen_on_what_a_bot_wrote():
    said = parsed(shortcut(message={"ts": "1.2", "text": "Alarm", "bot_id": "B7", "username": "pager"}))

    assert (said.text, said.author) == ("Alarm", "pager")


def test_of_an_alarm_that_is_all_attachments_their_words_are_the_request():
    alarm = {
        "ts": "1.2", "text": "", "bot_id": "B7",
        "attachments": [{"title": "Disk full", "text": "on &lt;db1&gt;", "fallback": "x"}, {"fallback": "Since 12:00"}],
    }  # fmt: skip

    assert parsed(shortcut(message=alarm)).text == "Disk full\non <db1>\nSince 12:00"


def test_another_shortcut_is_nothing():
    assert parsed(shortcut(callback_id="something_else")) is None


def test_our_page_opened_is_told_and_its_other_tab_is_not():
    opened = parsed(event(type="app_home_opened", tab="home", channel="D1"))

    assert isinstance(opened, HomeOpened)
    assert parsed(event(type="app_home_opened", tab="messages", channel="D1")) is None


def test_the_stop_button_of_an_agents_thread_stops_there_under_both_of_its_names():
    old, new = (
        parsed(event(type=name, text=None, streaming_message_ts=[], outer={"event_id": name}))
        for name in ("message_stream_stopped", "agent_session_stopped")
    )

    assert isinstance(new, StopPressed)
    assert new.place == place("T1", "C1", "1700000000.000100")
    assert old == new


@pytest.mark.parametrize("file", sorted(PUBLISHED.glob("*.json")), ids=lambda file: file.stem)
def test_the_published_shapes_with_nothing_in_them_are_nothing(file):
    assert parsed(json.loads(file.read_text())) is None


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8) | st.sampled_from(["<@UBOT>", "E1", "T1", "U1"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


@st.composite
def spoilt(draw: st.DrawFn) -> dict[str, Any]:
    """A payload in which some values, at any depth, are something else."""

    def spoil(value: Any) -> Any:
        if draw(st.integers(0, 9)) == 0:
            return draw(anything)
        if isinstance(value, dict):
            return {key: spoil(inner) for key, inner in value.items()}
        if isinstance(value, list):
            return [spoil(inner) for inner in value]
        return value

    payload = draw(st.sampled_from(PAYLOADS))
    return {key: spoil(value) for key, value in payload.items()}


@given(payload=spoilt() | st.dictionaries(st.text(max_size=8), anything, max_size=6))
def test_no_payload_raises(payload):
    names_needed(payload)
    said = parsed(payload)

    assert said is None or said.event_id
