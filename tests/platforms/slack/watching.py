"""Looking at the simulated workspace as its people do, and waiting for what appears."""

import asyncio
from collections.abc import Callable
from typing import Any, TypeVar

from tests.platforms.slack.deliveries import Deliveries
from tests.platforms.slack.message import Message
from tests.platforms.slack.person import Person
from tests.platforms.slack.sockets import Sockets
from tests.platforms.slack.workspace import Channel, OpenView, Workspace

SEEN_WITHIN_S = 90.0
T = TypeVar("T")


class Watching:
    """What SlackSimulator can be asked. Every wait has a deadline and is woken by changes, never by the clock."""

    workspace: Workspace
    sockets: Sockets
    deliveries: Deliveries

    def messages(self, in_: Channel | Message | None = None) -> list[Message]:
        """What is shown, to everybody or to one, oldest first; in one channel, or in the thread of a message."""
        shown = [each for each in self.workspace.messages.values() if not each.deleted]
        if isinstance(in_, Channel):
            return [each for each in shown if each.channel == in_.id]
        if isinstance(in_, Message):
            return [each for each in shown if each.channel == in_.channel and in_.thread in (each.ts, each.thread_ts)]
        return shown

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

    async def opens_form(self, person: Person, *, within_s: float = SEEN_WITHIN_S) -> OpenView:
        """Wait until a form is on the person's screen."""
        return await self.until(lambda: person.form, within_s=within_s)

    async def shows_home(
        self, person: Person, what: Callable[[dict[str, Any]], bool] = bool, *, within_s: float = SEEN_WITHIN_S
    ) -> dict[str, Any]:
        """Wait until the person's home page is as described."""
        return await self.until(lambda: person.home if person.home and what(person.home) else None, within_s=within_s)

    async def connected(self, *, at_least: int = 1, within_s: float = SEEN_WITHIN_S) -> None:
        """Wait until so many working connections stand."""
        await self.until(lambda: self.sockets.healthy >= at_least or None, within_s=within_s)

    async def disconnected(self, *, within_s: float = SEEN_WITHIN_S) -> None:
        """Wait until the app has closed every connection."""
        await self.until(lambda: None if self.sockets.connected else True, within_s=within_s)

    async def quiet(self, *, within_s: float = SEEN_WITHIN_S) -> None:
        """Wait until the app has acknowledged everything that happened, or Slack has given it up."""
        await self.until(lambda: None if self.deliveries.busy else True, within_s=within_s)

    async def until(self, look: Callable[[], T | None], *, within_s: float = SEEN_WITHIN_S) -> T:
        """Wait until `look` sees something. It is asked at every change, never by the clock."""
        try:
            async with asyncio.timeout(within_s):
                while (seen := look()) is None:
                    await self.workspace.bell.wait()
        except TimeoutError:
            raise AssertionError(f"not seen within {within_s} s; there is\n{self.picture()}") from None
        return seen

    def picture(self) -> str:
        """Everything there is to see, for messages of failed tests."""
        lines = [
            f"{each.channel} {each.ts} {f'in {each.thread_ts} ' if each.thread_ts else ''}"
            f"{f'only for {each.only_for} ' if each.only_for else ''}{each.words!r} {each.labels}"
            for each in self.messages()
        ]
        return "\n".join(lines) or "nothing"
