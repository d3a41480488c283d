"""The Discord adapter, running against the simulator, with an ear that keeps what it hears."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, TypeVar

from adapters.chat.card import Card, Text
from adapters.chat.inbound import Inbound
from adapters.chat.keyvalue import KeyValueStore, MemoryValues
from adapters.chat.suggestion import Suggest, no_suggestions
from adapters.discord.adapter import DiscordAdapter
from adapters.discord.gateway import Gateway, NewEars
from adapters.discord.ids import place
from adapters.discord.settings import DiscordSettings
from core.domain.identity import Place
from tests.platforms.discord.simulator import DiscordSimulator
from tests.platforms.discord.world import Channel

WITHIN_S = 90.0
T = TypeVar("T")


@dataclass(slots=True)
class Ear:
    """What was heard. `then` does what the program would do."""

    said: list[Inbound] = field(default_factory=list[Inbound])
    then: Callable[[Any], Any] = lambda _: None
    hold: asyncio.Event | None = None
    _changed: asyncio.Event = field(default_factory=asyncio.Event)

    async def __call__(self, inbound: Inbound) -> None:
        if self.hold is not None:
            await self.hold.wait()
        self.said.append(inbound)
        self._changed.set()
        if (doing := self.then(inbound)) is not None:
            await doing

    async def hears(self, kind: type[T], what: Callable[[Any], object] = lambda _: True) -> T:
        """Wait for an inbound value of this kind."""
        async with asyncio.timeout(WITHIN_S):
            while True:
                for inbound in self.said:
                    if isinstance(inbound, kind) and what(inbound):
                        return inbound
                self._changed.clear()
                await self._changed.wait()


def remembered() -> MemoryValues:
    """What outlives one adapter."""
    return MemoryValues(clock=lambda: datetime.now(UTC))


def settings(discord: DiscordSimulator, **different: Any) -> DiscordSettings:
    """What the app of this simulator is configured with."""
    given: dict[str, Any] = {
        "bot_token": discord.bot_token,
        "api_url": discord.api_url,
        "defer_after_s": 0.3,
        "identify_pause_s": 0.0,
        "roles_within_s": 60.0,  # however slow the machine is
    }
    return DiscordSettings(**given | different)


@asynccontextmanager
async def running(
    discord: DiscordSimulator,
    ear: Ear | None = None,
    *,
    kept: KeyValueStore | None = None,
    suggest: Suggest = no_suggestions,
    threads: Iterable[Place] = (),
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ears: NewEars = Gateway,
    **different: Any,
) -> AsyncIterator[DiscordAdapter]:
    """The adapter while it listens; leaving cancels it. `threads` are those of open tasks."""

    async def open_threads() -> tuple[Place, ...]:
        return tuple(threads)

    adapter = DiscordAdapter(
        settings(discord, **different), kept or remembered(), suggest=suggest, threads=open_threads, now=now, ears=ears
    )
    ready = asyncio.Event()
    task = asyncio.create_task(adapter.run(ear or Ear(), ready=ready.set))
    waiting = asyncio.create_task(ready.wait())
    try:
        await asyncio.wait({task, waiting}, timeout=WITHIN_S, return_when=asyncio.FIRST_COMPLETED)
        if task.done():
            task.result()
        assert ready.is_set()
        yield adapter
    finally:
        waiting.cancel()
        task.cancel()
        await asyncio.wait({task, waiting})
    if not task.cancelled() and (error := task.exception()):
        raise error


def card(text: str = "Running tests", *, key: str = "T142", **different: Any) -> Card:
    """A small card."""
    return Card(**{"key": key, "title": "T142 Fix the discount", "sections": (Text(text=text),)} | different)


def place_of(channel: Channel, thread: str = "") -> Place:
    """The place of a channel of the simulator."""
    return place(channel.guild, channel.id, thread)
