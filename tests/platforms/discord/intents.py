"""Which events an app is told by what it asked for, and which wishes need Discord's leave.

From docs.discord.com/developers/events/gateway#gateway-intents.
"""

from enum import IntFlag
from typing import Any

from tests.platforms.discord.world import BOT_USER


class Intent(IntFlag):
    """One bit for each wish."""

    GUILDS = 1 << 0
    GUILD_MEMBERS = 1 << 1
    GUILD_PRESENCES = 1 << 8
    GUILD_MESSAGES = 1 << 9
    GUILD_REACTIONS = 1 << 10
    DIRECT_MESSAGES = 1 << 12
    DIRECT_REACTIONS = 1 << 13
    MESSAGE_CONTENT = 1 << 15


PRIVILEGED = Intent.GUILD_MEMBERS | Intent.GUILD_PRESENCES | Intent.MESSAGE_CONTENT
"""Each has to be switched on for the app by its owner."""
_FLAGS = {Intent.GUILD_PRESENCES: 1 << 13, Intent.GUILD_MEMBERS: 1 << 15, Intent.MESSAGE_CONTENT: 1 << 19}

_NEEDED: dict[str, tuple[Intent, Intent]] = {
    "MESSAGE_CREATE": (Intent.GUILD_MESSAGES, Intent.DIRECT_MESSAGES),
    "MESSAGE_UPDATE": (Intent.GUILD_MESSAGES, Intent.DIRECT_MESSAGES),
    "MESSAGE_DELETE": (Intent.GUILD_MESSAGES, Intent.DIRECT_MESSAGES),
    "MESSAGE_REACTION_ADD": (Intent.GUILD_REACTIONS, Intent.DIRECT_REACTIONS),
    "GUILD_MEMBER_ADD": (Intent.GUILD_MEMBERS, Intent(0)),
    "GUILD_MEMBER_REMOVE": (Intent.GUILD_MEMBERS, Intent(0)),
    "GUILD_MEMBER_UPDATE": (Intent.GUILD_MEMBERS, Intent(0)),
}
_ALWAYS = frozenset(("READY", "RESUMED", "INTERACTION_CREATE", "GUILD_MEMBERS_CHUNK"))
_SAID = ("content", "embeds", "attachments", "components")


def flags_of(granted: Intent) -> int:
    """The flags of an application that has leave for these."""
    return sum(flag for intent, flag in _FLAGS.items() if intent in granted)


def wants(asked: Intent, event: str, payload: dict[str, Any]) -> bool:
    """Whether an app that asked for `asked` is told this event; the rest of them belongs to GUILDS."""
    if event in _ALWAYS:
        return True
    in_guild, direct = _NEEDED.get(event, (Intent.GUILDS, Intent.GUILDS))
    return (in_guild if payload.get("guild_id") or event not in _NEEDED else direct) in asked


def shown(asked: Intent, event: str, payload: dict[str, Any]) -> dict[str, Any]:
    """The event without what people wrote, where the app did not ask for that.

    Its own messages, direct ones and those that mention it are always whole.
    """
    if not event.startswith("MESSAGE_") or "author" not in payload or Intent.MESSAGE_CONTENT in asked:
        return payload
    own = payload["author"]["id"] == BOT_USER or any(each["id"] == BOT_USER for each in payload["mentions"])
    if own or "guild_id" not in payload:
        return payload
    return payload | {name: type(payload[name])() for name in _SAID}
