"""Whatever a card holds, Discord takes it, and nothing in it calls people or hides where a link goes."""

import json
import re
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.chat.card import Card, Markdown, Option, Text
from adapters.chat.form import FileField, Form, SelectField, TextField
from adapters.chat.measure import units
from adapters.discord.components import texts_of
from adapters.discord.limits import TEXT
from adapters.discord.markup import escaped
from adapters.discord.modal import modal
from adapters.discord.render import rendered
from adapters.discord.render_markdown import discord_markdown
from core.domain.identity import PersonId
from tests.platforms.discord.component_rules import message_problems, modal_problems
from tests.platforms.discord.published import body_problem
from tests.support.hostile_cards import ATTACKS, cards, long, options, short, tokens

pytestmark = pytest.mark.discord

_CODE = re.compile(r"```.*?\n```|(?<![\\`])(`{1,2})(?!`).*?(?<!`)\1(?!`)", re.DOTALL)
_OURS = re.compile(r"<@(\d+)>|<t:\d+:f>")
_ADDRESS = re.compile(r"https?://[^\s<>]+")
_BARE = re.compile(r"(?<!\\)(?:\\\\)*([<\[|]|@everyone|@here)")


def assert_harmless(text: str, *, called: frozenset[str] = frozenset()) -> None:
    """Nobody but those in `called` is called, no link has other words, nothing is hidden."""
    plain = _CODE.sub("", text)
    for found in _OURS.finditer(plain):
        assert found[1] is None or found[1] in called
    plain = _OURS.sub("", plain)
    assert not _BARE.search(_ADDRESS.sub("", plain)), plain


def problems(body: dict[str, Any]) -> list[str]:
    """What Discord would say."""
    return message_problems(content="", components=body["components"], embeds=[], flags=body["flags"], files=[])


@given(card=cards)
def test_discord_takes_any_card_and_it_calls_nobody_else_and_hides_no_address(card: Card) -> None:
    card = replace(card, mentions=(*card.mentions, PersonId("discord:998877665544"), PersonId("discord:1>|<@&2")))
    body = rendered(card, mark=7).body
    assert problems(body) == []
    assert sum(units(text) for text in texts_of(body["components"])) <= TEXT
    json.dumps(body).encode()
    assert body["allowed_mentions"] == {"parse": [], "users": ["998877665544"]}
    assert body["components"][0]["id"] == 7
    for text in texts_of(body["components"]):
        assert_harmless(text, called=frozenset({"998877665544"}))


@settings(max_examples=8)
@given(card=cards)
def test_any_card_is_as_discord_describes_messages(card: Card) -> None:
    assert body_problem("POST", "/channels/{channel_id}/messages", rendered(card).body) == ""


@given(text=long)
def test_what_agents_write_can_do_no_harm(text: str) -> None:
    assert_harmless(discord_markdown(text))
    for section in (Markdown(text=text), Text(text=text)):
        body = rendered(Card(key="", title="", sections=(section,))).body
        assert problems(body) == []


@pytest.mark.parametrize("text", ATTACKS)
def test_an_escaped_text_can_do_no_harm(text: str) -> None:
    assert_harmless(escaped(text))


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
        SelectField, name=names, label=short, options=st.lists(options, max_size=30).map(tuple), value=short, hint=short
    ),
)
forms = st.builds(
    Form,
    token=tokens.filter(bool),
    title=short,
    submit=short,
    intro=long,
    files=st.none() | st.builds(FileField, name=st.just("files!"), label=short, hint=long, most=st.integers(-1, 20)),
    fields=st.lists(fields, max_size=5, unique_by=lambda field: field.name).map(tuple),
)


@settings(max_examples=12)
@given(form=forms)
def test_discord_takes_any_form(form: Form) -> None:
    made = dict(modal(form))
    assert modal_problems(made) == []
    answer = {"type": 9, "data": made}
    assert body_problem("POST", "/interactions/{interaction_id}/{interaction_token}/callback", answer) == ""
    assert made["custom_id"] == form.token
    if len(form.fields) < 5:
        asks = any(part.get("component", {}).get("type") == 19 for part in made["components"])
        assert asks is (form.files is not None)


def test_where_a_form_is_full_a_choice_that_is_made_already_gives_way_to_files() -> None:
    options = (Option(label="high"), Option(label="low"))
    fields = (
        TextField(name="request", label="Request"),
        SelectField(name="project", label="Project", options=options, value="low"),
        SelectField(name="workflow", label="Workflow", options=options, optional=True),
        SelectField(name="priority", label="Priority", options=options, value="low", optional=True),
        TextField(name="budget", label="Budget", value="5", optional=True),
    )
    form = Form(token="f", title="New", fields=fields, files=FileField(name="files", label="Files"))
    names = [each["component"]["custom_id"] for each in dict(modal(form))["components"]]
    assert names == ["request", "project", "workflow", "budget", "files"]
