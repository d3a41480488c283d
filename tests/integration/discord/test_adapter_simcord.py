"""The adapter under a second opinion: simcord's Discord inside this process, with its own rules of what is allowed."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import discord
import pytest
import simcord
from discord.http import Route

from adapters.chat.card import Action
from adapters.chat.form import Form, TextField
from adapters.chat.inbound import ButtonPressed, CommandReceived, FormSubmitted, MessageReceived
from adapters.discord.adapter import DiscordAdapter
from adapters.discord.gateway import Gateway, Listener
from adapters.discord.ids import place
from adapters.discord.settings import DiscordSettings
from adapters.discord.wire import Answer, Request
from tests.integration.discord.adapter_running import Ear, card, remembered

pytestmark = pytest.mark.discord
SETTINGS = DiscordSettings(bot_token="simcord", application_id="", defer_after_s=12.0)


class SimcordWire:
    """Carries requests to simcord, in the place of the library's own."""

    def __init__(self, client: discord.Client) -> None:
        self._client = client

    @asynccontextmanager
    async def connected(self) -> AsyncIterator[None]:
        yield

    async def send(self, request: Request) -> Answer:
        if request.path == "/gateway/bot":
            return Answer(status=200, body={"url": "wss://gateway.invalid"})
        try:
            given: dict[str, Any] = {} if request.json is None else {"json": request.json}
            body = await self._client.http.request(
                Route(request.method, request.path), params=dict(request.query), **given
            )
        except discord.HTTPException as error:
            return Answer(status=error.status, body={"code": error.code, "message": error.text})
        return Answer(status=200, body=body)


class Hub:
    """Stands for the gateway: simcord's client tells it, it tells whoever listens now."""

    def __init__(self) -> None:
        self._listener: Listener | None = None
        self.client = Gateway(
            SETTINGS,
            Listener(
                connected=lambda: None,
                message=lambda message: self._listener.message(message) if self._listener else None,
                interaction=lambda did: self._listener.interaction(did) if self._listener else None,
            ),
        )

    def __call__(self, settings: DiscordSettings, listener: Listener) -> "Hub":
        self._listener = listener
        return self

    async def start(self, token: str) -> None:
        assert self._listener is not None
        self._listener.connected()
        await asyncio.Event().wait()

    async def leave(self) -> None:
        self._listener = None


@asynccontextmanager
async def running(ear: Ear) -> AsyncIterator[tuple[simcord.Env, DiscordAdapter]]:
    """simcord, with the adapter listening to it."""
    hub = Hub()
    async with simcord.run(hub.client) as env:
        settings = DiscordSettings(
            bot_token="simcord", application_id=str(hub.client.application_id), defer_after_s=12.0
        )
        adapter = DiscordAdapter(settings, remembered(), wire=SimcordWire(hub.client), ears=hub)
        ready = asyncio.Event()
        task = asyncio.create_task(adapter.run(ear, ready=ready.set))
        try:
            async with asyncio.timeout(90):
                await ready.wait()
            yield env, adapter
        finally:
            task.cancel()
            await asyncio.wait({task})


async def test_a_mention_a_card_a_press_and_a_form_pass_simcords_rules() -> None:
    ear = Ear()
    form = Form(token="f" * 40, title="Why?", fields=(TextField(name="reason", label="Reason"),))
    asking = card(actions=(Action(token="a" * 40, label="Deny…", command="deny A1"),))
    async with running(ear) as (env, adapter):
        guild = env.create_guild()
        channel = guild.create_text_channel("general")
        alice = guild.add_member(env.create_user("alice"))
        here = place(str(guild.id), str(channel.id))

        await alice.send(channel, f"<@{env.bot.user.id}> fix issue #123")
        heard = await ear.hears(MessageReceived)
        assert (heard.text, heard.place) == ("fix issue #123", here)

        posted = await adapter.post(here, asking, key="T1:card")

        async def asks(said: object) -> None:
            if isinstance(said, ButtonPressed):
                await adapter.ask(said.trigger, form)
            if isinstance(said, FormSubmitted):
                await adapter.whisper(said.place, said.person.id, card("Denied"))

        ear.then = asks
        assert str(channel.last_message.id) == posted.message
        shown = await alice.click(channel.last_message, label="Deny…")
        assert (await ear.hears(ButtonPressed)).token == "a" * 40
        await alice.submit_modal(shown, {"reason": "too risky"})
        assert (await ear.hears(FormSubmitted)).values == {"reason": "too risky"}


async def test_a_command_is_answered_alone() -> None:
    ear = Ear()
    async with running(ear) as (env, adapter):
        guild = env.create_guild()
        channel = guild.create_text_channel("general")
        alice = guild.add_member(env.create_user("alice"))

        async def whispers(said: object) -> None:
            if isinstance(said, CommandReceived):
                await adapter.whisper(said.place, said.person.id, card("Only you"))

        ear.then = whispers
        result = await alice.slash(channel, "orchestrate cancel", task="T12", reason="wrong branch")
        heard = await ear.hears(CommandReceived)
    assert (heard.verb, heard.text) == ("cancel", "T12 wrong branch")
    assert result.ephemeral
