"""What a member may do in a channel: roles first, then what the channel allows and denies.

From docs.discord.com/developers/topics/permissions; only what an app like ours meets.
"""

from collections.abc import Iterable
from enum import IntFlag
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.platforms.discord.world import Channel, Guild


class May(IntFlag):
    """One bit for each permission."""

    ADMINISTRATOR = 1 << 3
    ADD_REACTIONS = 1 << 6
    VIEW_CHANNEL = 1 << 10
    SEND_MESSAGES = 1 << 11
    MANAGE_MESSAGES = 1 << 13
    EMBED_LINKS = 1 << 14
    ATTACH_FILES = 1 << 15
    READ_MESSAGE_HISTORY = 1 << 16
    MENTION_EVERYONE = 1 << 17
    USE_EXTERNAL_EMOJIS = 1 << 18
    MANAGE_ROLES = 1 << 28
    USE_APPLICATION_COMMANDS = 1 << 31
    MANAGE_THREADS = 1 << 34
    CREATE_PUBLIC_THREADS = 1 << 35
    CREATE_PRIVATE_THREADS = 1 << 36
    SEND_MESSAGES_IN_THREADS = 1 << 38


EVERYBODY = (
    May.ADD_REACTIONS
    | May.VIEW_CHANNEL
    | May.SEND_MESSAGES
    | May.EMBED_LINKS
    | May.ATTACH_FILES
    | May.READ_MESSAGE_HISTORY
    | May.USE_APPLICATION_COMMANDS
    | May.CREATE_PUBLIC_THREADS
    | May.SEND_MESSAGES_IN_THREADS
)
"""What everybody may in a new guild."""
EVERYTHING = ~May(0)


def allowed(guild: "Guild", person: str, channel: "Channel | None" = None) -> May:
    """What `person` may do in the guild, or in one channel; a thread has the rights of its parent."""
    if person == guild.owner:
        return EVERYTHING
    roles = [guild.id, *guild.members[person].roles]
    may = _joined(guild.roles[role].permissions for role in roles)
    if May.ADMINISTRATOR in may:
        return EVERYTHING
    if channel is None:
        return may
    for group in ([guild.id], [role for role in roles if role != guild.id], [person]):
        changes = [channel.overwrites[each] for each in group if each in channel.overwrites]
        may = may & ~_joined(deny for _, deny in changes) | _joined(allow for allow, _ in changes)
    return may if May.VIEW_CHANNEL in may else May(0)


def _joined(several: Iterable[May]) -> May:
    together = May(0)
    for each in several:
        together |= each
    return together
