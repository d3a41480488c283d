"""What stands on the platform, as people see it."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from adapters.chat.card import Card
from adapters.chat.memory import MemoryChat
from adapters.chat.memory_values import MemoryMessage
from core.domain.identity import Place
from tests.support.conversations.words import CHANNEL, person, texts

PATIENCE_S = 90.0
T = TypeVar("T")


@dataclass(kw_only=True, repr=False)
class Sight:
    """One platform, looked at."""

    chat: MemoryChat

    def place(self, channel: str = CHANNEL, thread: str = "") -> Place:
        """A place in the workspace."""
        return self.chat.board.place(channel, thread)

    def answers(self, name: str) -> list[Card]:
        """All that was said to this person alone, oldest first."""
        whispered = [each.card for each in self.chat.board.whispers if each.person == person(name).id]
        own = self.chat.board.direct_place(person(name).id).channel
        written = [each.card for each in self.messages() if each.card is not None and each.place.channel == own]
        return [*whispered, *written]

    async def answer(self, name: str, number: int = 1) -> Card:
        """The `number`-th private answer of the person, once it is there."""
        return (await self.until(lambda: self.answers(name)[number - 1 : number]))[0]

    def messages(self) -> list[MemoryMessage]:
        """Everything that was posted."""
        return list(self.chat.board.messages.values())

    async def card(self, key: str, *, saying: str = "") -> Card:
        """The card of a task or approval as it stands, once it says that."""

        def found() -> Card | None:
            shown = [each.card for each in self.messages() if each.card is not None and each.card.key == key]
            return next((each for each in shown if saying in texts(each)), None)

        return await self.until(found)

    async def until(self, condition: Callable[[], T | None]) -> T:
        """What `condition` says once it says something, looked at after each change on the platform."""
        try:
            async with asyncio.timeout(PATIENCE_S):
                found = await self.chat.until(condition)
        except TimeoutError:
            raise AssertionError(f"waited in vain; what stands there:\n{self.all_that_stands()}") from None
        assert found is not None
        return found

    def all_that_stands(self) -> str:
        """Every card, for who waits in vain."""
        said = [
            f"{each.place.channel}/{each.place.thread}: {texts(each.card)}" for each in self.messages() if each.card
        ]
        return "\n".join([*said, *(f"{each.person}: {texts(each.card)}" for each in self.chat.board.whispers)])
