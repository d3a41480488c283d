"""What there is in the simulated Discord: people, guilds, channels, messages, forms; and a bell for every change."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any
from urllib.parse import quote

from tests.platforms.discord.bell import Bell
from tests.platforms.discord.interaction import Interaction
from tests.platforms.discord.message import Attachment, Message
from tests.platforms.discord.permissions import May
from tests.platforms.discord.snowflakes import Snowflakes

BOT_USER = "900000000000000001"
APPLICATION = BOT_USER
"""Since 2020 an application and its bot have the same id."""


class Kind(IntEnum):
    """Kinds of channels."""

    TEXT = 0
    DIRECT = 1
    PUBLIC_THREAD = 11
    PRIVATE_THREAD = 12
    FORUM = 15


THREADS = frozenset((Kind.PUBLIC_THREAD, Kind.PRIVATE_THREAD))


@dataclass(slots=True, kw_only=True)
class Account:
    """A person's account, the same in every guild."""

    id: str
    name: str
    bot: bool = False
    closed: bool = False
    """Whether apps cannot write to this person directly."""


@dataclass(slots=True, kw_only=True)
class Role:
    """A role of a guild."""

    id: str
    name: str
    permissions: May
    managed: bool = False


@dataclass(slots=True, kw_only=True)
class Member:
    """Somebody in a guild."""

    person: str
    roles: list[str] = field(default_factory=list[str])
    nick: str = ""


@dataclass(slots=True, kw_only=True)
class Guild:
    """A guild, which people call a server; the role of everybody has the guild's own id."""

    id: str
    name: str
    owner: str
    roles: dict[str, Role] = field(default_factory=dict[str, Role])
    members: dict[str, Member] = field(default_factory=dict[str, Member])


@dataclass(slots=True, kw_only=True)
class Channel:
    """A channel, a thread of one, or with `direct_to` the conversation of one person and the app."""

    id: str
    kind: Kind
    guild: str = ""
    name: str = ""
    direct_to: str = ""
    parent: str = ""
    """The channel of a thread."""
    owner: str = ""
    archived: bool = False
    locked: bool = False
    archive_after_min: int = 4320
    tags: list[str] = field(default_factory=list[str])
    """On a forum post: ids."""
    available_tags: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    """On a forum."""
    members: list[str] = field(default_factory=list[str])
    """Of a thread."""
    overwrites: dict[str, tuple[May, May]] = field(default_factory=dict[str, tuple[May, May]])
    """What is allowed and denied here, by the id of a role or person."""
    names: list[str] = field(default_factory=list[str])
    """Every name it ever had."""
    deleted: bool = False

    @property
    def is_thread(self) -> bool:
        return self.kind in THREADS


@dataclass(slots=True, kw_only=True)
class OpenModal:
    """A form on somebody's screen."""

    person: str
    interaction: Interaction
    modal: dict[str, Any]
    closed: bool = False

    @property
    def title(self) -> str:
        return str(self.modal["title"])


class World:
    """Everything Discord remembers that has to do with the app."""

    def __init__(self, now: Callable[[], float]) -> None:
        self.now = now
        self.bell = Bell()
        self.ids = Snowflakes(now)
        self.accounts: dict[str, Account] = {}
        self.guilds: dict[str, Guild] = {}
        self.channels: dict[str, Channel] = {}
        self.messages: dict[str, Message] = {}
        self.modals: list[OpenModal] = []
        self.interactions: dict[str, Interaction] = {}
        self.commands: dict[str, dict[str, dict[str, Any]]] = {}
        """The app's commands by guild ('' for everywhere) and id."""
        self.files: dict[str, Attachment] = {}
        self.typing: list[str] = []
        """Channels in which the app showed that it is typing."""

    def find(self, channel: str, message: str) -> Message | None:
        """The message, unless it is deleted or was never everybody's."""
        found = self.messages.get(message)
        hidden = found is None or found.channel != channel or found.deleted or bool(found.only_for)
        return None if hidden else found

    def visible(self, channel: str) -> Iterator[Message]:
        """What everybody in `channel` sees, oldest first."""
        return (each for each in self.messages.values() if self.find(channel, each.id) is not None)

    def direct(self, person: str) -> Channel:
        """The conversation of one person and the app; made when there is none."""
        for channel in self.channels.values():
            if channel.direct_to == person:
                return channel
        channel = Channel(id=self.ids.new(), kind=Kind.DIRECT, direct_to=person)
        self.channels[channel.id] = channel
        return channel

    def guild_of(self, channel: Channel) -> Guild | None:
        """The guild it belongs to; None for a direct conversation."""
        return self.guilds.get(channel.guild)

    def ruling(self, channel: Channel) -> Channel:
        """The channel whose overwrites count: the parent of a thread."""
        return self.channels[channel.parent] if channel.is_thread else channel

    def threads(self, guild: str) -> list[Channel]:
        """The threads of a guild that are open."""
        return [
            each
            for each in self.channels.values()
            if each.guild == guild and each.is_thread and not each.archived and not each.deleted
        ]

    def keep_file(self, base_url: str, channel: str, name: str, data: bytes) -> Attachment:
        """A file that can be fetched from now on."""
        id_ = self.ids.new()
        url = f"{base_url}/attachments/{channel}/{id_}/{quote(name)}"
        self.files[id_] = Attachment(id=id_, name=name, data=data, url=url)
        return self.files[id_]

    def by_token(self, token: str) -> Interaction | None:
        """The interaction with this token."""
        return next((each for each in self.interactions.values() if each.token == token), None)

    def open_modal(self, person: str) -> OpenModal | None:
        """The form on top of somebody's screen."""
        return next((each for each in reversed(self.modals) if each.person == person and not each.closed), None)
