"""Looking at the simulated Telegram as its people do, and waiting for what appears."""

import asyncio
from collections.abc import Callable
from typing import TypeVar

from tests.platforms.telegram.message import Message
from tests.platforms.telegram.places import BOT_ID, Chat, Topic
from tests.platforms.telegram.updates import Updates
from tests.platforms.telegram.world import Draft, Press, World

SEEN_WITHIN_S = 90.0
T = TypeVar("T")
Where = Chat | Topic | Message
"""A chat, a topic, or a message for the replies that hang on it."""


class Watching:
    """What TelegramSimulator can be asked. Every wait has a deadline and is woken by changes, never by the clock."""

    world: World
    updates: Updates

    def messages(self, in_: Where | None = None) -> list[Message]:
        """What is shown, oldest first: everywhere, in a chat, in a topic, or a message with all replies under it."""
        shown = [each for each in self.world.shown() if not each.service]
        match in_:
            case None:
                return shown
            case Chat():
                return [each for each in shown if each.chat == in_.id]
            case Topic():
                return [each for each in shown if (each.chat, each.thread) == (in_.chat, in_.id)]
            case Message():
                return [each for each in shown if in_ in list(_upwards(each))]

    def topics(self, chat: Chat) -> list[Topic]:
        """The topics of a chat that are not deleted."""
        return [each for each in chat.topics.values() if not each.deleted]

    async def shows(
        self, what: Callable[[Message], bool] = bool, *, in_: Where | None = None, within_s: float = SEEN_WITHIN_S
    ) -> Message:
        """Wait for a message of the bot that is as described, and return the newest such."""

        def found() -> Message | None:
            return next((each for each in reversed(self.messages(in_)) if each.by_app and what(each)), None)

        return await self.until(found, within_s=within_s)

    async def opens_topic(
        self, chat: Chat, what: Callable[[Topic], bool] = bool, *, within_s: float = SEEN_WITHIN_S
    ) -> Topic:
        """Wait for a topic that the bot opened, and return the newest such."""

        def found() -> Topic | None:
            own = [each for each in self.topics(chat) if each.opened_by == BOT_ID and what(each)]
            return own[-1] if own else None

        return await self.until(found, within_s=within_s)

    async def answers(self, press: Press, *, within_s: float = SEEN_WITHIN_S) -> Press:
        """Wait until the bot has answered a pressed button."""
        return await self.until(lambda: press if press.answered else None, within_s=within_s)

    async def drafts(
        self, chat: Chat, what: Callable[[Draft], bool] = bool, *, within_s: float = SEEN_WITHIN_S
    ) -> Draft:
        """Wait for something that is being written in a private chat."""

        def found() -> Draft | None:
            draft = self.world.draft(chat.id)
            return draft if draft is not None and what(draft) else None

        return await self.until(found, within_s=within_s)

    async def connected(self, *, within_s: float = SEEN_WITHIN_S) -> None:
        """Wait until the bot listens: it polls, or has set a webhook."""
        await self.until(lambda: True if self.updates.polled or self.updates.webhook else None, within_s=within_s)

    async def quiet(self, *, within_s: float = SEEN_WITHIN_S) -> None:
        """Wait until the bot has confirmed everything it was told."""
        await self.until(lambda: True if self.updates.quiet else None, within_s=within_s)

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
            f"{each.chat}/{each.thread or '-'} {each.id} {'bot' if each.by_app else each.sender}: "
            f"{each.text!r} {each.labels}"
            for each in self.messages()
        ]
        return "\n".join(lines) or "nothing"


def _upwards(message: Message) -> list[Message]:
    """A message, what it answers, what that answers, and so on."""
    above = [message]
    while above[-1].reply_to is not None:
        above.append(above[-1].reply_to)
    return above
