"""The Slack adapter, running against the simulator, with an ear that keeps what it hears."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, TypeVar

from adapters.chat.card import Card, Text
from adapters.chat.inbound import Inbound
from adapters.slack.adapter import SlackAdapter
from adapters.slack.ids import place
from adapters.slack.settings import SlackSettings
from core.domain.identity import Place
from tests.platforms.slack.simulator import SlackSimulator
from tests.platforms.slack.workspace import TEAM, Channel

WITHIN_S = 90.0
T = TypeVar("T")


@dataclass(slots=True)
class Ear:
    """What was heard. `hold` lets the next ones hang, `fail` lets them raise."""

    said: list[Inbound] = field(default_factory=list[Inbound])
    hold: asyncio.Event | None = None
    fail: int = 0
    _changed: asyncio.Event = field(default_factory=asyncio.Event)

    async def __call__(self, inbound: Inbound) -> None:
        if self.hold is not None:
            await self.hold.wait()
        if self.fail:
            self.fail -= 1
            raise RuntimeError("the database is away")
        self.said.append(inbound)
        self._changed.set()

    async def hears(self, kind: type[T], what: Callable[[Any], object] = lambda _: True) -> T:
        """Wait for an inbound value of this kind."""
        async with asyncio.timeout(WITHIN_S):
            while True:
                for inbound in self.said:
                    if isinstance(inbound, kind) and what(inbound):
                        return inbound
                self._changed.clear()
                await self._changed.wait()


def settings(slack: SlackSimulator, **different: Any) -> SlackSettings:
    """What the app of this simulator is configured with."""
    return SlackSettings(
        **{
            "bot_token": slack.bot_token,
            "app_token": slack.app_token,
            "signing_secret": slack.signing_secret,
            "api_url": slack.api_url,
            "port": 0,
            "name_timeout_s": 20.0,
        }
        | different
    )


@asynccontextmanager
async def running(
    slack: SlackSimulator, ear: Ear | None = None, *, clock: Callable[[], float] | None = None, **different: Any
) -> AsyncIterator[SlackAdapter]:
    """The adapter while it listens; leaving cancels it."""
    adapter = SlackAdapter(settings(slack, **different), **({"clock": clock} if clock else {}))
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
    return Card(key=key, title="T142 Fix the discount", sections=(Text(text=text),), **different)


def place_of(channel: Channel, thread: str = "") -> Place:
    """The place of a channel of the simulator."""
    return place(TEAM, channel.id, thread)
