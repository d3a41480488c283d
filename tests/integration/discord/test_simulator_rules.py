"""What no app should ever send to Discord: found by the published description or by the simulator's own rules."""

import json
import time
from typing import Any

import aiohttp
import discord
import pytest

from tests.integration.discord.simulated_bot import a_discord, running
from tests.platforms.discord import published
from tests.platforms.discord.catalogue import ROUTES, Route
from tests.platforms.discord.component_rules import message_problems, modal_problems
from tests.platforms.discord.http_api import HANDLERS
from tests.platforms.discord.message import COMPONENTS_V2

pytestmark = pytest.mark.discord

described = pytest.mark.skipif(not published.description(), reason="Discord's published description is not at hand")
Part = dict[str, Any]


def text(words: str = "words") -> Part:
    return {"type": 10, "content": words}


def button(custom_id: str = "b", **more: Any) -> Part:
    return {"type": 2, "style": 1, "label": "Go", "custom_id": custom_id} | more


def row(*held: Part) -> Part:
    return {"type": 1, "components": list(held)}


def box(*held: Part) -> Part:
    return {"type": 17, "components": list(held)}


def menu(count: int = 2, **more: Any) -> Part:
    options = [{"label": f"o{number}", "value": f"o{number}"} for number in range(count)]
    return {"type": 3, "custom_id": "m", "options": options} | more


def label(held: Part, words: str = "Reason") -> Part:
    return {"type": 18, "label": words, "component": held}


FINE: list[list[Part]] = [
    [box(text(), {"type": 14}, row(*(button(str(number)) for number in range(5))))],
    [{"type": 9, "components": [text(), text(), text()], "accessory": button()}, row(menu(25))],
    [text("x" * 4000)],
    [box(*(text() for _ in range(39)))],
    [row({"type": 2, "style": 5, "label": "Open", "url": "https://example.org"})],
]
WRONG: dict[str, list[Part]] = {
    "41 components": [box(*(text() for _ in range(40)))],
    "4001 characters": [text("x" * 2000), box(text("y" * 2001))],
    "cannot be empty": [],
    "is there 2 times": [row(button()), row(button())],
    "1 to 5 buttons": [row(*(button(str(number)) for number in range(6)))],
    "stands alone": [row(menu(), button())],
    "by itself": [button()],
    "cannot hold": [box(box(text()))],
    "1 to 3": [{"type": 9, "components": [text()] * 4, "accessory": button()}],
    "needs a button or a thumbnail": [{"type": 9, "components": [text()]}],
    "between 1 and 100": [row(button("x" * 101))],
    "80 or fewer": [row(button(label="x" * 81))],
    "label or an emoji": [row(button(label=""))],
    "no custom_id": [row(button(style=5, url="https://example.org"))],
    "between 1 and 25": [row(menu(26))],
    "does not fit the options": [row(menu(2, max_values=3))],
    "not among the files": [{"type": 12, "items": [{"media": {"url": "attachment://a.png"}}]}],
    "no address": [{"type": 12, "items": [{"media": {"url": "a.png"}}]}],
}


def problems_of(components: list[Part], **more: Any) -> str:
    message: dict[str, Any] = {"content": "", "embeds": [], "flags": COMPONENTS_V2, "files": []}
    return "\n".join(message_problems(components=components, **(message | more))).lower()


@pytest.mark.parametrize("components", FINE, ids=range(len(FINE)))
def test_what_discord_takes_is_taken(components: list[Part]) -> None:
    assert problems_of(components) == ""


@pytest.mark.parametrize("words", WRONG)
def test_what_discord_refuses_is_found(words: str) -> None:
    assert words in problems_of(WRONG[words])


def test_text_and_components_of_the_new_kind_do_not_go_together() -> None:
    assert "together" in problems_of([text()], content="words")
    assert "needs the flag" in problems_of([text()], flags=0)
    assert "empty message" in problems_of([], flags=0)
    assert "2000 or fewer" in problems_of([], content="x" * 2001, flags=0)
    assert problems_of([row(button())], content="words", flags=0) == ""


def test_forms_have_one_to_five_labelled_fields() -> None:
    field = {"type": 4, "custom_id": "t", "style": 1}
    assert modal_problems({"components": [label(field)]}) == []
    assert "1 to 5" in modal_problems({"components": []})[0]
    six = [label(field | {"custom_id": str(number)}) for number in range(6)]
    assert "1 to 5" in modal_problems({"components": six})[0]
    assert "45" in modal_problems({"components": [label(field, "x" * 46)]})[0]
    assert "Cannot hold" in modal_problems({"components": [label(button())]})[0]
    assert "Cannot stand" in modal_problems({"components": [button()]})[0]
    radio = {"type": 21, "custom_id": "r", "options": [{"label": "one", "value": "1"}]}
    assert "between 2 and 10" in modal_problems({"components": [label(radio)]})[0]


