"""What there is in the simulated workspace: people, channels, messages, views, files; and a bell for every change."""

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from tests.platforms.slack.message import Message

BOT_USER = "UBOT00001"
BOT = "BBOT00001"
APP = "AAPP00001"
TEAM = "T0123"


@dataclass(slots=True, kw_only=True)
class Account:
    """A person's account. `team` differs from the workspace's for somebody who comes in by Slack Connect."""

    id: str
    name: str
    team: str = TEAM
    enterprise: str = ""
    disabled: bool = False


@dataclass(slots=True, kw_only=True)
class Channel:
    """A channel, or with `direct_to` the conversation of one person and the app."""

    id: str
    name: str = ""
    private: bool = False
    archived: bool = False
    direct_to: str = ""
    members: set[str] = field(default_factory=set[str])

    @property
    def kind(self) -> str:
        """As in events and scopes: channel, group or im."""
        return "im" if self.direct_to else "group" if self.private else "channel"


@dataclass(slots=True, kw_only=True)
class SharedFile:
    """A file on its way or shared."""

    id: str
    name: str
    length: int
    title: str = ""
    alt: str = ""
    snippet: str = ""
    data: bytes | None = None
    shared: bool = False


@dataclass(slots=True, kw_only=True)
class OpenView:
    """A form on somebody's screen."""

    id: str
    person: str
    view: dict[str, Any]
    closed: bool = False


class Bell:
    """Wakes everybody who waits for a change."""

    def __init__(self) -> None:
        self._rung = asyncio.Event()

    def ring(self) -> None:
        """Something changed."""
        rung, self._rung = self._rung, asyncio.Event()
        rung.set()

    async def wait(self) -> None:
        """Until the next ring."""
        await self._rung.wait()


class Workspace:
    """Everything Slack remembers of one workspace that the app is installed in."""

    def __init__(self, now: Callable[[], float]) -> None:
        self.now = now
        self.bell = Bell()
        self.accounts: dict[str, Account] = {}
        self.channels: dict[str, Channel] = {}
        self.messages: dict[tuple[str, str], Message] = {}
        self.views: dict[str, OpenView] = {}
        self.homes: dict[str, dict[str, Any]] = {}
        self.files: dict[str, SharedFile] = {}
        self.sessions: dict[tuple[str, str], str] = {}
        """Status of agent sessions by channel and thread."""
        self.statuses: dict[tuple[str, str], str] = {}
        """The line under a thread, by channel and thread."""
        self.triggers: dict[str, tuple[str, float]] = {}
        """Whose, and since when, for each trigger that was not used."""
        self.used_triggers: set[str] = set()
        self._numbers = count(1)

    def number(self) -> int:
        """A number that was not given out before."""
        return next(self._numbers)

    def ts(self) -> str:
        """A timestamp as Slack writes them: unique, and later ones sort behind."""
        return f"{int(self.now())}.{self.number():06d}"

    def trigger(self, person: str) -> str:
        """A fresh right to open a form for `person`."""
        trigger = f"{self.number()}.{int(self.now())}.trigger"
        self.triggers[trigger] = (person, self.now())
        return trigger

    def keep(self, message: Message) -> Message:
        """Put a message where it belongs and tell everybody."""
        self.messages[message.channel, message.ts] = message
        self.bell.ring()
        return message

    def find(self, channel: str, ts: str) -> Message | None:
        """The message, unless it is deleted or was never everybody's."""
        message = self.messages.get((channel, ts))
        return None if message is None or message.deleted or message.only_for else message

    def thread(self, channel: str, ts: str) -> list[Message]:
        """The message that began the thread, then its replies in order; as everybody in the channel sees it."""
        return [each for each in self.visible(channel) if ts in (each.ts, each.thread_ts)]

    def visible(self, channel: str) -> Iterator[Message]:
        """What everybody in `channel` sees, oldest first."""
        return (
            each
            for each in self.messages.values()
            if each.channel == channel and not each.deleted and not each.only_for
        )

    def direct(self, person: str) -> Channel:
        """The conversation of one person and the app; made when there is none."""
        for channel in self.channels.values():
            if channel.direct_to == person:
                return channel
        channel = Channel(id=f"D{self.number():04d}", direct_to=person, members={person, BOT_USER})
        self.channels[channel.id] = channel
        return channel

    def open_views(self, person: str) -> list[OpenView]:
        """The forms on somebody's screen, the top one last."""
        return [each for each in self.views.values() if each.person == person and not each.closed]
