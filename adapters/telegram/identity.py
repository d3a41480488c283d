"""Who we are in Telegram, and whether Telegram will ever let us in."""

import asyncio
import logging
import re
from urllib.parse import urlsplit

from adapters.chat.errors import ChatError, RateLimitedError
from adapters.chat.payload import text_at, truth_at
from adapters.telegram.calls import Calls
from adapters.telegram.errors import UNAUTHORIZED, UNKNOWN_METHOD
from adapters.telegram.look import full_name, number_at
from adapters.telegram.settings import TelegramSettings
from adapters.telegram.us import Us
from core.domain.errors import ConfigurationError

PAUSES_S = (0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 30.0)
"""Before the first, second … attempt in a row to reach Telegram again; the last one for all after it."""

_LOG = logging.getLogger(__name__)
_TOKEN = re.compile(r"[0-9]{3,20}:[A-Za-z0-9_-]{20,}")
_SECRET = re.compile(r"[A-Za-z0-9_-]{1,256}")
_HINT = "Copy the token that BotFather gives (123456:ABC…) into [telegram] bot_token; /token there shows it again."


async def recognised(calls: Calls) -> Us:
    """Who the token makes us; ConfigurationError when it makes us nobody, another error when Telegram is away."""
    try:
        me = await calls.ask("getMe", repeatable=True)
    except ChatError as error:
        if (never := refusal(error)) is not None:
            raise never from error
        raise
    return Us(
        id=number_at(me, "id"),
        username=text_at(me, "username"),
        name=full_name(me),
        hears_all=truth_at(me, "can_read_all_group_messages"),
        has_topics=truth_at(me, "has_topics_enabled"),
    )


async def recognised_at_last(calls: Calls) -> Us:
    """As `recognised`, but waits while Telegram is away."""
    attempt = 0
    while True:
        try:
            return await recognised(calls)
        except ChatError as error:
            await pause(attempt, error)
            attempt += 1


async def pause(attempt: int, error: ChatError) -> None:
    """Wait before the next attempt to reach Telegram; ConfigurationError when it is no use."""
    if (never := refusal(error)) is not None:
        raise never from error
    asked_s = error.retry_after_s if isinstance(error, RateLimitedError) else 0.0
    pause_s = max(asked_s, PAUSES_S[min(attempt, len(PAUSES_S) - 1)])
    _LOG.warning("Telegram cannot be reached, tried again in %g s: %s", pause_s, error)
    await asyncio.sleep(pause_s)


def check(settings: TelegramSettings) -> None:
    """ConfigurationError when something is missing, or plainly not what is needed."""
    if not _TOKEN.fullmatch(settings.bot_token):
        raise ConfigurationError("[telegram] bot_token is no bot's token.", source="[telegram] bot_token", hint=_HINT)
    if settings.mode != "webhook":
        return
    if not _SECRET.fullmatch(settings.secret):
        raise ConfigurationError(
            "[telegram] secret is missing or has other signs than A–Z, a–z, 0–9, _ and -.",
            source="[telegram] secret",
            hint="Without it anybody could speak for Telegram. Set one of your own, or use polling.",
        )
    if urlsplit(settings.public_url).scheme not in {"http", "https"}:
        raise ConfigurationError(
            "[telegram] public_url is missing.",
            source="[telegram] public_url",
            hint="Telegram must reach us: set the https address from outside, or use polling.",
        )


def refusal(error: ChatError) -> ConfigurationError | None:
    """`error` as what only a person can mend, None when it may go by itself."""
    if error.code not in {UNAUTHORIZED, UNKNOWN_METHOD}:
        return None
    return ConfigurationError(
        "Telegram does not accept the token in [telegram] bot_token.", source="[telegram] bot_token", hint=_HINT
    )
