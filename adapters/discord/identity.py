"""Who we are in Discord, and whether Discord will ever let us in."""

import asyncio
import logging
from dataclasses import dataclass

from adapters.chat.errors import ChatError, RateLimitedError
from adapters.chat.payload import text_at
from adapters.discord.calls import Calls
from adapters.discord.settings import DiscordSettings
from core.domain.errors import ConfigurationError

PAUSES_S = (0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 30.0)
"""Before the first, second … attempt in a row to reach Discord again; the last one for all after it."""
TOKEN_HINT = "Copy the token of the bot from the page Bot of your application into [discord] bot_token."  # noqa: S105
INTENT_HINT = (
    "Switch on Message Content Intent on the page Bot of your application (discord.com/developers), then start again."
)

_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Us:
    """Who we are in Discord."""

    user: str
    """Id of the bot's user."""
    name: str
    application: str


async def recognised(calls: Calls, settings: DiscordSettings) -> Us:
    """Who the bot token makes us; ConfigurationError when it makes us nobody, another error when Discord is away."""
    try:
        user = await calls.call("GET", "/users/@me", repeatable=True)
        application = settings.application_id
        if not application:
            application = text_at(await calls.call("GET", "/applications/@me", repeatable=True), "id")
    except ChatError as error:
        if error.code in {"401", "40001"}:
            raise token_refused() from error
        raise
    return Us(user=text_at(user, "id"), name=text_at(user, "username"), application=application)


async def recognised_at_last(calls: Calls, settings: DiscordSettings) -> Us:
    """As `recognised`, but waits while Discord is away."""
    attempt = 0
    while True:
        try:
            return await recognised(calls, settings)
        except ChatError as error:
            await pause(attempt, error)
            attempt += 1


async def pause(attempt: int, error: Exception) -> None:
    """Wait before the next attempt to reach Discord, longer each time."""
    asked_s = error.retry_after_s if isinstance(error, RateLimitedError) else 0.0
    pause_s = max(asked_s, PAUSES_S[min(attempt, len(PAUSES_S) - 1)])
    _LOG.warning("Discord cannot be reached, tried again in %g s: %s", pause_s, error)
    await asyncio.sleep(pause_s)


def check(settings: DiscordSettings) -> None:
    """ConfigurationError when the token is missing."""
    if not settings.bot_token.strip():
        raise ConfigurationError("[discord] bot_token is missing.", source="[discord] bot_token", hint=TOKEN_HINT)


def token_refused() -> ConfigurationError:
    """Discord does not know the token."""
    return ConfigurationError(
        "Discord does not accept the token in [discord] bot_token.", source="[discord] bot_token", hint=TOKEN_HINT
    )


def intents_refused() -> ConfigurationError:
    """Discord does not let us read messages."""
    return ConfigurationError("Discord does not let the bot read messages.", source="[discord]", hint=INTENT_HINT)