@described
@pytest.mark.parametrize("route", ROUTES, ids=lambda route: route.name)
def test_every_call_of_ours_is_one_that_discord_describes(route: Route) -> None:
    assert published.is_described(route.verb, route.path)


def test_every_call_of_the_table_is_simulated() -> None:
    assert HANDLERS.keys() | {"gateway", "gateway.bot"} == {route.name for route in ROUTES}


@described
def test_the_description_is_asked_about_bodies_and_queries() -> None:
    post, path = "POST", "/channels/{channel_id}/messages"
    assert published.body_problem(post, path, {"content": "fine", "attachments": [{"id": 0}]}) == ""
    assert published.body_problem(post, path, {"content": 7}).startswith("content: 7 is not of type")
    deep = {"components": [box({"type": 9, "components": [{"type": 10}], "accessory": button()})]}
    assert published.body_problem(post, path, deep).startswith("components.0.components.0.components.0: 'content'")
    assert "type 4 is none of" in published.body_problem(post, path, {"components": [row({"type": 4})]})
    assert published.body_problem("POST", "/users/@me/channels", {"recipient_id": 4711}) == ""
    assert published.query_problems("GET", path, {"limit": "101"}) == ["limit: 101 is not valid"]
    assert published.query_problems("GET", path, {"limit": "1", "after": "1"}) == []
    assert published.query_problems("GET", path, {"wrong": "1"}) == ["wrong: there is no such parameter"]


@described
def test_fields_that_discord_would_pass_over_are_found() -> None:
    post, path = "POST", "/channels/{channel_id}/messages"
    assert published.unknown_field(post, path, {"content": "fine", "tts": False, "nonce": "1"}) == ""
    assert published.unknown_field(post, path, {"contents": "x"}) == ": there is no field 'contents'"
    misspelt = {"components": [box(row(button(labels="Go")))]}
    assert "no field 'labels'" in published.unknown_field(post, path, misspelt)


@described
def test_looking_at_a_full_card_takes_little_time() -> None:
    rows = [row(*(button(f"{number}-{place}") for place in range(4))) for number in range(7)]
    body = {"flags": COMPONENTS_V2, "components": [box(text(), text(), text(), text(), *rows)]}
    published.body_problem("POST", "/channels/{channel_id}/messages", body)
    begun = time.process_time()
    for _ in range(10):
        assert published.body_problem("POST", "/channels/{channel_id}/messages", body) == ""
    assert (time.process_time() - begun) / 10 < 0.25


async def test_a_violation_is_refused_and_fails_the_test_at_the_end() -> None:
    with pytest.raises(AssertionError, match="2000 or fewer"):
        async with a_discord() as simulated:
            api = simulated.channel("api")
            async with running(simulated) as bot:
                channel = await bot.fetch_channel(int(api.id))
                assert isinstance(channel, discord.TextChannel)
                with pytest.raises(discord.HTTPException) as caught:
                    await channel.send("x" * 2001)
                assert caught.value.code == 50035
                assert "content" in str(caught.value)
    assert simulated.messages() == []


async def test_calls_that_discord_does_not_know_are_violations() -> None:
    with pytest.raises(AssertionError, match="we do not simulate"):
        async with (
            a_discord() as simulated,
            aiohttp.ClientSession() as session,
            session.get(f"{simulated.api_url}/nothing/of/that") as answer,
        ):
            assert answer.status == 404


async def test_who_asks_and_what_is_sent_has_to_be_said() -> None:
    with pytest.raises(AssertionError, match="the user agent is None") as caught:
        async with a_discord() as simulated, aiohttp.ClientSession(skip_auto_headers=["User-Agent"]) as session:
            headers = {"Authorization": f"Bot {simulated.bot_token}"}
            address = f"{simulated.api_url}/users/@me/channels"
            body = json.dumps({"recipient_id": simulated.person("alice").id}).encode()
            async with session.post(address, data=body, headers=headers) as answer:
                assert answer.status == 200
    assert "'application/octet-stream'" in str(caught.value)


async def test_nobody_can_type_what_the_command_does_not_take() -> None:
    async with a_discord() as simulated:
        alice = simulated.person("alice")
        async with running(simulated):
            with pytest.raises(AssertionError, match="needs"):
                await alice.uses("/orchestrate run", {})
            with pytest.raises(AssertionError, match="no options"):
                await alice.uses("/orchestrate run", {"request": "x", "wrong": 1})
            with pytest.raises(AssertionError, match="goes on"):
                await alice.uses("/orchestrate", {})
            with pytest.raises(AssertionError, match="no command"):
                await alice.uses("/other", {})
