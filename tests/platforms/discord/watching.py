"""Looking at the simulated Discord as its people do, and waiting for what appears."""

import asyncio
from collections.abc import Callable
from typing import TypeVar

from tests.platforms.discord.gateway import Gateway
from tests.platforms.discord.interaction import Interaction
from tests.platforms.discord.message import Message
from tests.platforms.discord.person import Person
from tests.platforms.discord.world import Channel, OpenModal, World

SEEN_WITHIN_S = 90.0
T = TypeVar("T")


class Watching:
    """What DiscordSimulator can be asked. Every wait has a deadline and is woken by changes, never by the clock."""

    world: World
    gateway: Gateway
    answer_within_s: float

    def place(self, where: Channel | Message) -> Channel:
        """The channel that is meant: a message stands for its thread when there is one."""
        if isinstance(where, Message):
            return self.world.channels.get(where.id) or self.world.channels[where.channel]
        return where

    def messages(self, in_: Channel | Message | None = None) -> list[Message]:
        """What is written there, for everybody or for one, oldest first; in one channel or thread."""
        shown = [each for each in self.world.messages.values() if not each.deleted and not each.is_system]
        return shown if in_ is None else [each for each in shown if each.channel == self.place(in_).id]

    def threads(self, of: Channel | None = None) -> list[Channel]:
        """Every thread, oldest first; of one channel or forum."""
        return [
            each
            for each in self.world.channels.values()
            if each.is_thread and not each.deleted and (of is None or each.parent == of.id)
        ]

    async def shows(
        self,
        what: Callable[[Message], bool],
        *,
        in_: Channel | Message | None = None,
        within_s: float = SEEN_WITHIN_S,
    ) -> Message:
        """Wait for a message of the app that is as described, and return the newest such."""

        def found() -> Message | None:
            return next((each for each in reversed(self.messages(in_)) if each.by_app and what(each)), None)

        return await self.until(found, within_s=within_s)

    async def opens_thread(self, what: Callable[[Channel], bool] = bool, *, within_s: float = SEEN_WITHIN_S) -> Channel:
        """Wait for a thread that is as described."""
        return await self.until(lambda: next((each for each in self.threads() if what(each)), None), within_s=within_s)

    async def opens_form(self, person: Person, *, within_s: float = SEEN_WITHIN_S) -> OpenModal:
        """Wait until a form is on the person's screen."""
        return await self.until(lambda: person.form, within_s=within_s)

    async def connected(self, *, at_least: int = 1, within_s: float = SEEN_WITHIN_S) -> None:
        """Wait until so many working connections stand."""
        await self.until(lambda: self.gateway.healthy >= at_least or None, within_s=within_s)

    async def disconnected(self, *, within_s: float = SEEN_WITHIN_S) -> None:
        """Wait until the app has closed every connection."""
        await self.until(lambda: None if self.gateway.open else True, within_s=within_s)

    async def settled(self, interaction: Interaction) -> None:
        """Wait until the app has answered, or has had its time; then the person is told that it did not respond."""
        try:
            async with asyncio.timeout(self.answer_within_s):
                while not interaction.acked:
                    await self.world.bell.wait()
        except TimeoutError:
            interaction.failed = True
            self.world.bell.ring()

    async def until(self, look: Callable[[], T | None], *, within_s: float = SEEN_WITHIN_S) -> T:
        """Wait until `look` sees something. It is asked at every change, never by the clock."""
        try:
            async with asyncio.timeout(within_s):
                while (seen := look()) is None:
                    await self.world.bell.wait()
        except TimeoutError:
            raise AssertionError(f"not seen within {within_s} s; there is\n{self.picture()}") from None
        return seen

    def picture(self) -> str:
        """Everything there is to see, for messages of failed tests."""
        lines = [
            f"{self.world.channels[each.channel].name or each.channel} {each.id} "
            f"{f'only for {each.only_for} ' if each.only_for else ''}{each.words!r} {each.labels}"
            for each in self.messages()
        ]
        return "\n".join(lines) or "nothing"
