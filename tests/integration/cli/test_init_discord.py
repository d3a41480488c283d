"""`orchestrator init discord` at a terminal: a token that is never shown, and settings without looking up a number."""

import tomllib
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import pytest

from adapters.chat.payload import Payload
from tests.platforms.discord.simulator import DiscordSimulator
from tests.support.command_line import CommandLine
from tests.support.terminal import Terminal, terminal

pytestmark = [pytest.mark.discord, pytest.mark.slow]
BEFORE = '# mine\n[projects.shop]\npath = "."\n'


@pytest.fixture
async def discord() -> AsyncGenerator[DiscordSimulator]:
    async with DiscordSimulator(pace=100) as simulator:
        yield simulator


@asynccontextmanager
async def asking(machine: CommandLine, discord: DiscordSimulator, *, token: str = "") -> AsyncGenerator[Terminal]:
    """The command at a terminal; whatever is typed into it as a token is nowhere on the screen."""
    machine.write_settings(BEFORE)
    machine.variables["ORCHESTRATOR_DISCORD__API_URL"] = discord.api_url
    async with terminal(machine, "init", "discord", ORCHESTRATOR_DISCORD__BOT_TOKEN=token) as screen:
        yield screen
        assert discord.bot_token not in screen.raw.decode(errors="replace")


def settings_of(machine: CommandLine) -> Payload:
    return tomllib.loads((machine.folder / "orchestrator.toml").read_text())


async def test_from_a_token_to_settings(machine: CommandLine, discord: DiscordSimulator) -> None:
    alice, guild, shop = discord.person("alice"), discord.guild(), discord.channel("shop")
    async with asking(machine, discord) as screen:
        await screen.shows("Token (it is not shown):")
        screen.type("not-the-token-that-there-is")
        await screen.shows("Discord does not know that token.")
        screen.type(discord.bot_token)
        await screen.shows(f"It is in {guild.name}.")
        await screen.shows(f"belongs to Alice ({alice.id}). Is that you?")
        screen.type("")
        await screen.shows("Which channel talks about shop?")
        screen.type("99")
        await screen.shows("Type a number from 1 to")
        names = [line for line in screen.printed.splitlines() if "#shop" in line]
        screen.type(names[-1].strip().partition(".")[0])
        await screen.shows("Add this to")
        screen.type("")
        assert await screen.ended() == 0

    found = settings_of(machine)
    assert found["discord"] == {"guilds": [guild.id]}
    assert found["access"] == {"admins": [alice.key]}
    assert found["projects"] == {"shop": {"path": ".", "chat": {"channels": [f"discord:{guild.id}/{shop.id}"]}}}
    assert "ORCHESTRATOR_DISCORD__BOT_TOKEN" in screen.printed
    assert "Add the bot to your server" not in screen.printed


async def test_a_bot_in_no_server_is_invited_and_looked_for_again(
    machine: CommandLine, discord: DiscordSimulator
) -> None:
    discord.person("alice")
    guild = discord.guild()
    discord.removes_app(guild)
    async with asking(machine, discord, token=discord.bot_token) as screen:
        await screen.shows("Is it there now?")
        assert "permissions=" in screen.printed
        screen.type("")
        await screen.shows("Is it there now?")
        screen.type("no")
        await screen.shows("Is that you?")
        screen.type("no")
        await screen.shows("Add this to")
        screen.type("no")
        assert await screen.ended() == 0

    assert (machine.folder / "orchestrator.toml").read_text() == BEFORE


async def test_ctrl_c_writes_nothing(machine: CommandLine, discord: DiscordSimulator) -> None:
    async with asking(machine, discord) as screen:
        await screen.shows("Token (it is not shown):")
        screen.press(b"\x03")
        assert await screen.ended() == 130
    assert (machine.folder / "orchestrator.toml").read_text() == BEFORE
