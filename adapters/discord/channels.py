"""Channels and threads of Discord by their ids: what they are called, and which thread belongs to which channel."""

from collections import OrderedDict
from dataclasses import dataclass

from adapters.chat.keyvalue import KeyValueStore
from adapters.chat.payload import Payload, maps_at, text_at
from adapters.discord.calls import Calls

_MOST = 5_000
_THREADS = frozenset({10, 11, 12})
_FORUMS = frozenset({15, 16})
_DIRECT = frozenset({1, 3})
_KEEP_S = 90 * 86_400.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Channel:
    """What a channel is; `parent` is the channel a thread belongs to, '' for any other."""

    id: str
    name: str = ""
    guild: str = ""
    parent: str = ""
    forum: bool = False
    direct: bool = False
    tags: tuple[tuple[str, str], ...] = ()
    """Of a forum: id and name of what its posts can be tagged with."""


def channel_of(payload: Payload) -> Channel:
    """The channel Discord describes."""
    kind = payload.get("type")
    return Channel(
        id=text_at(payload, "id"),
        name=text_at(payload, "name"),
        guild=text_at(payload, "guild_id"),
        parent=text_at(payload, "parent_id") if kind in _THREADS else "",
        forum=kind in _FORUMS,
        direct=kind in _DIRECT,
        tags=tuple((text_at(each, "id"), text_at(each, "name")) for each in maps_at(payload, "available_tags")),
    )


class Channels:
    """Channels as far as they were heard of or asked for; which thread belongs where outlives the process."""

    def __init__(self, calls: Calls, kept: KeyValueStore) -> None:
        self._calls = calls
        self._kept = kept
        self._known: OrderedDict[str, Channel] = OrderedDict()

    def learn(self, channel: Channel) -> None:
        """Keep what an event told about a channel."""
        self._known[channel.id] = channel
        self._known.move_to_end(channel.id)
        while len(self._known) > _MOST:
            self._known.popitem(last=False)

    def known(self, channel: str) -> Channel | None:
        """As far as it is known without asking."""
        return self._known.get(channel)

    async def channel(self, channel: str) -> Channel:
        """What it is; any error of the port when it is not known and Discord does not tell it."""
        if (known := self._known.get(channel)) is not None:
            return known
        found = channel_of(await self._calls.call("GET", f"/channels/{channel}", repeatable=True))
        self.learn(found)
        return found

    async def parent(self, room: str) -> str:
        """The channel the thread `room` belongs to, '' when it is no thread; any error of the port."""
        if (known := self._known.get(room)) is not None:
            return known.parent
        if (kept := await self._kept.get(f"parent/{room}")) is not None:
            return kept
        parent = (await self.channel(room)).parent
        await self._kept.set(f"parent/{room}", parent, for_s=_KEEP_S)
        return parent
