"""What was written in threads of open tasks while nobody listened: Discord tells it to no new session, so it is read.

Nothing is told twice by that: the program keeps each message by its id, and looks a little further back than needed.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import datetime, timedelta

from adapters.chat.errors import (
    ChatError,
    ChatUnavailableError,
    MessageGoneError,
    NotReachableError,
    RateLimitedError,
)
from adapters.chat.keyvalue import KeyValueStore
from adapters.chat.open_threads import OpenThreads
from adapters.chat.payload import Payload, text_at
from adapters.discord.calls import Calls
from adapters.discord.ids import room_of
from core.domain.identity import Place

_LOG = logging.getLogger(__name__)

Take = Callable[[Place, Payload], Awaitable[None]]

MOST_THREADS = 100
_PAGE = 100
"""Messages asked for at once (page: Message, get channel messages)."""
_PAGES = 5
LONGEST_AGO = timedelta(days=3)
"""Less than the program remembers what it heard (seven days), so that nothing is heard anew."""
_OVERLAP_MS = 60_000
"""Two people write at once, and what came first may be kept last."""
_KEEP_S = 90 * 86_400.0
_PAUSES_S = (1.0, 5.0, 20.0)
_EPOCH_MS = 1_420_070_400_000
"""Where Discord's ids begin to count milliseconds (page: Reference, snowflakes)."""


class Missed:
    """Reads what was missed. `now` tells the time (aware); which message was heard last outlives the process."""

    def __init__(self, calls: Calls, kept: KeyValueStore, *, threads: OpenThreads, now: Callable[[], datetime]) -> None:
        self._calls = calls
        self._kept = kept
        self._threads = threads
        self._now = now
        self._session = 0
        self._is_read = False
        """Whether all that came before this session is read: only then what is heard now is the last that was."""

    def begins(self) -> None:
        """A session began to which Discord repeats nothing."""
        self._session += 1
        self._is_read = False

    async def heard(self, room: str, message: str) -> None:
        """Note that `message` was heard in the channel or thread `room`."""
        if self._is_read:
            await self._kept.set(f"heard/{room}", message, for_s=_KEEP_S)

    async def read(self, take: Take) -> None:
        """Give `take` what was written in open threads since the last message that was heard there, oldest first."""
        session, whole = self._session, True
        for place in (await self._threads())[:MOST_THREADS]:
            try:
                await self._read(place, take)
            except (NotReachableError, MessageGoneError):
                continue  # nobody can write there either
            except ChatError as error:
                whole = False
                _LOG.warning("A thread in Discord could not be read again: %s", error)
        self._is_read = whole and session == self._session

    async def _read(self, place: Place, take: Take) -> None:
        room = room_of(place)
        last = ""
        async for message in self._since(room, await self._mark(room)):
            await take(place, message)
            last = text_at(message, "id")
        if last:
            await self._kept.set(f"heard/{room}", last, for_s=_KEEP_S)

    async def _mark(self, room: str) -> int:
        """The id behind which is read: of the last message that was heard, but not for ever back."""
        kept = await self._kept.get(f"heard/{room}") or ""
        oldest = snowflake(self._now() - LONGEST_AGO)
        return max(oldest, int(kept) - (_OVERLAP_MS << 22) if kept.isdecimal() else 0)

    async def _since(self, room: str, after: int) -> AsyncIterator[Payload]:
        for _ in range(_PAGES):
            page = await self._patiently(room, after)
            for message in sorted(page, key=_number):
                yield message
            if len(page) < _PAGE:
                return
            after = max(map(_number, page))

    async def _patiently(self, room: str, after: int) -> tuple[Payload, ...]:
        for pause_s in _PAUSES_S:
            try:
                return await self._page(room, after)
            except RateLimitedError as error:
                await asyncio.sleep(max(pause_s, error.retry_after_s))
            except ChatUnavailableError:
                await asyncio.sleep(pause_s)
        return await self._page(room, after)

    async def _page(self, room: str, after: int) -> tuple[Payload, ...]:
        query = {"after": str(after), "limit": str(_PAGE)}
        return await self._calls.listing(f"/channels/{room}/messages", query=query)


def snowflake(moment: datetime) -> int:
    """The smallest id that Discord gives out at `moment`; 0 for a time before there was Discord."""
    return max(0, int(moment.timestamp() * 1000) - _EPOCH_MS) << 22


def _number(message: Payload) -> int:
    found = text_at(message, "id")
    return int(found) if found.isdecimal() else 0
