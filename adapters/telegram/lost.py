"""Finding a message again whose answer was lost, though Telegram takes no key and shows bots nothing they wrote.

But it counts messages, and a bot can edit its own ones only. So what came to stand since the attempt has a number
above the highest that was known then, and each of the next few numbers is tried: somebody else's message cannot be
edited, one of ours that is known is left out, and what can be edited is the lost one, which then looks as it should.
"""

from collections import deque
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field

from adapters.chat.errors import MessageGoneError, RejectedError
from adapters.chat.keyvalue import KeyValueStore
from adapters.telegram.errors import NOT_MODIFIED
from adapters.telegram.ids import is_supergroup

LOOKED_AT = 12
"""Numbers that are tried: each is a call. In a group that writes more than that meanwhile, nothing is found."""
_OWN = 60
"""Messages of ours that are remembered for each count."""
_KEPT_S = 90 * 86_400.0
_ATTEMPT_S = 7 * 86_400.0

Try = Callable[[int], Awaitable[None]]
"""Puts what should stand there into the message with this number, and raises as an edit does."""


@dataclass(slots=True)
class _Count:
    """One count of messages: the highest number seen, which ones are ours, and which ones surely are not."""

    highest: int = 0
    own: deque[int] = field(default_factory=lambda: deque[int](maxlen=_OWN))
    others: deque[int] = field(default_factory=lambda: deque[int](maxlen=4 * _OWN))


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """What came of looking for a message."""

    found: int = 0
    """0 when it is not there, as far as was looked."""
    looked_to: int = 0
    """The highest number that was tried; 0 when nothing could be."""


class Lost:
    """Remembers how far messages were counted. Supergroups count by themselves, all other chats together."""

    def __init__(self, values: KeyValueStore) -> None:
        self._values = values
        self._counts: dict[str, _Count] = {}

    async def ours(self, chat: int, message: int) -> None:
        """Note a message that we posted."""
        count = await self._count(chat)
        count.own.append(message)
        count.highest = max(count.highest, message)
        kept = ",".join(map(str, count.own))
        await self._values.set(f"count/{_name(chat)}", f"{count.highest}:{kept}", for_s=_KEPT_S)

    async def theirs(self, chat: int, message: int) -> None:
        """Note a message that somebody else wrote."""
        count = await self._count(chat)
        count.others.append(message)
        count.highest = max(count.highest, message)

    async def attempted(self, key: str, chat: int) -> None:
        """Note, before it is made, that an attempt to post the message `key` begins."""
        if key:
            highest = (await self._count(chat)).highest
            await self._note_attempt(key, highest, reached=highest)

    async def search(self, key: str, chat: int, attempt: Try) -> Search:
        """Look for the message of the earlier attempt `key`, by `attempt` on what may be it."""
        kept = await self._values.get(f"attempt/{key}") if key else None
        if kept is None:
            return Search()
        since, reached = _attempt(kept)
        count = await self._count(chat)
        known = {*count.own, *count.others}
        for number in range(reached + 1, since + 1 + LOOKED_AT):
            if number not in known and await _is_ours(attempt, number):
                return Search(found=number, looked_to=number)
            # a chat that bears no more calls now breaks the search off: the next one goes on from here
            await self._note_attempt(key, since, reached=number)
        await self._note_attempt(key, since, reached=since)
        return Search(looked_to=since + LOOKED_AT)

    async def looked_through(self, key: str) -> None:
        """Note that what was posted after a search in vain was refused: nothing new can have come to stand."""
        if key and (kept := await self._values.get(f"attempt/{key}")) is not None:
            since, _ = _attempt(kept)
            await self._note_attempt(key, since, reached=since + LOOKED_AT)

    async def _note_attempt(self, key: str, since: int, *, reached: int) -> None:
        await self._values.set(f"attempt/{key}", f"{since}:{reached}", for_s=_ATTEMPT_S)

    async def _count(self, chat: int) -> _Count:
        name = _name(chat)
        if name not in self._counts:
            kept = await self._values.get(f"count/{name}")
            self._counts.setdefault(name, _read(kept) if kept else _Count())
        return self._counts[name]


async def _is_ours(attempt: Try, number: int) -> bool:
    try:
        await attempt(number)
    except MessageGoneError:
        # nothing stands there, or what somebody else wrote
        return False
    except RejectedError as error:
        # anything else says that it is another kind of message
        return error.code == NOT_MODIFIED
    return True


def _name(chat: int) -> str:
    return str(chat) if is_supergroup(chat) else "shared"


def _read(kept: str) -> _Count:
    highest, _, own = kept.partition(":")
    return _Count(highest=int(highest), own=deque(_numbers(own), maxlen=_OWN))


def _attempt(kept: str) -> tuple[int, int]:
    """The highest number that was known before the attempt, and up to which number a search has come."""
    since, _, reached = kept.partition(":")
    return int(since), int(reached or since)


def _numbers(text: str) -> Iterable[int]:
    return (int(each) for each in text.split(",") if each)
