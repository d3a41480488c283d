"""Discord's ids as ours and back: people are the same in every server; who is written to alone has a `D` before it."""

import hashlib

from adapters.chat.port import Posted
from core.domain.identity import PersonId, Place

PLATFORM = "discord"
_DIRECT = "D"
_NONCE = 25
"""Characters (page: Message, create message)."""
_MARK_BITS = 31
"""Ids of components are 32 bit integers; 0 counts as none."""


def person_id(user: str | int) -> PersonId:
    """The person with this user id."""
    return PersonId(f"{PLATFORM}:{user}")


def user_of(person: PersonId) -> str:
    """Discord's own id of a person; '' for somebody who is not in Discord."""
    platform, _, user = person.partition(":")
    return user if platform == PLATFORM and user.isdecimal() else ""


def place(guild: str, channel: str, thread: str = "") -> Place:
    """A channel of a server, or a thread of it; without a server it is a conversation of two."""
    return Place(platform=PLATFORM, space=guild, channel=channel if guild else _DIRECT + channel, thread=thread)


def is_direct(where: Place) -> bool:
    """Whether nobody but one person and us reads there."""
    return where.channel.startswith(_DIRECT)


def room_of(where: Place) -> str:
    """The id of the channel that is written to: threads are channels of their own, except among two."""
    if is_direct(where):
        return where.channel.removeprefix(_DIRECT)
    return where.thread or where.channel


def room_of_message(posted: Posted) -> str:
    """The id of the channel in which a message stands."""
    return room_of(posted.place)


def nonce(key: str) -> str:
    """What Discord knows a message with this key by for some minutes."""
    return hashlib.sha256(key.encode()).hexdigest()[:_NONCE]


def mark(key: str) -> int:
    """What we know a message with this key by: the id of its outermost component, which nobody sees."""
    return int.from_bytes(hashlib.sha256(key.encode()).digest()[:4]) >> (32 - _MARK_BITS) or 1
