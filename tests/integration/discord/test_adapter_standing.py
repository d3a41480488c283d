"""What can be known of the bot's place in Discord before anything goes wrong."""

import pytest

from adapters.discord.standing import standing
from core.domain.errors import ConfigurationError
from tests.integration.discord.adapter_running import settings
from tests.platforms.discord.intents import Intent
from tests.platforms.discord.permissions import May
from tests.platforms.discord.simulator import DiscordSimulator

pytestmark = pytest.mark.discord


async def test_a_bot_that_has_all_it_needs_lacks_nothing() -> None:
    async with DiscordSimulator(pace=20) as discord:
        guild, channel = discord.guild("team"), discord.channel("api")
        found = await standing(settings(discord), channels=(channel.id,))
    assert (found.us.name, found.reads_messages) == ("orchestrator", True)
    assert [(each.id, each.name, each.missing) for each in found.guilds] == [(guild.id, "team", ())]
    assert [(each.id, each.name, each.guild) for each in found.channels] == [(channel.id, "api", guild.id)]


async def test_what_is_missing_is_named() -> None:
    async with DiscordSimulator(
        pace=20, intents=Intent(0), permissions=May.VIEW_CHANNEL | May.SEND_MESSAGES
    ) as discord:
        discord.guild("team").roles[discord.guild().id].permissions = May.VIEW_CHANNEL | May.SEND_MESSAGES
        channel = discord.channel("secret")
        discord.denies(channel, May.VIEW_CHANNEL)
        found = await standing(settings(discord), channels=(channel.id, "123456789012345678"))
    assert not found.reads_messages
    assert "Create Public Threads" in found.guilds[0].missing
    assert "View Channels" not in found.guilds[0].missing
    assert [bool(each.why) for each in found.channels] == [True, True]


async def test_a_wrong_token_is_said() -> None:
    async with DiscordSimulator() as discord:
        with pytest.raises(ConfigurationError):
            await standing(settings(discord, bot_token="another"))
