"""Where something happened, as our place: the chat under its first name, and the thread."""

from dataclasses import replace

from adapters.chat.payload import Payload, text_at, truth_at
from adapters.telegram.chats import Chats
from adapters.telegram.ids import ThreadId, place
from adapters.telegram.names import Names
from adapters.telegram.threads import Standing, Threads, standing
from adapters.telegram.topics import Topics
from core.domain.identity import Place


class Where:
    """Finds places, and notes what messages tell about their chats in passing."""

    def __init__(self, *, chats: Chats, threads: Threads, topics: Topics, names: Names) -> None:
        self._chats = chats
        self._threads = threads
        self._topics = topics
        self._names = names

    async def written(self, message: Payload, at: Standing) -> tuple[Place, ThreadId]:
        """Where `message`, which stands as `at` says, was written."""
        channel = await self._chats.channel(at.chat)
        self._topics.seen(channel, is_forum=truth_at(message, "chat", "is_forum"))
        self._names.learn(at.chat, text_at(message, "chat", "title"))
        thread = await self._threads.of(at)
        return place(channel, str(thread)), thread

    async def pressed(self, message: Payload) -> Place:
        """Where the message with the button stands; of one that begins a thread that is its chat, as for a new one.

        Telegram does not show of an old message what it answers: the thread is remembered.
        """
        at = standing(message)
        where, _ = await self.written(message, at)
        thread = ThreadId(topic=at.topic) if at.topic else await self._threads.of_message(at.chat, at.message)
        return replace(where, thread="" if thread.root == at.message else str(thread))
