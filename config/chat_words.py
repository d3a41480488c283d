"""What people write about chats, checked: tokens, ids, addresses, time zones. No message holds a token."""

import re
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import SecretStr

BOT_TOKEN = "xoxb-"  # noqa: S105  # how Slack's tokens begin, by kind
APP_TOKEN = "xapp-"  # noqa: S105
USER_TOKEN = "xoxp-"  # noqa: S105

_PERSON = re.compile(r"[a-z]+:(?:[^/\s*]+/)?(?:[^/\s*]+|\*)", re.ASCII)
_SLACK_PERSON = re.compile(r"slack:(?:[TE][A-Z0-9]+/(?:[UW][A-Z0-9]+|\*)|\*)", re.ASCII)
_CHANNEL = re.compile(r"[a-z]+:[^/\s]+/[^/\s]+", re.ASCII)
_SLACK_CHANNEL = re.compile(r"[CG][A-Z0-9]+", re.ASCII)
_SLACK_WORKSPACE = re.compile(r"[TE][A-Z0-9]+", re.ASCII)
_KINDS = {
    BOT_TOKEN: "a bot token; it goes into bot_token",
    APP_TOKEN: "an app-level token; it goes into app_token",
    USER_TOKEN: "a person's token; this needs the app's own",
}


def as_bot_token(token: SecretStr) -> SecretStr:
    """A token of the bot, or ''; ValueError otherwise."""
    return _token(token, begins=BOT_TOKEN, where="copy the bot token from OAuth & Permissions")


def as_app_token(token: SecretStr) -> SecretStr:
    """An app-level token, or ''; ValueError otherwise."""
    return _token(token, begins=APP_TOKEN, where="make an app-level token under Basic Information")


def person_pattern(text: str) -> str:
    """A person, or everybody of a workspace; ValueError otherwise."""
    form = _SLACK_PERSON if text.startswith("slack:") else _PERSON
    if not form.fullmatch(text):
        raise ValueError(
            f"{text!r} names nobody; write a person as slack:T0123/U0456 (workspace and member id), "
            "everybody of a workspace as slack:T0123/*."
        )
    return text


def channel(text: str) -> str:
    """A channel of a platform; ValueError otherwise."""
    platform, _, path = text.partition(":")
    in_slack = platform != "slack" or (
        _SLACK_WORKSPACE.fullmatch(path.partition("/")[0]) and _SLACK_CHANNEL.fullmatch(path.partition("/")[2])
    )
    if not (_CHANNEL.fullmatch(text) and in_slack):
        raise ValueError(f"{text!r} is no channel; write it as slack:T0123/C0456 (workspace and channel id).")
    return text


def slack_channel(text: str) -> str:
    """The id of a channel in Slack, or `*`; ValueError otherwise."""
    if text != "*" and not _SLACK_CHANNEL.fullmatch(text):
        raise ValueError(f"{text!r} is no channel; write its id, such as C0456, or * for all.")
    return text


def slack_workspace(text: str) -> str:
    """The id of a workspace or organisation in Slack; ValueError otherwise."""
    if not _SLACK_WORKSPACE.fullmatch(text):
        raise ValueError(f"{text!r} is no workspace; write its id, such as T0123: `orchestrator doctor` tells it.")
    return text


def as_time_zone(name: str) -> str:
    """The name of a time zone; ValueError otherwise."""
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise ValueError(f"{name!r} is no time zone; write one such as Europe/Berlin.") from error
    return name


def listen_address(text: str) -> str:
    """An address and a port, or ''; ValueError otherwise."""
    return address(text) if text else text


def address(text: str) -> str:
    """An address and a port; ValueError otherwise."""
    host, colon, port = text.rpartition(":")
    if not (colon and host and port.isdigit() and int(port) < 65536):
        raise ValueError('write an address and a port, such as "127.0.0.1:9464".')
    return text


def _token(token: SecretStr, *, begins: str, where: str) -> SecretStr:
    text = token.get_secret_value()
    if not text or text.startswith(begins):
        return token
    known = next((kind for beginning, kind in _KINDS.items() if text.startswith(beginning)), "")
    raise ValueError(f"this is {known}." if known else f"it must begin with {begins}: {where}.")
