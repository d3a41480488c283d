"""Which thread a message belongs to: a forum topic says so itself, of a chain of replies each link is remembered.

Telegram shows with a reply only the one message it answers, and not what that one answered.
"""

from dataclasses import dataclass

from adapters.chat.keyvalue import KeyValueStore
from adapters.chat.payload import Payload, map_at, truth_at
from adapters.telegram.ids import ThreadId
from adapters.telegram.look import number_at

KEPT_S = 90 * 86_400.0
"""A thread that was silent for so long begins anew where somebody answers in it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Where a message stands: its chat, its topic (0 for none), the message it answers (0 for none) and whose."""

    chat: int
    message: int
    topic: int = 0
    answers: int = 0
    answers_whom: int = 0


def standing(message: Payload) -> Standing:
    """Where `message`, as Telegram shows it, stands."""
    topic = number_at(message, "message_thread_id") if truth_at(message, "is_topic_message") else 0
    answered = map_at(message, "reply_to_message")
    # in a topic everything that answers nothing is shown as an answer to the topic's own beginning
    begins_topic = "forum_topic_created" in answered or number_at(answered, "message_id") == topic
    return Standing(
        chat=number_at(message, "chat", "id"),
        message=number_at(message, "message_id"),
        topic=topic,
        answers=0 if begins_topic else number_at(answered, "message_id"),
        answers_whom=0 if begins_topic else number_at(answered, "from", "id"),
    )


class Threads:
    """The links of chains of replies, for messages of ours and for those we heard."""

    def __init__(self, values: KeyValueStore) -> None:
        self._values = values

    async def of(self, at: Standing) -> ThreadId:
        """The thread a message belongs to."""
        if at.topic:
            return ThreadId(topic=at.topic)
        return await self.of_message(at.chat, at.answers) if at.answers else ThreadId()

    async def of_message(self, chat: int, message: int) -> ThreadId:
        """The thread that an answer to `message` outside of topics belongs to; one nobody knows begins a thread."""
        known = await self._values.get(_link(chat, message))
        return ThreadId(root=int(known) if known else message)

    async def note(self, chat: int, message: int, thread: ThreadId) -> None:
        """Remember that `message` stands in `thread`; topics and first messages need no remembering."""
        if thread.root and not thread.topic and thread.root != message:
            await self._values.set(_link(chat, message), str(thread.root), for_s=KEPT_S)


def _link(chat: int, message: int) -> str:
    return f"thread/{chat}/{message}"
