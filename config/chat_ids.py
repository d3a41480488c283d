"""How people, channels and spaces of chats are written in settings, checked by platform."""

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class _Written:
    """How one platform's ids are written; the hints end their sentence."""

    person: re.Pattern[str]
    channel: re.Pattern[str]
    person_hint: str
    channel_hint: str


def _written(*, person: str, channel: str, person_hint: str, channel_hint: str) -> _Written:
    made = (re.compile(pattern, re.ASCII) for pattern in (person, channel))
    people, channels = made
    return _Written(person=people, channel=channels, person_hint=person_hint, channel_hint=channel_hint)


_SLACK = _written(
    person=r"slack:(?:[TE][A-Z0-9]+/(?:[UW][A-Z0-9]+|\*)|\*)",
    channel=r"slack:[TE][A-Z0-9]+/[CG][A-Z0-9]+",
    person_hint="write a person as slack:T0123/U0456 (workspace and member id), "
    "everybody of a workspace as slack:T0123/*.",
    channel_hint="write it as slack:T0123/C0456 (workspace and channel id).",
)
_TELEGRAM = _written(
    # nobody may mean everybody: anyone can find a bot
    person=r"telegram:[1-9]\d*",
    channel=r"telegram:-[1-9]\d*",
    person_hint="write a person of Telegram by number, as telegram:4711: the bot tells it to who writes /whoami.",
    channel_hint="write a group of Telegram by number, as telegram:-1001234: the bot tells it there after /whoami.",
)
_DISCORD = _written(
    person=r"discord:[1-9]\d*(?:/role:[1-9]\d*)?",
    channel=r"discord:[1-9]\d*/[1-9]\d*",
    person_hint="write a person of Discord as discord:4711 (user id), "
    "everybody with a role as discord:1234/role:5678 (server and role id).",
    channel_hint="write it as discord:1234/5678 (server and channel id).",
)
_KNOWN = {"slack": _SLACK, "telegram": _TELEGRAM, "discord": _DISCORD}
_ELSEWHERE = re.compile(r"[a-z]+:(?:[^/\s*]+/)?(?:[^/\s*]+|\*)", re.ASCII)
_CHANNEL_ID = re.compile(r"[CG][A-Z0-9]+", re.ASCII)
_WORKSPACE = re.compile(r"[TE][A-Z0-9]+", re.ASCII)
_GROUP = re.compile(r"-[1-9]\d*", re.ASCII)
_SNOWFLAKE = re.compile(r"[1-9]\d*", re.ASCII)


def person_pattern(text: str) -> str:
    """A person, everybody of a workspace, or everybody with a role; ValueError otherwise."""
    written = _KNOWN.get(text.partition(":")[0])
    if not (written.person if written else _ELSEWHERE).fullmatch(text):
        raise ValueError(f"{text!r} names nobody; {(written or _SLACK).person_hint}")
    return text


def one_person(text: str) -> str:
    """A single person; ValueError otherwise."""
    if person_pattern(text).endswith("*") or "/role:" in text:
        raise ValueError(f"{text!r} is more than one person; name them one by one.")
    return text


def channel(text: str) -> str:
    """A channel of a platform; ValueError otherwise."""
    written = _KNOWN.get(text.partition(":")[0], _SLACK)
    if not written.channel.fullmatch(text):
        raise ValueError(f"{text!r} is no channel; {written.channel_hint}")
    return text


def slack_channel(text: str) -> str:
    """The id of a channel in Slack, or `*`; ValueError otherwise."""
    if text != "*" and not _CHANNEL_ID.fullmatch(text):
        raise ValueError(f"{text!r} is no channel; write its id, such as C0456, or * for all.")
    return text


def slack_workspace(text: str) -> str:
    """The id of a workspace or organisation in Slack; ValueError otherwise."""
    if not _WORKSPACE.fullmatch(text):
        raise ValueError(f"{text!r} is no workspace; write its id, such as T0123: `orchestrator doctor` tells it.")
    return text


def telegram_group(text: str) -> str:
    """The number of a group in Telegram, or `*`; ValueError otherwise."""
    if text != "*" and not _GROUP.fullmatch(text):
        raise ValueError(f"{text!r} is no group; write its number, such as -1001234, or * for all.")
    return text


def discord_id(text: str) -> str:
    """The id of a server in Discord; ValueError otherwise."""
    if not _SNOWFLAKE.fullmatch(text):
        raise ValueError(f"{text!r} is no id; switch on Developer Mode in Discord and choose Copy ID.")
    return text


def discord_channel(text: str) -> str:
    """The id of a channel in Discord, or `*`; ValueError otherwise."""
    return text if text == "*" else discord_id(text)
