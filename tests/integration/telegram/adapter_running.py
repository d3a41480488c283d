"""The Telegram adapter, running against the simulator, with ears that keep what they hear."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from adapters.chat.card import Action, ActionStyle, Card, StepList, StepRow, Text
from adapters.chat.keyvalue import KeyValueStore, MemoryValues
from adapters.telegram.adapter import TelegramAdapter
from adapters.telegram.ids import channel_of, place
from adapters.telegram.settings import TelegramSettings
from core.domain.identity import Place
from core.domain.task import StepState
from tests.platforms.telegram.places import Chat
from tests.platforms.telegram.simulator import TelegramSimulator
from tests.support.chat_stage import Ears, Running
from tests.support.clock import FakeClock

T = TypeVar("T")
PATIENT: dict[str, Any] = {"answer_press_s": 5.0}
"""A press whose answer says something waits for it so long, however slow the machine is; Telegram itself gives 15 s."""


@dataclass(slots=True, kw_only=True)
class Live:
    """An adapter that runs, and what it heard."""

    adapter: TelegramAdapter
    ears: Ears

    async def hears(self, kind: type[T], what: Callable[[Any], object] = lambda _: True) -> T:
        """Wait for an inbound value of this kind."""
        found = await self.ears.until(lambda inbound: isinstance(inbound, kind) and bool(what(inbound)))
        assert isinstance(found, kind)
        return found


def settings(telegram: TelegramSimulator, **different: Any) -> TelegramSettings:
    """What the bot of this simulator is configured with."""
    return TelegramSettings(**{"bot_token": telegram.token, "api_url": telegram.api_url} | different)


def memory() -> MemoryValues:
    """What outlives an adapter."""
    return MemoryValues(clock=FakeClock())


@asynccontextmanager
async def running(
    telegram: TelegramSimulator,
    *,
    values: KeyValueStore | None = None,
    clock: Callable[[], float] | None = None,
    now: Callable[[], datetime] | None = None,
    mask: Callable[[str], str] | None = None,
    **different: Any,
) -> AsyncIterator[Live]:
    """The adapter while it listens; leaving cancels it."""
    given = {name: value for name, value in (("clock", clock), ("now", now), ("mask", mask)) if value}
    adapter = TelegramAdapter(settings(telegram, **different), values=values or memory(), **given)
    run = Running()
    await run.start(adapter)
    try:
        yield Live(adapter=adapter, ears=run.ears)
    finally:
        await run.stop()


def card(text: str = "Running tests", *, key: str = "T142", **different: Any) -> Card:
    """A small card."""
    return Card(**{"key": key, "title": "T142 · Fix the discount", "sections": (Text(text=text),)} | different)


def task_card(title: str = "T142 · Fix the discount", **different: Any) -> Card:
    """The card of work in steps, which gets a topic of its own where there are topics."""
    steps = StepList(rows=(StepRow(name="build", role="builder", state=StepState.RUNNING),))
    return Card(key="T142", title=title, sections=(steps,), **different)


def asking_card() -> Card:
    """A card with a harmless button and a dangerous one."""
    return card(
        actions=(
            Action(token="approve-token", label="Approve", style=ActionStyle.PRIMARY, command="approve A1"),
            Action(token="cancel-token", label="Cancel task", style=ActionStyle.DANGER, command="cancel T142"),
        )
    )


def place_of(chat: Chat, thread: str = "") -> Place:
    """The place of a chat of the simulator."""
    return place(channel_of(chat.id), thread)
