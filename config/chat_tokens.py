"""Tokens of chat platforms, checked for their kind; no message holds a token."""

import re

from pydantic import SecretStr

BOT_TOKEN = "xoxb-"  # noqa: S105  # how Slack's tokens begin, by kind
APP_TOKEN = "xapp-"  # noqa: S105
USER_TOKEN = "xoxp-"  # noqa: S105

_KINDS = {
    BOT_TOKEN: "a bot token; it goes into bot_token",
    APP_TOKEN: "an app-level token; it goes into app_token",
    USER_TOKEN: "a person's token; this needs the app's own",
}
_TELEGRAM = re.compile(r"\d+:[A-Za-z0-9_-]{20,}", re.ASCII)
_DISCORD = re.compile(r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+", re.ASCII)
_HEADER = re.compile(r"[A-Za-z0-9_-]{1,256}", re.ASCII)


def as_bot_token(token: SecretStr) -> SecretStr:
    """A token of the Slack app's bot, or ''; ValueError otherwise."""
    return _slack(token, begins=BOT_TOKEN, where="copy the bot token from OAuth & Permissions")


def as_app_token(token: SecretStr) -> SecretStr:
    """An app-level token of Slack, or ''; ValueError otherwise."""
    return _slack(token, begins=APP_TOKEN, where="make an app-level token under Basic Information")


def as_telegram_token(token: SecretStr) -> SecretStr:
    """A token as BotFather gives it, or ''; ValueError otherwise."""
    return _formed(token, _TELEGRAM, "this is no bot token: copy the line with a colon that BotFather sent.")


def as_discord_token(token: SecretStr) -> SecretStr:
    """A token as Discord's developer portal gives it, or ''; ValueError otherwise."""
    hint = "this is no bot token: copy it from Bot → Reset Token (three parts with dots), not the client secret."
    return _formed(token, _DISCORD, hint)


def as_webhook_secret(token: SecretStr) -> SecretStr:
    """What Telegram sends along with each update, or ''; ValueError otherwise."""
    return _formed(token, _HEADER, "use up to 256 letters, digits, _ and -.")


def _formed(token: SecretStr, form: re.Pattern[str], hint: str) -> SecretStr:
    text = token.get_secret_value()
    if text and not form.fullmatch(text):
        raise ValueError(hint)
    return token


def _slack(token: SecretStr, *, begins: str, where: str) -> SecretStr:
    text = token.get_secret_value()
    if not text or text.startswith(begins):
        return token
    known = next((kind for beginning, kind in _KINDS.items() if text.startswith(beginning)), "")
    raise ValueError(f"this is {known}." if known else f"it must begin with {begins}: {where}.")
