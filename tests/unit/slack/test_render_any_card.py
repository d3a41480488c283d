"""Whatever a card holds, Slack takes it, and nothing in it calls people or hides where a link goes."""

import json
import re
from collections.abc import Iterator, Sequence
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.chat.card import Card
from adapters.chat.form import Form, SelectField, TextField
from adapters.chat.measure import units
from adapters.slack.limits import FALLBACK, MESSAGE_WEIGHT
from adapters.slack.measure import weight
from adapters.slack.render import rendered
from adapters.slack.views import home, modal
from tests.platforms.slack.block_rules import message_problems, view_problems
from tests.platforms.slack.published import block_problem, view_problem
from tests.support.hostile_cards import cards, long, options, short, tokens

pytestmark = pytest.mark.slack

_MARKUP = re.compile(r"<([^<>]*)>")
_CALLS = frozenset({"user", "usergroup", "broadcast", "channel", "team"})


def everything(value: Any) -> Iterator[dict[str, Any]]:
    """Every object in `value`."""
    if isinstance(value, dict):
        yield value
        for each in value.values():
            yield from everything(each)
    elif isinstance(value, list | tuple):
        for each in value:
            yield from everything(each)


def assert_harmless(parts: Sequence[dict[str, Any]], *, called: frozenset[str] = frozenset()) -> None:
    """Nothing but the people in `called` is called, and each link shows where it goes."""
    for part in everything(parts):
        if part.get("type") in _CALLS:
            assert part["user_id"] in called
        if part.get("type") == "link":
            assert part["url"].startswith(("https://", "http://"))
            assert part.get("text", part["url"]) == part["url"]
        if part.get("type") == "mrkdwn":
            assert part["verbatim"] is True
            assert_plain_markup(part["text"], called=frozenset())
        assert part.get("type") != "markdown"


def assert_plain_markup(text: str, *, called: frozenset[str]) -> None:
    """The markup in `text` is people in `called`, moments, and links whose words are their own address."""
    assert "<" not in _MARKUP.sub("", text)
    assert ">" not in _MARKUP.sub("", text)
    for inside in _MARKUP.findall(text):
        target, _, label = inside.partition("|")
        if target.startswith("@"):
            assert target[1:] in called
        elif target.startswith("!"):
            assert re.fullmatch(r"!date\^\d+\^\{date_short_pretty\} \{time\}", target)
        else:
            assert target.startswith(("https://", "http://"))
            host = target.split("/")[2]
            assert label == "" or label.split("/")[0] == host


def problems(parts: Sequence[dict[str, Any]]) -> list[str]:
    """What Slack would say."""
    tasks = [task for part in parts for task in part.get("tasks", [])]
    published = [problem for part in [*parts, *tasks] if (problem := block_problem(part))]
    return [*published, *message_problems(list(parts))]


@given(card=cards)
def test_slack_takes_any_card_and_it_calls_nobody_else_and_hides_no_address(card: Card) -> None:
    message = rendered(card)
    assert message.blocks
    assert problems(message.blocks) == []
    assert weight(message.blocks) <= MESSAGE_WEIGHT
    assert 0 < units(message.text) <= FALLBACK
    json.dumps(message.blocks).encode()
    natives = (person.rpartition("/")[2] for person in card.mentions if person.startswith("slack:"))
    called = frozenset(native for native in natives if re.fullmatch(r"[UW][A-Z0-9]+", native))
    assert_harmless(message.blocks, called=called)
    assert_plain_markup(message.text, called=called)


@settings(max_examples=12)
@given(shown=st.lists(cards, max_size=2))
def test_slack_takes_any_home_page(shown: list[Card]) -> None:
    view = home(shown)
    people = frozenset({"U0123ABCD", "W1", "U1"})
    assert view_problem(view) == ""
    assert view_problems(view) == []
    assert [problem for block in view["blocks"] if (problem := block_problem(block))] == []
    assert {block["type"] for block in view["blocks"]} <= {
        "header",
        "section",
        "context",
        "actions",
        "divider",
        "rich_text",
    }
    assert_harmless(view["blocks"], called=people)


names = st.text(alphabet="abcdefgh_", min_size=1, max_size=20)
fields = st.one_of(
    st.builds(
        TextField,
        name=names,
        label=short,
        value=long,
        hint=long,
        optional=st.booleans(),
        multiline=st.booleans(),
        max_length=st.integers(-5, 5_000),
    ),
    st.builds(
        SelectField,
        name=names,
        label=short,
        options=st.lists(options, max_size=10).map(tuple),
        value=short,
        hint=short,
    ),
)
forms = st.builds(
    Form,
    token=tokens,
    title=short,
    submit=short,
    intro=long,
    fields=st.lists(fields, max_size=5, unique_by=lambda field: field.name).map(tuple),
)


@settings(max_examples=12)
@given(form=forms)
def test_slack_takes_any_form(form: Form) -> None:
    view = modal(form)
    assert view_problem(view) == ""
    assert view_problems(view) == []
    assert [problem for block in view["blocks"] if (problem := block_problem(block))] == []
    assert view["private_metadata"] == form.token
    assert_harmless(view["blocks"])
