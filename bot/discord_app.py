"""The Discord application that the settings describe."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from adapters.discord.settings import DiscordSettings
    from config.settings import Settings


def discord_app(settings: "Settings") -> "DiscordSettings | None":
    """What the adapter is told; None without a token: then there is no Discord."""
    said = settings.discord
    token = said.bot_token.get_secret_value()
    if not token:
        return None
    # the libraries of a platform are loaded for those who use it
    from adapters.discord.settings import DiscordSettings

    return DiscordSettings(bot_token=token, guilds=said.guilds, api_url=said.api_url)
