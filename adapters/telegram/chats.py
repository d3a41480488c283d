"""Which chat a channel is: a group that became a supergroup has a new id, and stays the channel it was."""

import logging

from adapters.chat.keyvalue import KeyValueStore
from adapters.telegram.ids import channel_of, chat_of, is_supergroup

_LOG = logging.getLogger(__name__)
_FOR_S = 10 * 365 * 86_400.0
"""As good as for ever: the old id stands in the rules of projects."""


class Chats:
    """Channels of ours and Telegram's chats. What was asked of the store once is remembered."""

    def __init__(self, values: KeyValueStore) -> None:
        self._values = values
        self._now: dict[int, int] = {}
        self._once: dict[int, int] = {}

    async def chat(self, channel: str) -> int:
        """The id Telegram knows `channel` by today; 0 for what is none."""
        chat = chat_of(channel)
        if chat >= 0 or is_supergroup(chat):
            return chat
        if chat not in self._now:
            self._now[chat] = int(await self._values.get(_became(chat)) or chat)
        return self._now[chat]

    async def channel(self, chat: int) -> str:
        """The channel that `chat` is, and was before it became a supergroup."""
        if not is_supergroup(chat):
            return channel_of(chat)
        if chat not in self._once:
            self._once[chat] = int(await self._values.get(_was(chat)) or chat)
        return channel_of(self._once[chat])

    async def moved(self, old: int, new: int) -> None:
        """Remember that the group `old` is the supergroup `new` now."""
        if not old or not new or self._now.get(old) == new:
            return
        _LOG.info("the group %s became the supergroup %s", old, new)
        await self._values.set(_became(old), str(new), for_s=_FOR_S)
        await self._values.set(_was(new), str(old), for_s=_FOR_S)
        self._now[old], self._once[new] = new, old


def _became(old: int) -> str:
    return f"chat-became/{old}"


def _was(new: int) -> str:
    return f"chat-was/{new}"
