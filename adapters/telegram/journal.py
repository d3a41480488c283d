"""What was sent, by the keys of messages: Telegram takes no key and shows nobody what was written before.

So a message that got its answer is known for certain. One whose answer was lost may stand there or not.
"""

import json
from dataclasses import dataclass
from typing import cast

from adapters.chat.keyvalue import KeyValueStore

KEPT_S = 90 * 86_400.0
"""A card is not edited any more, and no attempt repeated, after so long."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """The messages of one key: where they stand, their ids in order, and whether none is missing."""

    channel: str
    thread: str
    """As it is for answers."""
    inside: bool
    """Whether they were posted into that thread, and did not begin it."""
    messages: tuple[int, ...] = ()
    whole: bool = False


class Journal:
    """The messages that were sent under a key, and the pages of those that are several."""

    def __init__(self, values: KeyValueStore) -> None:
        self._values = values

    async def sent(self, key: str) -> Sent | None:
        """What is known to have been sent under `key`."""
        kept = await self._values.get(f"sent/{key}") if key else None
        return _read(kept) if kept else None

    async def note(self, key: str, sent: Sent) -> None:
        """Remember what was sent so far under `key`."""
        if key:
            await self._values.set(f"sent/{key}", _written(sent), for_s=KEPT_S)

    async def begun(self, key: str, thread: str) -> None:
        """Remember the topic that was made for the card of `key`, so that another attempt makes no second one."""
        if key:
            await self._values.set(f"topic/{key}", thread, for_s=KEPT_S)

    async def topic(self, key: str) -> str:
        """The topic that was made for the card of `key`, '' when none was."""
        return (await self._values.get(f"topic/{key}") if key else None) or ""

    async def pages(self, channel: str, first: int) -> tuple[int, ...]:
        """The messages of the card that begins with `first`."""
        kept = await self._values.get(f"pages/{channel}/{first}")
        return tuple(int(each) for each in kept.split(",")) if kept else (first,)

    async def note_pages(self, channel: str, messages: tuple[int, ...]) -> None:
        """Remember which messages are one card."""
        first, *others = messages
        text = ",".join(map(str, messages))
        await self._values.set(f"pages/{channel}/{first}", text, for_s=KEPT_S)
        for each in others:
            await self._values.set(f"page-of/{channel}/{each}", str(first), for_s=KEPT_S)

    async def is_rich(self, channel: str, message: int) -> bool:
        """Whether a message is a rich one."""
        return await self._values.get(f"rich/{channel}/{message}") is not None

    async def note_rich(self, channel: str, message: int) -> None:
        """Remember that a message is a rich one."""
        await self._values.set(f"rich/{channel}/{message}", "yes", for_s=KEPT_S)

    async def forget_rich(self, channel: str, message: int) -> None:
        """Remember that a message is an ordinary one now."""
        await self._values.remove(f"rich/{channel}/{message}")

    async def tried_richly(self, key: str) -> bool:
        """Whether the last attempt for `key` was a rich message."""
        return bool(key) and await self._values.get(f"richly/{key}") is not None

    async def note_tried_richly(self, key: str) -> None:
        """Note, before it is made, that an attempt with a rich message begins."""
        if key:
            await self._values.set(f"richly/{key}", "yes", for_s=KEPT_S)

    async def forget_tried_richly(self, key: str) -> None:
        """Note that what follows under `key` are ordinary messages."""
        if key:
            await self._values.remove(f"richly/{key}")

    async def first_of(self, channel: str, message: int) -> int:
        """The first message of the card that `message` is a page of."""
        return int(await self._values.get(f"page-of/{channel}/{message}") or message)


def _written(sent: Sent) -> str:
    return json.dumps([sent.channel, sent.thread, sent.inside, list(sent.messages), sent.whole])


def _read(text: str) -> Sent:
    channel, thread, inside, messages, whole = cast("tuple[str, str, bool, list[int], bool]", json.loads(text))
    return Sent(channel=channel, thread=thread, inside=inside, messages=tuple(messages), whole=whole)
