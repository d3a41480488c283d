"""What the doctor and `init discord` say, on a simulated Discord with the real client."""

import tomllib
from collections.abc import AsyncGenerator, Mapping, Sequence
from pathlib import Path

import pytest

from adapters.chat.keyvalue import MemoryValues
from adapters.discord.calls import Calls
from adapters.discord.needs import invite_url
from adapters.discord.settings import DiscordSettings
from adapters.discord.sync import sync
from adapters.discord.wire import HttpWire
from bot.checks.bound import BoundChannel
from bot.checks.discord import discord as discord_checks
from bot.checks.finding import Finding, Mark
from config.settings import Settings, load_settings
from tests.platforms.discord.intents import Intent
from tests.platforms.discord.permissions import May
from tests.platforms.discord.simulator import DiscordSimulator
from tests.platforms.discord.world import BOT_USER
from tests.support.clock import FakeClock
from tests.support.command_line import CommandLine

pytestmark = pytest.mark.discord
PEOPLE = '[access]\nadmins = ["discord:2"]\n'


@pytest.fixture
async def discord() -> AsyncGenerator[DiscordSimulator]:
    async with DiscordSimulator(pace=100) as simulator:
        yield simulator


def text_for(discord: DiscordSimulator, more: str = PEOPLE, *, guilds: Sequence[str] = ()) -> str:
    listed = ", ".join(f'"{each}"' for each in guilds)
    token = f'bot_token = "{discord.bot_token}"\napi_url = "{discord.api_url}"\n'
    return f"[discord]\n{token}guilds = [{listed}]\n{more}"


def settings_for(folder: Path, text: str, **variables: str) -> Settings:
    (folder / "orchestrator.toml").write_text(text)
    environ = {"HOME": str(folder), "ORCHESTRATOR_HOME": str(folder / "state"), **variables}
    return load_settings(config=None, cwd=folder, environ=environ)


async def all_of(
    settings: Settings, *, channels: Sequence[BoundChannel] = (), offline: bool = False
) -> Sequence[Finding]:
    found = await discord_checks(settings, channels=channels, offline=offline)
    secrets = settings.secrets()
    assert not [each for each in found if any(secret in f"{each.text}{each.todo}" for secret in secrets)]
    return found


async def found_by(settings: Settings, *, offline: bool = False) -> Mapping[str, Finding]:
    """The findings by what they are about, the worst of each."""
    order = list(Mark)
    found = await all_of(settings, offline=offline)
    return {each.about: each for each in sorted(found, key=lambda each: order.index(each.mark))}


async def test_when_all_is_set_up_all_is_fine(tmp_path: Path, discord: DiscordSimulator) -> None:
    guild, role, shop = discord.guild("Acme"), discord.role("devs"), discord.channel("shop")
    given = DiscordSettings(bot_token=discord.bot_token, guilds=(guild.id,), api_url=discord.api_url)
    await sync(
        Calls(HttpWire(given)), MemoryValues(clock=FakeClock()), application=discord.application_id, guilds=given.guilds
    )
    project = (
        f'[projects.shop]\npath = "."\nchat = {{ channels = ["discord:{guild.id}/{shop.id}"] }}\n'
        f'access = {{ developers = ["discord:{guild.id}/role:{role.id}"] }}\n'
    )

    found = await found_by(settings_for(tmp_path, text_for(discord, PEOPLE + project, guilds=[guild.id])))

    assert {each.mark for each in found.values()} == {Mark.FINE}, found
    assert "Acme" in found["Discord servers"].text
    assert "#shop" in found["Discord channels"].text
    asked = [call.method for call in discord.calls if call.method != "commands.overwrite"]
    assert not {each.partition(".")[0] for each in asked} & {"messages", "threads", "direct", "gateway"}, asked
    assert not discord.gateway.sessions


async def test_offline_discord_is_not_asked(tmp_path: Path, discord: DiscordSimulator) -> None:
    found = await found_by(settings_for(tmp_path, text_for(discord)), offline=True)

    assert (found["Discord"].mark, found["Discord people"].mark) == (Mark.NOTE, Mark.FINE)
    assert discord.calls == []


async def test_without_a_token_it_says_how_to_begin(tmp_path: Path) -> None:
    nothing = (await found_by(settings_for(tmp_path, "")))["Discord"]
    assert nothing.todo == "To work from Discord: orchestrator init discord"

    begun = (await found_by(settings_for(tmp_path, '[discord]\nguilds = ["1"]\n')))["Discord"]
    assert (begun.mark, "ORCHESTRATOR_DISCORD__BOT_TOKEN" in begun.todo) == (Mark.WARNING, True)


async def test_a_token_that_is_not_accepted_and_discord_being_away_are_told_apart(
    tmp_path: Path, discord: DiscordSimulator
) -> None:
    wrong = settings_for(tmp_path, text_for(discord), ORCHESTRATOR_DISCORD__BOT_TOKEN="not.the.one")
    assert (await found_by(wrong))["Discord"].mark is Mark.BROKEN

    discord.faults.server_error("me")
    away = await found_by(settings_for(tmp_path, text_for(discord)))
    assert (away["Discord"].mark, list(away)) == (Mark.WARNING, ["Discord"])


async def test_an_intent_that_is_off_is_named(tmp_path: Path) -> None:
    async with DiscordSimulator(intents=Intent(0)) as discord:
        discord.guild()
        found = (await found_by(settings_for(tmp_path, text_for(discord))))["Discord intents"]

    assert (found.mark, "Message Content Intent" in found.todo) == (Mark.BROKEN, True)


