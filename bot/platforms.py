"""The chat platforms that the settings describe."""

from adapters.chat.port import ChatAdapter
from bot.discord_app import discord_app
from bot.serve import Platform
from bot.slack_app import slack_app
from bot.telegram_app import telegram_app, telegram_menu
from config.settings import Settings
from core.domain.errors import ConfigurationError


def platforms_of(settings: Settings) -> tuple[Platform, ...]:
    """Every platform with a token; ConfigurationError when there is none."""
    found = (_slack(settings), _telegram(settings), _discord(settings))
    served = tuple(platform for platform in found if platform is not None)
    if not served:
        raise ConfigurationError(
            "No chat is set up yet.",
            source="[slack], [telegram] or [discord]",
            hint="Begin with: orchestrator init slack (or telegram, discord). In the terminal: orchestrator chat",
        )
    return served


# The libraries of a platform are loaded for those who use it.


def _slack(settings: Settings) -> Platform | None:
    given = slack_app(settings)
    if given is None:
        return None
    from adapters.slack.adapter import SlackAdapter

    def greeting(adapter: ChatAdapter) -> str:
        us = adapter.us if isinstance(adapter, SlackAdapter) else None
        where = f" as @{us.name} in {us.team_name}" if us is not None else ""
        by = f" on {given.host}:{adapter.port}" if isinstance(adapter, SlackAdapter) and given.mode == "http" else ""
        return f"Listening in Slack{where}{by}."

    return Platform(name="slack", title="Slack", adapter=lambda _: SlackAdapter(given), greeting=greeting)


def _telegram(settings: Settings) -> Platform | None:
    given = telegram_app(settings)
    if given is None:
        return None
    from adapters.telegram.adapter import TelegramAdapter

    def greeting(adapter: ChatAdapter) -> str:
        us = adapter.us if isinstance(adapter, TelegramAdapter) else None
        who = f" as @{us.username} (https://t.me/{us.username})" if us is not None else ""
        by = ""
        if isinstance(adapter, TelegramAdapter) and given.mode == "webhook":
            by = f" on {given.host}:{adapter.port}"
        return f"Listening in Telegram{who}{by}."

    return Platform(
        name="telegram",
        title="Telegram",
        adapter=lambda provided: TelegramAdapter(
            given, values=provided.values, menu=telegram_menu(), mask=provided.mask
        ),
        greeting=greeting,
    )


def _discord(settings: Settings) -> Platform | None:
    given = discord_app(settings)
    if given is None:
        return None
    from adapters.discord.adapter import DiscordAdapter

    def greeting(adapter: ChatAdapter) -> str:
        us = adapter.us if isinstance(adapter, DiscordAdapter) else None
        return f"Listening in Discord{f' as {us.name}' if us is not None else ''}."

    return Platform(
        name="discord",
        title="Discord",
        adapter=lambda provided: DiscordAdapter(
            given, provided.values, suggest=provided.suggest, threads=provided.threads
        ),
        greeting=greeting,
    )
