"""Coming into Discord, staying there, and what is said to somebody whose settings keep the bot out."""

import asyncio
import threading

import pytest

from adapters.chat.inbound import MessageReceived
from adapters.discord.adapter import DiscordAdapter
from core.domain.errors import ConfigurationError
from tests.integration.discord.adapter_running import Ear, remembered, running, settings
from tests.platforms.discord.intents import Intent
from tests.platforms.discord.simulator import DiscordSimulator

pytestmark = pytest.mark.discord


async def test_a_wrong_token_is_said_at_once_and_with_what_to_do() -> None:
    async with DiscordSimulator() as discord:
        with pytest.raises(ConfigurationError) as caught:
            async with running(discord, bot_token="another"):
                pass
    assert caught.value.source == "[discord] bot_token"
    assert "page Bot" in caught.value.hint


async def test_no_token_is_said_before_anything_is_called() -> None:
    async with DiscordSimulator() as discord:
        with pytest.raises(ConfigurationError):
            async with running(discord, bot_token=" "):
                pass
    assert discord.calls == []


async def test_an_intent_that_is_not_switched_on_is_named() -> None:
    async with DiscordSimulator(intents=Intent(0)) as discord:
        with pytest.raises(ConfigurationError) as caught:
            async with running(discord):
                pass
    assert "Message Content Intent" in caught.value.hint


async def test_discord_is_told_the_commands_only_when_they_changed() -> None:
    async with DiscordSimulator(pace=20) as discord:
        kept = remembered()
        for _ in range(2):
            async with running(discord, kept=kept):
                pass
        told = [call for call in discord.calls if isinstance(call.body, list)]
        assert len(told) == 1
        guild = discord.guild()
        async with running(discord, kept=kept, guilds=(guild.id,)):
            pass
        told = [call for call in discord.calls if isinstance(call.body, list)]
    # those for conversations of two, and the server's own
    assert len(told) == 3


async def test_it_listens_also_when_discord_does_not_take_the_commands() -> None:
    async with DiscordSimulator(pace=20) as discord:
        alice, ear = discord.person("alice"), Ear()
        discord.faults.error("commands.overwrite", 50001, "Missing Access")
        async with running(discord, ear):
            await alice.writes("hello")
            await ear.hears(MessageReceived)


async def test_what_happened_while_the_socket_was_gone_is_heard_once() -> None:
    async with DiscordSimulator(pace=20) as discord:
        alice, ear, channel = discord.person("alice"), Ear(), discord.channel("api")
        async with running(discord, ear):
            discord.gateway.drop()
            await alice.mentions("while you were away", channel)
            await discord.connected()
            await alice.mentions("now", channel)
            await ear.hears(MessageReceived, lambda said: said.text == "now")
    assert [said.text for said in ear.said if isinstance(said, MessageReceived)] == ["while you were away", "now"]


@pytest.mark.parametrize("how", ["asked to reconnect", "session ended", "forgotten"])
async def test_it_comes_back_however_discord_ends_a_connection(how: str) -> None:
    async with DiscordSimulator(pace=20) as discord:
        alice, ear, channel = discord.person("alice"), Ear(), discord.channel("api")
        async with running(discord, ear):
            match how:
                case "asked to reconnect":
                    discord.gateway.ask_to_reconnect()
                case "session ended":
                    discord.gateway.invalidate()
                case _:
                    discord.gateway.forget_sessions()
                    discord.gateway.drop()
            await discord.until(lambda: (discord.gateway.sessions and discord.gateway.healthy) or None)
            await alice.mentions("there?", channel)
            await ear.hears(MessageReceived)
    assert len(ear.said) == 1


async def test_a_connection_that_says_nothing_is_opened_anew() -> None:
    async with DiscordSimulator(pace=20, heartbeat_s=0.3) as discord:
        alice, ear, channel = discord.person("alice"), Ear(), discord.channel("api")
        async with running(discord, ear, heartbeat_timeout_s=1.0):
            discord.gateway.go_silent()
            await alice.mentions("anybody?", channel)
            await ear.hears(MessageReceived)


async def test_it_waits_for_a_discord_that_is_away_at_first() -> None:
    async with DiscordSimulator(pace=20) as discord:
        discord.faults.server_error(times=2, status=503)
        ear, alice = Ear(), discord.person("alice")
        async with running(discord, ear):
            await alice.writes("hello")
            await ear.hears(MessageReceived)


async def test_a_token_that_is_taken_back_while_it_listens_is_said() -> None:
    async with DiscordSimulator(pace=20) as discord:
        ready = asyncio.Event()
        adapter = DiscordAdapter(settings(discord), remembered())
        listening = asyncio.create_task(adapter.run(Ear(), ready=ready.set))
        async with asyncio.timeout(90):
            await ready.wait()
            discord.bot_token = "a new one"
            discord.gateway.forget_sessions()
            discord.gateway.drop()
            with pytest.raises(ConfigurationError) as caught:
                await listening
    assert caught.value.source == "[discord] bot_token"


async def test_nothing_of_it_is_left_behind() -> None:
    async with DiscordSimulator(pace=20) as discord:
        for _ in range(2):
            async with running(discord) as adapter:
                assert adapter.us is not None
            await discord.disconnected()
        left = [task for task in asyncio.all_tasks() if task.get_name().startswith("discord")]
    assert left == []
    for thread in threading.enumerate():
        if "keep-alive" in thread.name:
            # told to end, it does so by itself
            thread.join(90)
            assert not thread.is_alive()