async def test_servers_are_compared_with_the_settings(tmp_path: Path, discord: DiscordSimulator) -> None:
    nowhere = (await found_by(settings_for(tmp_path, text_for(discord))))["Discord servers"]
    assert invite_url(discord.application_id) in nowhere.todo

    acme, other = discord.guild("Acme"), discord.guild("Other")
    nobody = (await found_by(settings_for(tmp_path, text_for(discord))))["Discord servers"]
    assert (nobody.mark, nobody.is_configuration, acme.id in nobody.todo) == (Mark.BROKEN, True, True)

    told = await all_of(settings_for(tmp_path, text_for(discord, guilds=[acme.id, "404"])))
    texts = {each.text: each.mark for each in told if each.about == "Discord servers"}
    assert texts == {
        "The bot is not in the server 404.": Mark.BROKEN,
        f"Listened to: Acme ({acme.id}).": Mark.FINE,
        f"Not listened to: Other ({other.id}).": Mark.NOTE,
    }


async def test_commands_that_are_not_offered_yet_are_told(tmp_path: Path, discord: DiscordSimulator) -> None:
    guild = discord.guild()
    found = await found_by(settings_for(tmp_path, text_for(discord, guilds=[guild.id])))

    assert (found["Discord commands"].mark, "serve" in found["Discord commands"].todo) == (Mark.NOTE, True)


async def test_nobody_being_named_is_a_matter_of_settings(tmp_path: Path, discord: DiscordSimulator) -> None:
    found = (await found_by(settings_for(tmp_path, text_for(discord, ""))))["Discord people"]

    assert (found.mark, found.is_configuration, "Copy User ID" in found.todo) == (Mark.BROKEN, True, True)


async def test_roles_that_do_not_exist_are_named(tmp_path: Path, discord: DiscordSimulator) -> None:
    guild = discord.guild("Acme")
    named = f'[access]\nadmins = ["discord:{guild.id}/role:5", "discord:404/role:5"]\n'

    told = await all_of(settings_for(tmp_path, text_for(discord, named, guilds=[guild.id])))

    roles = [each for each in told if each.about == "Discord roles"]
    assert {each.mark for each in roles} == {Mark.BROKEN}
    text = " ".join(each.text for each in roles)
    assert "Acme has no such role" in text
    assert "not in that server" in text


async def test_channels_that_cannot_be_used_are_told_with_what_to_do(tmp_path: Path, discord: DiscordSimulator) -> None:
    acme, other = discord.guild("Acme"), discord.guild("Other")
    hidden, quiet = discord.channel("hidden", guild=acme), discord.channel("quiet", guild=acme)
    elsewhere = discord.channel("elsewhere", guild=other)
    discord.denies(hidden, May.VIEW_CHANNEL, to=BOT_USER)
    discord.denies(quiet, May.CREATE_PUBLIC_THREADS | May.ATTACH_FILES, to=BOT_USER)
    names = [f"{acme.id}/{each.id}" for each in (hidden, quiet, elsewhere)] + [f"{acme.id}/404", "404/1"]
    bound = [BoundChannel(name=f"discord:{each}", why="project shop") for each in names]

    found = await all_of(settings_for(tmp_path, text_for(discord, guilds=[acme.id])), channels=bound)

    told = [each for each in found if each.about == "Discord channels"]
    assert [each.mark for each in told] == [Mark.BROKEN] * 5, told
    assert "cannot see" in told[0].text
    assert "In #quiet (project shop) the bot lacks: Create Public Threads, Attach Files." in told[1].text
    assert f"discord:{other.id}/{elsewhere.id}" in told[2].todo
    assert "cannot see" in told[3].text
    assert "not in that server" in told[4].text


@pytest.mark.slow
async def test_init_tells_the_address_and_fills_in_what_discord_knows(
    machine: CommandLine, discord: DiscordSimulator
) -> None:
    alice, guild = discord.person("alice"), discord.guild("Acme")
    machine.write_settings('[projects.shop]\npath = "."\n')
    machine.variables |= {"ORCHESTRATOR_DISCORD__API_URL": discord.api_url}

    told = (await machine.run("init", "discord", ORCHESTRATOR_DISCORD__BOT_TOKEN=discord.bot_token)).stdout
    assert invite_url(discord.application_id) in told
    assert f"Acme ({guild.id})" in told
    assert f"belongs to Alice. If that is you: --admin {alice.id}" in told
    assert discord.bot_token not in told
    assert (machine.folder / "orchestrator.toml").read_text() == '[projects.shop]\npath = "."\n'

    known = ("--admin", alice.id, "--yes")
    ended = await machine.run("init", "discord", *known, ORCHESTRATOR_DISCORD__BOT_TOKEN=discord.bot_token)
    assert (ended.code, ended.stderr) == (0, "")
    found = tomllib.loads((machine.folder / "orchestrator.toml").read_text())
    assert found["discord"] == {"guilds": [guild.id]}
    assert found["access"] == {"admins": [alice.key]}


@pytest.mark.slow
async def test_init_works_without_discord_and_refuses_what_is_no_id(machine: CommandLine) -> None:
    told = (await machine.run("init", "discord", "--application", "99")).stdout
    assert "client_id=99&permissions=" in told
    assert "Message Content Intent" in told

    assert "is no id for --server" in (await machine.run("init", "discord", "--server", "acme")).refused(2)
    assert "Which server" in (await machine.run("init", "discord", "--channel", "5")).refused(2)
