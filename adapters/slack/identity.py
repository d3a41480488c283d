"""Who we are in Slack, and whether Slack will ever let us in."""

import asyncio
import logging

from adapters.chat.errors import ChatError, RateLimitedError
from adapters.chat.payload import text_at
from adapters.slack.calls import Calls
from adapters.slack.parse import Us
from adapters.slack.settings import SlackSettings
from core.domain.errors import ConfigurationError

PAUSES_S = (0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 30.0)
"""Before the first, second … attempt in a row to reach Slack again; the last one for all after it."""

_LOG = logging.getLogger(__name__)
_BOT = "Copy the bot token (xoxb-…) from OAuth & Permissions into [slack] bot_token."
_APP = "Make an app-level token (xapp-…) with connections:write under Basic Information, and set [slack] app_token."
_NEVER = {
    "auth.test": _BOT,
    "apps.connections.open": _APP,
}
_REFUSALS = frozenset(
    {
        "invalid_auth", "not_authed", "account_inactive", "token_revoked", "token_expired", "not_allowed_token_type",
        "missing_scope", "no_permission", "forbidden_team", "app_access_restricted", "team_access_not_granted",
    }
)  # fmt: skip


async def recognised(calls: Calls) -> Us:
    """Who the bot token makes us; ConfigurationError when it makes us nobody, another error when Slack is away."""
    try:
        answer = await calls.call("auth.test", repeatable=True)
    except ChatError as error:
        if (never := refusal(error, method="auth.test")) is not None:
            raise never from error
        raise
    bot = text_at(answer, "bot_id")
    if not bot:
        raise ConfigurationError("The Slack token is not a bot's.", source="[slack] bot_token", hint=_BOT)
    return Us(
        user=text_at(answer, "user_id"),
        bot=bot,
        team=text_at(answer, "team_id") or text_at(answer, "enterprise_id"),
        url=text_at(answer, "url"),
        name=text_at(answer, "user"),
        team_name=text_at(answer, "team"),
    )


async def recognised_at_last(calls: Calls) -> Us:
    """As `recognised`, but waits while Slack is away."""
    attempt = 0
    while True:
        try:
            return await recognised(calls)
        except ChatError as error:
            asked_s = error.retry_after_s if isinstance(error, RateLimitedError) else 0.0
            pause_s = max(asked_s, PAUSES_S[min(attempt, len(PAUSES_S) - 1)])
            _LOG.warning("Slack cannot be reached, tried again in %g s: %s", pause_s, error)
            await asyncio.sleep(pause_s)
            attempt += 1


def check(settings: SlackSettings) -> None:
    """ConfigurationError when a token is missing, or plainly not the kind that is needed."""
    if not settings.bot_token.startswith("xoxb-"):
        raise ConfigurationError("[slack] bot_token is not a bot token.", source="[slack] bot_token", hint=_BOT)
    if settings.mode == "http":
        if not settings.signing_secret:
            raise ConfigurationError(
                "[slack] signing_secret is missing: without it anybody could speak for Slack.",
                source="[slack] signing_secret",
                hint="Copy the signing secret from Basic Information, or use Socket Mode.",
            )
    elif not settings.app_token.startswith("xapp-"):
        raise ConfigurationError("[slack] app_token is not an app-level token.", source="[slack] app_token", hint=_APP)


def refusal(error: ChatError, *, method: str = "apps.connections.open") -> ConfigurationError | None:
    """`error` of `method` as what only a person can mend, None when it may go by itself."""
    if error.code not in _REFUSALS:
        return None
    source = "[slack] bot_token" if method == "auth.test" else "[slack] app_token"
    return ConfigurationError(
        f"Slack does not accept the token in {source} ({error.code}).", source=source, hint=_NEVER[method]
    )
